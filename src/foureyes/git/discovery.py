"""Where a repository is, whether it may be trusted to be opened, and what of its configuration must be switched off."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path

from foureyes.errors import MissingProgramError, NotARepositoryError
from foureyes.git.door import OLDEST, Git, failure, program
from foureyes.git.hardening import Settings, defused
from foureyes.kit import process
from foureyes.kit.text import decode

_NONE = re.compile(r"not a git repository|cannot use bare repository|invalid gitfile format")
_OF_USER = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
_SCOPES = ("system", "global")
_WISHES = {"core.excludesfile": "core.excludesFile", "core.autocrlf": "core.autocrlf", "core.eol": "core.eol"}


async def discover(path: Path, *, index: Path | None = None) -> tuple[Git, Path]:
    """The git of the repository that `path` (a file or folder) is in, with its own programs switched off; and its top.

    A bare repository must be named itself: one that lies inside of other files may have been planted there.

    Raises:
        NotARepositoryError: there is none.
        ForeignRepositoryError: another user owns it, and the user's configuration does not trust it.
        MissingProgramError: git is missing or too old.
    """
    _, (wishes, trusted) = await asyncio.gather(_check_version(), _user_settings())
    place, bare = _place(path)
    # A bare repository was named by the user; git itself still asks who owns it.
    config = (*trusted, ("safe.bareRepository", "all")) if bare else trusted
    # Under sudo, git also trusts what belongs to the one who called it.
    variables = {"GIT_CEILING_DIRECTORIES": str(place.parent), **process.inherited("SUDO_UID")}
    opening = Git(cwd=place, config=config, variables=variables)
    return await _opened(opening, path, None if bare else place, index, wishes)


async def _opened(opening: Git, path: Path, top: Path | None, index: Path | None, wishes: Settings) -> tuple[Git, Path]:
    """Ask git where its directory is. The work tree is the folder that holds `.git`, whatever `core.worktree` says."""
    arguments = ("rev-parse", "--absolute-git-dir")
    done = await opening.call(*arguments)
    if done.code:
        missing = _NONE.search(decode(done.stderr))
        raise NotARepositoryError(path) if missing else failure(arguments, done)
    git_dir = Path(decode(done.stdout).removesuffix("\n"))
    git = Git(git_dir=git_dir, work_tree=top, index=index)
    keys = decode(await git.run("config", "--list", "-z", "--name-only")).split("\0")
    config = (*(wish for wish in wishes if wish[0].lower() not in keys), *defused(keys))
    return replace(git, config=config), top or git_dir


def _place(path: Path) -> tuple[Path, bool]:
    """The folder that holds `.git`, or the bare repository that `path` itself is."""
    folder = path.absolute()
    folder = folder if folder.is_dir() else folder.parent
    if (folder / "HEAD").exists() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
        return folder, True
    for top in (folder, *folder.parents):
        if (top / ".git").exists():
            return top, False
    raise NotARepositoryError(path)


async def _check_version() -> None:
    found = re.match(r"git version (\d+)\.(\d+)", await Git().text("version"))
    if not found or (int(found[1]), int(found[2])) < OLDEST:
        raise MissingProgramError("git", f"{OLDEST[0]}.{OLDEST[1]} or newer")


async def _user_settings() -> tuple[Settings, Settings]:
    """What the user's own configuration says about ignored files and line ends, and which directories it trusts.

    Nothing else of it is used: what it says about programs and formats is not made for reviews.
    """
    own = process.inherited(*_OF_USER)
    # Away from any repository, and only read: no hardening is needed, and it would hide what is asked for.
    listing = await process.run(
        [program(), "config", "--list", "-z", "--show-scope"], cwd=Path("/"), env=process.plain_environment(**own)
    )
    home = Path.home()
    ignore = Path(own.get("XDG_CONFIG_HOME") or home / ".config") / "git/ignore"
    wishes = {"core.excludesFile": str(ignore)}
    trusted: list[tuple[str, str]] = []
    fields = decode(listing.stdout).split("\0")
    said = [entry.partition("\n") for scope, entry in zip(fields[::2], fields[1::2], strict=False) if scope in _SCOPES]
    for key, _, value in said:
        if key in _WISHES:
            wishes[_WISHES[key]] = _from_home(value, home)
        if key == "safe.directory":
            trusted.append((key, _from_home(value, home)))
    return tuple(wishes.items()), trusted


def _from_home(value: str, home: Path) -> str:
    return str(home / value[2:]) if value.startswith("~/") else value
