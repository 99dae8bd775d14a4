"""The model's part of a review: pack, ask, verify; its survivors become findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from foureyes.analyzers.port import Diagnostic
from foureyes.code.languages import Language
from foureyes.diff.anchors import added_lines
from foureyes.diff.values import Side
from foureyes.engine.analyse import Analysed
from foureyes.engine.around import code_around
from foureyes.engine.ask import Asking, Briefing, PieceOutcome, answer_tokens
from foureyes.engine.bundle import bundle
from foureyes.engine.candidates import Ruling
from foureyes.engine.coverage import LedgerKeeper
from foureyes.engine.findings import from_verification
from foureyes.engine.gate import GateFile, Placed
from foureyes.engine.material import Material
from foureyes.engine.pack import Packed, pack, unit_budget
from foureyes.engine.prompts import review as prompts
from foureyes.engine.risk import depth_of
from foureyes.engine.screen import Screened
from foureyes.engine.units import AskedFile, Piece
from foureyes.engine.values import (
    MODEL_SOURCE,
    Coverage,
    Finding,
    OnProgress,
    Progress,
    Refusal,
    RefusalReason,
    Stage,
)
from foureyes.engine.verify import CodeAround, Verification, verify
from foureyes.kit.cpu import Cpu
from foureyes.kit.text import shortened
from foureyes.llm.port import AnswerCache, Asker, ModelTraits
from foureyes.llm.tokens import guessed

_MOST_TITLE = 300
# A description is the author's word about the change, not the change: a long one would crowd the code out of the
# prompt.
_MOST_DESCRIPTION = 1500

_SCHEMA_AND_OUTLINE = 1100
"""Tokens: the answer's schema takes about 700, the outline of the change at most 400."""


@dataclass(frozen=True, slots=True)
class ModelRun:
    """All that the model's part of one review needs."""

    material: Material
    screened: Screened
    looked: Analysed
    asker: Asker
    cache: AnswerCache | None
    earlier: Sequence[Finding]
    others_said: Mapping[str, tuple[str, ...]]
    keeper: LedgerKeeper
    on_progress: OnProgress
    cpu: Cpu = field(default_factory=Cpu)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model's part came to."""

    findings: tuple[Finding, ...] = ()
    refusals: tuple[Refusal, ...] = ()


async def ask_model(run: ModelRun) -> Judged:
    """Pack the screened files, ask about every piece, verify what survives the gate; keep the ledger of hunks."""
    packed = await packed_for(run.material, run.screened, run.looked, run.asker.traits, cpu=run.cpu)
    # Noted before anything is asked, so that the ledger has a word for these hunks even when every call fails.
    for hunk in packed.unpackable:
        run.keeper.hunk(hunk.path, hunk.hunk, Coverage.FAILED, hunk.reason)
    files = {file.path: GateFile(file.shown, tuple(file.masked.split("\n"))) for file in run.screened.files}
    asking = Asking(
        run.asker,
        _briefing(run, packed.outline),
        files,
        bundle=lambda pieces: bundle(pieces, packed.budget),
        cache=run.cache,
        on_done=lambda done, total: run.on_progress(Progress(Stage.ASK, done, total)),
    )
    outcomes = await asking.run(packed.pieces, passes=lambda piece: depth_of(piece.risk).passes)
    verifications = await _verified(outcomes, files, run)
    _keep_ledger(outcomes, verifications, run.keeper)
    return Judged(
        findings=tuple(_finding(one, run.asker.model) for one in verifications if one.verification.stands),
        refusals=(
            *(refused.refusal() for outcome in outcomes for refused in outcome.refused),
            *(_refusal(one.verification) for one in verifications if not one.verification.stands),
        ),
    )


async def packed_for(
    material: Material, screened: Screened, looked: Analysed, traits: ModelTraits, *, cpu: Cpu | None = None
) -> Packed:
    """The units that a model with these traits would be asked about, with their context."""
    said: dict[str, list[Diagnostic]] = {}
    for diagnostic in looked.kept:
        said.setdefault(diagnostic.path, []).append(diagnostic)
    # The masked text, never the file's own: what stands here goes to a provider.
    asked = [
        AskedFile(
            file.shown,
            file.masked,
            file.language,
            tuple(said.get(file.path, ())),
            material.policy.instructions_for(file.path),
            file.partial,
        )
        for file in screened.files
    ]
    budget = unit_budget(traits, around=fixed_tokens(material, screened), output=answer_tokens(traits))
    return await pack(screened.masked_change, asked, material.head, budget=budget, cpu=cpu)


