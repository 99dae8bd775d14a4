"""Suggestions are tried before anyone sees them: they apply, the file still parses, analysers report nothing new.

One that fails a trial is stripped; its finding stays.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from foureyes.analyzers.port import Diagnostic
from foureyes.code.languages import Language
from foureyes.code.syntax import Syntax
from foureyes.engine.values import Finding, Suggestion

Analyse = Callable[[Mapping[str, str]], Awaitable[Sequence[Diagnostic]]]
"""Analysers over the given texts by path."""

_WORD = re.compile(r"[^\s'\"`=:,;(){}\[\]]+")


@dataclass(frozen=True, slots=True)
class TrialFile:
    """A file that suggestions are tried on: its head text, secrets and all, and what analysers say of it now."""

    text: str
    masked: str
    language: Language | None
    diagnostics: tuple[Diagnostic, ...] = ()


async def try_suggestions(
    findings: Sequence[Finding], files: Mapping[str, TrialFile], *, analyse: Analyse
) -> list[Finding]:
    """The findings in their order, each suggestion marked with the trials it passed or taken away.

    Application and syntax are tried one by one. Analysers, which cost a start each, see all suggestions for a file
    that do not overlap at once, and halves of them again only where something new appears.
    """
    tried = [_after_text_trials(finding, files.get(finding.path)) for finding in findings]
    waiting = _groups(tried)
    while waiting:
        turn = {path: groups.pop() for path, groups in waiting.items()}
        patched = {path: _patched(files[path].text, (tried[i] for i in group)) for path, group in turn.items()}
        # One group of every file at a time: suggestions of one group do not overlap, so that their line numbers
        # stay true.
        after = await analyse(patched)
        for path, group in turn.items():
            if _nothing_new(path, files[path].diagnostics, after):
                for i in group:
                    tried[i] = _passed(tried[i], "analysers")
            elif len(group) == 1:
                tried[group[0]] = replace(tried[group[0]], suggestion=None)
            else:
                waiting[path] += [group[: len(group) // 2], group[len(group) // 2 :]]
        waiting = {path: groups for path, groups in waiting.items() if groups}
    return tried


def apply(text: str, suggestion: Suggestion) -> str:
    """`text` with the suggestion's lines in place, ended as the file's own lines are.

    Raises:
        ValueError: the file has no such lines.
    """
    lines = _lines(text)
    first, last = suggestion.start_line, suggestion.end_line
    if not (1 <= first <= last + 1 and last <= len(lines)):
        raise ValueError(f"the file has {len(lines)} lines, not {first} to {last}")
    # The majority, for a file may mix both; a suggestion must not be the line that git shows as changed by its
    # ending alone.
    ending = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    put = [line.rstrip("\r\n") + ending for line in suggestion.lines]
    unended = bool(lines) and not lines[-1].endswith("\n")
    if put and unended and last == len(lines):
        put[-1] = put[-1].removesuffix(ending)
    if put and unended and first == len(lines) + 1:
        lines[-1] += ending
    return "".join([*lines[: first - 1], *put, *lines[last:]])


def _lines(text: str) -> list[str]:
    """Lines as git counts them: only a newline ends one, which `str.splitlines` sees otherwise."""
    parts = text.split("\n")
    ended = [part + "\n" for part in parts[:-1]]
    return [*ended, parts[-1]] if parts[-1] else ended


def _patched(text: str, findings: Iterable[Finding]) -> str:
    """`text` with suggestions that do not overlap, put in from the bottom up so that lines keep their numbers."""
    suggestions = [finding.suggestion for finding in findings if finding.suggestion is not None]
    for suggestion in sorted(suggestions, key=lambda one: one.start_line, reverse=True):
        text = apply(text, suggestion)
    return text


def _after_text_trials(finding: Finding, file: TrialFile | None) -> Finding:
    """The finding after the trials that need no analyser: its suggestion is marked, or gone."""
    suggestion = finding.suggestion
    if suggestion is None or file is None or _writes_mask(suggestion, file):
        return replace(finding, suggestion=None)
    try:
        patched = apply(file.text, suggestion)
    except ValueError:
        return replace(finding, suggestion=None)
    # Some models repeat the wrong line as its own replacement; a button that changes nothing is noise.
    if patched == file.text:
        return replace(finding, suggestion=None)
    before, after = _syntax_errors(file.text, file.language), _syntax_errors(patched, file.language)
    if before is None or after is None:
        return _passed(finding, "applies")
    return _passed(finding, "applies", "parses") if after <= before else replace(finding, suggestion=None)


def _writes_mask(suggestion: Suggestion, file: TrialFile) -> bool:
    """Whether a model that saw a secret masked would write the mask into the file."""
    span = slice(suggestion.start_line - 1, suggestion.end_line)
    own, masked = file.text.split("\n")[span], file.masked.split("\n")[span]
    marks = set(_WORD.findall("\n".join(masked))) - set(_WORD.findall("\n".join(own)))
    return not marks.isdisjoint(_WORD.findall("\n".join(suggestion.lines)))


def _syntax_errors(text: str, language: Language | None) -> int | None:
    syntax = Syntax.parse(text, language) if language is not None else None
    return len(syntax.error_lines) if syntax is not None else None


def _groups(findings: Sequence[Finding]) -> dict[str, list[list[int]]]:
    """For each path, groups of indices whose suggestions do not overlap."""
    groups: dict[str, list[list[int]]] = {}
    reach: dict[tuple[str, int], int] = {}
    spans = [(finding.suggestion, index) for index, finding in enumerate(findings) if finding.suggestion is not None]
    for suggestion, index in sorted(spans, key=lambda span: (span[0].start_line, span[0].end_line)):
        path = findings[index].path
        mine = groups.setdefault(path, [])
        turn = next((t for t in range(len(mine)) if reach[path, t] < suggestion.start_line), len(mine))
        if turn == len(mine):
            mine.append([])
        mine[turn].append(index)
        reach[path, turn] = max(suggestion.start_line, suggestion.end_line)
    return groups


def _nothing_new(path: str, before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> bool:
    had = Counter((said.tool, said.rule) for said in before)
    # By rule and not by line: the suggestion moves the lines below it, and old remarks with them.
    has = Counter((said.tool, said.rule) for said in after if said.path == path)
    return not has - had


def _passed(finding: Finding, *trials: str) -> Finding:
    suggestion = finding.suggestion
    if suggestion is None:
        return finding
    return replace(finding, suggestion=replace(suggestion, tried=(*suggestion.tried, *trials)))
