"""What the program says: reports on stdout, everything else on stderr, no colour where none is wanted."""

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from foureyes.errors import UsageError
from foureyes.kit.text import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text


def say(message: str) -> None:
    """A sentence to the person who runs the program, on stderr."""
    # Line by line: what is made harmless would else lose its newlines, and a message may quote a hostile name.
    sys.stderr.write("\n".join(printable(line) for line in message.splitlines()) + "\n")
    sys.stderr.flush()


def write_out(text: str) -> None:
    """A report on stdout, whole. A reader that has enough and goes away changes nothing."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, which would complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def deliver(text: str, output: Path | None) -> None:
    """A report to a file, or to stdout.

    Raises:
        UsageError: the file can't be written.
    """
    if output is None:
        write_out(text)
        return
    try:
        # Replaced and not refused: one name that is not UTF-8 must not cost a whole report.
        output.write_text(text, "utf-8", errors="replace")
    except OSError as exc:
        raise UsageError(f"{output} can't be written: {exc.strerror}.") from exc


def refuse_unwritable(output: Path | None) -> None:
    """Nothing when a report can be written there; asked before the work, which would be lost otherwise.

    Raises:
        UsageError: its folder is not there, or can't be written.
    """
    if output is not None and (output.is_dir() or not os.access(output.absolute().parent, os.W_OK)):
        raise UsageError(f"{output} can't be written: name a file in a folder that is there.")


def console(*, stderr: bool = False) -> "Console":
    """A terminal that reads no markup and no emoji codes; colours as NO_COLOR and the terminal want them."""
    from rich.console import Console  # noqa: PLC0415  # `--help` must start fast.

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show_on_stdout(show: Callable[["Console"], None]) -> None:
    """What `show` prints, in one piece: rich would end the process with 1 when the reader goes away."""
    terminal = console()
    with terminal.capture() as captured:
        show(terminal)
    write_out(captured.get())


def print_lines(lines: Iterable["Text"]) -> None:
    """Finished lines on stdout, as wide as they are."""

    def show(terminal: "Console") -> None:
        for line in lines:
            terminal.print(line, no_wrap=True, overflow="ignore", crop=False)

    show_on_stdout(show)


def terminal_width() -> int:
    """How wide reports are made."""
    from foureyes.engine.reports.lines import NARROWEST  # noqa: PLC0415  # `--help` must start fast.

    return max(console().width, NARROWEST)
