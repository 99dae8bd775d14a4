"""The risk class of a changed file, with its reasons; it picks how deep the model looks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from foureyes.diff.values import FileChange, LineKind
from foureyes.engine.paths import is_document, is_test, words_of
from foureyes.kit.text import counted


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {risk: rank for rank, risk in enumerate(Risk)}


@dataclass(frozen=True, slots=True)
class Depth:
    """How often the model looks at a unit, and whether it sees callers and tests of what changed.

    The votes of several passes are counted by `engine.vote`.
    """

    passes: int
    callers: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """A risk class and why, in words that a report can show."""

    risk: Risk
    reasons: tuple[str, ...]


_ONE_PASS = Depth(passes=1, callers=False)
_THREE_PASSES = Depth(passes=3, callers=True)

_HIGH_SCORE = 2
_SMALL = 2
"""Changed lines of a change that is too small to be risky by itself."""
_LARGE = 400
# The patterns look ahead up to 200 characters from each word; minified lines would make that slow.
_LONGEST_LINE = 500
_SAMPLES = frozenset({"example", "examples", "sample", "samples", "demo", "demos"})

_SENSITIVE: dict[str, frozenset[str]] = {
    reason: frozenset(words.split())
    for reason, words in {
        "authentication": "auth authn authentication authenticate authenticator login logout signin signup password"
        " passwords oauth oidc saml sso jwt mfa totp session sessions",
        "authorization": "authz authorization authorize authorizer acl rbac permission permissions privileges csrf"
        " cors",
        "cryptography": "crypto cryptography cipher encrypt encryption decrypt decryption credential credentials"
        " secret secrets",
        "payments": "payment payments billing invoice invoices refund refunds payout wallet",
        "migrations": "migration migrations migrate alembic",
    }.items()
}

_INFRASTRUCTURE = re.compile(
    r"(^|/)(\.github/(workflows|actions)/|\.circleci/|\.gitlab-ci\.yml|Jenkinsfile|azure-pipelines|\.travis\.yml"
    r"|(Dockerfile|Containerfile)|docker-compose|compose\.ya?ml|nginx\.conf|k8s/|kubernetes/|helm/|charts/|terraform/)"
    r"|\.(tf|tofu)$|\.dockerfile$",
    re.IGNORECASE,
)

# Matched against lower case: a search that ignores case can not skip ahead to its first letter.
_TOUCHES: dict[str, re.Pattern[str]] = {
    reason: re.compile(pattern)
    for reason, pattern in {
        "runs code or programs": r"\b(?:eval|exec|execvp?|system|spawn|popen)\s*\(|shell\s*=\s*true"
        r"|\b(?:subprocess|child_process|unserialize|pickle|processbuilder|getruntime|yaml\.load\b|innerhtml"
        r"|dangerouslysetinnerhtml)\b",
        "builds SQL": r"\b(?:select\s.{1,200}\sfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|truncate\s+table"
        r"|(?:alter|drop)\s+(?:table|column|index|view|database|schema))\b"
        r"|\b(?:raw|execute|executemany|query)\s*\(\s*f?[\"'`]",
        "handles secrets": r"passwo?r?d|secret|api_?key|private_?key|access_?token|auth_?token|credential",
        "decides on access": r"permission|authori[sz]e|is_?admin|is_?staff|is_?superuser|csrf|allow_?origin"
        r"|verify_?(?:signature|ssl)|insecure",
        "locks or transacts": r"(?<![a-z])(?:lock|unlock|mutex|rlock|rwmutex|semaphore|synchronized|atomic\w*"
        r"|transaction|begin_?transaction|commit|rollback|for\s+update|volatile|compare_?and_?swap)\b\s*(?:[(.{=:]|do\b)",
        "deletes": r"\b(?:rmtree|rm\s+-rf?|unlink|delete_?all|deletemany|truncate|remove_?all|removeall|purge"
        r"|destroy_all)\b",
    }.items()
}


def depth_of(risk: Risk) -> Depth:
    """One pass for low and medium risk; three passes, with callers and tests, for high."""
    return _THREE_PASSES if risk is Risk.HIGH else _ONE_PASS


def risk_of(path: str, changed: Sequence[str], *, symbols: Iterable[str] = (), size: int = 0) -> Assessment:
    """The risk class of changed lines of one file.

    `changed` are the added and removed lines, `symbols` the names of the functions and classes they are in, `size` how
    many lines of the whole file changed, where that is more.
    """
    if is_document(path):
        return Assessment(Risk.LOW, ("documentation",))
    if is_test(path):
        return Assessment(Risk.LOW, ("tests",))
    reasons = [*_of_path(path), *_of_lines(changed), *_of_symbols(symbols)]
    size = max(size, len(changed))
    if size > _LARGE:
        reasons.append((1, f"{size:,} changed lines"))
    score = sum(points for points, _ in reasons)
    words = tuple(dict.fromkeys(reason for _, reason in reasons))
    if score >= _HIGH_SCORE:
        return Assessment(Risk.HIGH, words)
    if not words and size <= _SMALL:
        return Assessment(Risk.LOW, (counted(size, "changed line"),))
    return Assessment(Risk.MEDIUM, words or ("code",))


def changed_lines(file: FileChange) -> list[str]:
    """The text of every added and removed line."""
    return [line.text for hunk in file.hunks for line in hunk.lines if line.kind is not LineKind.CONTEXT]


def _of_path(path: str) -> Iterator[tuple[int, str]]:
    words = words_of(path)
    # Examples show how to sign in and pay all the time, and nobody runs them with real accounts.
    if words & _SAMPLES:
        return
    for reason, sensitive in _SENSITIVE.items():
        if words & sensitive:
            yield 2, f"{reason}, by its path"
    if _INFRASTRUCTURE.search(path):
        yield 1, "build or deployment"


def _of_lines(changed: Sequence[str]) -> list[tuple[int, str]]:
    text = "\n".join(line[:_LONGEST_LINE] for line in changed).lower()
    return [(1, reason) for reason, pattern in _TOUCHES.items() if pattern.search(text)]


def _of_symbols(symbols: Iterable[str]) -> Iterator[tuple[int, str]]:
    found = {reason: name for name in symbols for reason, sensitive in _SENSITIVE.items() if words_of(name) & sensitive}
    yield from ((1, f"{reason}, by the name of {name}") for reason, name in sorted(found.items()))
