"""The arrows between the files of a small repository that a test writes down."""

from collections.abc import Mapping

from foureyes.engine.architecture.links import dependencies
from foureyes.engine.architecture.scan import scan
from foureyes.git.trees import MemoryTree


async def arrows_of(files: Mapping[str, str]) -> list[str]:
    """`source:line -> target` for each import that stays inside, in the order of files and lines."""
    read = await scan(MemoryTree({path: text.encode("utf-8", "surrogateescape") for path, text in files.items()}))
    found = dependencies(read.files, read.manifests)
    return [f"{each.source.path}:{each.source.line} -> {each.target}" for each in found]


async def targets_of(source: str, text: str, others: Mapping[str, str]) -> list[str]:
    """What one file, with this text, imports of the others."""
    found = await arrows_of({**others, source: text})
    return [arrow.split(" -> ")[1] for arrow in found if arrow.startswith(f"{source}:")]
