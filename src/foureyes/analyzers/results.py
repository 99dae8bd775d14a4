"""Diagnostics as bytes for the cache, and the keys they are kept under."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from foureyes.analyzers.port import AnalyzedFile, Analyzer, Diagnostic, Replacement
from foureyes.kit import text
from foureyes.kit.severity import Category, Severity

_FORMAT: Final = 1
"""Raise it when the shape below changes: older entries are then not found."""


def identity(analyzer: Analyzer) -> str:
    """Tool, version and settings as one short text: whatever decides an answer beside the files."""
    parts = (str(_FORMAT), analyzer.name, analyzer.version() or "", analyzer.settings)
    return hashlib.sha256(text.encode("\0".join(parts))).hexdigest()


def digest(file: AnalyzedFile) -> str:
    """Path and content of a file as one short text: tools may go by either."""
    return hashlib.sha256(text.encode(file.path) + b"\0" + file.content).hexdigest()


def key(identified: str, digests: Sequence[str]) -> str:
    """What an answer is kept under: `identity`, and the digest of each file. Equal keys mean equal answers."""
    # Sorted, so that the same files in another order are the same question.
    files = digests[0] if len(digests) == 1 else hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()
    # The same store holds answers of models: the prefix keeps the two apart.
    return f"analysis:{identified}:{files}"


def dump(diagnostics: Sequence[Diagnostic]) -> bytes:
    # Lone surrogates in paths and messages survive as JSON escapes.
    return json.dumps([asdict(diagnostic) for diagnostic in diagnostics]).encode() if diagnostics else b"[]"


def load(raw: bytes) -> list[Diagnostic]:
    """What `dump` wrote."""
    return [_diagnostic(fields) for fields in json.loads(raw)]


def recall(raw: bytes | None) -> list[Diagnostic] | None:
    """What a cache gave back, or None where that is nothing or damaged: the file is then looked at again."""
    if raw is None:
        return None
    try:
        return load(raw)
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def _diagnostic(fields: dict[str, Any]) -> Diagnostic:
    replacement = fields.pop("replacement")
    diagnostic = Diagnostic(
        **fields | {"severity": Severity(fields["severity"]), "category": Category(fields["category"])}
    )
    if replacement is None:
        return diagnostic
    return replace(diagnostic, replacement=Replacement(**replacement | {"lines": tuple(replacement["lines"])}))
