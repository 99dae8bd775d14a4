"""Dependency files: locks that no longer fit, versions that are none, sources that can be tampered with (A6)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import foureyes
from foureyes.analyzers.dependency_files import LOCKS, Wanted, lock_paths, reader_of, wanted
from foureyes.analyzers.diagnoses import Grade, Place, diagnosis
from foureyes.analyzers.files import is_text
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Scope, Trust
from foureyes.kit.severity import Category, Severity
from foureyes.kit.text import decode

# A lock is read beside its manifest only: alone it says nothing that the manifest does not ask for.
_LOCK_NAMES: Final = frozenset(lock for locks in LOCKS.values() for lock in locks)
_SETTINGS: Final = frozenset({".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", "Pipfile", "environment.yml", "pom.xml"})
_REQUIREMENTS: Final = re.compile(
    r"(?:^|/)(?:[\w-]*requirements[\w.-]*|constraints[\w.-]*)\.(?:txt|in)$|(?:^|/)requirements/[\w.-]+\.txt$"
)
_OWN_SOURCES: Final = (
    "file:",
    "link:",
    "workspace:",
    "portal:",
    "catalog:",
    "git",
    "http",
    "./",
    "../",
    "npm:",
    "patch:",
)
"""Wishes that locks write down in a form of their own."""


def _dependency(severity: Severity, why: str, confidence: float = 1.0) -> Grade:
    return Grade(severity, Category.DEPENDENCY, why, confidence)


_DRIFT: Final = _dependency(
    Severity.MEDIUM, "An install that trusts the lock fails, or builds without the new version.", 0.9
)
_UNENCRYPTED: Final = Grade(
    Severity.HIGH, Category.SECURITY, "Anyone on the way can put other code in its place; use https."
)
_ANY_VERSION: Final = _dependency(
    Severity.LOW,
    "Whatever is newest is installed: today's build and tomorrow's differ, and a bad release arrives at once.",
)
_MALICIOUS: Final = Grade(
    Severity.CRITICAL, Category.SECURITY, "This package was published to attack those who mistype another one's name."
)
_PIPED: Final = Grade(
    Severity.HIGH, Category.SECURITY, "Each install runs whatever that address serves at that moment."
)
_CONFUSION: Final = _dependency(
    Severity.LOW, "pip takes the highest version of both indexes: who registers your name on the public one wins.", 0.8
)
_HASHES: Final = _dependency(Severity.HIGH, "As soon as one line has a hash, pip refuses every line without one.")

# Known from the registries' own reports; nothing is guessed here.
_IMPOSTORS: Final[Mapping[str, frozenset[str]]] = {
    "package.json": frozenset({"crossenv", "ffmepg", "flatmap-stream", "gruntcli", "mongose", "nodecaffe"}),
    "pyproject.toml": frozenset({"colourama", "jeilyfish", "python3-dateutil", "torchtriton"}),
}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A line that is wrong wherever it stands in one of `names`."""

    rule: str
    title: str
    names: re.Pattern[str]
    pattern: re.Pattern[str]
    grade: Grade


def _pattern(rule: str, title: str, names: str, pattern: str, grade: Grade) -> _Pattern:
    return _Pattern(rule, title, re.compile(names), re.compile(pattern, re.MULTILINE), grade)


