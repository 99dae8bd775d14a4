"""Values that many tests need, made with as few words as possible."""

import difflib
from dataclasses import replace

from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change, FileChange, Side
from foureyes.engine.candidates import Candidate
from foureyes.engine.material import Material
from foureyes.engine.policy import Policy
from foureyes.engine.values import Finding
from foureyes.git.trees import MemoryTree
from foureyes.kit.severity import Category, Severity


def a_patch(path: str, before: str, after: str) -> bytes:
    """The unified diff of one text file."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(lines).encode()


def a_change(**files: tuple[str, str]) -> Change:
    """A change of text files: `a_change(**{"app.py": (before, after)})`."""
    patch = b"".join(a_patch(path, before, after) for path, (before, after) in files.items())
    return parse_patch(patch, base="base", head="head")


def a_file(path: str, before: str, after: str) -> FileChange:
    return a_change(**{path: (before, after)}).files[0]


def a_material(policy: Policy | None = None, *, title: str = "", description: str = "", **files: object) -> Material:
    """Material of text files: `a_material(**{"app.py": (before, after)})`."""
    versions = {path: pair for path, pair in files.items() if isinstance(pair, tuple)}
    return Material(
        change=replace(a_change(**versions), title=title, description=description),
        base=MemoryTree({path: before.encode() for path, (before, _) in versions.items() if before}),
        head=MemoryTree({path: after.encode() for path, (_, after) in versions.items() if after}),
        policy=policy or Policy(),
    )


def a_candidate(**said: object) -> Candidate:
    words: dict[str, object] = {
        "path": "app.py",
        "first_line": 2,
        "last_line": 2,
        "quote": "return items[0]",
        "kind": "bug",
        "severity": "high",
        "confidence": 0.9,
        "rule": "index-error",
        "title": "Empty list raises IndexError",
        "explanation": "When items is empty, items[0] raises IndexError.",
    }
    return Candidate.model_validate({**words, **said})


_FINDING = Finding(
    path="app.py",
    start_line=2,
    end_line=2,
    side=Side.RIGHT,
    severity=Severity.HIGH,
    category=Category.BUG,
    source="ruff",
    rule="B006",
    title="Mutable default argument",
    explanation="The list is shared between calls.",
    evidence="def add(item, items=[]):",
    confidence=0.9,
    fingerprint="f1",
)


def a_finding(**facts: object) -> Finding:
    return replace(_FINDING, **facts)  # type: ignore[arg-type]
