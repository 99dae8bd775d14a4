"""What a file imports, read from the text of its import statements."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from foureyes.code.languages import Language
from foureyes.code.symbols import last_line


@dataclass(frozen=True, slots=True)
class Import:
    """One import, on the lines `line` to `end_line`, counted from 1.

    `module` is as written, without quotes: `..pkg` (Python), `./mod` (JavaScript), `a.b.C` (Java), `crate::a` (Rust),
    `App\\Models\\User` (PHP); a system header keeps its brackets (`<stdio.h>`), Ruby's `require_relative "x"` and a C
    header of one's own become `./x` and `./x.h`, Rust's `mod x;` is `self::x`. `names` are those taken out of the
    module, by their names there; `*` stands for all; none means the module itself.
    """

    module: str
    names: tuple[str, ...]
    line: int
    end_line: int = 0


_Read = tuple[str, tuple[str, ...]]

_QUOTED = re.compile(r"""(['"`])([^'"`\n]+)\1""")
_BRACES = re.compile(r"\{([^{}]*)\}")
# Braces of a `use` can be nested without end in hostile code, and each level is one call deeper.
_DEEPEST = 20
_ALIAS = re.compile(r" (?:as|=>) .*$")
_COMMENTS = {Language.PYTHON: re.compile(r"#[^\n]*|\\\n"), Language.RUST: re.compile(r"//[^\n]*")}


def imports_in(nodes: Iterable[SgNode], language: Language) -> tuple[Import, ...]:
    """The imports that the given import statements make, in the order of their lines."""
    read = _READERS.get(language)
    if read is None:
        return ()
    found = [
        Import(module, names, place.start.line + 1, last_line(place))
        for node, place in ((node, node.range()) for node in nodes)
        for module, names in read(_flat(node.text(), language))
        if module
    ]
    return tuple(sorted(found, key=lambda each: each.line))


def _flat(text: str, language: Language) -> str:
    """The statement without comments, its white space as single spaces: patterns then take no time to fail."""
    comments = _COMMENTS.get(language)
    # A comment may hold a comma or a quote, which would be read as a name.
    return " ".join((comments.sub("", text) if comments else text).split())


def _names(text: str) -> tuple[str, ...]:
    """`a, b as c, type D` -> a, b, D."""
    parts = (_ALIAS.sub("", part.strip()).split() for part in text.split(","))
    return tuple(words[-1] for words in parts if words)


def _python(text: str) -> Iterator[_Read]:
    taken = re.match(r"from\s+(\S+?)\s*import\b\s*\(?([^)]*)", text)
    if taken:
        yield taken[1], _names(taken[2])
        return
    for module in text.removeprefix("import").split(","):
        yield module.split(" as ")[0].strip(), ()


def _javascript(text: str) -> Iterator[_Read]:
    quoted = _QUOTED.search(text[text.rfind(" from") + 1 :] if " from" in text else text)
    if not quoted:
        return
    head = text[: text.rfind("from")] if "from" in text else ""
    braces = _BRACES.search(head)
    names = _names(braces[1]) if braces else ()
    # `import a, * as b` takes both, so that none of these tests ends the others.
    if "*" in head:
        names = ("*", *names)
    if re.match(r"import\s+(?:type\s+)?(?!type\b)[\w$]+", head):
        names = ("default", *names)
    yield quoted[2], names


def _go(text: str) -> Iterator[_Read]:
    quoted = _QUOTED.search(text)
    if quoted:
        yield quoted[2], ("*",) if text.startswith(".") else ()


def _java(text: str) -> Iterator[_Read]:
    # White space may stand around the dots of a Java import, so that the parts are joined again.
    words = text.removeprefix("import").rstrip(" ;\n").split()
    module = "".join(word for word in words if word != "static")
    if module.endswith(".*") or "static" in words:
        module, _, name = module.rpartition(".")
        yield module, (name,)
    else:
        yield module, ()


def _kotlin(text: str) -> Iterator[_Read]:
    module = _ALIAS.sub("", text.removeprefix("import").strip())
    yield (module[:-2], ("*",)) if module.endswith(".*") else (module, ())


def _scala(text: str) -> Iterator[_Read]:
    path = "".join(text.removeprefix("import").split("\n"))
    braces = _BRACES.search(path)
    if braces:
        yield path[: braces.start()].strip(" ."), tuple("*" if name == "_" else name for name in _names(braces[1]))
        return
    for each in path.split(","):
        module = each.strip()
        yield (module[:-2], ("*",)) if module.endswith(("._", ".*")) else (module, ())


def _rust(text: str) -> Iterator[_Read]:
    module = re.search(r"\bmod\s+(\w+)\s*;", text)
    if module:
        yield f"self::{module[1]}", ()
        return
    crate = re.search(r"\bextern\s+crate\s+(\w+)", text)
    if crate:
        yield crate[1], ()
        return
    used = re.search(r"\buse (.*)$", text)
    if used:
        yield from _rust_tree("", re.sub(r" as \w+", "", used[1].rstrip("; ")).replace(" ", ""), _DEEPEST)


def _rust_tree(prefix: str, tree: str, deepest: int) -> Iterator[_Read]:
    """The leaves of `a::{b, c::{d, e}}`, those of one module together, down to a depth that nobody reaches."""
    opening = tree.find("{")
    if opening >= 0 and not deepest:
        return
    if opening < 0:
        module, _, name = f"{prefix}{tree}".rpartition("::")
        yield (module, (name,)) if module else (name, ())
        return
    prefix += tree[:opening]
    parts = _split_outside_braces(tree[opening + 1 : tree.rfind("}")])
    # Names of one module stay in one import; only deeper paths become imports of their own.
    plain = tuple(part for part in parts if part and "::" not in part and "{" not in part)
    if plain:
        yield prefix.removesuffix("::"), plain
    for part in parts:
        if part and part not in plain:
            yield from _rust_tree(prefix, part, deepest - 1)


def _split_outside_braces(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _csharp(text: str) -> Iterator[_Read]:
    words = re.sub(r"^(?:global\s+)?using\s+(static\s+)?(?:\w+\s*=\s*)?", "", text).rstrip(" ;\n")
    yield words.strip(), ("*",) if re.match(r"(?:global\s+)?using\s+static\b", text) else ()


def _php(text: str) -> Iterator[_Read]:
    if not text.startswith("use"):
        quoted = _QUOTED.search(text)
        if quoted:
            yield quoted[2], ()
        return
    text = re.sub(r"^use\s+(?:function\s+|const\s+)?", "", text).rstrip(" ;\n")
    braces = _BRACES.search(text)
    if braces:
        yield text[: braces.start()].strip("\\ \n"), _names(braces[1])
        return
    for each in text.split(","):
        yield _ALIAS.sub("", each.strip()).lstrip("\\"), ()


def _ruby(text: str) -> Iterator[_Read]:
    quoted = _QUOTED.search(text)
    if quoted:
        # Only the leading dot tells one's own files from gems of the same name.
        relative = text.startswith("require_relative") and not quoted[2].startswith(".")
        yield ("./" if relative else "") + quoted[2], ()


def _c(text: str) -> Iterator[_Read]:
    included = re.search(r'include\s*(?:"([^"\n]+)"|(<[^>\n]+>))', text)
    if included:
        yield included[2] or (included[1] if included[1].startswith(".") else f"./{included[1]}"), ()


def _swift(text: str) -> Iterator[_Read]:
    words = text.split()
    yield (words[-1] if words else ""), ()


def _lua(text: str) -> Iterator[_Read]:
    quoted = _QUOTED.search(text)
    if quoted:
        yield quoted[2], ()


def _elixir(text: str) -> Iterator[_Read]:
    taken = re.match(r"\w+\s+([\w.]+?)(?:\.\{([^}]*)\})?(?=[\s,]|$)", text)
    if taken:
        yield taken[1], _names(taken[2] or "")


def _bash(text: str) -> Iterator[_Read]:
    words = text.split()
    if len(words) > 1:
        yield words[1].strip("'\""), ()


def _solidity(text: str) -> Iterator[_Read]:
    quoted = _QUOTED.search(text)
    if quoted:
        braces = _BRACES.search(text)
        yield quoted[2], _names(braces[1]) if braces else ()


_READERS: dict[Language, Callable[[str], Iterator[_Read]]] = {
    Language.PYTHON: _python,
    Language.JAVASCRIPT: _javascript,
    Language.TYPESCRIPT: _javascript,
    Language.TSX: _javascript,
    Language.GO: _go,
    Language.JAVA: _java,
    Language.KOTLIN: _kotlin,
    Language.SCALA: _scala,
    Language.RUST: _rust,
    Language.CSHARP: _csharp,
    Language.PHP: _php,
    Language.RUBY: _ruby,
    Language.C: _c,
    Language.CPP: _c,
    Language.SWIFT: _swift,
    Language.LUA: _lua,
    Language.ELIXIR: _elixir,
    Language.BASH: _bash,
    Language.SOLIDITY: _solidity,
}
