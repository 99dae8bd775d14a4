"""Outside text inside a prompt: fenced, so that it is material and never instruction."""

import hashlib


def fenced(label: str, text: str) -> str:
    """`text` between two marks that hold an id which the text itself can't contain.

    The id is a hash of the text: nobody can write a text that holds its own hash, and the same text gives the same
    prompt, which a random id would not, so that a settled answer is found again.
    """
    # The label is hashed too, so that one text under two labels does not close the other's fence.
    mark = hashlib.sha256(f"{label}\0{text}".encode("utf-8", "replace")).hexdigest()[:12]
    return f"<{label} {mark}>\n{text}\n</{label} {mark}>"
