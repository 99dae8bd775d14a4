"""Reading a whole tree: the facts of each file of code, by several processes where there is much to read."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import ValidationError

import foureyes
from foureyes.engine.architecture.facts import FileFacts, facts_of, load_facts, pack
from foureyes.engine.setaside import Attributes, aside_by_name, attribute_files
from foureyes.errors import ProcessError
from foureyes.git.trees import Tree
from foureyes.kit import process
from foureyes.kit.cpu import Cpu
from foureyes.kit.process import Limits

# Large enough to pay for starting an interpreter, small enough that all processors have work to the end.
_BATCH = 400
"""Files that are read and handed on at a time; fewer are not worth the start of a process."""

# Without -P the current folder comes first on the path: the repository's own `json.py` would run.
_READER = (sys.executable, "-P", "-m", "foureyes.engine.architecture.facts")
_LIMITS = Limits(time=timedelta(minutes=5))
_MANIFESTS = frozenset({"package.json", "tsconfig.json", "tsconfig.base.json", "jsconfig.json", "go.mod", "Cargo.toml"})
# Written by hand, these have a few kilobytes; what is larger was made to keep a JSON parser busy.
_LARGEST_MANIFEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Scan:
    """What was read: facts in the order of paths, manifests that tell how imports are meant, and what was not read."""

    files: tuple[FileFacts, ...]
    manifests: Mapping[str, bytes]
    aside: int
    """Files that nobody writes by hand (vendored, generated): left out."""
    lost: tuple[str, ...] = ()
    """Files that could not be read: the process that read them failed."""


async def scan(tree: Tree, *, cpu: Cpu | None = None) -> Scan:
    """Read every file of code of a tree."""
    cpu = cpu or Cpu()
    paths = await tree.paths()
    attributes = Attributes(await tree.read(set(attribute_files(paths)) & set(paths)))
    kept = [path for path in paths if not _is_aside(path, attributes)]
    manifests = await tree.read([path for path in kept if path.rsplit("/", 1)[-1] in _MANIFESTS])
    batches = [kept[at : at + _BATCH] for at in range(0, len(kept), _BATCH)]
    read = await asyncio.gather(*(_batch(tree, batch, cpu, alone=len(batches) == 1) for batch in batches))
    return Scan(
        files=tuple(facts for found, _ in read for facts in found),
        manifests={path: content for path, content in manifests.items() if len(content) <= _LARGEST_MANIFEST},
        aside=len(paths) - len(kept),
        lost=tuple(path for _, lost in read for path in lost),
    )


def _is_aside(path: str, attributes: Attributes) -> bool:
    said = attributes.aside(path)
    return bool(aside_by_name(path) if said is None else said)


async def _batch(tree: Tree, paths: Sequence[str], cpu: Cpu, *, alone: bool) -> tuple[list[FileFacts], Sequence[str]]:
    """The facts of these files, and those of them that were lost with the process that read them."""
    async with cpu.slot():
        contents = await tree.read(paths)
        files = [(path, contents[path]) for path in paths if path in contents]
        if alone:
            return await asyncio.to_thread(facts_of, files), ()
        try:
            done = await process.run(_READER, env=_environment(), stdin=pack(files), limits=_LIMITS)
            return load_facts(done.stdout), ()
        # A parser that is driven to crash by one file takes its process along, and not the map.
        except (ProcessError, ValidationError):
            return [], paths


def _environment() -> dict[str, str]:
    """Ours are the folders to import from: however we were installed, the reader finds the same packages.

    The current folder is left out, unless we are in it: `python -m` puts it first, and it may be a hostile checkout.
    """
    own = str(Path(foureyes.__file__).parents[1])
    others = [folder for folder in sys.path if folder not in ("", str(Path.cwd()), own)]
    return process.plain_environment(PYTHONPATH=os.pathsep.join((own, *others)))