_LISTS: Final = r"requirements|constraints|pyproject\.toml$|Pipfile$|Gemfile$|Cargo\.toml$|environment\.yml$"
# A registry on this machine or in this cluster has no way on which anyone could change what is fetched.
_LOOPBACK: Final = r"(?!localhost|127\.|\[::1\]|0\.0\.0\.0|host\.docker)"
_PATTERNS: Final = (
    _pattern(
        "unencrypted-source",
        "Code is fetched without encryption",
        _LISTS,
        rf"\bgit(?:\+http)?://{_LOOPBACK}",
        _UNENCRYPTED,
    ),
    _pattern(
        "unencrypted-registry",
        "Packages are fetched without encryption",
        r"npmrc$|yarnrc|pip\.conf$|requirements|constraints|Pipfile$|pyproject\.toml$|Gemfile$|package-lock\.json$",
        rf"(?:registry|index-url|find-links|index|source|url|resolved|npmRegistryServer)[\"']?\s*[=: (]\s*[\"']?http://{_LOOPBACK}",
        _UNENCRYPTED,
    ),
    _pattern(
        "unencrypted-registry",
        "Packages are fetched without encryption",
        r"pom\.xml$",
        rf"<repository>(?:(?!</repository>)[\s\S]){{0,600}}?<url>http://{_LOOPBACK}",
        _UNENCRYPTED,
    ),
    _pattern(
        "certificates-unchecked",
        "Certificates of the registry are not checked",
        r"npmrc$|yarnrc|pip\.conf$|requirements|composer\.json$",
        r"^\s*(?:strict-ssl\s*=\s*false|strict-ssl false|enableStrictSsl: false"
        r"|--trusted-host|trusted-host\s*=|\"secure-http\":\s*false)",
        _UNENCRYPTED,
    ),
    _pattern(
        "piped-install-script",
        "An install script runs code from the network",
        r"package\.json$",
        r"\"(?:pre|post)?install\"\s*:\s*\"[^\"\n]*\b(?:curl|wget)\b[^\"\n]*\|\s*(?:sudo )?(?:ba|z)?sh\b",
        _PIPED,
    ),
    _pattern(
        "dependency-confusion",
        "A second package index is searched together with the public one",
        r"requirements|constraints|pip\.conf$",
        r"^\s*(?:--extra-index-url[= ]|extra-index-url\s*=)",
        _CONFUSION,
    ),
)


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The analyser. It compares a manifest with the lock beside it when the batch holds both (`companions`)."""

    name: str = "dependencies"

    @property
    def trust(self) -> Trust:
        return Trust.OWN

    @property
    def scope(self) -> Scope:
        return Scope.BATCH

    @property
    def settings(self) -> str:
        return ""

    @property
    def reads_parts(self) -> bool:
        return False

    def version(self) -> str:
        return foureyes.__version__

    def wants(self, file: AnalyzedFile) -> bool:
        name = file.path.rpartition("/")[2]
        known = name in LOCKS or name in _LOCK_NAMES or name in _SETTINGS
        return (known or _REQUIREMENTS.search(file.path) is not None) and is_text(file)

    async def run(self, batch: Batch) -> list[Diagnostic]:
        texts = {file.path: decode(file.content) for file in batch.files}
        return [found for path, text in texts.items() for found in _look(path, text, texts)]


def _look(path: str, text: str, texts: Mapping[str, str]) -> Iterator[Diagnostic]:
    name = path.rpartition("/")[2]
    # A manifest is parsed once, and each check goes over what it asks for.
    asked = wanted(name, text)
    locks = [(lock, texts[lock]) for lock in lock_paths(path) if lock in texts]
    yield from _patterns(path, text)
    yield from _unencrypted(path, asked)
    yield from _any_version(path, name, asked)
    yield from _impostors(path, name, asked)
    yield from _drift(path, asked, locks)
    if _REQUIREMENTS.search(path):
        yield from _missing_hashes(path, text)


def _patterns(path: str, text: str) -> Iterator[Diagnostic]:
    for one in _PATTERNS:
        for match in one.pattern.finditer(text) if one.names.search(path) else ():
            line = text.count("\n", 0, match.end()) + 1
            yield _diagnostic(path, line, one.rule, one.title, one.grade)


def _unencrypted(path: str, asked: Sequence[Wanted]) -> Iterator[Diagnostic]:
    """For manifests that hold other addresses as well: where the code lives, who wrote it."""
    for one in asked:
        if one.wish.startswith(("git+http://", "git://", "http://")):
            said = f"`{one.name}` is fetched without encryption"
            yield _diagnostic(path, one.line, "unencrypted-source", said, _UNENCRYPTED)


def _any_version(path: str, name: str, asked: Sequence[Wanted]) -> Iterator[Diagnostic]:
    if name not in ("package.json", "Cargo.toml", "composer.json"):
        return
    for one in asked:
        # A wish with an upper end missing is common and often meant; these take anything at all.
        if one.wish in ("*", "latest", "x", ">=0", ">=0.0.0") or (name == "package.json" and not one.wish):
            yield _diagnostic(path, one.line, "any-version", f"`{one.name}` may be any version", _ANY_VERSION)


def _impostors(path: str, name: str, asked: Sequence[Wanted]) -> Iterator[Diagnostic]:
    for one in asked:
        if one.name.lower() in _IMPOSTORS.get(name, ()):
            yield _diagnostic(
                path, one.line, "known-impostor", f"`{one.name}` is a known malicious package", _MALICIOUS
            )


def _drift(path: str, asked: Sequence[Wanted], locks: Sequence[tuple[str, str]]) -> Iterator[Diagnostic]:
    for lock, content in locks:
        lock_name = lock.rpartition("/")[2]
        is_locked = reader_of(lock_name, content)
        for one in asked:
            # Locks name such wishes by what they led to, so that they can't be compared as text.
            if not one.wish.startswith(_OWN_SOURCES) and not is_locked(one):
                version = f" {one.wish}" if one.wish else ""
                yield _diagnostic(
                    path, one.line, "lock-drift", f"`{one.name}`{version} is not in {lock_name}, which is stale", _DRIFT
                )


def _missing_hashes(path: str, text: str) -> Iterator[Diagnostic]:
    """Requirements go on over lines that end with a backslash; options are no requirements."""
    if "--hash=" not in text:
        return
    line = 1
    for block in re.split(r"(?<!\\)\n", text):
        stripped = block.strip()
        if stripped and not stripped.startswith(("#", "-")) and "--hash=" not in block:
            name = re.split(r"[\s=<>~!;\[@]", stripped, maxsplit=1)[0]
            yield _diagnostic(path, line, "missing-hash", f"`{name}` has no hash and the others have", _HASHES)
        line += block.count("\n") + 1


def _diagnostic(path: str, line: int, rule: str, message: str, grade: Grade) -> Diagnostic:
    return diagnosis(Place(path, line, line), tool="dependencies", rule=rule, message=message, grade=grade)


ANALYZER: Final = Dependencies()
