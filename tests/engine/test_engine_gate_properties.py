"""What holds of gate and vote whatever a model says: nothing is moved, lost or doubled, and evidence is the file's."""

from hypothesis import given
from hypothesis import strategies as st

from factories import a_candidate, a_file
from foureyes.diff.anchors import hunk_lines
from foureyes.engine.candidates import Candidate
from foureyes.engine.gate import GateFile, Placed, gate
from foureyes.engine.vote import count_votes

BEFORE = "".join(f"value_{n} = {n}\n" for n in range(40))
AFTER = BEFORE.replace("value_7 = 7", "value_7 = items[7]").replace("value_30 = 30", "value_30 = items[30]")
LINES = AFTER.split("\n")
FILE = a_file("app.py", BEFORE, AFTER)
FILES = {"app.py": GateFile(FILE, tuple(LINES))}


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    first = draw(st.integers(-3, 50))
    quoted = draw(st.sampled_from([*LINES[:-1], "nowhere at all"]))
    return a_candidate(
        first_line=first,
        last_line=first + draw(st.integers(-1, 6)),
        quote=draw(st.sampled_from([quoted, f"   {quoted}  ", f"+    8 | {quoted}"])),
        kind=draw(st.sampled_from(["bug", "security"])),
        confidence=draw(st.sampled_from([0.1, 0.6, 0.95])),
        replacement=draw(st.sampled_from([None, ["pass"]])),
    )


def several() -> st.SearchStrategy[list[Candidate]]:
    return st.lists(candidates(), max_size=6)


def passed(some: list[Candidate]) -> list[Placed]:
    return gate(some, FILES)[0]


@given(several())
def test_every_candidate_is_placed_or_refused_and_none_is_both(some: list[Candidate]) -> None:
    placed, refused = gate(some, FILES)
    assert len(placed) + len(refused) == len(some)


@given(several())
def test_what_is_placed_lies_in_a_hunk_and_inside_what_was_claimed(some: list[Candidate]) -> None:
    shown = hunk_lines(FILE)
    for one in passed(some):
        assert {one.start_line, one.end_line} <= shown
        assert one.candidate.first_line <= one.start_line <= one.end_line <= one.candidate.last_line


@given(several())
def test_evidence_is_copied_from_the_file(some: list[Candidate]) -> None:
    for one in passed(some):
        assert one.evidence == "\n".join(LINES[one.start_line - 1 : one.end_line])


@given(several())
def test_a_replacement_is_kept_only_for_exactly_the_lines_it_was_made_for(some: list[Candidate]) -> None:
    for one in passed(some):
        if one.candidate.replacement is not None:
            assert (one.start_line, one.end_line) == (one.candidate.first_line, one.candidate.last_line)


@given(st.lists(several().map(passed), min_size=1, max_size=3))
def test_votes_are_never_more_than_the_passes_and_kept_ones_had_a_voice(passes: list[list[Placed]]) -> None:
    kept, outvoted = count_votes(passes)
    assert all(1 <= one.votes <= len(passes) for one in kept)
    assert len(kept) + len(outvoted) <= sum(map(len, passes))


@given(several().map(passed))
def test_the_same_account_in_three_passes_is_outvoted_nowhere(once: list[Placed]) -> None:
    kept, outvoted = count_votes([once, once, once])
    assert outvoted == []
    assert all(one.votes == 3 for one in kept)
