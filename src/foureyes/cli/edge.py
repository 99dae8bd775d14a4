"""The one edge of the program: every error ends here as a sentence on stderr and an exit code."""

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from foureyes.cli.exits import ExitCode
from foureyes.cli.say import say
from foureyes.errors import FoureyesError


@contextlib.contextmanager
def edge() -> Iterator[None]:
    """Run what is inside; whatever it raises ends the process with a sentence and an exit code."""
    _never_fail_to_print()
    try:
        yield
    except FoureyesError as exc:
        say(str(exc))
        sys.exit(exc.exit_code)
    except KeyboardInterrupt:
        say("Interrupted.")
        sys.exit(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Who reads has enough. Without this, the interpreter's own flush at the end would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FINE)
    except Exception as exc:  # noqa: BLE001  # The one edge of the program: a defect is logged and named, never shown raw.
        say(f"Foureyes has a defect ({type(exc).__name__}): {_logged()}. Please report it with that file.")
        sys.exit(ExitCode.DEFECT)


def _never_fail_to_print() -> None:
    """A terminal that can't show a character must not end a review: it gets an escape instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _logged() -> str:
    """Where the traceback of the present exception was written, secrets masked; a sentence either way."""
    from foureyes.analyzers.secrets import mask  # noqa: PLC0415  # Only a defect needs it.

    # A traceback shows source lines and messages of others, and people paste it into public issues.
    text = mask(traceback.format_exc())
    try:
        path = _log_path()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as exc:
        return f"its traceback could not be written ({exc.strerror})"
    return f"the traceback is in {path}"


def _log_path() -> Path:
    from platformdirs import user_log_path  # noqa: PLC0415  # Only a defect needs it.

    return user_log_path("foureyes") / "last-defect.log"
