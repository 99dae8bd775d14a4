"""The child process that matches a team's rules: files and rules on standard input, diagnostics as JSON on output."""

import pickle
import sys

from foureyes.analyzers import results
from foureyes.analyzers.matching import match
from foureyes.errors import ProcessError


def main() -> int:
    """0, or 1 with one sentence on standard error."""
    # Only `structural` starts this program, and it writes what is read here.
    files, rules = pickle.load(sys.stdin.buffer)  # noqa: S301
    try:
        found = match(files, rules)
    except ProcessError as exc:
        sys.stderr.write(exc.reason)
        return 1
    sys.stdout.buffer.write(results.dump(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
