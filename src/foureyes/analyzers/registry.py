"""Every analyser by name, and the choice among them."""

from collections.abc import Iterable
from typing import Final

from foureyes.analyzers import (
    actionlint,
    bandit,
    cppcheck,
    dependencies,
    eslint,
    formats,
    gitleaks,
    hadolint,
    mypy,
    oxlint,
    pylint,
    ruff,
    rumdl,
    shellcheck,
    sql,
    terraform,
    text_checks,
    typos,
    yamllint,
    zizmor,
)
from foureyes.analyzers.port import Analyzer
from foureyes.analyzers.structural import Structural
from foureyes.errors import SettingError


def _by_name(*analyzers: Analyzer) -> dict[str, Analyzer]:
    return {analyzer.name: analyzer for analyzer in analyzers}


DEFAULT: Final = _by_name(
    actionlint.ANALYZER,
    text_checks.CONFLICTS,
    cppcheck.ANALYZER,
    dependencies.ANALYZER,
    formats.ANALYZER,
    hadolint.ANALYZER,
    text_checks.HIDDEN,
    oxlint.ANALYZER,
    ruff.ANALYZER,
    rumdl.ANALYZER,
    text_checks.SECRETS,
    shellcheck.ANALYZER,
    sql.ANALYZER,
    Structural(),
    terraform.ANALYZER,
    typos.ANALYZER,
    zizmor.ANALYZER,
)
"""Those that look at every review."""

ON_REQUEST: Final = _by_name(
    bandit.ANALYZER, eslint.ANALYZER, gitleaks.ANALYZER, mypy.ANALYZER, pylint.ANALYZER, yamllint.ANALYZER
)
"""Those that cost much or run code of the repository: only where `analyzers.on` names them (ADR 0011)."""

ANALYZERS: Final = {**DEFAULT, **ON_REQUEST}


def chosen(*, on: Iterable[str] = (), off: Iterable[str] = ()) -> list[Analyzer]:
    """The default set with `on` added and `off` taken away (`off` wins).

    Raises:
        SettingError: a name that no analyser has.
    """
    on, off = set(on), set(off)
    for key, names in (("analyzers.on", on), ("analyzers.off", off)):
        # A misspelt name would otherwise switch nothing off, and nobody would notice.
        if unknown := sorted(names - ANALYZERS.keys()):
            known = ", ".join(sorted(ANALYZERS))
            raise SettingError(key, f"there is no analyser {unknown[0]!r}; there are {known}")
    return [tool for name, tool in ANALYZERS.items() if (name in DEFAULT or name in on) and name not in off]
