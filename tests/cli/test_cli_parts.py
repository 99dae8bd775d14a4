"""The parts of the command line alone: the stored review, the cache, the plan, the exit code, the edge."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cli_reviews import APP, DIVISION, UNMENDED, UNUSED, a_result, leave_review
from rich.text import Text

from foureyes.cli.compose import checkout_of, directory_of, open_store
from foureyes.cli.dryrun import dry_run_lines
from foureyes.cli.edge import edge
from foureyes.cli.exits import ExitCode
from foureyes.cli.lastreview import NoReviewError, UnknownFindingError, find, folder_of, load
from foureyes.cli.review import exit_code
from foureyes.cli.reviewing import Done, Planned
from foureyes.cli.say import deliver, print_lines, refuse_unwritable, say
from foureyes.engine.material import Material
from foureyes.engine.plan import Plan, PlannedUnit
from foureyes.engine.policy import Policy
from foureyes.engine.risk import Risk
from foureyes.engine.skipping import Skip
from foureyes.engine.units import Unpackable
from foureyes.engine.values import Coverage, FileEntry, Finding, Ledger, Verdict
from foureyes.errors import BudgetExceededError, FoureyesError, ModelAuthError, ProcessError, UsageError
from foureyes.git.trees import MemoryTree
from foureyes.kit.keyvalue import MemoryStore, SqliteStore
from foureyes.kit.severity import Severity
from foureyes.llm.port import Usage
from foureyes.settings import Settings, load_settings

GAP = Ledger((FileEntry("b.py", Coverage.FAILED, "overloaded"),))


def ended(raised: BaseException) -> tuple[object, str]:
    """The exit code and the words that an error ends in."""
    kept, sys.stderr = sys.stderr, io.StringIO()
    try:
        with edge():
            raise raised
    except SystemExit as end:
        return end.code, sys.stderr.getvalue()
    finally:
        sys.stderr = kept
    raise AssertionError("the edge let an error through")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("Say it another way."), ExitCode.WRONG_USE),
        (ModelAuthError("anthropic:x", "401"), ExitCode.WRONG_USE),
        (BudgetExceededError("anthropic:x", needed=2, left=1), ExitCode.INCOMPLETE),
        (ProcessError("git", "stopped"), ExitCode.INCOMPLETE),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (ValueError("a defect"), ExitCode.DEFECT),
    ],
)
def test_every_error_ends_as_one_sentence_and_a_code(error: BaseException, code: ExitCode) -> None:
    found, words = ended(error)
    assert found == code
    assert len(words.splitlines()) == 1
    assert not isinstance(error, FoureyesError) or words == f"{error}\n"


def test_no_error_that_foureyes_can_name_looks_like_findings() -> None:
    named = [FoureyesError]
    for error in named:
        named += error.__subclasses__()
    assert {error.exit_code for error in named} == {ExitCode.WRONG_USE, ExitCode.INCOMPLETE}


def test_a_secret_in_a_traceback_is_masked() -> None:
    secret = "AKIA" + "Q3XV7ZT2PLM4WB6N"
    _, words = ended(ValueError(f"key {secret}"))
    log = Path(words.partition("the traceback is in ")[2].split(". Please")[0])
    assert "ValueError" in log.read_text()
    assert secret not in log.read_text()


def test_a_traceback_that_can_not_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null")
    assert "could not be written" in ended(ValueError("x"))[1]


@pytest.mark.parametrize(
    ("findings", "ledger", "verdict", "never", "code"),
    [
        ((), Ledger(), Verdict.FINE, False, ExitCode.FINE),
        ((), Ledger(), Verdict.NOTHING, False, ExitCode.FINE),
        ((UNUSED,), Ledger(), Verdict.LOOK, False, ExitCode.FINE),
        ((UNUSED, DIVISION), Ledger(), Verdict.BLOCK, False, ExitCode.FINDINGS),
        ((UNUSED, DIVISION), Ledger(), Verdict.BLOCK, True, ExitCode.FINE),
        ((), Ledger(), Verdict.INCOMPLETE, False, ExitCode.INCOMPLETE),
        ((UNUSED,), GAP, Verdict.INCOMPLETE, False, ExitCode.INCOMPLETE),
        ((DIVISION,), GAP, Verdict.BLOCK, False, ExitCode.FINDINGS),
        ((DIVISION,), GAP, Verdict.BLOCK, True, ExitCode.INCOMPLETE),
    ],
)
def test_findings_win_over_gaps_and_a_gap_is_never_green(
    findings: tuple[Finding, ...], ledger: Ledger, verdict: Verdict, never: bool, code: ExitCode
) -> None:
    result = a_result(findings, ledger=ledger, verdict=verdict)
    assert exit_code(Done(result, Policy()), never=never) is code


def test_the_policys_threshold_counts() -> None:
    done = Done(a_result([UNUSED]), Policy(fail_on=Severity.LOW))
    assert exit_code(done, never=False) is ExitCode.FINDINGS


def test_a_stored_review_comes_back_for_its_checkout_alone(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    leave_review(tmp_path)
    cache = load_settings().cache_dir
    assert [one.title for one in load(cache, tmp_path).review.findings] == [
        one.title for one in (DIVISION, UNUSED, UNMENDED)
    ]
    with pytest.raises(NoReviewError):
        load(cache, tmp_path / "other")


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b'{"checkout": 5}'])
def test_a_stored_review_that_can_not_be_read_is_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "app.py").write_text(APP)
    leave_review(tmp_path)
    cache = load_settings().cache_dir
    (folder_of(cache, tmp_path) / "review.json").write_bytes(content)
    with pytest.raises(NoReviewError, match="run `foureyes review` there first"):
        load(cache, tmp_path)


def test_a_fingerprint_may_be_shortened_as_long_as_it_is_clear(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    leave_review(tmp_path)
    findings = load(load_settings().cache_dir, tmp_path).review.findings
    assert find(findings, "AA").title == DIVISION.title
    with pytest.raises(UnknownFindingError, match="2 begin so"):
        find(findings, "b")


def test_what_is_kept_is_for_the_user_alone(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)
    leave_review(tmp_path)
    folder = folder_of(load_settings().cache_dir, tmp_path)
    assert folder.stat().st_mode & 0o077 == 0


def test_the_checkout_is_the_folder_around_with_a_repository(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert checkout_of(inner) == inner
    (tmp_path / "a" / ".git").mkdir()
    assert checkout_of(inner) == tmp_path / "a"
    with pytest.raises(UsageError, match="not a directory"):
        directory_of(tmp_path / "nowhere")


async def test_the_cache_is_a_file_or_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    async with open_store(Settings(cache_dir=tmp_path)) as store:
        assert isinstance(store, SqliteStore)
    async with open_store(Settings(cache_dir=tmp_path), use_cache=False) as store:
        assert isinstance(store, MemoryStore)
    async with open_store(Settings(cache_dir=tmp_path / "file")) as store:
        assert isinstance(store, MemoryStore)
    assert "Going on without." in capsys.readouterr().err


def a_plan(**facts: object) -> Plan:
    unit = PlannedUnit(("a.py", "b.py"), 2_000, 3, Risk.HIGH, ("touches logins",))
    whole = Plan((unit,), (Skip("c.lock", "lock file"),), (), Usage(8_500, 0, 1_300, None, 4))
    return replace(whole, **facts)  # type: ignore[arg-type]


def plan_text(plan: Plan | None, price: int | None = 41_000) -> str:
    material = Material(a_result().change, MemoryTree({}), MemoryTree({}))
    planned = Planned(material, "anthropic:claude", plan, price) if plan else Planned(material)
    return "\n".join(line.plain for line in dry_run_lines(planned, 100))


def test_a_plan_begins_with_what_it_would_cost() -> None:
    first = plan_text(a_plan()).replace("\n  ", " ").splitlines()[0]
    assert first == (
        "1 unit in up to 4 calls, about 8,500 tokens in and 1,300 out: about $0.0410 with anthropic:claude."
    )


def test_a_plan_names_units_skips_and_gaps() -> None:
    text = plan_text(a_plan(unpackable=(Unpackable("d.py", 1, "one line is larger than the model takes"),)))
    assert "· a.py, b.py  2,000 tokens, 3 passes, high risk: touches logins" in text
    assert "1 file skipped: lock file" in text
    assert "d.py, hunk 2, would not be reviewed: one line is larger than the model takes" in text


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    assert "price unknown with anthropic:claude" in plan_text(a_plan(), price=None).replace("\n  ", " ")


def test_many_units_are_cut_and_counted() -> None:
    unit = a_plan().units[0]
    assert "and 12 units more" in plan_text(a_plan(units=(unit,) * 42))


def test_a_plan_without_a_model_is_a_word() -> None:
    assert plan_text(None).startswith("No model would be asked")


def test_words_to_people_go_to_stderr_and_move_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\x1b[2J\ntwo")
    assert capsys.readouterr() == ("", "one\\x1b[2J\ntwo\n")


def test_lines_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([Text("[bold]x[/bold] :smile: " + "y" * 200)])
    assert capsys.readouterr().out == "[bold]x[/bold] :smile: " + "y" * 200 + "\n"


def test_a_report_with_bytes_that_are_not_utf8_still_gets_into_its_file(tmp_path: Path) -> None:
    deliver("a \udcff b\n", tmp_path / "report")
    assert (tmp_path / "report").read_text() == "a ? b\n"


@pytest.mark.parametrize("place", [lambda path: path, lambda path: path / "nowhere" / "x"])
def test_a_place_that_takes_no_report_is_told_beforehand(tmp_path: Path, place: Callable[[Path], Path]) -> None:
    with pytest.raises(UsageError, match="can't be written"):
        refuse_unwritable(place(tmp_path))
