"""Collecting: from what someone asks for to the material of a review. House rules come from the base version."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Change
from foureyes.engine.conventions import conventions_for, is_convention
from foureyes.engine.material import Material
from foureyes.engine.patchtrees import patch_trees
from foureyes.engine.patchwords import words_of
from foureyes.engine.places import inside
from foureyes.engine.policy import POLICY_FILE, RULES_FOLDER, Policy
from foureyes.engine.policyorigins import Overrides, resolve_policy
from foureyes.engine.request import CommitRange, OneCommit, Patch, Request, SentFiles, Staged, WholeFiles, WorkingTree
from foureyes.engine.setaside import ATTRIBUTES_FILE
from foureyes.engine.values import Notice
from foureyes.engine.wholefiles import sent_whole, whole_files
from foureyes.errors import NotARepositoryError, PolicyError, UnknownRevisionError
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.git.trees import MemoryTree, Tree
from foureyes.kit.text import counted, decode, printable


@dataclass(frozen=True, slots=True)
class _Collected:
    """A change with both its versions, before anyone asked how it is to be reviewed."""

    change: Change
    base: Tree
    head: Tree
    notices: tuple[Notice, ...] = ()
    complete: bool = True


async def collect(request: Request, repository: Repository | None = None) -> Material:
    """Everything that judging the requested change needs. Without `repository`, the one around the folder is opened.

    Raises:
        NotARepositoryError, UnknownRevisionError, MissingBaseError, GitError: git can't give the change.
        MalformedPatchError, UsageError: what was asked for can't be read.
        PolicyError, SettingError: the policy of the base version, or what overrides it, can't be used.
    """
    repository = repository or await _repository(request)
    found = await _collected(request, repository)
    change = replace(
        found.change,
        title=request.title or found.change.title,
        description=request.description or found.change.description,
    )
    paths = [path for file in change.files for path in (file.path, file.old_path) if path]
    policy, policy_notices = await _policy(found.base, request, edited=POLICY_FILE in paths)
    known = await found.base.paths()
    looked_whole = isinstance(request.source, WholeFiles | SentFiles)
    return Material(
        change=change,
        base=found.base,
        head=found.head,
        policy=policy,
        conventions=await conventions_for(paths, found.base, known, policy.context),
        team_rules=await _team_rules(found.base, known),
        notices=(*found.notices, *policy_notices, *(() if looked_whole else _house_edited(paths, policy))),
        complete=found.complete,
    )


async def _repository(request: Request) -> Repository | None:
    """The repository around the folder; a patch and plain files can do without one."""
    # What was sent from elsewhere has nothing to do with any folder here, and must not be told what is in one.
    if isinstance(request.source, SentFiles) or (
        isinstance(request.source, Patch) and request.source.files is not None
    ):
        return None
    try:
        return await Repository.open(request.folder)
    except NotARepositoryError:
        if isinstance(request.source, Patch | WholeFiles):
            return None
        raise


async def _collected(request: Request, repository: Repository | None) -> _Collected:
    source = request.source
    if isinstance(source, Patch):
        return await _from_patch(source, repository)
    if isinstance(source, SentFiles):
        sent = MemoryTree(source.files)
        return _Collected(sent_whole(source.files), sent, sent)
    if isinstance(source, WholeFiles):
        change, tree = await whole_files(source.paths, request.folder, repository)
        return _Collected(change, tree, tree)
    if repository is None:
        raise NotARepositoryError(request.folder)
    paths = [inside(path, request.folder, repository.top) for path in source.paths]
    match source:
        case WorkingTree():
            change = await repository.working_tree(paths=paths)
        case Staged():
            change = await repository.staged(paths=paths)
        case OneCommit():
            change = await repository.commit(source.revision, paths=paths)
        case CommitRange():
            change = await repository.range(source.expression, paths=paths)
    return _Collected(change, repository.tree(change.base), repository.tree(change.head))


async def _from_patch(source: Patch, repository: Repository | None) -> _Collected:
    change = parse_patch(source.data, base="before the patch", head="after the patch")
    title, description = words_of(source.data)
    change = replace(change, title=title, description=description)
    committed: Tree = MemoryTree(source.files or {})
    checkouts: list[Tree] = [committed] if source.files else []
    if repository is not None:
        committed = await _last_commit(repository)
        # The files on disk first: a patch that someone just applied is there and in no commit.
        checkouts = [committed] if repository.bare else [repository.tree(WORKING_TREE), committed]
    trees = await patch_trees(change, checkouts)
    under = checkouts[0] if checkouts else committed
    notices = (_unfitted(len(trees.partial), at_hand=bool(checkouts)),) if trees.partial else ()
    return _Collected(change, trees.base(committed), trees.head(under), notices, complete=not trees.partial)


async def _last_commit(repository: Repository) -> Tree:
    try:
        return repository.tree(await repository.resolve("HEAD"))
    except UnknownRevisionError:
        return MemoryTree({})


def _unfitted(count: int, *, at_hand: bool) -> Notice:
    why = "The patch does not fit the files here" if at_hand else "There is no repository here"
    return Notice("patch-alone", f"{why}: {counted(count, 'file')} judged by the patch's hunks alone.")


async def policy_at(base: Tree, overrides: Overrides | None = None) -> Policy:
    """The policy that a version of a repository states, with what overrides it.

    Raises:
        PolicyError, SettingError: it can't be used, or what overrides it can't.
    """
    raw = (await base.read([POLICY_FILE])).get(POLICY_FILE, b"")
    return resolve_policy(_policy_text(raw), overrides=overrides).policy


async def _policy(base: Tree, request: Request, *, edited: bool) -> tuple[Policy, tuple[Notice, ...]]:
    """The policy in force. A broken one stops the review, unless this very change edits it: that may be its repair."""
    overrides = request.overrides
    if request.policy:
        return resolve_policy(request.policy, overrides=overrides).policy, ()
    try:
        return await policy_at(base, overrides), ()
    except PolicyError as error:
        if not edited:
            raise
        told = f"The base version's policy can't be used, so defaults are: {error}"
        return resolve_policy("", overrides=overrides).policy, (Notice("policy-broken", told, POLICY_FILE),)


def _policy_text(raw: bytes) -> str:
    try:
        # Editors on Windows begin a file with a byte order mark, which TOML forbids.
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        raise PolicyError(POLICY_FILE, "is not UTF-8 text", line=line) from exc


async def _team_rules(base: Tree, known: Sequence[str]) -> dict[str, str]:
    paths = [path for path in known if _is_rule(path)]
    contents = await base.read(paths) if paths else {}
    return {path: decode(contents[path]) for path in paths if path in contents}


def _is_rule(path: str) -> bool:
    # Anything else in that folder is a note or a test of a rule, and is not run.
    return path.startswith(f"{RULES_FOLDER}/") and path.endswith((".yml", ".yaml"))


def _house_edited(paths: Sequence[str], policy: Policy) -> Iterator[Notice]:
    """What this change edits of the rules that it is judged by."""
    for path in dict.fromkeys(paths):
        house = path in (POLICY_FILE, ATTRIBUTES_FILE) or _is_rule(path) or is_convention(path, policy.context)
        if house:
            name = printable(path)
            yield Notice("house-rules", f"This change edits {name}; the base version of it was used.", path)
