"""One review from the command line: collect, open the cache and the door to models, run the engine, keep the result."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import JsonValue

from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.sandbox import Sandbox
from foureyes.cli.compose import Store, checkout_of, open_door, open_store
from foureyes.cli.lastreview import store as store_review
from foureyes.cli.progress import shown_progress
from foureyes.cli.say import say
from foureyes.engine.collect import collect
from foureyes.engine.material import Material
from foureyes.engine.plan import Plan, plan
from foureyes.engine.policy import Policy
from foureyes.engine.policyorigins import Overrides
from foureyes.engine.reports.document import document
from foureyes.engine.request import OneCommit, Patch, Request, Source, Staged, WorkingTree, source_of
from foureyes.engine.run import RunOptions, review
from foureyes.engine.values import ReviewResult
from foureyes.errors import ModelError, NotARepositoryError, UnknownRevisionError, UsageError
from foureyes.git.repository import Repository
from foureyes.kit.text import printable, shortened
from foureyes.llm.assumed import assumed_traits
from foureyes.llm.compose import chosen_models
from foureyes.llm.port import ModelTraits
from foureyes.llm.prices import Prices
from foureyes.settings import Settings, environment, split_spec


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for. `options` win over the policy, by dotted key."""

    words: tuple[str, ...]
    folder: Path
    staged: bool = False
    patch: bytes | None = None
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    title: str = ""
    description: str = ""
    no_model: bool = False
    use_cache: bool = True
    quiet: bool = False
    imported: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """A finished review and the policy that it was made by."""

    result: ReviewResult
    policy: Policy


@dataclass(frozen=True, slots=True)
class Planned:
    """What would be asked of a model, and its price in micro-dollars; `plan` is None where no model would be asked.

    `assumed` says why the model's limits are guessed; "" where they are known.
    """

    material: Material
    model: str | None = None
    plan: Plan | None = None
    price: int | None = None
    assumed: str = ""


async def reviewed(wanted: Wanted, settings: Settings) -> Done:
    """The review; it is stored as the last one of its checkout."""
    with shown_progress(quiet=wanted.quiet) as on_progress:
        material = await _material(wanted)
        policy = material.policy
        models = _models(wanted, settings, policy)
        async with (
            open_store(settings, use_cache=wanted.use_cache) as store,
            open_door(settings, models, store, max_cost=policy.model.max_cost) as asker,
        ):
            # The cage is tried out only when an analyser that runs the repository's code was switched on.
            options = RunOptions(imported=wanted.imported, sandbox=Sandbox())
            result = await review(material, asker=asker, cache=store, options=options, on_progress=on_progress)
    await _keep(result, material, settings, wanted.folder)
    return Done(result, policy)


async def planned(wanted: Wanted, settings: Settings) -> Planned:
    """What the review would ask. Nothing is asked, nothing is spent, and no key is needed."""
    with shown_progress(quiet=wanted.quiet):
        material = await _material(wanted)
        models = _models(wanted, settings, material.policy)
        if not models:
            return Planned(material)
        async with open_store(settings, use_cache=wanted.use_cache) as store:
            traits, assumed = await _traits(models[0], settings, store)
            found = await plan(material, traits=traits, cache=store)
    price = Prices.from_settings(settings).price(models[0], found.expected)
    return Planned(material, models[0], found, price, assumed)


async def _traits(spec: str, settings: Settings, store: Store) -> tuple[ModelTraits, str]:
    """What a model can take, and why that is guessed. Only a server of one's own is asked: it costs nothing."""
    provider, _ = split_spec(spec)
    if not provider.own_server:
        return assumed_traits(spec), ""
    try:
        async with open_door(settings, [spec], store) as asker:
            return (asker.traits if asker else assumed_traits(spec)), ""
    except ModelError as exc:
        # A plan is wanted before everything is set up: what is missing is said beside it, and the review will stop.
        return assumed_traits(spec), str(exc)


async def _material(wanted: Wanted) -> Material:
    """What was asked for; where nothing was, the working tree, or the last commit when that is clean."""
    repository = await _repository(wanted)
    source = await _source(wanted, repository)
    overrides = Overrides(environment=environment(), options=wanted.options)
    request = Request(source, wanted.folder, overrides, wanted.title, wanted.description)
    material = await collect(request, repository)
    _refuse_mistyped(source, material, wanted.folder)
    if wanted.words or not isinstance(source, WorkingTree) or repository is None:
        return material
    if material.change.files:
        _tell(wanted, "Reviewing the working tree against the last commit.")
        return material
    try:
        material = await collect(replace(request, source=OneCommit("HEAD")), repository)
    except UnknownRevisionError as exc:
        raise UsageError("There is no commit and no file here yet: there is nothing to review.") from exc
    title = printable(shortened(material.change.title, 60))
    _tell(wanted, f"The working tree is clean: reviewing the last commit, {material.change.head[:10]} {title}")
    return material


def _refuse_mistyped(source: Source, material: Material, folder: Path) -> None:
    """A path that narrows a change down to nothing may well be fine; one that is nowhere would be green by mistake."""
    if isinstance(source, Patch):
        return
    changed = [name for file in material.change.files for name in (file.path, file.old_path) if name]
    for path in source.paths:
        # A file that the change deletes is on no disk. Whatever ends like the path is taken for it: git has matched.
        in_change = any(f"/{name}/".find(f"/{path.as_posix()}/") >= 0 for name in changed)
        if not in_change and not os.path.lexists(folder / path):
            raise UsageError(f"{printable(str(path))} is neither in this change nor on disk: check the name.")


async def _repository(wanted: Wanted) -> Repository | None:
    """The repository around the folder; a patch and plain files can do without one."""
    try:
        return await Repository.open(wanted.folder)
    except NotARepositoryError:
        if wanted.patch is not None or wanted.words:
            return None
        raise


async def _source(wanted: Wanted, repository: Repository | None) -> Source:
    if wanted.patch is not None:
        return Patch(wanted.patch)
    if wanted.staged:
        return Staged(tuple(Path(word) for word in wanted.words))
    if repository is not None and repository.bare and not wanted.words:
        return OneCommit("HEAD")
    return await source_of(wanted.words, wanted.folder, repository)


def _models(wanted: Wanted, settings: Settings, policy: Policy) -> Sequence[str]:
    return () if wanted.no_model else chosen_models(settings, use=policy.model.use, fallback=policy.model.fallback)


async def _keep(result: ReviewResult, material: Material, settings: Settings, folder: Path) -> None:
    """Store the review for `fix` and `explain`. A full disk must not take a review away that is there to be read."""
    # Digests only of files that `fix` may write: those tell it whether a file is still as it was reviewed.
    paths = {finding.path for finding in (*result.findings, *result.held_back) if finding.suggestion is not None}
    contents = await material.head.read(paths) if paths else {}
    try:
        store_review(settings.cache_dir, checkout_of(folder), document(result), contents)
    except OSError as exc:
        say(f"The review could not be stored in {settings.cache_dir} ({exc.strerror}): `fix` will not know it.")


def _tell(wanted: Wanted, message: str) -> None:
    if not wanted.quiet:
        say(message)
