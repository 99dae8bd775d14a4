"""Runs analysers over files: side by side, cached, limited, and each on its own when it fails."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from foureyes.analyzers import results
from foureyes.analyzers.port import (
    Analysis,
    AnalyzedFile,
    Analyzer,
    Batch,
    Diagnostic,
    Outcome,
    Scope,
    ToolRun,
    Trust,
)
from foureyes.analyzers.sandbox import Sandbox
from foureyes.analyzers.workplace import written
from foureyes.code.languages import language_of
from foureyes.errors import ProcessError
from foureyes.kit import clock
from foureyes.kit.cpu import Cpu
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.kit.text import counted, printable, shortened

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

# Tools, their settings and their versions are part of the key, so an entry never grows wrong, only old.
_LIFETIME: Final = timedelta(days=30)
_FURTHER_CALLS: Final = 16
"""How often a failed batch may be halved: enough to find one bad file among a hundred."""
_PATIENCE: Final = timedelta(seconds=90)
"""After this long with one failing tool no further call is begun."""


async def analyse(
    files: Sequence[AnalyzedFile],
    *,
    analyzers: Sequence[Analyzer],
    cache: KeyValueStore | None = None,
    sandbox: Sandbox | None = None,
    cpu: Cpu | None = None,
) -> Analysis:
    """What `analyzers` say about `files`, sorted by place. Paths and lines are those of `files`.

    An analyser that is missing, fails or must stay off becomes a `ToolRun` that says why; the others go on. One
    that wants none of the files has no `ToolRun`. Each works in a slot of `cpu`, which several runs may share.
    """
    session = _Session(cache, sandbox or Sandbox(), cpu or Cpu())
    files = [_with_language(file) for file in {file.path: file for file in files}.values()]
    jobs = [_Job(tool, wanted) for tool in analyzers if (wanted := tuple(file for file in files if tool.wants(file)))]
    digests = {file.path: results.digest(file) for file in files} if cache else {}
    await session.recall(jobs, digests)
    reports = await asyncio.gather(*map(session.report, jobs))
    await session.remember(reports)
    return _analysis(reports)


def _with_language(file: AnalyzedFile) -> AnalyzedFile:
    return file if file.language else replace(file, language=language_of(file.path, file.content[:4096]))


@dataclass(slots=True)
class _Job:
    """One analyser and the files it wants; `keys` and `stored` are empty where there is no cache."""

    analyzer: Analyzer
    files: tuple[AnalyzedFile, ...]
    keys: dict[str, str] = field(default_factory=dict)
    stored: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """By path, or under the empty path for an analyser whose answers follow from the whole batch."""

    @property
    def open(self) -> tuple[AnalyzedFile, ...]:
        """The files that the cache knows nothing about."""
        return () if "" in self.stored else tuple(file for file in self.files if file.path not in self.stored)

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(file.path for file in self.files)


@dataclass(slots=True)
class _Looked:
    """What came of looking at some files: those that were looked at, what was found, what went wrong."""

    paths: list[str] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "_Looked") -> None:
        self.paths += other.paths
        self.found += other.found
        self.failures += other.failures
        self.seconds += other.seconds


@dataclass(frozen=True, slots=True)
class _Report:
    job: _Job
    run: ToolRun
    looked: _Looked = field(default_factory=_Looked)


@dataclass(slots=True)
class _Budget:
    """What may still be spent on a tool whose batch failed."""

    calls: int
    until: float

    def take(self) -> bool:
        self.calls -= 1
        return self.calls >= 0 and clock.steady() < self.until


@dataclass(frozen=True, slots=True)
class _Session:
    cache: KeyValueStore | None
    sandbox: Sandbox
    cpu: Cpu

    async def recall(self, jobs: Sequence[_Job], digests: Mapping[str, str]) -> None:
        """Fill in what earlier runs found, with one question to the cache."""
        if self.cache is None:
            return
        for job in jobs:
            job.keys = _keys(job, digests)
        known = await self.cache.get_many([key for job in jobs for key in job.keys.values()])
        for job in jobs:
            found = {path: results.recall(known.get(key)) for path, key in job.keys.items()}
            job.stored = {path: kept for path, kept in found.items() if kept is not None}

    async def remember(self, reports: Sequence[_Report]) -> None:
        if self.cache is None:
            return
        entries = {key: value for report in reports for key, value in _entries(report).items()}
        if entries:
            await self.cache.put_many(entries, lifetime=_LIFETIME)

    async def report(self, job: _Job) -> _Report:
        version = job.analyzer.version()
        if version is None:
            reason = f"{job.analyzer.name} is not installed"
            return _Report(job, ToolRun(job.analyzer.name, Outcome.MISSING, job.paths, reason))
        if not job.open:
            return _Report(job, ToolRun(job.analyzer.name, Outcome.CACHED, job.paths, version=version))
        if reason := await self._forbidden(job.analyzer):
            return _Report(job, ToolRun(job.analyzer.name, Outcome.OFF, job.paths, reason, version=version))
        budget = _Budget(_FURTHER_CALLS, clock.steady() + _PATIENCE.total_seconds())
        looked = await self._look(job.analyzer, job.open, budget)
        return _Report(job, _tool_run(job, looked, version), looked)

    async def _forbidden(self, analyzer: Analyzer) -> str:
        if analyzer.trust is not Trust.EXECUTES:
            return ""
        level = await self.sandbox.probe()
        return "" if level.usable else f"it runs code of the repository, and there is no sandbox: {level.reason}"

    async def _look(self, analyzer: Analyzer, files: Sequence[AnalyzedFile], budget: _Budget) -> _Looked:
        """Look at all files in one call; when that fails, at each half, so that one bad file costs only itself."""
        looked = await self._call(analyzer, files)
        if not looked.failures or len(files) == 1 or analyzer.scope is Scope.BATCH or not budget.take():
            return looked
        middle = len(files) // 2
        halves = _Looked(seconds=looked.seconds)
        for half in (files[:middle], files[middle:]):
            halves.add(await self._look(analyzer, half, budget))
        return halves

    async def _call(self, analyzer: Analyzer, files: Sequence[AnalyzedFile]) -> _Looked:
        """One call, when there is a slot for it. Waiting for a slot is not the tool's time."""
        async with self.cpu.slot():
            began = clock.steady()
            try:
                found = await self._found(analyzer, files)
            except ProcessError as exc:
                return _Looked(failures=[exc.reason], seconds=clock.steady() - began)
        return _Looked([file.path for file in files], _in_place(found, files), seconds=clock.steady() - began)

    async def _found(self, analyzer: Analyzer, files: Sequence[AnalyzedFile]) -> list[Diagnostic]:
        if analyzer.trust is Trust.OWN:
            return await _run(analyzer, Batch(Path(), files))
        async with written(files) as place:
            cage = self.sandbox if analyzer.trust is Trust.EXECUTES else None
            found = await _run(analyzer, Batch(place.root, place.files, cage))
            return [replace(one, path=place.original[one.path]) for one in found if one.path in place.original]


