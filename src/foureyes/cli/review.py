"""`foureyes review`: a change in, a verdict out."""

import sys
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import JsonValue

from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.select import Lines
from foureyes.cli.compose import checkout_of, directory_of, run, settings_of
from foureyes.cli.dryrun import dry_run_lines
from foureyes.cli.exits import ExitCode
from foureyes.cli.options import Cwd, MaxCost, Model, NoModel, Output
from foureyes.cli.reviewing import Done, Wanted, planned, reviewed
from foureyes.cli.say import deliver, print_lines, refuse_unwritable, say, show_on_stdout, terminal_width
from foureyes.cli.verbs import new_app
from foureyes.engine.reports.form import Form, View
from foureyes.engine.reports.forms import write
from foureyes.engine.reports.terminal import show
from foureyes.engine.values import ReviewResult, Verdict
from foureyes.errors import SettingError, UsageError
from foureyes.kit.severity import Severity
from foureyes.settings import split_spec

app = new_app()


# Of its own beside Severity: typer shows and completes the values of one enumeration.
class FailOn(StrEnum):
    """A severity, or `never`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    NEVER = "never"


@app.command()
def review(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RANGE | COMMIT | PATH]...",
            help="A range (main...HEAD), a commit, or files and folders to review whole. Files after a range or "
            "commit, or with --staged, narrow it down. Without any: the working tree, or the last commit when that "
            "is clean.",
            show_default=False,
        ),
    ] = None,
    *,
    staged: Annotated[bool, typer.Option("--staged", help="Review what the next commit would change.")] = False,
    patch: Annotated[
        str | None,
        typer.Option("--patch", metavar="FILE|-", help="Review a patch from a file or stdin.", show_default=False),
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="How to write the report.")] = Form.TERMINAL,
    output: Output = None,
    model: Model = None,
    no_model: NoModel = False,
    max_cost: MaxCost = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="End with 1 for findings at or above this severity.", show_default=False),
    ] = None,
    floor: Annotated[
        Severity | None, typer.Option("--floor", help="Hold back findings under this severity.", show_default=False)
    ] = None,
    max_findings: Annotated[
        int | None,
        typer.Option("--max-findings", min=0, metavar="N", help="Most remarks to make; 0: no cap.", show_default=False),
    ] = None,
    lines: Annotated[
        Lines | None,
        typer.Option("--lines", help="Where analyser findings are kept, seen from the change.", show_default=False),
    ] = None,
    imports: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            metavar="REPORT",
            help="Findings of a tool of your own: SARIF, checkstyle or rdjson. May be given several times.",
            show_default=False,
        ),
    ] = None,
    held_back: Annotated[bool, typer.Option("--all", help="Also show what was held back.")] = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="Show what became of each file.")] = False,
    refusals: Annotated[bool, typer.Option("--why", help="Show which candidates were not said, and why.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show units, tokens and price; ask nothing.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Ask and analyse again, and keep nothing.")] = False,
    title: Annotated[
        str, typer.Option("--title", metavar="TEXT", help="Title of the change.", show_default=False)
    ] = "",
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What the change is for.", show_default=False)
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")] = False,
    cwd: Cwd = None,
) -> None:
    """Review a change: every remark is checked against the code before you see it.

    Ends with 0 when it is fine, 1 with findings at or above --fail-on (default: the policy's, which is high), 3 when
    something was not reviewed. Findings win over gaps.
    """
    words = tuple(what or ())
    _refuse_contradictions(words, staged=staged, patch=patch)
    # Asked before the work: a review may take minutes and money, and would be lost at its last step.
    refuse_unwritable(output)
    wanted = Wanted(
        words=words,
        folder=directory_of(cwd),
        staged=staged,
        patch=None if patch is None else _patch(patch),
        options=_options(
            {
                "model.use": _model(model),
                "model.max_cost": max_cost,
                "fail_on": None if fail_on is FailOn.NEVER else fail_on,
                "floor": floor,
                "max_findings": max_findings,
                "lines": lines,
            }
        ),
        title=title,
        description=description,
        no_model=no_model,
        use_cache=not no_cache,
        quiet=quiet,
        imported=_imported(imports or [], checkout_of(cwd)),
    )
    if dry_run:
        print_lines(dry_run_lines(run(planned(wanted, settings_of())), terminal_width()))
        return
    done = run(reviewed(wanted, settings_of()))
    _report(done.result, form, output, View(held_back=held_back, ledger=ledger, refusals=refusals), quiet=quiet)
    raise typer.Exit(exit_code(done, never=fail_on is FailOn.NEVER))


def exit_code(done: Done, *, never: bool) -> ExitCode:
    """What the process ends with. Findings win over gaps, and a gap is never 0."""
    # Held-back findings do not count: who raised the floor has said that they are not to stop anything.
    worst = max((finding.severity.rank for finding in done.result.findings), default=-1)
    if not never and worst >= done.policy.fail_on.rank:
        return ExitCode.FINDINGS
    if done.result.verdict is Verdict.INCOMPLETE or done.result.ledger.incomplete:
        return ExitCode.INCOMPLETE
    return ExitCode.FINE


def _refuse_contradictions(words: tuple[str, ...], *, staged: bool, patch: str | None) -> None:
    if patch is not None and (staged or words):
        raise UsageError("--patch stands alone: leave --staged, revisions and paths away.")
    # git would take the range for a path that is nowhere, and its sentence about that helps nobody.
    if staged and any(".." in word and not Path(word).exists() for word in words):
        raise UsageError("--staged takes files only: leave the range away.")


def _patch(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as exc:
        raise UsageError(f"{name} can't be read: {exc.strerror}.") from exc


def _imported(reports: Sequence[Path], checkout: Path) -> tuple[Diagnostic, ...]:
    from foureyes.analyzers.reports_in.read import read_report  # noqa: PLC0415  # Slow to import, and seldom needed.

    return tuple(one for report in reports for one in read_report(report, root=checkout))


def _model(spec: str | None) -> str | None:
    if spec is None:
        return None
    try:
        split_spec(spec)
    except ValueError as exc:
        raise SettingError("--model", str(exc)) from exc
    return spec


def _options(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Those options that were set, by their key in the policy."""
    return {key: value for key, value in given.items() if value is not None}


def _report(result: ReviewResult, form: Form, output: Path | None, view: View, *, quiet: bool) -> None:
    # Only here are colours and the width of the terminal known; a file or a pipe gets plain text.
    if form is Form.TERMINAL and output is None:
        show_on_stdout(lambda terminal: show(terminal, result, view))
        return
    deliver(write(result, form, view), output)
    if not quiet:
        say(result.headline)
