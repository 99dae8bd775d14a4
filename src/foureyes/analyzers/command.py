"""An analyser that is a program: what all of them share. A tool's own file shows only what differs."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from foureyes.analyzers import programs
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Scope, Trust
from foureyes.errors import ProcessError
from foureyes.kit import process
from foureyes.kit.process import Completed, Limits
from foureyes.kit.text import decode, printable

# Thirty seconds is a hundred times what any of these tools needs for a large change: past that it hangs.
LIMITS: Final = Limits(time=timedelta(seconds=30), memory=2 << 30, output=32 << 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnalyzer:
    """One call of a program for a whole batch, with our configuration and no other.

    `wants` chooses files, `arguments` stand before their paths (or before the directory, where the tool takes only
    that), `codes` are the exit codes of a run that reached its end, and `read` turns its output into diagnostics; a
    ValueError from it means that the output can't be read. `prepare` may change the files as written first. A tool
    that executes code of the repository runs in the batch's sandbox, where it may read the directories `shown`.
    """

    name: str
    distribution: str
    wants: Callable[[AnalyzedFile], bool]
    arguments: Sequence[str | Path]
    read: Callable[[Completed, Batch], Iterable[Diagnostic]]
    codes: frozenset[int] = frozenset({0, 1})
    prepare: Callable[[Batch], None] | None = None
    whole_directory: bool = False
    limits: Limits = LIMITS
    trust: Trust = Trust.INERT
    shown: Callable[[Path], Sequence[Path]] = lambda _: ()
    interpreter: str = ""
    find: programs.Find = programs.find

    @property
    def scope(self) -> Scope:
        return Scope.FILE

    @property
    def reads_parts(self) -> bool:
        return False

    @property
    def settings(self) -> str:
        """The arguments, and the content of each configuration file among them."""
        return " ".join(_content(word) if isinstance(word, Path) else word for word in self.arguments)

    def version(self) -> str | None:
        program = self.find(self.name)
        return programs.version(self.distribution, program) if program else None

    async def run(self, batch: Batch) -> list[Diagnostic]:
        program = self.find(self.name)
        if program is None:
            raise ProcessError(self.name, "is not installed")
        if self.prepare:
            await asyncio.to_thread(self.prepare, batch)
        # Paths follow the arguments without `--`: workplace.py has given each file a name that is no option.
        paths = ["."] if self.whole_directory else [file.path for file in batch.files]
        done = await self._call([*self._command(program), *self.arguments, *paths], program, batch)
        return understood(self, done, batch)

    def _command(self, program: Path) -> list[Path]:
        """The program, behind its interpreter where that can't be left to the first line of a script."""
        interpreter = self.find(self.interpreter) if self.interpreter else None
        return [interpreter, program.resolve()] if interpreter else [program]

    async def _call(self, command: Sequence[str | Path], program: Path, batch: Batch) -> Completed:
        # An inert tool runs outside of the cage: setting that up costs more than most of them take in all.
        if self.trust is not Trust.EXECUTES:
            return await process.run(command, cwd=batch.root, limits=self.limits)
        # The runner never gets here without a cage; a caller that forgot it must not run the code unprotected.
        if batch.sandbox is None:
            raise ProcessError(self.name, "runs code of the repository and was given no sandbox")
        shown = [*self.shown(program), programs.config("").resolve()]
        return await batch.sandbox.run(command, root=batch.root, tools=shown, limits=self.limits)


@cache
def _content(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def understood(tool: CommandAnalyzer, done: Completed, batch: Batch) -> list[Diagnostic]:
    """The diagnostics of a run that reached its end.

    Raises:
        ProcessError: it did not, or it wrote what can't be read.
    """
    # Only the codes a tool documents count as an end: a crash that printed half an answer is no answer.
    if done.code not in tool.codes:
        said = decode(done.stderr or done.stdout).strip().splitlines() or ["it printed nothing"]
        raise ProcessError(tool.name, f"ended with {done.code}: {printable(said[-1])}")
    try:
        return list(tool.read(done, batch))
    except ValueError as exc:
        raise ProcessError(tool.name, "its answer can't be read") from exc
