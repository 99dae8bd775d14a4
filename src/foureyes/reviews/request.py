"""What someone asks to have reviewed, as it is stored: sources are named by the digests of their blobs."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from foureyes.models.reviews import ReviewKind


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoredFile(_Frozen):
    """One file that was sent: its path as it was named, and the digest of its bytes (`blobs`)."""

    path: str
    digest: str


class FilesSource(_Frozen):
    """Files that are judged whole, as if each line were new."""

    type: Literal["files"] = "files"
    files: tuple[StoredFile, ...]


class PatchSource(_Frozen):
    """A unified diff; `files` are files of the new version where the sender gave them along."""

    type: Literal["patch"] = "patch"
    digest: str
    files: tuple[StoredFile, ...] = ()


class RepositorySource(_Frozen):
    """A range of a repository that can be cloned over https. Without `base`: what the one commit `head` changed."""

    type: Literal["repository"] = "repository"
    url: str
    head: str
    base: str | None = None


Source = Annotated[FilesSource | PatchSource | RepositorySource, Field(discriminator="type")]


class ReviewRequest(_Frozen):
    """All that a run needs to know. `policy` is the text of a `.foureyes.toml` that stands in for the repository's."""

    kind: ReviewKind
    source: Source
    title: str = ""
    description: str = ""
    error_digest: str | None = None
    """For `debug`: the blob of the error's text."""
    policy: str = ""
    model: bool = True
    """False: analysers alone, even where a model is set."""
