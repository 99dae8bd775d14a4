"""Hold the shape of the code: print each measure beside its limit, and end with 1 when one is over.

    python -m tools.check_style src/foureyes --tests tests

The limits say where to think again, not what is good; CONTRIBUTING.md has the aims. Lines are physical lines. A
function's nesting counts if, for, while, with, try and match; its complexity is one more than its branches. Rooms are
the modules and packages right below the source folder.
"""

import argparse
import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
NOQA = re.compile(r"noqa: *[A-Z]+[0-9]+")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class FunctionShape:
    where: str
    lines: int
    nesting: int
    complexity: int
    parameters: int
    annotated: int
    returns: bool


@dataclass(slots=True)
class Shape:
    """What was counted over one tree."""

    files: dict[str, int] = field(default_factory=dict)
    functions: list[FunctionShape] = field(default_factory=list)
    code: int = 0
    comments: int = 0
    anys: int = 0
    broad: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    edges: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: over its limit when `value` leaves `low` to `high`."""

    name: str
    value: float
    high: float = float("inf")
    low: float = 0
    worst: str = ""

    @property
    def over(self) -> bool:
        return not self.low <= self.value <= self.high

    @property
    def limits(self) -> str:
        if self.high == float("inf"):
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}" if self.low else f"at most {self.high:g}"


def measure(root: Path) -> Shape:
    shape = Shape()
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(root).as_posix()
        tree = ast.parse(text)
        shape.files[name] = len(text.splitlines())
        shape.functions += [_function(node, name) for node in ast.walk(tree) if isinstance(node, Function)]
        shape.anys += sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(tree))
        shape.edges |= {(_room(name), room) for room in _imported(tree, root.name) if room != _room(name)}
        _count_lines(shape, text, tree)
        _count_broad(shape, name, text, tree)
    return shape


def rows(shape: Shape, test_lines: int) -> Iterator[Row]:
    lines = list(shape.files.values())
    longest = max(shape.files, key=lambda name: shape.files[name])
    yield Row("file lines, median", _percentile(lines, 0.5), 120)
    yield Row("file lines, p90", _percentile(lines, 0.9), 400)
    yield Row("file lines, max", max(lines), 700, worst=longest)
    yield from _function_rows(shape.functions)
    kloc = shape.code / 1000
    yield Row("broad excepts per 1,000 lines", len(shape.broad) / kloc, 1.5, worst=", ".join(shape.broad))
    yield Row("broad excepts without a reason", len(shape.unexplained), 0, worst=", ".join(shape.unexplained))
    mutual = sorted(f"{a} <-> {b}" for a, b in shape.edges if a < b and (b, a) in shape.edges)
    yield Row("rooms that import each other", len(mutual), 0, worst=", ".join(mutual))
    yield Row("Any per 1,000 lines", shape.anys / kloc, 8)
    yield Row("comment lines, %", 100 * shape.comments / (shape.code + shape.comments), 10, low=3)
    yield Row("test lines : source lines", test_lines / sum(lines), low=1)


def _function_rows(functions: list[FunctionShape]) -> Iterator[Row]:
    lengths = [function.lines for function in functions]
    longest = max(functions, key=lambda function: function.lines)
    deepest = max(functions, key=lambda function: function.nesting)
    knottiest = max(functions, key=lambda function: function.complexity)
    share = 100 / len(functions)
    yield Row("function lines, median", _percentile(lengths, 0.5), 12)
    yield Row("function lines, p90", _percentile(lengths, 0.9), 40)
    yield Row("function lines, p99", _percentile(lengths, 0.99), 100, worst=longest.where)
    yield Row("functions over 100 lines", sum(length > 100 for length in lengths), 0, worst=longest.where)
    yield Row("nesting over 3, %", share * sum(f.nesting > 3 for f in functions), 2, worst=deepest.where)
    yield Row("complexity over 10, %", share * sum(f.complexity > 10 for f in functions), 2, worst=knottiest.where)
    bare = next((f.where for f in functions if f.annotated < f.parameters or not f.returns), "")
    parameters = sum(f.parameters for f in functions)
    yield Row("parameters annotated, %", 100 * sum(f.annotated for f in functions) / parameters, low=99, worst=bare)
    yield Row("returns annotated, %", share * sum(f.returns for f in functions), low=99, worst=bare)


def _function(node: Function, name: str) -> FunctionShape:
    arguments = node.args
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters = [argument for argument in named if argument.arg not in ("self", "cls")] + starred
    return FunctionShape(
        where=f"{name}:{node.lineno} {node.name}",
        lines=(node.end_lineno or node.lineno) - node.lineno + 1,
        nesting=_depth(node),
        complexity=1 + sum(_branches(inner) for inner in _own(node)),
        parameters=len(parameters),
        annotated=sum(argument.annotation is not None for argument in parameters),
        returns=node.returns is not None,
    )


def _depth(node: ast.AST) -> int:
    """How deep blocks stand in each other below `node`, an `elif` on the level of its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, SCOPES):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deepest = max(deepest, _depth(child) + (isinstance(child, BLOCKS) and not is_elif))
    return deepest


def _own(function: Function) -> Iterator[ast.AST]:
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, SCOPES):
            stack.extend(ast.iter_child_nodes(node))


def _branches(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return len(node.ifs)
    return int(isinstance(node, BRANCHES))


def _count_lines(shape: Shape, text: str, tree: ast.Module) -> None:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node, clean=False) is not None:
            docs.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            shape.comments += 1
        elif token.type not in LAYOUT:
            code.update(range(token.start[0], token.end[0] + 1))
    shape.code += len(code - docs)


def _count_broad(shape: Shape, name: str, text: str, tree: ast.Module) -> None:
    """A reason is a comment of words, from the line above the `except` to the first line below it."""
    lines = text.splitlines()
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or not _is_broad(node.type):
            continue
        where = f"{name}:{node.lineno}"
        shape.broad.append(where)
        comments = (NOQA.sub("", line).partition("#")[2] for line in lines[node.lineno - 2 : node.body[0].lineno])
        if not any(comment.strip(" -:#") for comment in comments):
            shape.unexplained.append(where)


def _is_broad(caught: ast.expr | None) -> bool:
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or ast.unparse(kind) in ("Exception", "BaseException") for kind in kinds)


def _room(name: str) -> str:
    return name.split("/", 1)[0].removesuffix(".py")


def _imported(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for parts in (name.split(".") for name in names):
            if parts[0] == package and len(parts) > 1:
                yield parts[1]


def _percentile(values: list[int], share: float) -> int:
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the shape of a source tree against the house's limits.")
    parser.add_argument("source", type=Path)
    parser.add_argument("--tests", type=Path, required=True)
    given = parser.parse_args()
    test_lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in given.tests.rglob("*.py"))
    measured = list(rows(measure(given.source), test_lines))
    for row in measured:
        mark, worst = ("OVER", row.worst) if row.over else ("", "")
        print(f"{row.name:32} {row.value:8.4g}   {row.limits:12} {mark:4} {worst}".rstrip())
    return int(any(row.over for row in measured))


if __name__ == "__main__":
    sys.exit(main())
