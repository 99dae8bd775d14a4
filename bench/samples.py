"""What the bench works on: real code of the standard library, the same on every run with the same Python."""

import ast
import sysconfig
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.programs import git

_LEFT_OUT = {"test", "tests", "site-packages", "idlelib", "lib2to3", "turtledemo", "__pycache__"}


def library() -> list[Path]:
    """Every module of the standard library but its tests, sorted by path."""
    root = Path(sysconfig.get_path("stdlib"))
    return sorted(path for path in root.rglob("*.py") if not _LEFT_OUT & set(path.relative_to(root).parts))


def lines_of(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def modules(count: int, lines: int) -> list[Path]:
    """`count` modules that together have about `lines` lines: those whose size is nearest to the mean."""
    mean = lines / count
    return sorted(sorted(library(), key=lambda path: (abs(lines_of(path) - mean), path))[:count])


def without_functions(source: str, budget: int) -> tuple[str, int]:
    """The module as it was before some of its functions were written, and how many lines those have.

    Functions are taken from the end, a class keeps its first one, and no more than `budget` lines go.
    """
    lines = source.splitlines(keepends=True)
    taken = 0
    for function in reversed(list(_removable(ast.parse(source)))):
        first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
        size = (function.end_lineno or first) - first + 1
        if taken + size <= budget:
            del lines[first - 1 : first - 1 + size]
            taken += size
    return "".join(lines), taken


def _removable(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from [one for one in node.body if isinstance(one, ast.FunctionDef)][1:]


def repository(folder: Path, versions: Sequence[dict[str, str]]) -> Path:
    """A repository with one commit for each version. A version leaves files that it does not name as they are."""
    folder.mkdir(parents=True)
    git("init", "-q", "-b", "main", cwd=folder)
    for number, files in enumerate(versions):
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        git("add", "-A", cwd=folder)
        git("commit", "-q", "-m", f"version {number}", cwd=folder)
    return folder


def change(files: int, added: int) -> tuple[dict[str, str], dict[str, str]]:
    """Before and after of a change that adds real functions, about `added` lines of them, to `files` modules."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    left = added
    for path in modules(files * 3, files * 3 * 600):
        if len(after) == files:
            break
        source = path.read_text(encoding="utf-8")
        earlier, taken = without_functions(source, left // (files - len(after)))
        if taken:
            name = f"src/{path.parent.name}_{path.name}"
            before[name], after[name] = earlier, source
            left -= taken
    return before, after


def edited(source: str, every: int) -> str:
    """The module with a word changed on every so many lines."""
    lines = source.splitlines(keepends=True)
    for number in range(every // 2, len(lines), every):
        lines[number] = lines[number].replace("self", "this").replace("=", "= ").rstrip("\n") + "  # edited\n"
    return "".join(lines)


def large_diff(folder: Path, lines: int) -> bytes:
    """A diff that git made between two versions of the standard library, cut after the file that reaches `lines`."""
    sources = {
        f"lib/{number:04}_{path.name}": path.read_text(encoding="utf-8") for number, path in enumerate(library())
    }
    home = repository(folder, [sources, {name: edited(source, 6) for name, source in sources.items()}])
    sections = git("diff", "HEAD~1", "HEAD", cwd=home).split(b"diff --git ")[1:]
    kept, count = bytearray(), 0
    for section in sections:
        kept += b"diff --git " + section
        count += section.count(b"\n")
        if count >= lines:
            break
    return bytes(kept)
