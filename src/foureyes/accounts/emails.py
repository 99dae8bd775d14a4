"""E-mail addresses in the one form in which they are compared."""

import re

_LONGEST = 254
# Printable ASCII alone: look-alike letters of other scripts would let one address pass for another. Domains of other
# scripts have an ASCII form (xn--...).
_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,253}")
PATTERN = rf"^\s*{_ADDRESS.pattern}\s*$"
"""What is accepted, for schemas."""


def normalised(email: str) -> str:
    """The address without white space around it, in lower case.

    Raises:
        ValueError: it is none; the message says what one looks like.
    """
    # Lower case comes last: it turns some letters of other scripts into ASCII.
    address = email.strip()
    if len(address) > _LONGEST or not _ADDRESS.fullmatch(address):
        raise ValueError("must be an e-mail address in ASCII, like ada@example.org, of 254 characters at most")
    return address.lower()
