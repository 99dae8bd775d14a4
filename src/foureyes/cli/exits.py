"""Exit codes of the program: what a script may rely on."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Findings win over gaps: who asks CI to stop at a severity wants to know that it was reached."""

    FINE = 0
    FINDINGS = 1
    WRONG_USE = 2
    INCOMPLETE = 3
    # EX_SOFTWARE of sysexits.h; the two below are 128 and the signal, as every shell reports them.
    DEFECT = 70
    INTERRUPTED = 130
    TERMINATED = 143


SENTENCE = (
    "Exit codes: 0 fine, 1 findings at or above --fail-on, 2 wrong use, 3 incomplete (something was not reviewed), "
    "70 a defect of Foureyes, 130 interrupted."
)
