"""An analyser that is our own code over the text of a file, in this process."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import foureyes
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Scope, Trust
from foureyes.kit.text import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnalyzer:
    """`look` is given one file and its text. It runs in a thread: other reviews go on meanwhile."""

    name: str
    wants: Callable[[AnalyzedFile], bool]
    look: Callable[[AnalyzedFile, str], Iterable[Diagnostic]]
    reads_parts: bool = False

    @property
    def trust(self) -> Trust:
        return Trust.OWN

    @property
    def scope(self) -> Scope:
        return Scope.FILE

    @property
    def settings(self) -> str:
        return ""

    def version(self) -> str:
        return foureyes.__version__

    async def run(self, batch: Batch) -> list[Diagnostic]:
        return await asyncio.to_thread(self._look_at_all, batch)

    def _look_at_all(self, batch: Batch) -> list[Diagnostic]:
        return [found for file in batch.files for found in self.look(file, decode(file.content))]
