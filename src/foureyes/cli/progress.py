"""What a run is doing, on one line of the terminal that goes away when it is done; nothing in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from foureyes.cli.say import console
from foureyes.engine.reports.lines import safe
from foureyes.engine.run import ignore
from foureyes.engine.values import OnProgress, Progress, Stage

_WORDS = {
    Stage.COLLECT: "Reading the change",
    Stage.SCREEN: "Setting aside what is not reviewed",
    Stage.ANALYSE: "Running analysers",
    Stage.PACK: "Laying out what the model sees",
    Stage.ASK: "Asking the model",
    Stage.VERIFY: "Trying each candidate again",
    Stage.MERGE: "Trying suggestions",
}


@contextmanager
def shown_progress(*, quiet: bool) -> Iterator[OnProgress]:
    """A place to report progress to. Only people at a terminal see it."""
    terminal = console(stderr=True)
    # In a log of CI, each turn of the spinner would be a line.
    if quiet or not terminal.is_terminal:
        yield ignore
        return
    # Text and not str: a note may hold a path, which must not be read as markup.
    with terminal.status(Text(_WORDS[Stage.COLLECT], "dim"), spinner="dots") as status:
        yield lambda step: status.update(Text(_sentence(step), "dim"))


def _sentence(step: Progress) -> str:
    count = f"  {step.done}/{step.total}" if step.total else ""
    note = f"  {safe(step.note)}" if step.note else ""
    return f"{_WORDS[step.stage]}{count}{note}"
