"""Archives of sources: read in memory, under limits that hold while it is unpacked, and never written to a disk."""

import base64
import binascii
import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from foureyes.errors import TooLargeError
from foureyes.kit.text import printable, shortened
from foureyes.reviews.errors import BadArchiveError
from foureyes.reviews.schemas import LARGEST_FILE, LARGEST_IN_ALL, MOST_FILES

# Folders count as entries, too; a headers-only archive of a million names would keep the reader busy for long.
_MOST_ENTRIES = 2 * MOST_FILES
# Names, padding and the end of a tar, on top of the contents.
_LARGEST_TAR = LARGEST_IN_ALL + _MOST_ENTRIES * 2048
_STREAM_ERRORS = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


def unpacked(form: str, content: str) -> tuple[tuple[str, bytes], ...]:
    """The files of a base64 archive, by their names as they stand in it, in the archive's order.

    Raises:
        BadArchiveError: it is no such archive, is encrypted, or holds links, devices or too many entries.
        TooLargeError: a file, or all of them, are larger than files that are sent may be.
    """
    try:
        raw = base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadArchiveError("The archive is not base64.") from exc
    read = _zip_files if form == "zip" else _tar_files
    try:
        return tuple(_within_limits(read(raw)))
    except _STREAM_ERRORS as exc:
        raise BadArchiveError(f"The archive can't be read as {form}: {shortened(printable(str(exc)), 200)}.") from exc


def _within_limits(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    size = 0
    for number, (name, content) in enumerate(files, start=1):
        size += len(content)
        if size > LARGEST_IN_ALL:
            raise TooLargeError("The archive, unpacked,", limit=LARGEST_IN_ALL)
        if number > MOST_FILES:
            raise BadArchiveError(f"The archive holds more than {MOST_FILES:,} files.")
        yield name, content


def _zip_files(raw: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entries = archive.infolist()
        if len(entries) > _MOST_ENTRIES:
            raise BadArchiveError(f"The archive has more than {_MOST_ENTRIES:,} entries.")
        for entry in entries:
            if entry.is_dir():
                continue
            # The upper half holds Unix' mode, where the archive was made on one; zero says nothing.
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG):
                raise _not_a_file(entry.filename)
            if entry.flag_bits & 1:
                raise BadArchiveError("The archive is encrypted: send it without a password.")
            with archive.open(entry) as stream:
                yield entry.filename, _content(stream, entry.filename)


def _tar_files(raw: bytes) -> Iterator[tuple[str, bytes]]:
    # Unpacked under a limit first: a tar reader passes over what it does not want, however much that unpacks to.
    with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
        plain = packed.read(_LARGEST_TAR + 1)
    if len(plain) > _LARGEST_TAR:
        raise TooLargeError("The archive, unpacked,", limit=LARGEST_IN_ALL)
    with tarfile.open(fileobj=io.BytesIO(plain), mode="r:") as archive:
        for number, entry in enumerate(archive, start=1):
            if number > _MOST_ENTRIES:
                raise BadArchiveError(f"The archive has more than {_MOST_ENTRIES:,} entries.")
            if entry.isdir():
                continue
            stream = archive.extractfile(entry) if entry.isreg() and not entry.issparse() else None
            if stream is None:
                raise _not_a_file(entry.name)
            yield entry.name, _content(stream, entry.name)


def _content(stream: IO[bytes], name: str) -> bytes:
    """The content, read no further than it may be: what the header says of its size may be a lie."""
    content = stream.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise TooLargeError(f"{shortened(printable(name), 200)} in the archive", limit=LARGEST_FILE)
    return content


def _not_a_file(name: str) -> BadArchiveError:
    shown = shortened(printable(name), 200)
    return BadArchiveError(f"The archive holds {shown}, which is neither a file nor a folder: links are not followed.")
