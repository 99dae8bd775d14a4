"""What a hunk is, wherever it stands: the same key after a rebase that only moved it."""

from hashlib import sha256

from foureyes.diff.values import Hunk, LineKind
from foureyes.kit import text

_SIGNS = {LineKind.ADDED: "+", LineKind.REMOVED: "-"}


def hunk_key(hunk: Hunk) -> str:
    """A hash of the lines a hunk adds and removes, in hexadecimal; line numbers and context don't count.

    Indentation counts, for it changes what code means; white space at the end of a line does not.
    """
    changed = (_SIGNS[line.kind] + line.text.rstrip() + "\n" for line in hunk.lines if line.kind in _SIGNS)
    return sha256(text.encode("".join(changed))).hexdigest()
