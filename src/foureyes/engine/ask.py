"""The ask stage: units go to the model in one or more passes, and its candidates come back through the gate.

An answer is kept for each piece of a unit, under the piece's own key: a piece that has not changed is not asked again,
whatever it was bundled with (ADR 0009).
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from foureyes.engine.candidates import Candidate, Candidates, StoredCandidates, schema_for
from foureyes.engine.gate import MENDABLE, GateFile, Placed, Refused, gate
from foureyes.engine.prompts import mend, review
from foureyes.engine.units import Piece, Unit
from foureyes.engine.vote import count_votes
from foureyes.errors import ContextOverflowError, ModelError, ModelUnavailableError, TruncatedAnswerError
from foureyes.kit.text import counted
from foureyes.llm.port import AnswerCache, Ask, Asker, ModelTraits, Purpose

_LIFETIME = timedelta(days=7)
_ANSWER_TOKENS = 4096
"""Room for twelve candidates with replacements, where the model's context has it."""

_ANSWER_SHARE = 6


def answer_tokens(traits: ModelTraits) -> int:
    """The most that an answer about one unit may take; a small model keeps most of its context for the code."""
    return min(_ANSWER_TOKENS, traits.output_tokens, traits.context_tokens // _ANSWER_SHARE)


def failure_of(error: ModelError) -> str:
    """Why the model gave no answer, for the ledger; with the moment from which asking again helps."""
    wait = error.retry_after if isinstance(error, ModelUnavailableError) else None
    if wait is None:
        return str(error)
    return f"{str(error).rstrip('.')}. Try again in {counted(round(wait.total_seconds()), 'second')}."


@dataclass(frozen=True, slots=True)
class Briefing:
    """What every unit of one run is told beside its own code."""

    system: str
    title: str
    description: str
    outline: str
    open_findings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What earlier rounds said, by path."""
    others_said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What other bots and people said, by path."""

    def words(self, unit: Unit) -> review.UnitWords:
        return review.UnitWords(
            title=self.title,
            description=self.description,
            outline=self.outline,
            code=unit.code,
            instructions=unit.instructions,
            analysers_said=unit.analysers_said,
            open_findings=self._about(self.open_findings, unit),
            others_said=self._about(self.others_said, unit),
        )

    def _about(self, said: Mapping[str, tuple[str, ...]], unit: Unit) -> tuple[str, ...]:
        return tuple(remark for path in unit.paths for remark in said.get(path, ()))


@dataclass(frozen=True, slots=True)
class PieceAnswer:
    """What the model said of one piece in one pass; `failure` says why it said nothing."""

    candidates: tuple[Candidate, ...] = ()
    cached: bool = False
    failure: str = ""


@dataclass(frozen=True, slots=True)
class PieceOutcome:
    """What became of one piece over all its passes."""

    piece: Piece
    placed: tuple[Placed, ...] = ()
    refused: tuple[Refused, ...] = ()
    passes: int = 1
    cached: bool = False
    failure: str = ""


class Asking:
    """One run's conversation with the model about its pieces."""

    def __init__(
        self,
        asker: Asker,
        briefing: Briefing,
        files: Mapping[str, GateFile],
        *,
        bundle: Callable[[Sequence[Piece]], Sequence[Unit]],
        cache: AnswerCache | None,
        on_done: Callable[[int, int], None],
    ) -> None:
        self._asker = asker
        self._briefing = briefing
        self._files = files
        self._bundle = bundle
        self._cache = cache
        self._on_done = on_done
        self._done = 0
        self._total = 0

    async def run(self, pieces: Sequence[Piece], *, passes: Callable[[Piece], int]) -> list[PieceOutcome]:
        """Outcomes in the order of `pieces`. A model that fails costs its own pieces only."""
        # Pass by pass and not piece by piece: pieces of one pass can share a prompt, and votes need answers that
        # were given independently.
        most = max(map(passes, pieces), default=0)
        rounds = await asyncio.gather(
            *(self._one_pass([piece for piece in pieces if passes(piece) > number], number) for number in range(most))
        )
        return list(
            await asyncio.gather(
                *(self._outcome(piece, [answers[piece] for answers in rounds if piece in answers]) for piece in pieces)
            )
        )

    async def _one_pass(self, pieces: Sequence[Piece], number: int) -> dict[Piece, PieceAnswer]:
        known = {piece: answer for piece in pieces if (answer := await self._recalled(piece, number))}
        # Bundled again without the pieces that are known: otherwise one changed file would have its old
        # neighbours asked, and paid for, once more.
        units = self._bundle([piece for piece in pieces if piece not in known])
        self._total += len(units)
        answers = await asyncio.gather(*(self._unit(unit, number) for unit in units))
        for answered in answers:
            known.update(answered)
        return known

    async def _unit(self, unit: Unit, number: int) -> dict[Piece, PieceAnswer]:
        answers = await self._asked(unit, number)
        self._done += 1
        self._on_done(self._done, self._total)
        return answers

    async def _asked(self, unit: Unit, number: int) -> dict[Piece, PieceAnswer]:
        ask = Ask(
            purpose=Purpose.REVIEW,
            prompt_version=review.PROMPT_VERSION,
            system=self._briefing.system,
            prompt=review.unit(self._briefing.words(unit.shuffled(number))),
            max_output_tokens=answer_tokens(self._asker.traits),
            seed=number,
            lifetime=_LIFETIME,
        )
        try:
            answer = await self._asker.ask(ask, schema_for(unit.paths))
        # Both mean too much at once. Another model or a later moment would not help; half of it will.
        except (ContextOverflowError, TruncatedAnswerError) as exc:
            if len(unit.pieces) == 1:
                return {unit.pieces[0]: PieceAnswer(failure=failure_of(exc))}
            middle = len(unit.pieces) // 2
            return {
                **await self._asked(Unit.of(unit.pieces[:middle]), number),
                **await self._asked(Unit.of(unit.pieces[middle:]), number),
            }
        except ModelError as exc:
            return {piece: PieceAnswer(failure=failure_of(exc)) for piece in unit.pieces}
        shared = self._shared_out(answer.output, unit)
        # Kept before anything is made of it: a settled answer is never bought twice, even if this run is killed
        # now.
        for piece, said in shared.items():
            await self._remember(piece, number, said)
        return {piece: PieceAnswer(tuple(said), cached=answer.cached) for piece, said in shared.items()}

    def _shared_out(self, answer: Candidates, unit: Unit) -> dict[Piece, list[Candidate]]:
        """Each candidate to the piece it is about; one that is about none goes to the first, and fails at the gate."""
        shared: dict[Piece, list[Candidate]] = {piece: [] for piece in unit.pieces}
        for candidate in answer.candidates:
            own = [piece for piece in unit.pieces if piece.path == candidate.path]
            near = (piece for piece in own if candidate.first_line in piece.lines)
            shared[next(near, own[0] if own else unit.pieces[0])].append(candidate)
        return shared

    async def _outcome(self, piece: Piece, answers: Sequence[PieceAnswer]) -> PieceOutcome:
        """Gate, mend and count votes. A pass that failed has no vote; with no pass left, the piece has failed."""
        heard = [answer for answer in answers if not answer.failure]
        # Silence of every pass is not the same as nothing found, and must not look like it.
        if not heard:
            return PieceOutcome(piece, failure=answers[0].failure)
        gated = await asyncio.gather(*(self._gated(piece, answer) for answer in heard))
        kept, outvoted = count_votes([placed for placed, _ in gated])
        refused = [refusal for _, refusals in gated for refusal in refusals]
        return PieceOutcome(
            piece,
            placed=tuple(kept),
            refused=(*refused, *outvoted),
            passes=len(heard),
            cached=all(answer.cached for answer in heard),
        )

    async def _gated(self, piece: Piece, answer: PieceAnswer) -> tuple[list[Placed], list[Refused]]:
        placed, refused = gate(answer.candidates, self._files)
        broken = [refusal for refusal in refused if refusal.reason in MENDABLE]
        if not broken:
            return placed, refused
        mended, again = gate(await self._mended(piece, broken), self._files)
        # What is refused again is named once, with its first reason.
        kept = [refusal for refusal in refused if not any(_same(refusal, one) for one in mended)]
        return [*placed, *mended], [*kept, *(late for late in again if late.reason not in MENDABLE)]

    async def _mended(self, piece: Piece, broken: Sequence[Refused]) -> tuple[Candidate, ...]:
        ask = Ask(
            purpose=Purpose.MEND,
            prompt_version=mend.PROMPT_VERSION,
            system=mend.SYSTEM,
            prompt=mend.prompt(piece.code, [(one.candidate, one.detail) for one in broken]),
            max_output_tokens=answer_tokens(self._asker.traits),
            lifetime=_LIFETIME,
        )
        try:
            answer = await self._asker.ask(ask, schema_for([piece.path]))
        except ModelError:
            # The candidates stay refused for the reason that the gate gave: nothing is said that was not placed.
            return ()
        # Mending is a second chance for what was said, not a second review: more than was refused is new, and has
        # seen one piece only.
        return tuple(answer.output.candidates[: len(broken)])

    async def _recalled(self, piece: Piece, number: int) -> PieceAnswer | None:
        raw = await self._cache.get(self._key(piece, number)) if self._cache else None
        if raw is None:
            return None
        return PieceAnswer(tuple(StoredCandidates.model_validate_json(raw).candidates), cached=True)

    async def _remember(self, piece: Piece, number: int, said: Sequence[Candidate]) -> None:
        if self._cache is not None:
            stored = StoredCandidates(candidates=list(said)).model_dump_json().encode()
            await self._cache.put(self._key(piece, number), stored, lifetime=_LIFETIME)

    def _key(self, piece: Piece, number: int) -> str:
        # Title, outline and remarks by others are not part of it: a retitled change would otherwise be asked
        # again from its first line to its last.
        words = ["piece", review.PROMPT_VERSION, self._asker.model, self._briefing.system, piece.key, str(number)]
        return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()


def _same(refusal: Refused, mended: Placed) -> bool:
    """Whether a mended candidate is the one that was refused: the model may change place and quote, not the claim."""
    was, now = refusal.candidate, mended.candidate
    return was.rule == now.rule or was.title == now.title
