"""The ledger accounts for every file and hunk, and of several words about one hunk the worst counts."""

from factories import a_change
from foureyes.engine.coverage import LedgerKeeper
from foureyes.engine.values import Coverage, FileEntry

LONG = "".join(f"line {n}\n" for n in range(60))
CHANGE = a_change(**{"a.py": (LONG, LONG.replace("line 5\n", "5\n").replace("line 50\n", "50\n")), "b.py": ("", "x\n")})


def entries(keeper: LedgerKeeper, *, model: bool) -> dict[str, FileEntry]:
    return {entry.path: entry for entry in keeper.ledger(asked_model=model).files}


def test_what_nobody_spoke_of_has_failed() -> None:
    assert {e.coverage for e in entries(LedgerKeeper(CHANGE), model=True).values()} == {Coverage.FAILED}
    assert {e.coverage for e in entries(LedgerKeeper(CHANGE), model=False).values()} == {Coverage.FAILED}


def test_a_skip_covers_all_hunks_with_its_reason() -> None:
    keeper = LedgerKeeper(CHANGE)
    keeper.skip("a.py", "generated", expected=True)
    entry = entries(keeper, model=True)["a.py"]
    assert (entry.coverage, entry.expected) == (Coverage.SKIPPED, True)
    assert [hunk.reason for hunk in entry.hunks] == ["generated", "generated"]


def test_without_a_model_analysers_are_who_looked() -> None:
    keeper = LedgerKeeper(CHANGE)
    keeper.analysed({"a.py": ("ruff", "secrets")})
    entry = entries(keeper, model=False)["a.py"]
    assert (entry.coverage, entry.by) == (Coverage.REVIEWED, ("ruff", "secrets"))


def test_one_failed_hunk_fails_the_file_and_keeps_the_other() -> None:
    keeper = LedgerKeeper(CHANGE)
    keeper.hunk("a.py", 0, Coverage.REVIEWED)
    keeper.hunk("a.py", 1, Coverage.FAILED, "rate limit")
    entry = entries(keeper, model=True)["a.py"]
    assert (entry.coverage, entry.reason) == (Coverage.FAILED, "rate limit")
    assert [hunk.coverage for hunk in entry.hunks] == [Coverage.REVIEWED, Coverage.FAILED]
    assert keeper.ledger(asked_model=True).incomplete[0].path == "a.py"


def test_a_hunk_in_two_parts_is_as_good_as_its_worse_part() -> None:
    keeper = LedgerKeeper(CHANGE)
    keeper.hunk("b.py", 0, Coverage.FAILED, "cut")
    keeper.hunk("b.py", 0, Coverage.CACHED)
    assert entries(keeper, model=True)["b.py"].coverage is Coverage.FAILED


def test_all_hunks_from_the_cache_make_a_cached_file() -> None:
    keeper = LedgerKeeper(CHANGE)
    keeper.hunk("b.py", 0, Coverage.CACHED)
    assert entries(keeper, model=True)["b.py"].coverage is Coverage.CACHED
