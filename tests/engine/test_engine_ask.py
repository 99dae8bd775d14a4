"""The conversation about pieces: sharing out, splitting, mending, passes that fail, and answers that are kept."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from engine_reviews import asker_for, code_of
from pydantic import BaseModel

from factories import a_candidate, a_file
from foureyes.engine.ask import Asking, Briefing, PieceOutcome, answer_tokens, failure_of
from foureyes.engine.candidates import Candidate, Candidates
from foureyes.engine.gate import GateFile
from foureyes.engine.risk import Assessment, Risk
from foureyes.engine.units import Excerpt, Piece, Unit, keyed
from foureyes.engine.values import RefusalReason
from foureyes.errors import (
    ContextOverflowError,
    ModelError,
    ModelOverloadedError,
    ModelRateLimitError,
    ModelRefusedError,
    TruncatedAnswerError,
)
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore
from foureyes.llm.port import AnswerForm, Ask, MemoryLedger, ModelTraits, Purpose
from foureyes.llm.scripted import Line, ScriptedModel

NAME = "scripted:model"
AFTER = "def first(items):\n    return items[0]\n"
ROOMY = ModelTraits(context_tokens=200_000, output_tokens=32_000, form=AnswerForm.TOOL_CALL)
Script = Callable[[Ask, type[BaseModel] | None], Line]


def a_piece(path: str, *, text: str = AFTER, hunks: tuple[int, ...] = (0,), risk: Risk = Risk.MEDIUM) -> Piece:
    numbered = "".join(f"+{number:>5} | {line}\n" for number, line in enumerate(text.splitlines(), 1))
    return keyed(
        path,
        hunks=hunks,
        lines=range(1, text.count("\n") + 1),
        heading=f"=== {path} ===",
        blocks=(numbered,),
        assessment=Assessment(risk, ("code",)),
    )


def about(path: str, **said: object) -> Candidate:
    return a_candidate(path=path, **said)


def all_shown(ask: Ask, _: type[BaseModel] | None) -> Line:
    """One true candidate for each file that the unit shows; nothing is mended."""
    if ask.purpose is Purpose.MEND:
        return Candidates(candidates=[])
    return Candidates(candidates=[about(path) for path in shown_in(ask)])


def shown_in(ask: Ask) -> list[str]:
    return [line.split()[1] for line in code_of(ask).splitlines() if line.startswith("=== ") and ".py" in line]


class Asked:
    """One conversation: the model, its door and what came of it."""

    def __init__(
        self,
        script: Script,
        *,
        together: int = 10,
        cache: KeyValueStore | None = None,
        system: str = "You review.",
        traits: ModelTraits = ROOMY,
    ) -> None:
        self.model = ScriptedModel(script, traits=traits)
        self.ledger = MemoryLedger()
        self.steps: list[tuple[int, int]] = []
        self._cache = cache
        self._together = together
        self._system = system

    async def about(self, *pieces: Piece, passes: int = 1) -> list[PieceOutcome]:
        gate_file = GateFile(a_file("any.py", "", AFTER), tuple(AFTER.split("\n")))
        asking = Asking(
            asker_for(self.model, ledger=self.ledger),
            Briefing(self._system, "Add paging", "", "M a.py"),
            {piece.path: gate_file for piece in pieces},
            bundle=self._bundle,
            cache=self._cache,
            on_done=lambda done, total: self.steps.append((done, total)),
        )
        return await asking.run(pieces, passes=lambda _: passes)

    def _bundle(self, pieces: Sequence[Piece]) -> list[Unit]:
        step = self._together
        return [Unit.of(pieces[start : start + step]) for start in range(0, len(pieces), step)]

    @property
    def units(self) -> list[list[str]]:
        """The files of each ask for a review, in the order in which they were asked."""
        return [shown_in(ask) for ask in self.model.asks if ask.purpose is Purpose.REVIEW]


FOUR = tuple(a_piece(f"{name}.py") for name in "abcd")


async def test_each_candidate_goes_to_the_piece_it_is_about() -> None:
    outcomes = await Asked(all_shown).about(*FOUR)
    assert [(one.piece.path, [placed.path for placed in one.placed]) for one in outcomes] == [
        (piece.path, [piece.path]) for piece in FOUR
    ]


async def test_outcomes_come_in_the_order_of_the_pieces() -> None:
    outcomes = await Asked(all_shown, together=1).about(*reversed(FOUR))
    assert [one.piece for one in outcomes] == list(reversed(FOUR))


async def test_nothing_to_ask_asks_nothing() -> None:
    asked = Asked(all_shown)
    assert await asked.about() == []
    assert asked.model.asks == []


async def test_a_candidate_about_no_file_of_the_unit_is_refused_once() -> None:
    outcomes = await Asked(lambda _ask, _schema: Candidates(candidates=[about("z.py")])).about(*FOUR)
    assert [one.reason for outcome in outcomes for one in outcome.refused] == [RefusalReason.UNKNOWN_FILE]
    assert all(outcome.placed == () for outcome in outcomes)


async def test_two_pieces_of_one_file_share_by_lines() -> None:
    first = a_piece("a.py", hunks=(0,))
    second = a_piece("a.py", text="x = 1\n", hunks=())
    outcomes = await Asked(lambda _ask, _schema: Candidates(candidates=[about("a.py")])).about(second, first)
    assert [len(one.placed) for one in outcomes] == [0, 1]


@pytest.mark.parametrize("error", [ContextOverflowError(NAME, "too long"), TruncatedAnswerError(NAME, "cut")])
async def test_what_is_too_much_at_once_is_halved_until_it_fits(error: ModelError) -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return error if len(shown_in(ask)) > 1 else all_shown(ask, schema)

    asked = Asked(respond)
    outcomes = await asked.about(*FOUR)
    assert [len(one.placed) for one in outcomes] == [1, 1, 1, 1]
    assert [one for one in asked.units if len(one) == 1] == [["a.py"], ["b.py"], ["c.py"], ["d.py"]]
    assert ["a.py", "b.py"] in asked.units


async def test_one_piece_that_never_fits_fails_alone_and_says_why() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return ContextOverflowError(NAME, "too long") if "c.py" in shown_in(ask) else all_shown(ask, schema)

    outcomes = await Asked(respond).about(*FOUR)
    assert [one.failure for one in outcomes] == ["", "", f"{NAME}: too long", ""]
    assert [len(one.placed) for one in outcomes] == [1, 1, 0, 1]


async def test_any_other_failure_costs_the_pieces_of_its_unit_and_no_others() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return ModelRefusedError(NAME, "no") if "a.py" in shown_in(ask) else all_shown(ask, schema)

    asked = Asked(respond, together=2)
    outcomes = await asked.about(*FOUR)
    assert [bool(one.failure) for one in outcomes] == [True, True, False, False]
    assert len(asked.units) == 2, "what is refused is not split"


async def test_a_pass_that_fails_among_three_has_no_vote_and_fails_nothing() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return ModelRefusedError(NAME, "no") if ask.seed == 1 else all_shown(ask, schema)

    [outcome] = await Asked(respond).about(FOUR[0], passes=3)
    assert (outcome.failure, outcome.passes) == ("", 2)
    assert [placed.votes for placed in outcome.placed] == [2]


async def test_when_all_passes_fail_the_piece_has_failed() -> None:
    [outcome] = await Asked(lambda _ask, _schema: ModelRefusedError(NAME, "no")).about(FOUR[0], passes=3)
    assert outcome.failure == f"{NAME}: no"
    assert outcome.placed == ()


async def test_passes_are_asked_in_another_order_and_the_first_as_written() -> None:
    asked = Asked(all_shown)
    await asked.about(*FOUR, passes=3)
    by_seed = {ask.seed: shown_in(ask) for ask in asked.model.asks}
    assert by_seed[0] == ["a.py", "b.py", "c.py", "d.py"]
    assert all(sorted(paths) == by_seed[0] for paths in by_seed.values())
    assert len({tuple(paths) for paths in by_seed.values()}) > 1


async def test_the_same_pieces_give_the_same_prompts_every_time() -> None:
    prompts = []
    for _ in range(2):
        asked = Asked(all_shown)
        await asked.about(*FOUR, passes=3)
        prompts.append(sorted((ask.seed, ask.prompt) for ask in asked.model.asks))
    assert prompts[0] == prompts[1]
    assert all("object at 0x" not in prompt for _, prompt in prompts[0])


async def test_only_the_pieces_that_a_pass_wants_are_in_it() -> None:
    asked = Asked(all_shown)
    asking = Asking(
        asker_for(asked.model),
        Briefing("s", "", "", ""),
        {piece.path: GateFile(a_file("any.py", "", AFTER), tuple(AFTER.split("\n"))) for piece in FOUR},
        bundle=lambda pieces: [Unit.of(pieces)] if pieces else [],
        cache=None,
        on_done=lambda _done, _total: None,
    )
    await asking.run(FOUR, passes=lambda piece: 2 if piece.path == "b.py" else 1)
    assert sorted((ask.seed, len(shown_in(ask))) for ask in asked.model.asks) == [(0, 4), (1, 1)]


async def test_a_piece_that_is_known_is_not_asked_again_whatever_stands_beside_it() -> None:
    cache = MemoryStore()
    await Asked(all_shown, cache=cache).about(FOUR[0], FOUR[1])
    again = Asked(all_shown, cache=cache)
    outcomes = await again.about(*FOUR)
    assert again.units == [["c.py", "d.py"]]
    assert [one.cached for one in outcomes] == [True, True, False, False]
    assert [len(one.placed) for one in outcomes] == [1, 1, 1, 1]


async def test_an_answer_is_kept_for_each_pass() -> None:
    cache = MemoryStore()
    await Asked(all_shown, cache=cache).about(FOUR[0])
    again = Asked(all_shown, cache=cache)
    [outcome] = await again.about(FOUR[0], passes=3)
    assert sorted(ask.seed for ask in again.model.asks) == [1, 2]
    assert (outcome.passes, outcome.cached) == (3, False)


async def test_silence_is_an_answer_and_is_kept_too() -> None:
    cache = MemoryStore()
    for calls in (1, 0):
        asked = Asked(lambda _ask, _schema: Candidates(candidates=[]), cache=cache)
        await asked.about(FOUR[0])
        assert len(asked.model.asks) == calls


async def test_a_failure_is_not_kept() -> None:
    cache = MemoryStore()
    await Asked(lambda _ask, _schema: ModelRefusedError(NAME, "no"), cache=cache).about(FOUR[0])
    [outcome] = await Asked(all_shown, cache=cache).about(FOUR[0])
    assert (outcome.failure, outcome.cached, len(outcome.placed)) == ("", False, 1)


async def test_other_system_words_are_another_question() -> None:
    cache = MemoryStore()
    await Asked(all_shown, cache=cache).about(FOUR[0])
    again = Asked(all_shown, cache=cache, system="You review. Write in German.")
    await again.about(FOUR[0])
    assert len(again.model.asks) == 1


async def test_halves_of_a_split_unit_are_kept_piece_by_piece() -> None:
    cache = MemoryStore()

    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return TruncatedAnswerError(NAME, "cut") if len(shown_in(ask)) > 1 else all_shown(ask, schema)

    await Asked(respond, cache=cache).about(*FOUR)
    again = Asked(respond, cache=cache)
    await again.about(*FOUR)
    assert again.model.asks == []


async def test_what_points_wrong_is_mended_with_the_reason_and_the_piece_alone() -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        wrong = about("a.py", first_line=90, last_line=90)
        return Candidates(candidates=[about("a.py") if ask.purpose is Purpose.MEND else wrong])

    asked = Asked(respond)
    outcomes = await asked.about(*FOUR)
    [mend] = [ask for ask in asked.model.asks if ask.purpose is Purpose.MEND]
    assert "=== a.py" in mend.prompt
    assert "=== b.py" not in mend.prompt
    assert "refused: " in mend.prompt
    assert [(placed.start_line, placed.candidate.first_line) for placed in outcomes[0].placed] == [(2, 2)]
    assert outcomes[0].refused == ()


async def test_mending_can_not_bring_more_than_was_refused() -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        if ask.purpose is Purpose.MEND:
            return Candidates(candidates=[about("a.py"), about("a.py", rule="new", title="Something else", kind="api")])
        return Candidates(candidates=[about("a.py", quote="return items[7]")])

    [outcome] = await Asked(respond).about(FOUR[0])
    assert [placed.candidate.rule for placed in outcome.placed] == ["index-error"]


async def test_what_is_refused_again_is_refused_once_with_its_first_reason() -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        wrong = {"first_line": 90, "last_line": 90} if ask.purpose is Purpose.REVIEW else {"quote": "nowhere at all"}
        return Candidates(candidates=[about("a.py", **wrong)])

    [outcome] = await Asked(respond).about(FOUR[0])
    assert [one.reason for one in outcome.refused] == [RefusalReason.OUTSIDE_CHANGE]


async def test_a_mend_that_fails_refuses_its_candidate_and_keeps_the_others() -> None:
    def respond(ask: Ask, _: type[BaseModel] | None) -> Line:
        if ask.purpose is Purpose.MEND:
            return ModelRefusedError(NAME, "no")
        return Candidates(candidates=[about("a.py"), about("a.py", quote="nowhere at all", rule="other")])

    [outcome] = await Asked(respond).about(FOUR[0])
    assert (len(outcome.placed), outcome.failure) == (1, "")
    assert [one.reason for one in outcome.refused] == [RefusalReason.NO_QUOTE]


async def test_talk_is_not_sent_back_for_mending() -> None:
    asked = Asked(lambda _ask, _schema: Candidates(candidates=[about("a.py", title="Consider a better name")]))
    [outcome] = await asked.about(FOUR[0])
    assert [one.reason for one in outcome.refused] == [RefusalReason.TALK]
    assert [ask.purpose for ask in asked.model.asks] == [Purpose.REVIEW]


async def test_progress_counts_units_and_ends_at_its_total() -> None:
    asked = Asked(all_shown, together=2)
    await asked.about(*FOUR, passes=2)
    assert [done for done, _ in asked.steps] == [1, 2, 3, 4]
    assert asked.steps[-1] == (4, 4)


async def test_the_ledger_of_calls_has_a_row_for_each_ask() -> None:
    asked = Asked(all_shown, together=1)
    await asked.about(*FOUR)
    assert [row.purpose for row in asked.ledger.rows] == [Purpose.REVIEW] * 4


async def test_what_is_only_to_be_read_comes_behind_what_is_to_be_reviewed_and_once() -> None:
    excerpt = Excerpt("lib.py: def helper", "def helper(): ...")
    pieces = [
        keyed(
            path,
            hunks=(0,),
            lines=range(1, 2),
            heading=f"=== {path} ===",
            blocks=("+    1 | helper()\n",),
            assessment=Assessment(Risk.LOW, ()),
            excerpts=(excerpt,),
        )
        for path in ("a.py", "b.py")
    ]
    asked = Asked(all_shown)
    await asked.about(*pieces)
    code = code_of(asked.model.asks[0])
    assert code.count("def helper(): ...") == 1
    assert code.index("=== b.py") < code.index("Only to be read") < code.index("def helper")


@pytest.mark.parametrize(
    ("context", "output", "most"),
    [(200_000, 32_000, 4096), (200_000, 2_000, 2_000), (8_192, 8_192, 1_365), (600, 600, 100)],
)
def test_a_small_model_keeps_most_of_its_context_for_the_code(context: int, output: int, most: int) -> None:
    assert answer_tokens(ModelTraits(context, output, AnswerForm.PROMPTED)) == most


def test_a_failure_says_when_asking_again_helps_where_the_provider_said_so() -> None:
    waiting = ModelRateLimitError(NAME, "429", retry_after=timedelta(seconds=90))
    assert failure_of(waiting) == f"{NAME}: 429. Try again in 90 seconds."
    assert failure_of(ModelOverloadedError(NAME, "529")) == f"{NAME}: 529"
    assert failure_of(ModelRefusedError(NAME, "no")) == f"{NAME}: no"
