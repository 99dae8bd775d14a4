"""`foureyes fix`: apply tried suggestions of the last review, and take them back."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.text import Text

from foureyes.cli.compose import checkout_of, settings_of
from foureyes.cli.journal import Journal
from foureyes.cli.lastreview import find, folder_of, load
from foureyes.cli.options import Cwd
from foureyes.cli.patching import CannotFixError, Patcher, Rewrite, overlap
from foureyes.cli.say import print_lines, say, terminal_width
from foureyes.cli.verbs import new_app
from foureyes.diff.values import Change
from foureyes.engine.reports.document import finding_of
from foureyes.engine.reports.lines import diff_line
from foureyes.engine.reports.terminal_finding import finding_lines
from foureyes.engine.values import Finding
from foureyes.errors import UsageError
from foureyes.kit.text import counted

app = new_app()

_NO_CHANGE = Change("", "", ())


@app.command()
def fix(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FINDING]...", help="Findings, by the beginning of their fingerprints.", show_default=False
        ),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Apply every suggestion.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last fix back.")] = False,
    cwd: Cwd = None,
) -> None:
    """Apply suggestions of the last review, or take them back.

    Without findings and without --all each suggestion is shown and asked for. A file that changed since the review
    is left as it is.
    """
    settings, checkout = settings_of(), checkout_of(cwd)
    journal = Journal(folder_of(settings.cache_dir, checkout))
    # Before the review is loaded: what was fixed can be taken back even when a newer release can't read that review.
    if undo:
        _show(Patcher(checkout, journal, {}).undo())
        say("The last fix is taken back.")
        return
    last = load(settings.cache_dir, checkout)
    parts = (*last.review.findings, *last.review.held_back)
    # Findings that were held back have to be named: `--all` means all that the review said.
    findings = [finding_of(part) for part in last.review.findings]
    patcher = Patcher(checkout, journal, last.digests)
    if wanted:
        chosen = [_with_suggestion(finding_of(find(parts, one))) for one in wanted]
    else:
        chosen = list(_one_by_one(findings, patcher, ask=not every))
    if not chosen:
        say("Nothing to apply.")
        return
    _show(patcher.fix(chosen, [finding_of(part) for part in parts]))
    say(f"{counted(len(chosen), 'suggestion')} applied. `foureyes fix --undo` takes {_them(chosen)} back.")


def _with_suggestion(finding: Finding) -> Finding:
    if finding.suggestion is None:
        raise UsageError(f"Finding {finding.fingerprint[:8]} has no suggestion: mend it by hand.")
    return finding


def _one_by_one(findings: Sequence[Finding], patcher: Patcher, *, ask: bool) -> Iterator[Finding]:
    """The suggestions to apply, worst first. What can't be applied is said and left out."""
    if ask and not sys.stdin.isatty():
        raise UsageError("Nobody can be asked here: pass --all, or findings by the beginning of their fingerprints.")
    taken: list[Finding] = []
    for finding in findings:
        if finding.suggestion is None or not _is_open(finding, findings, taken, patcher):
            continue
        answer = _answer(finding, patcher) if ask else "y"
        if answer == "q":
            return
        ask = ask and answer != "a"
        if answer in ("y", "a"):
            taken.append(finding)
            yield finding


def _is_open(finding: Finding, findings: Sequence[Finding], taken: Sequence[Finding], patcher: Patcher) -> bool:
    """Whether a suggestion can go in beside those that are in the file already, and those that were just chosen."""
    try:
        applied = patcher.applied(finding.path)
    except CannotFixError as exc:
        say(f"Left out {finding.fingerprint[:8]}: {exc.path}: {exc.reason}.")
        return False
    if finding.fingerprint in applied:
        return False
    # Those that are in the file already count too: its lines are numbered as they were when it was reviewed.
    inside = [*taken, *(other for other in findings if other.fingerprint in applied)]
    if any(other.path == finding.path and overlap(finding, other) for other in inside):
        say(f"Left out {finding.fingerprint[:8]}: it touches the same lines as another suggestion.")
        return False
    return True


def _answer(finding: Finding, patcher: Patcher) -> str:
    print_lines([Text(), *finding_lines(finding, patcher.text(finding.path), _NO_CHANGE, width=terminal_width())])
    while True:
        try:
            answer = input("Apply? [y]es, [n]o, [a]ll that follow, [q]uit: ").strip().lower()[:1]
        except EOFError:
            # Ctrl-D is a quit and not a yes: what was chosen before is applied, nothing after it.
            return "q"
        if answer in ("y", "n", "a", "q"):
            return answer


def _show(rewrites: Sequence[Rewrite]) -> None:
    print_lines(diff_line(line) for rewrite in rewrites for line in rewrite.diff())


def _them(chosen: Sequence[Finding]) -> str:
    return "it" if len(chosen) == 1 else "them"