def system_words(material: Material, screened: Screened) -> str:
    """The part of the prompt that stays the same for the whole run."""
    conventions = [(convention.path, convention.text) for convention in screened.conventions]
    return prompts.system(language=material.policy.language, conventions=conventions)


def fixed_tokens(material: Material, screened: Screened) -> int:
    """About what every prompt of the run holds beside its unit."""
    change = screened.masked_change
    author = guessed(change.title[:_MOST_TITLE]) + guessed(change.description[:_MOST_DESCRIPTION])
    return guessed(system_words(material, screened)) + author + _SCHEMA_AND_OUTLINE


def _briefing(run: ModelRun, outline: str) -> Briefing:
    said: dict[str, list[str]] = {}
    for finding in run.earlier:
        said.setdefault(finding.path, []).append(f"{finding.path}:{finding.start_line} {finding.title}")
    change = run.screened.masked_change
    return Briefing(
        system=system_words(run.material, run.screened),
        title=shortened(change.title, _MOST_TITLE),
        description=shortened(change.description, _MOST_DESCRIPTION),
        outline=outline,
        open_findings={path: tuple(remarks) for path, remarks in said.items()},
        others_said=run.others_said,
    )


@dataclass(frozen=True, slots=True)
class _Tried:
    """One candidate with the piece it came from and what the verifier held of it."""

    outcome: PieceOutcome
    verification: Verification


async def _verified(outcomes: Sequence[PieceOutcome], files: Mapping[str, GateFile], run: ModelRun) -> list[_Tried]:
    homes = [(outcome, placed) for outcome in outcomes for placed in outcome.placed]
    languages = {file.path: file.language for file in run.screened.files}
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        run.on_progress(Progress(Stage.VERIFY, done, len(homes)))

    around = await run.cpu.run(
        lambda: {
            # By identity, for two candidates may be equal in every field and still come from two pieces.
            id(placed): _around(placed, outcome.piece, files[placed.path], languages[placed.path])
            for outcome, placed in homes
        }
    )
    verifications = await verify(
        [placed for _, placed in homes], run.asker, around=lambda placed: around[id(placed)], on_done=one_more
    )
    return [_Tried(outcome, tried) for (outcome, _), tried in zip(homes, verifications, strict=True)]


def _around(placed: Placed, piece: Piece, file: GateFile, language: Language | None) -> CodeAround:
    code = code_around(
        file.head_lines, placed.start_line, placed.end_line, added=added_lines(file.file), language=language
    )
    if placed.side is Side.LEFT:
        # The head version does not hold removed lines: the piece, which prints them, stands beside it.
        code = f"{piece.code}\n\n{code}"
    return CodeAround(code, "\n\n".join(f"{excerpt.label}\n{excerpt.text}" for excerpt in piece.excerpts))


def _keep_ledger(outcomes: Sequence[PieceOutcome], tried: Sequence[_Tried], keeper: LedgerKeeper) -> None:
    # A candidate that could not be tried leaves its hunks unfinished: to call them reviewed would be green
    # without a look.
    unverified = {id(one.outcome): one.verification.failure for one in tried if one.verification.failure}
    for outcome in outcomes:
        failure = outcome.failure or unverified.get(id(outcome), "")
        coverage = Coverage.FAILED if failure else Coverage.CACHED if outcome.cached else Coverage.REVIEWED
        for hunk in outcome.piece.hunks:
            keeper.hunk(outcome.piece.path, hunk, coverage, failure)


def _finding(tried: _Tried, model: str) -> Finding:
    return from_verification(
        tried.verification,
        model=model,
        prompt_version=prompts.PROMPT_VERSION,
        context=tried.outcome.piece.context,
        passes=tried.outcome.passes,
    )


def _refusal(verification: Verification) -> Refusal:
    said = verification.placed.candidate
    reason, detail = RefusalReason.NOT_VERIFIED, verification.failure
    if verification.verified is not None:
        unsure = verification.verified.verdict is Ruling.UNSURE
        reason = RefusalReason.UNSURE if unsure else RefusalReason.NOT_REAL
        detail = verification.verified.reason
    return Refusal(said.path, said.first_line, said.title, MODEL_SOURCE, reason, detail)
