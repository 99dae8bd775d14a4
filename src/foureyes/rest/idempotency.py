"""`Idempotency-Key`: a client's word that two requests are one, so that it may ask again after a lost answer."""

import hashlib
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from foureyes.errors import ConflictError

LONGEST = 200

IdempotencyKeyParam = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=LONGEST,
        # Visible characters alone: some databases keep no others, and proxies mend the rest in their own ways.
        pattern=r"^[!-~]+$",
        description="Up to 200 visible ASCII characters of your own choice. For a day, the same key with the same "
        "body is answered with the same review; with another body, with 409.",
        examples=["7f0c0f0e-build-1873"],
    ),
]


class IdempotencyConflictError(ConflictError):
    """The key was used within a day for another body."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"The Idempotency-Key {key!r} was used for another request before: send a new key with a new request."
        )


def body_digest(body: BaseModel) -> str:
    """Equal for bodies that mean the same, however they are written: order of names, spaces, defaults left out."""
    return hashlib.sha256(body.model_dump_json().encode()).hexdigest()
