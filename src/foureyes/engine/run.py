"""A review, told from beginning to end: screen, analyse, pack, ask, verify, merge, settle."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.sandbox import Sandbox
from foureyes.engine.analyse import Analysed, Tools, analysed, tools_for
from foureyes.engine.coverage import LedgerKeeper
from foureyes.engine.fingerprint import fingerprinted
from foureyes.engine.judge import Judged, ModelRun, ask_model
from foureyes.engine.material import Material
from foureyes.engine.merge import Merged, merge
from foureyes.engine.prompts.review import PROMPT_VERSION
from foureyes.engine.screen import Screened, screen
from foureyes.engine.settle import settle
from foureyes.engine.suggest import try_suggestions
from foureyes.engine.values import Finding, Notice, OnProgress, Progress, ReviewResult, Stage
from foureyes.engine.verdict import judge
from foureyes.kit import clock
from foureyes.kit.cpu import Cpu
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.kit.tracing import span
from foureyes.llm.port import AnswerCache, Asker, Usage


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What one run is told beside its material."""

    imported: tuple[Diagnostic, ...] = ()
    """From reports that the team's own tools wrote."""
    dismissed: frozenset[str] = frozenset()
    """Fingerprints of findings that people have dismissed."""
    others_said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What other bots and people already said of the change, by path."""
    sandbox: Sandbox | None = None
    cpu: Cpu = field(default_factory=Cpu)
    """Shared by all reviews of a process: analysers and packing of at most so many are at work at a time."""


def ignore(_: Progress) -> None:
    """Progress that nobody watches."""


async def review(
    material: Material,
    *,
    asker: Asker | None = None,
    cache: KeyValueStore | None = None,
    answers: AnswerCache | None = None,
    options: RunOptions | None = None,
    earlier: Sequence[Finding] = (),
    on_progress: OnProgress = ignore,
) -> ReviewResult:
    """Review one change. Without an asker only analysers look, and the result says so.

    `cache` keeps answers and analyser results, so that what has not changed is not done again; with `answers`, those
    are kept there instead. `earlier` are the findings of the review before this one.

    Raises:
        SettingError, RuleError: the policy or a rule of the team can't be used.
    """
    options = options or RunOptions()
    watch = _Watch(on_progress)
    keeper = LedgerKeeper(material.change)
    # Before anything is read: a policy that names no tool we have must not cost a run before it is said.
    tools = tools_for(material, cache=cache, sandbox=options.sandbox, cpu=options.cpu)

    with watch.stage(Stage.SCREEN):
        screened = await screen(material, cpu=options.cpu)
        for skip in screened.skips:
            keeper.skip(skip.path, skip.reason, expected=skip.expected, void=skip.void)
    with watch.stage(Stage.ANALYSE):
        looked = await analysed(screened, material, tools, imported=options.imported)
        keeper.analysed(looked.analysis.looked_at)
    judged = Judged()
    if asker is not None:
        run = ModelRun(
            material=material,
            screened=screened,
            looked=looked,
            asker=asker,
            cache=answers or cache,
            earlier=earlier,
            others_said=options.others_said,
            keeper=keeper,
            on_progress=on_progress,
            cpu=options.cpu,
        )
        with watch.stage(Stage.ASK):
            judged = await ask_model(run)
    with watch.stage(Stage.MERGE):
        # Marked before merging: dismissals are kept by fingerprint, and equal remarks are told apart by their
        # order in the file, which merging changes.
        found = await options.cpu.run(fingerprinted, [*looked.findings, *judged.findings])
        # Tried after merging, because each trial starts tools, and only what may be shown is worth that.
        merged = await _with_tried_suggestions(
            merge(found, material.policy, dismissed=options.dismissed), screened, looked, tools
        )
        ledger = keeper.ledger(asked_model=asker is not None)
        settled = settle(
            merged.findings,
            earlier,
            sources={file.path: file.masked for file in screened.files},
            looked_at=frozenset(entry.path for entry in ledger.looked_at),
        )
    verdict, headline = judge(
        settled.findings, ledger, looked.analysis.runs, policy=material.policy, asked_model=asker is not None
    )
    return ReviewResult(
        change=material.change,
        verdict=verdict,
        headline=headline,
        findings=settled.findings,
        ledger=ledger,
        tools=looked.analysis.runs,
        usage=asker.spent if asker is not None else Usage(),
        started=watch.started,
        seconds=watch.seconds,
        model=asker.model if asker is not None else None,
        prompt_version=PROMPT_VERSION if asker is not None else "",
        held_back=merged.held_back,
        refusals=(*judged.refusals, *merged.refusals),
        notices=(*screened.notices, *_weakness(asker)),
        settled=settled.fixed,
        stages=watch.stages,
        sources=_sources(screened, (*settled.findings, *merged.held_back)),
    )


async def _with_tried_suggestions(merged: Merged, screened: Screened, looked: Analysed, tools: Tools) -> Merged:
    """What is said and what is held back, with the suggestions that passed their trials."""
    files = {file.path: file for file in screened.files}
    # What is held back is tried too: a report shows it on request, and an untried suggestion is never shown.
    tried = await try_suggestions(
        (*merged.findings, *merged.held_back),
        looked.trial_files,
        analyse=lambda texts: tools.look_again(texts, files),
    )
    count = len(merged.findings)
    return Merged(tuple(tried[:count]), tuple(tried[count:]), merged.refusals)


def _weakness(asker: Asker | None) -> tuple[Notice, ...]:
    """What the probe found a model unable to do: its silence about a change then says little."""
    if asker is None or not asker.traits.weak:
        return ()
    return (Notice("weak-model", f"{asker.model} may be too weak to review: {asker.traits.weak}"),)


def _sources(screened: Screened, findings: Sequence[Finding]) -> dict[str, str]:
    """Head text of the files that findings are about, as it may be shown."""
    paths = {finding.path for finding in findings}
    return {file.path: file.masked for file in screened.files if file.path in paths}


class _Watch:
    """Seconds spent in each stage, and a word to whoever watches when a stage begins."""

    def __init__(self, on_progress: OnProgress) -> None:
        self.started = clock.now()
        self.stages: dict[Stage, float] = {}
        self._began = clock.steady()
        self._on_progress = on_progress

    @property
    def seconds(self) -> float:
        return clock.steady() - self._began

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[None]:
        began = clock.steady()
        self._on_progress(Progress(stage))
        try:
            with span(f"stage {stage}"):
                yield
        finally:
            self.stages[stage] = clock.steady() - began
