"""Passes vote: agreement or certainty goes on, a lone doubtful voice does not."""

from factories import a_candidate
from foureyes.diff.values import Side
from foureyes.engine.gate import Placed
from foureyes.engine.values import RefusalReason
from foureyes.engine.vote import count_votes


def placed(line: int = 2, **said: object) -> Placed:
    return Placed(
        a_candidate(first_line=line, last_line=line, **said), "app.py", line, line, Side.RIGHT, f"line {line}"
    )


def test_one_pass_needs_no_vote() -> None:
    kept, outvoted = count_votes([[placed(confidence=0.5), placed(line=30, confidence=0.5)]])
    assert (len(kept), outvoted) == (2, [])


def test_two_of_three_passes_are_enough() -> None:
    kept, _ = count_votes([[placed(confidence=0.5)], [], [placed(confidence=0.6)]])
    assert [(one.votes, one.candidate.confidence) for one in kept] == [(2, 0.6)]


def test_one_doubtful_voice_of_three_is_outvoted() -> None:
    kept, outvoted = count_votes([[placed(confidence=0.6)], [], []])
    assert kept == []
    assert outvoted[0].reason is RefusalReason.OUTVOTED


def test_one_sure_voice_goes_on_to_the_verifier() -> None:
    kept, _ = count_votes([[], [placed(confidence=0.9)], []])
    assert kept[0].votes == 1


def test_the_same_defect_twice_in_one_pass_is_one_vote() -> None:
    kept, outvoted = count_votes([[placed(confidence=0.5), placed(confidence=0.5)], [], []])
    assert (kept, len(outvoted)) == ([], 1)


def test_different_kinds_on_the_same_line_stay_apart() -> None:
    kept, _ = count_votes([[placed(kind="bug"), placed(kind="security", rule="sql-injection")]])
    assert len(kept) == 2
