"""Analysers on the files of an error: what they say of the lines around frames, and whether a patch adds anything."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from foureyes.analyzers.port import AnalyzedFile, Analyzer, Diagnostic, Trust
from foureyes.analyzers.registry import chosen
from foureyes.analyzers.runner import analyse
from foureyes.engine.debug.locate import Source
from foureyes.engine.debug.values import FilePatch, FoundFrame, Hint
from foureyes.engine.masking import shown
from foureyes.engine.policy import Policy
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.kit.severity import Severity
from foureyes.kit.text import encode

# A statement over several lines is reported at its first one and raised at its last.
_NEAR = 2
# More than a handful of hints drowns the one that matters, for people and for models.
_MOST = 8


@dataclass(frozen=True, slots=True)
class Looked:
    """What analysers say of the files that frames are in."""

    analyzers: Sequence[Analyzer]
    diagnostics: Sequence[Diagnostic]
    cache: KeyValueStore | None

    def hints(self, frames: Sequence[FoundFrame], sources: Mapping[str, Source]) -> tuple[Hint, ...]:
        """The worst of what they say near the frames, or in the functions around them."""
        near = [each for each in self.diagnostics if _is_near(each, frames, sources)]
        ranked = sorted(near, key=lambda each: (-each.severity.rank, each.path, each.start_line))[:_MOST]
        return tuple(
            Hint(shown(each.message), f"{each.tool}:{each.rule}", each.path, each.start_line) for each in ranked
        )

    async def adds_nothing(self, patch: Sequence[FilePatch], sources: Mapping[str, Source]) -> bool:
        """Whether the patched files give analysers nothing new to say."""
        files = [AnalyzedFile(each.path, encode(each.after), sources[each.path].language) for each in patch]
        after = await analyse(files, analyzers=self.analyzers, cache=self.cache)
        patched = {each.path for each in patch}
        return not _counted(after.diagnostics, patched) - _counted(self.diagnostics, patched)


async def look(sources: Mapping[str, Source], policy: Policy, cache: KeyValueStore | None) -> Looked:
    """Run the analysers that the policy chooses, those apart that would run the repository's code.

    Raises:
        SettingError: the policy names an analyser that does not exist.
    """
    tools = chosen(on=policy.analyzers.on, off=policy.analyzers.off)
    # The code of an error is as hostile as any other: no tool that would run it is started for a diagnosis.
    inert = [tool for tool in tools if tool.trust is not Trust.EXECUTES]
    files = [AnalyzedFile(path, encode(source.text), source.language) for path, source in sources.items()]
    analysis = await analyse(files, analyzers=inert, cache=cache)
    return Looked(inert, analysis.diagnostics, cache)


def _is_near(said: Diagnostic, frames: Sequence[FoundFrame], sources: Mapping[str, Source]) -> bool:
    least = Severity.MEDIUM.rank
    for frame in frames:
        if frame.path != said.path:
            continue
        if said.start_line - _NEAR <= frame.line <= said.end_line + _NEAR:
            return True
        syntax = sources[frame.path].syntax
        around = syntax.enclosing(frame.line) if syntax else None
        if around and around.holds(said.start_line) and said.severity.rank >= least:
            return True
    return False


def _counted(diagnostics: Sequence[Diagnostic], paths: Collection[str]) -> Counter[tuple[str, str, str]]:
    # Counted without lines, which a patch moves; twice the same remark is new where there was one before.
    return Counter((each.path, each.tool, each.rule) for each in diagnostics if each.path in paths)
