"""From what was sent to what is stored: every size and path checked, each content once, by its digest."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from foureyes.code.languages import Language, language_of
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change
from foureyes.engine.policyfile import policy_errors
from foureyes.errors import FieldProblem, InvalidRequestError, MalformedPatchError, TooLargeError, UsageError
from foureyes.git.remotes import remote
from foureyes.kit.text import counted, printable, shortened, well_formed
from foureyes.models.reviews import ReviewKind
from foureyes.reviews.archives import unpacked
from foureyes.reviews.errors import BadArchiveError
from foureyes.reviews.request import FilesSource, PatchSource, RepositorySource, ReviewRequest, Source, StoredFile
from foureyes.reviews.schemas import (
    LARGEST_FILE,
    LARGEST_IN_ALL,
    ArchiveSource,
    FilesSourceWanted,
    FileWanted,
    OneFileSource,
    PatchSourceWanted,
    Path,
    RepositorySourceWanted,
    ReviewWanted,
)
from foureyes.reviews.snippets import snippet_name

_PATH: TypeAdapter[str] = TypeAdapter(Path)
_FIRST_BYTES = 4096
_LONGEST_TITLE = 300
# A repository of any language holds plenty of these: they name it only where there is nothing else.
_BESIDE_CODE = frozenset(
    {
        Language.JSON, Language.YAML, Language.MARKDOWN, Language.TOML, Language.XML, Language.TEXT, Language.HTML,
        Language.CSS,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is stored of a wanted review: its request, the contents that it names by digest, and how it is listed."""

    request: ReviewRequest
    contents: tuple[tuple[str, bytes], ...]
    title: str
    repository: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A source that was read."""

    source: Source
    contents: tuple[bytes, ...]
    title: str
    weights: Counter[Language]
    repository: str = ""


def snapshot_of(wanted: ReviewWanted) -> Snapshot:
    """What to store. It reads and hashes up to ten megabytes: large ones are for a thread.

    Raises:
        InvalidRequestError: something can't be used; each field is named by its JSON pointer.
        TooLargeError: a file, or all together, are too large.
    """
    _require_fitting(wanted)
    sent = _read(wanted)
    error = wanted.error.encode() if wanted.error is not None else None
    if error is not None and len(error) > LARGEST_FILE:
        raise TooLargeError("The error's text", limit=LARGEST_FILE)
    contents = (*sent.contents, *((error,) if error is not None else ()))
    if sum(map(len, contents)) > LARGEST_IN_ALL:
        raise TooLargeError("All that was sent", limit=LARGEST_IN_ALL)
    request = ReviewRequest(
        kind=wanted.kind,
        source=sent.source,
        title=wanted.title,
        description=wanted.description,
        error_digest=digest_of(error) if error is not None else None,
        policy=wanted.policy,
        model=wanted.model,
    )
    unique = {digest_of(content): content for content in contents}
    title = shortened(printable(wanted.title.strip() or sent.title), _LONGEST_TITLE)
    language = wanted.language or _main_language(sent.weights)
    return Snapshot(request, tuple(unique.items()), title, sent.repository, language or "")


def digest_of(content: bytes) -> str:
    """The name of a content: SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _require_fitting(wanted: ReviewWanted) -> None:
    """Refuse what contradicts itself, all of it at once."""
    problems: list[FieldProblem] = []
    if wanted.kind is ReviewKind.DEBUG and not (wanted.error or "").strip():
        problems.append(FieldProblem("/error", "is missing: send the error as it was printed"))
    if wanted.kind is not ReviewKind.DEBUG and wanted.error is not None:
        problems.append(FieldProblem("/error", "is for the kind `debug` alone"))
    if wanted.kind is not ReviewKind.REVIEW and isinstance(wanted.source, PatchSourceWanted):
        reason = f"a patch can't be used for the kind `{wanted.kind}`: send files, an archive or a repository"
        problems.append(FieldProblem("/source/type", reason))
    if wanted.policy:
        problems += [FieldProblem("/policy", str(error)) for error in policy_errors(wanted.policy)[:5]]
    if problems:
        raise _refused(*problems)


def _read(wanted: ReviewWanted) -> _Sent:
    match wanted.source:
        case OneFileSource():
            return _one_file(wanted.source, wanted.language)
        case FilesSourceWanted(files=files):
            return _files(_encoded(files), at="/source/files")
        case ArchiveSource(format=form, content=content):
            return _files(_checked(unpacked(form, content)), at="/source/content")
        case PatchSourceWanted():
            return _patch(wanted.source)
        case RepositorySourceWanted():
            return _repository(wanted.source)


def _one_file(source: OneFileSource, language: Language | None) -> _Sent:
    if source.path is None and language is None:
        raise _refused(FieldProblem("/source/path", "is missing: name the file, or tell its `language`"))
    if not source.content.strip():
        raise _refused(FieldProblem("/source/content", "is empty: there is nothing to review"))
    path = source.path or snippet_name(language or Language.TEXT)
    return _files(((path, source.content.encode()),), at="/source")


