"""Rounds: what is new, what persists, what is fixed, and what nobody may call fixed."""

from factories import a_finding
from foureyes.engine.settle import settle
from foureyes.engine.values import MODEL_SOURCE, FindingState

EVIDENCE = "def add(item, items=[]):"
LOOKED = frozenset({"app.py"})


def test_an_unknown_fingerprint_is_new_and_a_known_one_persists() -> None:
    settled = settle([a_finding(), a_finding(fingerprint="f2")], [a_finding()], sources={}, looked_at=LOOKED)
    assert [finding.state for finding in settled.findings] == [FindingState.PERSISTING, FindingState.NEW]


def test_a_finding_whose_evidence_is_gone_is_fixed() -> None:
    settled = settle([], [a_finding()], sources={"app.py": "def add(item, items=None):\n"}, looked_at=LOOKED)
    assert [finding.state for finding in settled.fixed] == [FindingState.FIXED]


def test_a_finding_that_was_merely_not_said_again_is_not_called_fixed() -> None:
    assert settle([], [a_finding()], sources={"app.py": f"\n\n  {EVIDENCE}\n"}, looked_at=LOOKED).fixed == ()


def test_what_a_model_said_and_still_holds_is_carried_forward() -> None:
    said = a_finding(source=MODEL_SOURCE)
    settled = settle([], [said], sources={"app.py": f"\n\n\n{EVIDENCE}\n"}, looked_at=LOOKED)
    assert [(one.fingerprint, one.state, one.start_line, one.end_line) for one in settled.findings] == [
        ("f1", FindingState.PERSISTING, 4, 4)
    ]


def test_what_was_dismissed_or_fixed_is_not_carried_forward() -> None:
    before = [
        a_finding(source=MODEL_SOURCE, state=FindingState.DISMISSED),
        a_finding(source=MODEL_SOURCE, state=FindingState.FIXED, fingerprint="f2"),
    ]
    settled = settle([], before, sources={"app.py": f"{EVIDENCE}\n"}, looked_at=LOOKED)
    assert (settled.findings, settled.fixed) == ((), ())


def test_a_file_that_was_not_looked_at_proves_nothing() -> None:
    assert settle([], [a_finding()], sources={}, looked_at=frozenset()).fixed == ()


def test_what_comes_back_after_it_was_fixed_is_reopened() -> None:
    settled = settle([a_finding()], [a_finding(state=FindingState.FIXED)], sources={}, looked_at=LOOKED)
    assert settled.findings[0].state is FindingState.REOPENED
    assert settled.fixed == ()
