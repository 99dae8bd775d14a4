"""The door for reports: which format a file is in, and its findings as diagnostics."""

import json
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.reports_in import checkstyle, rdjson, sarif
from foureyes.errors import ImportedReportError
from foureyes.kit.text import counted

_LARGEST: Final = 32 << 20
_MOST: Final = 50_000


def read_report(path: Path, *, root: Path | None = None) -> list[Diagnostic]:
    """The findings in a report file, in its order. `root` is the checkout that absolute paths in it begin with.

    Raises:
        ImportedReportError: it is not there, too large, or in none of the formats.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as exc:
        raise ImportedReportError(str(path), exc.strerror or str(exc)) from exc
    return parse_report(raw, name=str(path), root=root)


def parse_report(raw: bytes, *, name: str, root: Path | None = None) -> list[Diagnostic]:
    """The same from bytes; `name` is what errors call it.

    Raises:
        ImportedReportError: as above.
    """
    if len(raw) > _LARGEST:
        raise ImportedReportError(name, f"it is larger than {_LARGEST >> 20} MiB")
    try:
        found = _parse(raw.removeprefix(b"\xef\xbb\xbf").strip(), root)
    except ValueError as exc:
        raise ImportedReportError(name, _reason(exc)) from exc
    if len(found) > _MOST:
        raise ImportedReportError(name, f"it holds {counted(len(found), 'finding')}, more than {_MOST:,}")
    return found


def _parse(raw: bytes, root: Path | None) -> list[Diagnostic]:
    if raw.startswith(b"<"):
        return checkstyle.parse(raw, root)
    if not raw.startswith(b"{"):
        raise ValueError("it is neither SARIF, checkstyle XML nor rdjson")
    keys = _keys(raw)
    if "runs" in keys:
        return sarif.parse(raw, root)
    if "diagnostics" in keys:
        return rdjson.parse(raw, root)
    return rdjson.parse_lines(raw, root)


def _keys(raw: bytes) -> frozenset[str]:
    """The keys of the outermost object, or none where there are several objects, one a line."""
    try:
        return frozenset(json.loads(raw))
    except (ValueError, RecursionError):
        return frozenset()


def _reason(exc: ValueError) -> str:
    """pydantic writes a page: the first place that it complains about, and what it says there, are enough."""
    if not isinstance(exc, ValidationError):
        return str(exc)
    first = exc.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{place}: {first['msg']}" if place else first["msg"]
