"""Real pull requests of every kind, from their repositories: none crashes a review, and the ledger holds all of each.

The list of them and their repositories are no part of a clone (CONTRIBUTING.md): without both, these tests are skipped.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bench.stand_in import plausible_candidates, plausible_verdict
from foureyes.code.languages import language_of
from foureyes.code.syntax import Syntax
from foureyes.engine.material import Material
from foureyes.engine.run import review
from foureyes.engine.suggest import apply
from foureyes.engine.values import MODEL_SOURCE, Coverage, ReviewResult
from foureyes.git.repository import Repository
from foureyes.kit.keyvalue import MemoryStore
from foureyes.kit.text import decode
from foureyes.llm.calls import Models
from foureyes.llm.port import Ask, MemoryLedger
from foureyes.llm.scripted import ScriptedModel

BESIDE = Path(__file__).parents[2]
LIST = Path(os.environ.get("FOUREYES_REAL_PRS", BESIDE / "shared/data/real_prs.json"))
REPOSITORIES = Path(os.environ.get("FOUREYES_REAL_PRS_DIR", BESIDE / ".mirror"))


@dataclass(frozen=True, slots=True)
class RealPullRequest:
    name: str
    git_dir: Path
    facts: dict[str, Any]

    def git(self, *arguments: str) -> bytes:
        command = ["git", f"--git-dir={self.git_dir}", "-c", "core.quotePath=false", *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def hunks(self) -> int:
        """As git prints them: lines of content start with a sign, so these can only be headers."""
        return len(re.findall(rb"^@@ -", self.git("diff", "-M", *self.ends), re.MULTILINE))

    def names(self) -> set[str]:
        """Every path of the change, a moved file by its new name."""
        fields = self.git("diff", "-M", "--name-only", "-z", *self.ends)
        return {decode(name) for name in fields.split(b"\0") if name}

    @property
    def ends(self) -> tuple[str, str]:
        return self.facts["base"], self.facts["head"]


def bare(owner_and_name: str) -> Path | None:
    """The repository's git directory below the folder of repositories, in any of the usual places."""
    home = REPOSITORIES / owner_and_name.replace("/", "+")
    places = (home, home / ".git", home / "repo", home / "repo/.git")
    return next((place for place in places if (place / "HEAD").is_file()), None)


def at_hand() -> list[RealPullRequest]:
    if not LIST.is_file():
        return []
    every = [(facts, bare(facts["repo"])) for facts in json.loads(LIST.read_text())]
    return [RealPullRequest(facts["kind"], git_dir, facts) for facts, git_dir in every if git_dir]


REAL = at_hand()
pytestmark = [
    pytest.mark.opt_in,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not REAL, reason="no list of real pull requests, or none of their repositories, is at hand"),
]
each_real_one = pytest.mark.parametrize("pull_request", REAL, ids=lambda one: one.name)


async def material(pull_request: RealPullRequest) -> Material:
    repository = await Repository.open(pull_request.git_dir)
    change = await repository.change(*pull_request.ends)
    return Material(change, repository.tree(change.base), repository.tree(change.head))


def answer(ask: Ask, schema: type[BaseModel] | None) -> str | BaseModel:
    """What a model that knows nothing but the form would say."""
    if schema is None:
        return plausible_verdict(ask.prompt)
    shape = schema.model_json_schema()
    said = list(plausible_candidates(ask.prompt, shape)) if "candidates" in shape["properties"] else []
    return schema.model_validate({"candidates": said})


def ledger_is_whole(result: ReviewResult, pull_request: RealPullRequest) -> None:
    entries = result.ledger.files
    assert {entry.path for entry in entries} == pull_request.names()
    assert len(entries) == pull_request.facts["files"]
    assert sum(len(entry.hunks) for entry in entries) == pull_request.hunks()
    assert result.ledger.incomplete == ()
    assert [entry.path for entry in entries if entry.coverage is Coverage.SKIPPED and not entry.reason] == []


async def suggestions_hold(result: ReviewResult, judged: Material) -> int:
    """How many were printed; each applies to the head version, and what parsed still does."""
    suggested = [finding for finding in result.findings if finding.suggestion]
    contents = await judged.head.read({finding.path for finding in suggested})
    for finding in suggested:
        assert finding.suggestion is not None
        before = decode(contents[finding.path])
        language = language_of(finding.path, contents[finding.path][:200])
        syntax = Syntax.parse(before, language)
        after = Syntax.parse(apply(before, finding.suggestion), language)
        assert syntax is None or after is None or after.parses or not syntax.parses, finding
    return len(suggested)


@each_real_one
async def test_a_real_pull_request_is_reviewed_without_a_model(pull_request: RealPullRequest) -> None:
    judged = await material(pull_request)
    assert (judged.change.added, judged.change.removed) == (
        pull_request.facts["additions"],
        pull_request.facts["deletions"],
    )
    result = await review(judged)
    ledger_is_whole(result, pull_request)
    await suggestions_hold(result, judged)


@each_real_one
async def test_a_real_pull_request_is_reviewed_with_a_model_that_answers(pull_request: RealPullRequest) -> None:
    judged = await material(pull_request)
    model = ScriptedModel(answer)
    asker = Models([model], cache=MemoryStore(), ledger=MemoryLedger())
    result = await review(judged, asker=asker, cache=MemoryStore())
    ledger_is_whole(result, pull_request)
    await suggestions_hold(result, judged)
    assert {finding.path for finding in result.findings if finding.source == MODEL_SOURCE} <= pull_request.names()


def test_all_of_the_list_is_at_hand() -> None:
    assert len(REAL) == len(json.loads(LIST.read_text()))
