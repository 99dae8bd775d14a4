"""The one door to the git program: hardened, limited in time and bytes, its failures told as our errors."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from foureyes.errors import (
    ForeignRepositoryError,
    FoureyesError,
    GitError,
    GitLimitError,
    GitTimeoutError,
    MissingBaseError,
    MissingProgramError,
    ProcessOutputError,
    ProcessTimeoutError,
    RemoteRefusedError,
    RemoteUnavailableError,
    UnknownRevisionError,
)
from foureyes.git.hardening import Settings, environment
from foureyes.kit import process
from foureyes.kit.process import Completed, Limits
from foureyes.kit.text import decode, printable, shortened

# Configuration through the environment came with 2.31: an older git would ignore the hardening without a word.
OLDEST = (2, 31)

# A server can write as much as it likes to stderr; nobody reads more, and logs keep it.
_MOST_SAID = 4000

_FOREIGN = re.compile(r"detected dubious ownership in repository at '(.*?)'\n", re.DOTALL)
_LACKING = re.compile(r"could not fetch ([0-9a-f]+) from promisor remote|lazy fetching disabled")
_NO_REF = re.compile(r"couldn't find remote ref (\S+)|not our ref ([0-9a-f]+)|no such remote ref (\S+)")
_REFUSED = re.compile(
    r"Authentication failed|could not read Username|could not read Password|[Rr]epository '?.*'? ?not found"
    r"|returned error: (?:30\d|401|403|404)|does not appear to be a git repository"
)
_UNAVAILABLE = re.compile(
    r"Could not resolve host|Failed to connect|Couldn't connect|Connection (?:refused|reset|timed out)"
    r"|Operation timed out|Operation too slow|returned error: (?:429|5\d\d)|early EOF|hung up unexpectedly"
    r"|RPC failed|transfer closed"
)
_TOO_LARGE = re.compile(r"died of signal 25|File too large")


@dataclass(frozen=True, slots=True)
class Git:
    """git on one repository. `config` comes on top of the hardening; `protocols` are those it may fetch over."""

    git_dir: Path | None = None
    work_tree: Path | None = None
    cwd: Path | None = None
    index: Path | None = None
    config: Settings = ()
    protocols: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)

    async def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """What git printed.

        Raises:
            GitError: it ended with another code than 0, ran too long or printed too much. Its subclasses, and
                ForeignRepositoryError, MissingBaseError, UnknownRevisionError, where the reason is known.
        """
        done = await self.call(*arguments, stdin=stdin)
        if done.code:
            raise failure(arguments, done)
        return done.stdout

    async def call(self, *arguments: str, stdin: bytes | None = None) -> Completed:
        """A git that ended by itself, whatever its code.

        Raises:
            GitTimeoutError, GitLimitError: it was stopped.
        """
        try:
            return await process.run(
                [program(), "--no-pager", *arguments],
                cwd=self.cwd or self.work_tree or self.git_dir,
                env=self._environment(),
                stdin=stdin,
                limits=self.limits,
            )
        except ProcessTimeoutError as exc:
            raise GitTimeoutError(arguments, self.limits.time) from exc
        except ProcessOutputError as exc:
            raise GitLimitError(arguments, f"it {exc.reason}: name fewer paths") from exc

    async def text(self, *arguments: str, stdin: bytes | None = None) -> str:
        """What git printed, as text without the newline at its end. Raises as `run` does."""
        return decode(await self.run(*arguments, stdin=stdin)).removesuffix("\n")

    def within(self, *, time: timedelta | None = None, output: int | None = None, file: int | None = None) -> "Git":
        """The same git under other limits."""
        old = self.limits
        return replace(
            self,
            limits=Limits(time=time or old.time, memory=old.memory, output=output or old.output, file=file or old.file),
        )

    def _environment(self) -> dict[str, str]:
        places = {"GIT_DIR": self.git_dir, "GIT_WORK_TREE": self.work_tree, "GIT_INDEX_FILE": self.index}
        extra = {**self.variables, **{name: os.fspath(place) for name, place in places.items() if place}}
        return environment(self.config, protocols=self.protocols, extra=extra)


def program() -> Path:
    """Where the git program is.

    Raises:
        MissingProgramError: nowhere.
    """
    found = process.program("git")
    if found is None:
        raise MissingProgramError("git", f"{OLDEST[0]}.{OLDEST[1]} or newer")
    return found


def failure(arguments: Sequence[str], done: Completed) -> FoureyesError:
    """The error that says best why git failed."""
    stderr = decode(done.stderr)
    if match := _FOREIGN.search(stderr):
        return ForeignRepositoryError(Path(match[1]))
    # The narrow reasons come first: a server that lacks a reference also says things that look like a refusal.
    if match := _NO_REF.search(stderr):
        revision = next(group for group in match.groups() if group)
        return UnknownRevisionError(revision, hint="the server has no such reference (any more)")
    if _LACKING.search(stderr):
        return MissingBaseError("files of the versions compared", partial=True)
    if _TOO_LARGE.search(stderr):
        return GitLimitError(arguments, "what the server sends is larger than allowed")
    known = ((_REFUSED, RemoteRefusedError), (_UNAVAILABLE, RemoteUnavailableError))
    kind = next((error for pattern, error in known if pattern.search(stderr)), GitError)
    # Part of it was written by the server or stands in the repository: it must not move a cursor.
    shown = "\n".join(printable(line) for line in shortened(stderr.strip(), _MOST_SAID).splitlines())
    return kind(arguments, done.code, shown)
