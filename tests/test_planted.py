"""Forty planted problems: nearly all are found on their lines, nothing on old lines, and nothing in the clean twin."""

from pathlib import Path

import pytest

import planted_repository as planted
from foureyes.engine.collect import collect
from foureyes.engine.policyorigins import Overrides
from foureyes.engine.request import CommitRange, Request
from foureyes.engine.run import review
from foureyes.engine.values import Coverage, ReviewResult, Verdict

EVERYTHING = Overrides(options={"max_findings": 0})


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.build(tmp_path_factory.mktemp("planted") / "project")


async def reviewed(repository: Path, head: str) -> ReviewResult:
    request = Request(folder=repository, source=CommitRange(f"base..{head}"), overrides=EVERYTHING)
    return await review(await collect(request))


async def test_at_least_38_of_40_are_found_on_the_right_line(repository: Path) -> None:
    result = await reviewed(repository, "change")
    found = {(finding.path, finding.start_line) for finding in result.findings}
    missed = [problem for problem in planted.problems() if (problem.path, problem.line) not in found]
    assert len(planted.problems()) == 40
    assert len(missed) <= 2, missed


async def test_nothing_is_said_of_lines_that_were_there_before(repository: Path) -> None:
    result = await reviewed(repository, "change")
    said = {(finding.path, finding.start_line) for finding in (*result.findings, *result.held_back)}
    assert said & planted.unchanged_lines() == set()


async def test_nothing_is_said_of_the_clean_twin(repository: Path) -> None:
    result = await reviewed(repository, "clean")
    assert result.findings == ()
    assert result.verdict is Verdict.FINE


async def test_every_file_is_in_the_ledger(repository: Path) -> None:
    result = await reviewed(repository, "change")
    assert {entry.path for entry in result.ledger.files} == set(planted.files(planted.Version.CHANGE))
    assert {entry.coverage for entry in result.ledger.files} == {Coverage.REVIEWED}


async def test_every_suggestion_applies_and_parses(repository: Path) -> None:
    result = await reviewed(repository, "change")
    suggested = [finding.suggestion for finding in result.findings if finding.suggestion]
    assert suggested
    assert all("applies" in suggestion.tried for suggestion in suggested)
