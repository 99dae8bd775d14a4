"""The last review of each checkout, kept in the cache directory for `fix` and `explain`."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from foureyes.cli.files import write_whole
from foureyes.engine.reports.document import FindingPart, ReviewDocument
from foureyes.errors import UsageError
from foureyes.kit import clock


class NoReviewError(UsageError):
    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        super().__init__(f"There is no stored review of {checkout}: run `foureyes review` there first.")


class UnknownFindingError(UsageError):
    def __init__(self, wanted: str, reason: str) -> None:
        self.wanted = wanted
        super().__init__(f"No finding {wanted!r}: {reason}. `foureyes explain` lists the findings of the last review.")


class LastReview(BaseModel):
    """A stored review. `digests` are SHA-256 of the reviewed files that have suggestions, by path."""

    model_config = ConfigDict(frozen=True)

    checkout: str
    saved: datetime
    digests: dict[str, str]
    review: ReviewDocument


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def folder_of(cache_dir: Path, checkout: Path) -> Path:
    """Where all that belongs to one checkout is kept."""
    return cache_dir / "checkouts" / hashlib.sha256(str(checkout).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def store(cache_dir: Path, checkout: Path, review: ReviewDocument, contents: Mapping[str, bytes]) -> None:
    """Keep a review as the last one of its checkout. `contents` are the reviewed files that have suggestions."""
    last = LastReview(
        # A path need not be UTF-8, and JSON must be; the folder's name holds the exact bytes.
        checkout=str(checkout).encode("utf-8", "replace").decode(),
        saved=clock.now(),
        digests={path: digest(content) for path, content in contents.items()},
        review=review,
    )
    folder = folder_of(cache_dir, checkout)
    # For the user alone: the review quotes code, and the cache may lie in a home that others can read.
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / "review.json", last.model_dump_json(by_alias=True).encode())


def load(cache_dir: Path, checkout: Path) -> LastReview:
    """The last review of a checkout.

    Raises:
        NoReviewError: there is none, or it was stored by a release whose form this one can't read.
    """
    try:
        return LastReview.model_validate_json((folder_of(cache_dir, checkout) / "review.json").read_bytes())
    except (OSError, ValidationError) as exc:
        raise NoReviewError(checkout) from exc


def find(findings: tuple[FindingPart, ...], wanted: str) -> FindingPart:
    """The finding whose fingerprint begins with `wanted`.

    Raises:
        UnknownFindingError: none does, or several do.
    """
    # By fingerprint, for a settled finding may have the same one as a finding that came back.
    fitting = {finding.fingerprint: finding for finding in findings if finding.fingerprint.startswith(wanted.lower())}
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    reason = f"{len(fitting)} begin so, write more of it" if fitting else "none begins so"
    raise UnknownFindingError(wanted, reason)
