"""Screening: for each changed file whether it is reviewed, and if not why; secrets masked, hidden characters gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from foureyes.code.languages import Language, language_of
from foureyes.diff.values import Change, FileChange
from foureyes.engine.masking import MaskedVersion, masked_file, shown
from foureyes.engine.material import Convention, Material
from foureyes.engine.oddities import notices_of
from foureyes.engine.setaside import Attributes, attribute_files
from foureyes.engine.skipping import Skip, aside_by_policy, skip_read, skip_unread, too_large
from foureyes.engine.values import Notice
from foureyes.kit.cpu import Cpu
from foureyes.kit.text import decode, encode

_FIRST_BYTES = 4096
# A patch may claim that a hunk starts at line 10^9, and the blank lines above it would be made up in memory.
_MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class ScreenedFile:
    """A file that is reviewed. `shown` and `masked` may go into a prompt; `file`, `content` and `text` may not.

    `masked` has as many lines as `text`. `partial`: only lines of hunks are known, the others are blank.
    """

    file: FileChange
    shown: FileChange
    content: bytes
    text: str
    masked: str
    language: Language | None
    partial: bool = False

    @property
    def path(self) -> str:
        return self.file.path


@dataclass(frozen=True, slots=True)
class Screened:
    """Every file of the change is in `files` or in `skips`. `masked_change` is the change as a prompt may show it.

    It holds the files that are reviewed, no others. `notices` are those of the material and of the screening.
    """

    files: tuple[ScreenedFile, ...]
    skips: tuple[Skip, ...]
    notices: tuple[Notice, ...]
    masked_change: Change
    conventions: tuple[Convention, ...]


async def screen(material: Material, *, cpu: Cpu | None = None) -> Screened:
    """Sort the files of a change and mask those that remain. Each version is read in one batch."""
    cpu = cpu or Cpu()
    change = material.change
    attributes = Attributes(await material.base.read(attribute_files(file.path for file in change.files)))
    skips: list[Skip] = []
    candidates: list[FileChange] = []
    for file in change.files:
        skip = skip_unread(file, material.policy, attributes)
        if skip is None:
            candidates.append(file)
        else:
            skips.append(skip)
    # After the skips that need no content: a vendored folder may hold gigabytes.
    heads = await material.head.read([file.path for file in candidates])
    files: list[ScreenedFile] = []
    for opened in await cpu.run(lambda: [_opened(file, heads, material, attributes) for file in candidates]):
        if isinstance(opened, Skip):
            skips.append(opened)
        else:
            files.append(opened)
    bases = await material.base.read([file.file.old_path or file.path for file in files if file.file.removed])
    return await cpu.run(_finished, material, files, skips, bases)


def _opened(
    file: FileChange, heads: Mapping[str, bytes], material: Material, attributes: Attributes
) -> ScreenedFile | Skip:
    """The file with its content, not masked yet; or why it is skipped after all."""
    content = heads.get(file.path)
    partial = content is None
    if content is None:
        if material.complete:
            return too_large(file, "that git was not let read", "split it")
        last = max(line.new or 0 for hunk in file.hunks for line in hunk.lines)
        if last > _MOST_LINES:
            return too_large(file, f"of {last:,} lines", "split it")
        content = encode(_sparse(file, last))
    text = decode(content)
    language = language_of(file.path, content[:_FIRST_BYTES])
    skip = skip_read(file, text, language, limit=material.policy.limits.file_bytes, attributes=attributes)
    return skip or ScreenedFile(file, file, content, text, text, language, partial)


def _finished(
    material: Material, files: Sequence[ScreenedFile], skips: Sequence[Skip], bases: Mapping[str, bytes]
) -> Screened:
    change = material.change
    # What the team itself sets aside may hold whatever it likes: keys that are made up for tests.
    unread = [skip.path for skip in skips if not aside_by_policy(skip.path, material.policy)]
    masked = tuple(_masked(file, bases.get(file.file.old_path or file.path)) for file in files)
    return Screened(
        files=masked,
        skips=tuple(skips),
        notices=(*material.notices, *notices_of(change, unread)),
        masked_change=Change(
            change.base,
            change.head,
            tuple(file.shown for file in masked),
            shown(change.title),
            shown(change.description),
        ),
        conventions=tuple(replace(each, text=shown(each.text)) for each in material.conventions),
    )


def _masked(file: ScreenedFile, base: bytes | None) -> ScreenedFile:
    masked = shown(file.text)
    before = decode(base) if base is not None else ""
    versions = MaskedVersion.of(before, shown(before)), MaskedVersion.of(file.text, masked)
    return replace(file, masked=masked, shown=masked_file(file.file, *versions))


def _sparse(file: FileChange, last: int) -> str:
    """The head version as far as the hunks tell it, each line in its place."""
    known = {line.new: line.text for hunk in file.hunks for line in hunk.lines if line.new is not None}
    return "".join(f"{known.get(number, '')}\n" for number in range(1, last + 1))
