"""Files that tell how a project is written: AGENTS.md and its kin, rules of editors, CONTRIBUTING.md."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from foureyes.engine.material import Convention
from foureyes.engine.policy import ContextPolicy, path_spec
from foureyes.git.trees import Tree
from foureyes.kit.text import decode

ROOT_CONVENTIONS = (
    "AGENTS.md", "CLAUDE.md", ".cursorrules", ".github/copilot-instructions.md",
    "CONTRIBUTING.md", ".github/CONTRIBUTING.md", "docs/CONTRIBUTING.md",
)  # fmt: skip
# Only these two are looked for in every folder above a changed file, as the tools that read them do.
_NEAR = ("AGENTS.md", "CLAUDE.md")
_SCOPED = re.compile(r"\.cursor/rules/(?:.*/)?[^/]+\.mdc?|\.github/instructions/(?:.*/)?[^/]+\.instructions\.md")
_FRONT_MATTER = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_SCOPE = re.compile(r"^(?:globs|applyTo):[ \t]*(.*)$", re.MULTILINE)

# A house book of a hundred pages would leave no room for the change, and every call of a review pays for it.
_LONGEST = 4_000
_ALL_TOGETHER = 12_000
"""Characters: every prompt of a review holds them."""


def is_convention(path: str, context: ContextPolicy) -> bool:
    """Whether a file is one of those that tell how the project is written."""
    name = posixpath.basename(path)
    return (
        name in _NEAR
        or path in ROOT_CONVENTIONS
        or bool(_SCOPED.fullmatch(path))
        or path_spec(context.files).match_file(path)
    )


async def conventions_for(
    changed: Collection[str], tree: Tree, known: Sequence[str], context: ContextPolicy
) -> tuple[Convention, ...]:
    """What holds for these files, the most general first, cut to a size that a prompt can bear.

    `tree` is the base version and `known` its paths.
    """
    if not context.conventions:
        return ()
    wanted = list(dict.fromkeys(_wanted(changed, known, context)))
    contents = await tree.read(wanted)
    found: dict[str, Convention] = {}
    for path in wanted:
        text = _applicable(decode(contents.get(path, b"")), changed)
        if text:
            # CLAUDE.md is often a copy of AGENTS.md.
            found.setdefault(text, Convention(path, text))
    return tuple(_within(found.values()))


def _wanted(changed: Collection[str], known: Sequence[str], context: ContextPolicy) -> Iterator[str]:
    there = set(known)
    yield from (path for path in ROOT_CONVENTIONS if path in there)
    folders = {folder for path in changed for folder in _folders(path)}
    for folder in sorted(folders, key=lambda folder: (folder.count("/"), folder)):
        yield from (near for name in _NEAR if (near := f"{folder}/{name}") in there)
    spec = path_spec(context.files)
    yield from (path for path in known if _SCOPED.fullmatch(path) or (context.files and spec.match_file(path)))


def _folders(path: str) -> Iterator[str]:
    # An absolute name, which someone may send, has a folder that is its own folder.
    while (folder := posixpath.dirname(path)) not in ("", path):
        path = folder
        yield path


def _applicable(text: str, changed: Iterable[str]) -> str:
    """The text without its front matter; empty where that says that it is about other files."""
    matter = _FRONT_MATTER.match(text)
    if matter is None:
        return text.strip()
    scope = _SCOPE.search(matter[1])
    patterns = tuple(part for part in re.split(r"[,\s\"'\[\]]+", scope[1]) if part) if scope else ()
    if patterns and not _about(patterns, changed):
        return ""
    return text[matter.end() :].strip()


def _about(patterns: tuple[str, ...], changed: Iterable[str]) -> bool:
    try:
        spec = path_spec(patterns)
    # Rules whose scope can't be read hold for all: it is better to be told too much than to miss a rule.
    except ValueError:
        return True
    return any(spec.match_file(path) for path in changed)


def _within(found: Iterable[Convention]) -> Iterator[Convention]:
    # The general ones come first: when they fill the room, what is said for single folders is left out.
    room = _ALL_TOGETHER
    for convention in found:
        text = _cut(convention.text, max(0, min(room, _LONGEST)))
        if text:
            room -= len(text)
            yield Convention(convention.path, text)


def _cut(text: str, limit: int) -> str:
    """Whole lines of a text up to a limit, with a word about the rest."""
    if len(text) <= limit:
        return text
    head = text[:limit].rpartition("\n")[0]
    return f"{head}\n[cut here]" if head else ""