async def _run(analyzer: Analyzer, batch: Batch) -> list[Diagnostic]:
    try:
        return await analyzer.run(batch)
    except ProcessError:
        raise
    except Exception as exc:
        # The edge between a review and one tool: an unforeseen answer costs that tool's findings, not the review.
        _log().exception("analyzer_failed", analyzer=analyzer.name)
        raise ProcessError(analyzer.name, f"failed inside Foureyes ({type(exc).__name__})") from exc


def _log() -> "BoundLogger":
    # Imported when something has gone wrong: it costs a sixth of a second, and most runs never log.
    import structlog  # noqa: PLC0415

    logger: BoundLogger = structlog.get_logger(__name__)
    return logger


def _in_place(found: Sequence[Diagnostic], files: Sequence[AnalyzedFile]) -> list[Diagnostic]:
    """Diagnostics on these files only, with lines that exist: tools report line 0 for a file, or one past its end."""
    contents = {file.path: file.content for file in files}
    return [_clamped(one, contents[one.path]) for one in found if one.path in contents]


def _clamped(one: Diagnostic, content: bytes) -> Diagnostic:
    last = max(1, content.count(b"\n") + (not content.endswith(b"\n")))
    start = min(max(1, one.start_line), last)
    end = min(max(start, one.end_line), last)
    return one if (start, end) == (one.start_line, one.end_line) else replace(one, start_line=start, end_line=end)


def _keys(job: _Job, digests: Mapping[str, str]) -> dict[str, str]:
    identified = results.identity(job.analyzer)
    if job.analyzer.scope is Scope.BATCH:
        return {"": results.key(identified, [digests[path] for path in job.paths])}
    return {path: results.key(identified, [digests[path]]) for path in job.paths}


def _entries(report: _Report) -> dict[str, bytes]:
    """What is new to the cache. A failed look leaves nothing behind, so that it is tried again."""
    keys = report.job.keys
    if report.job.analyzer.scope is Scope.BATCH:
        return {keys[""]: results.dump(report.looked.found)} if report.looked.paths else {}
    found: dict[str, list[Diagnostic]] = {path: [] for path in report.looked.paths}
    for diagnostic in report.looked.found:
        found[diagnostic.path].append(diagnostic)
    return {keys[path]: results.dump(diagnostics) for path, diagnostics in found.items()}


def _tool_run(job: _Job, looked: _Looked, version: str) -> ToolRun:
    outcome = Outcome.FAILED if looked.failures else Outcome.RAN
    reason = _failure(job, looked) if looked.failures else ""
    return ToolRun(job.analyzer.name, outcome, job.paths, reason, looked.seconds, version)


def _failure(job: _Job, looked: _Looked) -> str:
    first = shortened(printable(looked.failures[0]), 200)
    missed = sorted({file.path for file in job.open} - set(looked.paths))
    if len(missed) == len(job.files):
        return first
    shown = ", ".join(printable(path) for path in missed[:3]) + (", ..." if len(missed) > 3 else "")
    return f"{first}; {counted(len(missed), 'file')} not looked at: {shown}"


def _analysis(reports: Sequence[_Report]) -> Analysis:
    looked_at: dict[str, list[str]] = {}
    diagnostics: list[Diagnostic] = []
    for report in reports:
        name = report.job.analyzer.name
        usable = report.run.outcome is not Outcome.MISSING
        stored = report.job.stored if usable else {}
        diagnostics += [one for kept in stored.values() for one in kept] + report.looked.found
        for path in report.job.paths if "" in stored else [*stored, *report.looked.paths]:
            looked_at.setdefault(path, []).append(name)
    by_path = {path: tuple(sorted(names)) for path, names in looked_at.items()}
    return Analysis(_distinct(diagnostics), tuple(report.run for report in reports), by_path)


def _distinct(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place; what a tool says twice about one line (two columns of it) is one remark."""
    by_place = {(one.path, one.start_line, one.end_line, one.tool, one.rule, one.message): one for one in diagnostics}
    return tuple(by_place[place] for place in sorted(by_place))
