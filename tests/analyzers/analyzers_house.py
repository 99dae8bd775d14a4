"""What tests of analysers share: one call to look at files, and a word for where something was found."""

from collections.abc import Mapping

from foureyes.analyzers.port import Analysis, AnalyzedFile, Analyzer, Diagnostic, Outcome
from foureyes.analyzers.runner import analyse
from foureyes.analyzers.sandbox import Sandbox

Files = Mapping[str, str | bytes]


def analyzed(files: Files) -> list[AnalyzedFile]:
    return [
        AnalyzedFile(path, content if isinstance(content, bytes) else content.encode())
        for path, content in files.items()
    ]


async def analysis_of(files: Files, *analyzers: Analyzer, sandbox: Sandbox | None = None) -> Analysis:
    return await analyse(analyzed(files), analyzers=analyzers, sandbox=sandbox)


async def said_by(analyzer: Analyzer, files: Files) -> list[Diagnostic]:
    """What one analyser says; it must have looked, or wanted nothing."""
    analysis = await analysis_of(files, analyzer)
    assert [run.reason for run in analysis.runs if run.outcome is not Outcome.RAN] == []
    return list(analysis.diagnostics)


def places(diagnostics: list[Diagnostic]) -> list[tuple[int, str]]:
    """Line and rule of each."""
    return [(diagnostic.start_line, diagnostic.rule) for diagnostic in diagnostics]


def rules(diagnostics: list[Diagnostic]) -> set[str]:
    return {diagnostic.rule for diagnostic in diagnostics}


def marked(text: str, mark: str = "here") -> list[int]:
    """The lines that hold a mark."""
    return [number for number, line in enumerate(text.split("\n"), 1) if mark in line]
