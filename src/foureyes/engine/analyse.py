"""The analyse stage: static tools on the changed files, their diagnostics kept where the change is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from foureyes.analyzers.port import Analysis, AnalyzedFile, Analyzer, Diagnostic, Trust
from foureyes.analyzers.registry import chosen
from foureyes.analyzers.rulefile import load_rules
from foureyes.analyzers.runner import analyse
from foureyes.analyzers.sandbox import Sandbox
from foureyes.analyzers.select import select
from foureyes.analyzers.structural import Structural
from foureyes.engine.findings import from_diagnostic
from foureyes.engine.material import Material
from foureyes.engine.screen import Screened, ScreenedFile
from foureyes.engine.suggest import TrialFile
from foureyes.engine.values import Finding
from foureyes.kit.cpu import Cpu
from foureyes.kit.keyvalue import KeyValueStore
from foureyes.kit.text import encode


@dataclass(frozen=True, slots=True)
class Tools:
    """The analysers of one run, and what they run with."""

    analyzers: tuple[Analyzer, ...]
    cache: KeyValueStore | None = None
    sandbox: Sandbox | None = None
    cpu: Cpu = field(default_factory=Cpu)

    async def look(self, files: Sequence[ScreenedFile]) -> Analysis:
        """What all analysers say of these files.

        A file of which only the hunks are known is shown to analysers that read line by line: one that wants the
        whole file, a parser in this process too, would complain about everything that is not there.
        """
        whole = [_analyzed(file) for file in files if not file.partial]
        parts = [_analyzed(file) for file in files if file.partial]
        looked = await analyse(whole, analyzers=self.analyzers, cache=self.cache, sandbox=self.sandbox, cpu=self.cpu)
        if not parts:
            return looked
        able = [analyzer for analyzer in self.analyzers if analyzer.reads_parts]
        also = await analyse(parts, analyzers=able, cache=self.cache, cpu=self.cpu)
        return Analysis(
            (*looked.diagnostics, *also.diagnostics),
            (*looked.runs, *also.runs),
            {**looked.looked_at, **also.looked_at},
        )

    async def look_again(self, texts: Mapping[str, str], files: Mapping[str, ScreenedFile]) -> Sequence[Diagnostic]:
        """Diagnostics on patched texts: the trial of suggestions."""
        patched = [AnalyzedFile(path, encode(text), files[path].language) for path, text in texts.items()]
        # Nobody has read the patched text yet, so nothing that would run it may see it, sandbox or not.
        inert = [analyzer for analyzer in self.analyzers if analyzer.trust is not Trust.EXECUTES]
        return (await analyse(patched, analyzers=inert, cache=self.cache, cpu=self.cpu)).diagnostics


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the analysers said: findings on the change, everything for trials, and the account of the tools."""

    analysis: Analysis
    findings: tuple[Finding, ...]
    kept: tuple[Diagnostic, ...]
    trial_files: Mapping[str, TrialFile]


def tools_for(
    material: Material,
    *,
    cache: KeyValueStore | None = None,
    sandbox: Sandbox | None = None,
    cpu: Cpu | None = None,
) -> Tools:
    """The analysers that the policy chooses, with the team's own rules.

    Raises:
        SettingError: the policy names an analyser that does not exist.
        RuleError: a rule of the team can't be used.
    """
    policy = material.policy.analyzers
    analyzers = chosen(on=policy.on, off=policy.off)
    # The team's rules take the place of the whole rule tool, so that both sets run in one parse of each file.
    if material.team_rules:
        with_team = Structural(load_rules(material.team_rules))
        analyzers = [with_team if isinstance(analyzer, Structural) else analyzer for analyzer in analyzers]
    return Tools(tuple(analyzers), cache, sandbox, cpu or Cpu())


async def analysed(
    screened: Screened, material: Material, tools: Tools, *, imported: Sequence[Diagnostic] = ()
) -> Analysed:
    """Run the tools on what was screened. `imported` are diagnostics from reports that the team's own tools wrote."""
    analysis = await tools.look(screened.files)
    return await tools.cpu.run(_placed, analysis, screened, material, imported)


def _placed(analysis: Analysis, screened: Screened, material: Material, imported: Sequence[Diagnostic]) -> Analysed:
    said = _by_path((*analysis.diagnostics, *imported))
    kept: list[Diagnostic] = []
    findings: list[Finding] = []
    for file in screened.files:
        # Evidence is stored and shown elsewhere, so it is taken from the text without its secrets.
        lines = file.masked.split("\n")
        here = select(said.get(file.path, ()), file.file, material.policy.lines)
        kept += here
        findings += [from_diagnostic(diagnostic, lines) for diagnostic in here]
    # A suggestion can't be tried on half a file: what does not parse there may well parse in the whole.
    trial_files = {
        file.path: TrialFile(file.text, file.masked, file.language, tuple(said.get(file.path, ())))
        for file in screened.files
        if not file.partial
    }
    return Analysed(analysis, tuple(findings), tuple(kept), trial_files)


def _analyzed(file: ScreenedFile) -> AnalyzedFile:
    return AnalyzedFile(file.path, file.content, file.language)


def _by_path(diagnostics: Sequence[Diagnostic]) -> dict[str, list[Diagnostic]]:
    said: dict[str, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        said.setdefault(diagnostic.path, []).append(diagnostic)
    return said
