"""`foureyes debug`: from an error's text to its cause in the code, and a patch that was tried."""

import json
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from foureyes.cli.compose import checkout_of, directory_of, open_door, open_store, run, settings_of
from foureyes.cli.exits import ExitCode
from foureyes.cli.journal import Journal
from foureyes.cli.lastreview import folder_of
from foureyes.cli.options import Cwd, MaxCost, Model, NoModel, Output
from foureyes.cli.patching import Patcher
from foureyes.cli.say import deliver, refuse_unwritable, say, show_on_stdout
from foureyes.cli.verbs import new_app
from foureyes.engine.collect import policy_at
from foureyes.engine.debug.diagnose import debug
from foureyes.engine.debug.report import diagnosis_report
from foureyes.engine.debug.values import DebugRequest, Diagnosis
from foureyes.engine.masking import shown
from foureyes.engine.policy import Policy
from foureyes.engine.policyorigins import Overrides
from foureyes.engine.reports.diagnosis_terminal import show_diagnosis, write_diagnosis_terminal
from foureyes.engine.wholefiles import whole_files
from foureyes.errors import NotARepositoryError, UsageError
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.git.trees import MemoryTree, Tree
from foureyes.kit.text import counted, decode
from foureyes.llm.compose import chosen_models
from foureyes.settings import environment

app = new_app()


class DebugForm(StrEnum):
    TERMINAL = "terminal"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class _Done:
    """A diagnosis and the texts of its files, as they may be shown."""

    diagnosis: Diagnosis
    sources: dict[str, str]


@app.command()
def debug_error(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]...", help="Files and folders with the code; default: this repository.", show_default=False
        ),
    ] = None,
    *,
    error: Annotated[
        Path | None,
        typer.Option("--error", "-e", metavar="FILE", help="The error's text; default: stdin.", show_default=False),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Put the patch into the files.")] = False,
    form: Annotated[DebugForm, typer.Option("--format", "-f", help="How to write the diagnosis.")] = DebugForm.TERMINAL,
    output: Output = None,
    model: Model = None,
    no_model: NoModel = False,
    max_cost: MaxCost = None,
    cwd: Cwd = None,
) -> None:
    """Find the cause of an error: `foureyes debug < traceback.txt`.

    Without a model: where in this code it happened and what is known about such errors. With one also the cause, the
    lines that prove it, and a patch that applies and parses.
    """
    folder, settings = directory_of(cwd), settings_of()
    refuse_unwritable(output)
    text = _error_text(error)
    models = () if no_model else chosen_models(settings, use=model)

    async def work() -> _Done:
        tree, policy = await _code(folder, paths or [])
        async with open_store(settings) as store, open_door(settings, models, store, max_cost=max_cost) as asker:
            diagnosis = await debug(DebugRequest(text, tree, policy), asker=asker, cache=store)
        contents = await tree.read({found.path for found in diagnosis.frames})
        return _Done(diagnosis, {path: shown(decode(content)) for path, content in contents.items()})

    done = run(work())
    # Shown before it is applied: where the patch does not fit any more, the diagnosis is still there to be read.
    _report(done, form, output)
    if apply:
        _apply(done.diagnosis, Patcher(checkout_of(cwd), Journal(folder_of(settings.cache_dir, checkout_of(cwd))), {}))
    raise typer.Exit(_exit_code(done.diagnosis))


def _error_text(path: Path | None) -> str:
    """The error as pasted or stored.

    Raises:
        UsageError: there is none.
    """
    # Without a word the program would seem to hang: it waits for the end of what is typed.
    if path is None and sys.stdin.isatty():
        say("Paste the error, then press Ctrl-D.")
    try:
        raw = sys.stdin.buffer.read() if path is None else path.read_bytes()
    except OSError as exc:
        raise UsageError(f"{path} can't be read: {exc.strerror}.") from exc
    if not raw.strip():
        raise UsageError("There is no error text: pipe a traceback in, or name its file with --error.")
    return decode(raw)


async def _code(folder: Path, paths: list[Path]) -> tuple[Tree, Policy]:
    """The code to look in, what was named or all of the repository; and how the repository wants it looked at."""
    try:
        repository = await Repository.open(folder)
    except NotARepositoryError:
        if not paths:
            raise
        repository = None
    house: Tree = MemoryTree({}) if repository is None else repository.tree("HEAD" if repository.bare else WORKING_TREE)
    policy = await policy_at(house, Overrides(environment()))
    if not paths:
        return house, policy
    # Of a repository, the tree holds every file: only those that were named are to be looked at.
    change, tree = await whole_files(paths, folder, repository)
    return MemoryTree(await tree.read(file.path for file in change.files)), policy


def _report(done: _Done, form: DebugForm, output: Path | None) -> None:
    if form is DebugForm.JSON:
        deliver(json.dumps(diagnosis_report(done.diagnosis), indent=2) + "\n", output)
    elif output is not None:
        deliver(write_diagnosis_terminal(done.diagnosis, done.sources), output)
    else:
        show_on_stdout(lambda terminal: show_diagnosis(terminal, done.diagnosis, done.sources))


def _apply(diagnosis: Diagnosis, patcher: Patcher) -> None:
    if not diagnosis.patch:
        say("There is no patch to apply.")
        return
    patcher.write([patcher.put(patch.path, patch.replacements, patch.after) for patch in diagnosis.patch])
    say(f"{counted(len(diagnosis.patch), 'file')} patched. `foureyes fix --undo` takes it back.")


def _exit_code(diagnosis: Diagnosis) -> ExitCode:
    """Something was found out, or not: a model that failed, and an error that fits nothing here, are gaps."""
    # A known place is worth a green exit, but not when the model that was asked for could not look at it.
    failed = any(notice.code == "model" for notice in diagnosis.notices)
    known = diagnosis.cause or diagnosis.frames or diagnosis.hints
    return ExitCode.FINE if known and not failed else ExitCode.INCOMPLETE
