"""New files of a work tree, shown to git by a copy of the index in which they are announced."""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from foureyes.git.door import Git


async def with_untracked(git: Git, folder: Path, paths: Sequence[str]) -> Git:
    """A git that counts untracked files, ignored ones apart, as added. What it writes goes into `folder`."""
    listing = await git.run("ls-files", "-z", "--others", "--exclude-standard", "--", *paths)
    # A name that ends in a slash is another repository, which is no part of this one.
    fresh = [name for name in listing.split(b"\0") if name and not name.endswith(b"/")]
    if not fresh:
        return git
    announcing = await _aside(git, folder)
    await announcing.run(
        "add", "--intent-to-add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", stdin=b"\0".join(fresh)
    )
    return announcing


async def _aside(git: Git, folder: Path) -> Git:
    """The same repository, with index and new objects in `folder`: the real one is only read."""
    top = git.work_tree or Path()
    index, objects = [top / await git.text("rev-parse", "--git-path", name) for name in ("index", "objects")]
    # The copy keeps the time of the index: a file that was changed within the same tick of the clock as it was added
    # is told by it alone (git's technical/racy-git), and a newer copy would hide that change.
    with suppress(FileNotFoundError):
        await asyncio.to_thread(shutil.copy2, index, folder / "index")
    escaped = str(objects).replace("\\", "\\\\").replace('"', '\\"')
    variables = {"GIT_OBJECT_DIRECTORY": str(folder), "GIT_ALTERNATE_OBJECT_DIRECTORIES": f'"{escaped}"'}
    return replace(git, index=folder / "index", variables={**git.variables, **variables})
