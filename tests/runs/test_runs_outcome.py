"""What came of a run, in one transaction: columns, findings, ledger, counts; the same when it is written twice."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from claimed import claimed
from factories import a_change, a_finding
from foureyes.blobs.packing import pack, unpack
from foureyes.blobs.repository import get
from foureyes.diff.values import Change
from foureyes.engine.reports.stored import dump_review, load_review
from foureyes.engine.values import Coverage, FileEntry, HunkEntry, Ledger, ReviewResult, Suggestion, Trace, Verdict
from foureyes.kit.database.port import Database
from foureyes.kit.severity import Severity
from foureyes.llm.port import AttemptOutcome, AttemptRow, Purpose, Usage
from foureyes.models.findings import StoredFinding
from foureyes.models.reviews import Review, ReviewFile, ReviewStatus
from foureyes.models.usage import Usage as Month
from foureyes.runs.outcome import StoredOutcome, review_outcome
from foureyes.runs.port import Claimed
from foureyes.usage.ledger import DatabaseLedger
from foureyes.usage.repository import Run

AT = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
HIGH = a_finding(
    severity=Severity.HIGH,
    suggestion=Suggestion(1, 1, ("x = 1",), ("applies",)),
    trace=Trace("anthropic:claude", "review-1", ("a.py:1-3",), 3, 2, "it is reached"),
    also=("ruff:B018",),
)
LOW = a_finding(severity=Severity.LOW, fingerprint="b" * 16)
HUNK = HunkEntry("@@ -1 +1 @@", Coverage.REVIEWED)
RESULT = ReviewResult(
    change=a_change(**{"a.py": ("x = 0\n", "x = 1\ny = 2\n")}),
    verdict=Verdict.BLOCK,
    headline="Do not merge yet.",
    findings=(HIGH,),
    held_back=(LOW,),
    ledger=Ledger(
        (
            FileEntry(
                "a.py", Coverage.REVIEWED, by=("ruff", "model"), hunks=(HunkEntry("@@ -1 +1 @@", Coverage.REVIEWED),)
            ),
        )
    ),
    tools=(),
    usage=Usage(),
    started=AT,
    seconds=1.0,
    model="anthropic:claude",
)


def outcome_of(result: ReviewResult) -> StoredOutcome:
    return review_outcome(result, pack(dump_review(result)))


async def stored(database: Database, one: Claimed, outcome: StoredOutcome, *, times: int = 1) -> Review:
    def complete(session: Session) -> Review:
        review = session.get_one(Review, one.review_id)
        outcome.store(session, review, at=AT)
        review.status = ReviewStatus.COMPLETED
        return review

    for _ in range(times):
        review = await database.write(complete)
    return review


async def rows(database: Database, table: type[StoredFinding] | type[ReviewFile]) -> Sequence[object]:
    return await database.read(lambda session: session.scalars(select(table)).all())


async def test_the_review_says_what_came_of_it(database: Database) -> None:
    review = await stored(database, await claimed(database), outcome_of(RESULT))
    assert (review.verdict, review.headline, review.model) == ("block", "Do not merge yet.", "anthropic:claude")
    assert (review.findings, review.severities, review.language) == (1, {"high": 1}, "python")
    assert review.title == "a.py"


async def test_the_whole_result_is_a_blob_of_the_workspace(database: Database) -> None:
    one = await claimed(database)
    review = await stored(database, one, outcome_of(RESULT))
    blob = await database.read(get, one.workspace_id, review.result_digest)
    assert load_review(unpack(blob)) == RESULT


async def test_findings_are_stored_as_they_were_said_those_held_back_last(database: Database) -> None:
    await stored(database, await claimed(database), outcome_of(RESULT))
    first, second = sorted(await rows(database, StoredFinding), key=lambda row: row.position)
    assert (first.shown, first.severity, first.fingerprint) == (True, "high", HIGH.fingerprint)
    assert first.suggestion == {"start_line": 1, "end_line": 1, "lines": ["x = 1"], "tried": ["applies"]}
    assert (first.trace["votes"], first.trace["passes"], first.also) == (2, 3, ["ruff:B018"])
    assert (second.shown, second.severity, second.suggestion, second.trace) == (False, "low", None, None)


async def test_the_ledger_has_a_row_for_each_file(database: Database) -> None:
    await stored(database, await claimed(database), outcome_of(RESULT))
    [row] = await rows(database, ReviewFile)
    assert (row.path, row.coverage, row.by, row.expected) == ("a.py", "reviewed", ["ruff", "model"], True)
    assert row.hunks == {"hunks": [{"header": "@@ -1 +1 @@", "coverage": "reviewed", "reason": ""}]}


async def test_what_it_cost_is_the_sum_of_all_its_claims(database: Database) -> None:
    one = await claimed(database)
    for fence in (1, 2):
        run = Run(one.workspace_id, one.review_id, fence)
        await DatabaseLedger(database, run).record(_attempt(Usage(100, 20, 10, 5, 1)))
    review = await stored(database, one, outcome_of(RESULT))
    assert (review.input_tokens, review.cached_input_tokens, review.output_tokens) == (200, 40, 20)
    assert (review.cost, review.model_calls) == (10, 2)


async def test_without_a_price_there_is_no_cost(database: Database) -> None:
    one = await claimed(database)
    ledger = DatabaseLedger(database, Run(one.workspace_id, one.review_id, 1))
    await ledger.record(_attempt(Usage(100, 20, 10, 5, 1)))
    await ledger.record(_attempt(Usage(100, 20, 10, None, 1)))
    assert (await stored(database, one, outcome_of(RESULT))).cost is None


def _attempt(usage: Usage) -> AttemptRow:
    return AttemptRow(Purpose.REVIEW, "anthropic:claude", AttemptOutcome.ANSWERED, usage, AT, 1.0, "k", 1)


async def test_its_month_counts_it(database: Database) -> None:
    one = await claimed(database)
    await stored(database, one, outcome_of(RESULT))
    month = await database.read(lambda session: session.get_one(Month, (one.workspace_id, "2026-11")))
    assert month.reviews == 1


async def test_written_twice_it_is_there_once(database: Database) -> None:
    one = await claimed(database)
    await stored(database, one, outcome_of(RESULT), times=2)
    assert len(await rows(database, StoredFinding)) == 2
    assert len(await rows(database, ReviewFile)) == 1
    month = await database.read(lambda session: session.get_one(Month, (one.workspace_id, "2026-11")))
    assert month.reviews == 1


async def test_words_that_no_database_takes_are_mended(database: Database) -> None:
    hostile = "a\0b\udcff"
    finding = replace(HIGH, path=hostile, title=hostile, rule="r" * 500, also=(hostile,))
    entry = FileEntry(hostile, Coverage.FAILED, hostile, hunks=(HunkEntry(hostile, Coverage.FAILED, hostile),))
    result = replace(RESULT, findings=(finding,), headline=hostile, ledger=Ledger((entry,)))
    result = replace(result, change=Change("", "", (), title=hostile * 300))
    review = await stored(database, await claimed(database), outcome_of(result))
    first = next(row for row in await rows(database, StoredFinding) if row.shown)
    assert (review.headline, first.title, len(review.title)) == ("a\ufffdb\ufffd", "a\ufffdb\ufffd", 300)
    assert len(first.rule) == 120


async def test_a_title_that_was_given_stays(database: Database) -> None:
    one = await claimed(database)
    await database.write(lambda session: session.execute(update(Review).values(title="Mine")).rowcount)
    assert (await stored(database, one, outcome_of(RESULT))).title == "Mine"