def _encoded(files: Iterable[FileWanted]) -> tuple[tuple[str, bytes], ...]:
    return tuple((file.path, file.content.encode()) for file in files)


def _checked(files: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    """Files of an archive, whose names nobody has checked yet."""
    checked: list[tuple[str, bytes]] = []
    for name, content in files:
        try:
            # Archives of `tar czf x.tar.gz .` and of zip begin each name so.
            checked.append((_PATH.validate_python(name.removeprefix("./")), content))
        except ValidationError as exc:
            reason = exc.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise BadArchiveError(f"The archive holds {shortened(printable(name), 200)!r}, which {reason}.") from exc
    if not checked:
        raise _refused(FieldProblem("/source/content", "holds no file: there is nothing to review"))
    return tuple(checked)


def _files(files: tuple[tuple[str, bytes], ...], *, at: str) -> _Sent:
    _require_sizes(files)
    _require_distinct([path for path, _ in files], at=at)
    if not any(content.strip() for _, content in files):
        raise _refused(FieldProblem(at, "has no file with anything in it: there is nothing to review"))
    stored = tuple(StoredFile(path=path, digest=digest_of(content)) for path, content in files)
    first = files[0][0]
    title = first if len(files) == 1 else f"{first} and {counted(len(files) - 1, 'other file')}"
    weights = _weighed((path, content[:_FIRST_BYTES], len(content)) for path, content in files)
    return _Sent(FilesSource(files=stored), tuple(content for _, content in files), title, weights)


def _patch(source: PatchSourceWanted) -> _Sent:
    raw = source.patch.encode()
    files = _encoded(source.files)
    _require_sizes(files)
    _require_distinct([path for path, _ in files], at="/source/files")
    if len(raw) > LARGEST_IN_ALL:
        raise TooLargeError("The patch", limit=LARGEST_IN_ALL)
    change = _parsed(raw)
    stored = tuple(StoredFile(path=path, digest=digest_of(content)) for path, content in files)
    first = change.files[0].path
    title = first if len(change.files) == 1 else f"{first} and {counted(len(change.files) - 1, 'other file')}"
    weights = _weighed((file.path, b"", sum(len(hunk.lines) for hunk in file.hunks)) for file in change.files)
    contents = (raw, *(content for _, content in files))
    return _Sent(PatchSource(digest=digest_of(raw), files=stored), contents, well_formed(title), weights)


def _parsed(raw: bytes) -> Change:
    try:
        change = parse_patch(raw)
    except MalformedPatchError as exc:
        raise _refused(FieldProblem("/source/patch", str(exc))) from exc
    if not change.files:
        raise _refused(FieldProblem("/source/patch", "changes nothing: there is nothing to review"))
    return change


def _repository(source: RepositorySourceWanted) -> _Sent:
    try:
        remote(source.url)
    except (UsageError, ValueError) as exc:
        # urlsplit has errors of its own, for brackets that hold no address.
        reason = (
            str(exc).removesuffix(".") if isinstance(exc, UsageError) else "is no address: https://HOST/PATH is needed"
        )
        raise _refused(FieldProblem("/source/url", reason)) from exc
    name = source.url.rstrip("/").rpartition("/")[2].removesuffix(".git")
    title = f"{name} {source.base}..{source.head}" if source.base else f"{name} {source.head}"
    stored = RepositorySource(url=source.url, head=source.head, base=source.base)
    return _Sent(stored, (), title, Counter(), source.url)


def _require_sizes(files: Iterable[tuple[str, bytes]]) -> None:
    for path, content in files:
        if len(content) > LARGEST_FILE:
            raise TooLargeError(shortened(printable(path), 200), limit=LARGEST_FILE)


def _require_distinct(paths: Sequence[str], *, at: str) -> None:
    """Refuse a path that stands twice, and one that is a file here and a folder there."""
    known = set(paths)
    if len(known) < len(paths):
        twice = next(path for path, count in Counter(paths).items() if count > 1)
        raise _refused(FieldProblem(at, f"{printable(twice)} stands there twice"))
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder:
            if folder in known:
                raise _refused(FieldProblem(at, f"{printable(folder)} can't be both a file and a folder"))
            folder = folder.rpartition("/")[0]


def _weighed(files: Iterable[tuple[str, bytes, int]]) -> Counter[Language]:
    weights: Counter[Language] = Counter()
    for path, first_bytes, size in files:
        language = language_of(path, first_bytes)
        if language is not None:
            weights[language] += size
    return weights


def _main_language(weights: Counter[Language]) -> Language | None:
    code = Counter({language: size for language, size in weights.items() if language not in _BESIDE_CODE})
    most = (code or weights).most_common(1)
    return most[0][0] if most else None


def _refused(*problems: FieldProblem) -> InvalidRequestError:
    return InvalidRequestError.of_fields(problems)
