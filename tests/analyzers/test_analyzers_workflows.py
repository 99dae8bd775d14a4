"""actionlint and zizmor on GitHub workflows."""

from analyzers_house import places, rules, said_by

from foureyes.analyzers import actionlint, zizmor
from foureyes.analyzers.port import SYNTAX_ERROR
from foureyes.kit.severity import Severity

PATH = ".github/workflows/ci.yml"
BAD = """\
on:
  pull_request_target:
    branchs: [main]
jobs:
  build:
    runs-on: [self-hosted, our-own-label]
    needs: nowhere
    steps:
      - uses: actions/checkout@v6
        with:
          ref: ${{ github.event.pull_request.head.sha }}
      - uses: someone/action@v1
      - uses: ./.github/actions/local
      - run: echo "${{ github.event.pull_request.title }}"
      - if: ${{ true }} && x
        run: exit 1
"""
CLEAN = """\
on: push
permissions: {}
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with:
          persist-credentials: false
      - run: echo "$TITLE"
        env:
          TITLE: ${{ github.event.head_commit.message }}
"""


async def test_actionlint_finds_mistakes() -> None:
    found = await said_by(actionlint.ANALYZER, {PATH: BAD})
    assert set(places(found)) == {(3, "syntax-check"), (5, "job-needs"), (14, "expression"), (15, "if-cond")}


async def test_text_from_outside_in_a_script_weighs_more_than_a_slip() -> None:
    found = {one.start_line: one for one in await said_by(actionlint.ANALYZER, {PATH: BAD})}
    assert found[14].severity is Severity.HIGH
    assert "it runs as code" in found[14].explanation


async def test_titles_are_sentences() -> None:
    assert not any(one.message[0].islower() for one in await said_by(actionlint.ANALYZER, {PATH: BAD}))


async def test_zizmor_finds_holes() -> None:
    found = await said_by(zizmor.ANALYZER, {PATH: BAD})
    assert {(2, "dangerous-triggers"), (12, "unpinned-uses"), (14, "template-injection")} <= set(places(found))


async def test_advice_for_nearly_every_workflow_is_never_loud() -> None:
    found = {one.rule: one.severity for one in await said_by(zizmor.ANALYZER, {PATH: BAD})}
    assert found["unpinned-uses"] is Severity.LOW
    assert found["artipacked"] is Severity.LOW


async def test_actions_of_github_may_be_named_by_tag() -> None:
    found = await said_by(zizmor.ANALYZER, {PATH: BAD})
    assert [one.start_line for one in found if one.rule == "unpinned-uses"] == [12]


async def test_clean_workflows_are_left_alone() -> None:
    assert await said_by(actionlint.ANALYZER, {PATH: CLEAN}) == []
    assert await said_by(zizmor.ANALYZER, {PATH: CLEAN}) == []


async def test_a_workflow_that_is_no_yaml_has_a_syntax_error() -> None:
    broken = "on: push\njobs:\n  a: [\n"
    assert rules(await said_by(actionlint.ANALYZER, {PATH: broken})) == {SYNTAX_ERROR}
    assert await said_by(zizmor.ANALYZER, {PATH: broken}) == []


async def test_actions_are_looked_at_and_other_yaml_is_not() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - run: echo ${{ inputs.x }}\n      shell: bash\n"
    assert rules(await said_by(zizmor.ANALYZER, {"action.yml": f"name: a\ndescription: b\n{action}"})) == {
        "template-injection"
    }
    assert await said_by(actionlint.ANALYZER, {"other/ci.yml": BAD}) == []
