"""What `fix` wrote into a checkout: the steps, and the contents that they replaced."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from foureyes.cli.files import write_whole
from foureyes.cli.lastreview import digest


class FixedFile(BaseModel):
    """One file of a step: digests of its content before and after."""

    model_config = ConfigDict(frozen=True)

    path: str
    before: str
    after: str


class Step(BaseModel):
    """What one `foureyes fix` did."""

    model_config = ConfigDict(frozen=True)

    fingerprints: tuple[str, ...]
    files: tuple[FixedFile, ...]

    def file(self, path: str) -> FixedFile | None:
        return next((file for file in self.files if file.path == path), None)


class _Steps(BaseModel):
    model_config = ConfigDict(frozen=True)

    steps: tuple[Step, ...] = ()


class Journal:
    """The steps of one checkout, newest last, in a folder of the cache."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "fixes.json"

    @property
    def steps(self) -> tuple[Step, ...]:
        try:
            return _Steps.model_validate_json(self._file.read_bytes()).steps
        except (OSError, ValidationError):
            # As if nothing had been fixed: what is in the files is told by their digests in any case.
            return ()

    def add(self, step: Step, replaced: Iterable[bytes]) -> None:
        """Note a step that is about to be done. `replaced` are the contents that it replaces."""
        kept = self._folder / "kept"
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Contents first, by digest: a crash after it leaves files that nobody needs, never a step without its content.
        for content in replaced:
            write_whole(kept / digest(content), content)
        self._write((*self.steps, step))

    def drop_last(self) -> None:
        self._write(self.steps[:-1])

    def kept(self, content: str) -> bytes | None:
        """A replaced content by its digest; None where it is no longer there."""
        try:
            return (self._folder / "kept" / content).read_bytes()
        except OSError:
            return None

    def applied(self, path: str, *, current: str, reviewed: str) -> set[str] | None:
        """Fingerprints of the suggestions that lead from the reviewed content to the current one.

        None where something else changed the file since.
        """
        found: set[str] = set()
        # Backwards from the file as it is: after an undo and an edit by hand, old steps may name states long gone.
        for step in reversed(self.steps):
            if current == reviewed:
                break
            file = step.file(path)
            if file is not None and file.after == current:
                found |= set(step.fingerprints)
                current = file.before
        return found if current == reviewed else None

    def _write(self, steps: tuple[Step, ...]) -> None:
        write_whole(self._file, _Steps(steps=steps).model_dump_json().encode())
