"""The Markdown form, for a comment on a pull request: verdict first, capped in length, and unable to do anything.

Every line begins with a character of ours and all outside text goes through `inert`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from foureyes.engine.reports import summary
from foureyes.engine.reports.form import FOLDED, View
from foureyes.engine.reports.frames import suggested
from foureyes.engine.reports.inert import code, fence, inert
from foureyes.engine.values import MODEL_SOURCE, FileEntry, Finding, FindingState, Refusal, ReviewResult
from foureyes.kit.text import counted, shortened

LONGEST = 65_536
"""What GitHub takes in one comment. Counted in bytes of UTF-8, so that it holds however a forge counts."""

_ROOM_FOR_NOTE = 200
_LONGEST_LINE = 600
_MOST_LINES = 10
_LONGEST_DIFF = 40


def write_markdown(result: ReviewResult, view: View = FOLDED, *, limit: int = LONGEST) -> str:
    """The review as Markdown of at most `limit` bytes; what did not fit is counted in it."""
    head, tail = "\n".join(_head(result)), "\n".join(_tail(result))
    blocks = ["\n".join(_finding(finding, result.sources)) for finding in result.findings]
    if view.held_back:
        blocks += ["\n".join(_finding(finding, result.sources)) for finding in result.held_back]
    if view.refusals:
        blocks += [f"- Not said: {_refused(refusal)}" for refusal in result.refusals]
    if view.ledger:
        blocks += list(_ledger(result))
    # The head and the folded rest are always there: a comment cut by the forge would end without what was not reviewed.
    kept = _fitting(blocks, limit - _size(head) - _size(tail) - _ROOM_FOR_NOTE)
    note = []
    if left := len(blocks) - len(kept):
        note = [f"**{counted(left, 'more entry', 'more entries')} left out**: this comment may not be longer."]
    return "\n\n".join([head, *kept, *note, tail]) + "\n"


def _head(result: ReviewResult) -> Iterator[str]:
    yield f"**{_line(result.headline)}**"
    yield ""
    counts = [
        f"{summary.SHAPES[severity]} {count} {severity}" for severity, count in summary.severity_counts(result.findings)
    ]
    yield " · ".join([*counts, _line(summary.change_line(result))])


def _finding(finding: Finding, sources: Mapping[str, str]) -> Iterator[str]:
    # A small heading: larger ones would outshout the conversation that the comment stands in.
    shape = summary.SHAPES[finding.severity]
    state = "" if finding.state is FindingState.NEW else f" · {finding.state}"
    yield f"#### {shape} {finding.severity} · {code(shortened(summary.place(finding), _LONGEST_LINE))}{state}"
    yield ""
    said = f" {inert(shortened(finding.explanation, 4 * _LONGEST_LINE))}" if finding.explanation else ""
    yield f"**{_line(finding.title.rstrip('. '))}.**{said}"
    yield ""
    if finding.suggestion is not None:
        changes = suggested(finding.suggestion, finding.path, sources)
        shown = [f"{change.sign}{change.text}" for change in changes[:_LONGEST_DIFF]]
        if len(changes) > _LONGEST_DIFF:
            shown.append(f"# {counted(len(changes) - _LONGEST_DIFF, 'more line')}")
        yield from fence(shown, "diff")
        yield ""
    yield _origin(finding)


def _origin(finding: Finding) -> str:
    said = [code(f"{finding.source}:{finding.rule}" if finding.rule else finding.source)]
    if finding.source == MODEL_SOURCE:
        said.append(f"{finding.confidence:.0%} sure")
    if finding.also:
        said.append("also " + ", ".join(code(also) for also in finding.also[:_MOST_LINES]))
    return " · ".join([finding.category, *said, code(finding.fingerprint[:8])])


def _refused(refusal: Refusal) -> str:
    return f"{code(f'{refusal.path}:{refusal.line}')} {_line(refusal.title)} ({_line(summary.refused(refusal))})"


def _ledger(result: ReviewResult) -> Iterator[str]:
    for group in summary.coverage_groups(result):
        yield f"Ledger: {_line(group.sentence)}"
        # In batches, for a block is kept whole or not at all: one of a thousand files would push out all that follows.
        for batch in range(0, len(group.files), _MOST_LINES):
            yield "\n".join(map(_ledger_line, group.files[batch : batch + _MOST_LINES]))


def _ledger_line(entry: FileEntry) -> str:
    by = f" {_line(', '.join(entry.by))}" if entry.by else ""
    return f"- {code(shortened(entry.path, _LONGEST_LINE))}{by}"


def _tail(result: ReviewResult) -> Iterator[str]:
    """The folded rest. Its lists are capped, so that it always leaves room for findings."""
    yield "---"
    yield ""
    yield from _capped(f"- Notice: {_line(summary.noticed(notice))}" for notice in result.notices)
    yield from _capped(f"- Coverage: {_line(group.sentence)}" for group in summary.coverage_groups(result))
    if ran := summary.tools_that_ran(result):
        yield f"- Analysers: {_line(summary.listed(ran, 20))}"
    yield from _capped(f"- Analyser {_line(trouble)}" for trouble in summary.tools_in_trouble(result))
    yield f"- Model: {_line(summary.model_line(result))}"
    if result.settled:
        yield f"- Fixed: {counted(len(result.settled), 'finding')} of the review before"
    if result.held_back:
        yield f"- Held back: {counted(len(result.held_back), 'finding')} under the floor or over the cap"


def _capped(lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    yield from every[:_MOST_LINES]
    if len(every) > _MOST_LINES:
        yield f"- and {len(every) - _MOST_LINES} more"


def _fitting(blocks: Sequence[str], room: int) -> list[str]:
    # In order and to the first that does not fit: a smaller, less important one must not take the place of a larger.
    kept: list[str] = []
    for block in blocks:
        room -= _size(block) + 2
        if room < 0:
            break
        kept.append(block)
    return kept


def _line(text: str) -> str:
    return inert(shortened(text, _LONGEST_LINE))


def _size(text: str) -> int:
    return len(text.encode())
