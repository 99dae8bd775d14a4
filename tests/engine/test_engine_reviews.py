"""Whole reviews in memory of what changes really hold: removed lines, moved files, several languages, many voices."""

from dataclasses import replace

import pytest
from engine_reviews import code_of, review_asks, reviewed, says
from pydantic import BaseModel

from factories import a_candidate, a_finding, a_material, a_patch
from foureyes.diff.parse import parse_patch
from foureyes.diff.values import Side
from foureyes.engine.candidates import Candidates
from foureyes.engine.material import Convention, Material
from foureyes.engine.policy import PathInstructions, PathPolicy, Policy
from foureyes.engine.run import RunOptions
from foureyes.engine.values import MODEL_SOURCE, Coverage, FindingState, RefusalReason, Verdict
from foureyes.errors import ContextOverflowError
from foureyes.git.trees import MemoryTree
from foureyes.kit.keyvalue import MemoryStore
from foureyes.kit.severity import Severity
from foureyes.llm.port import Ask, Purpose
from foureyes.llm.scripted import Line, ScriptedModel

BEFORE = "def show(user, page):\n    check(user)\n    return render(page)\n"
AFTER = "def show(user, page):\n    return render(page)\n"
REMOVED = a_candidate(
    path="pages.py",
    side="old",
    quote="    check(user)",
    rule="check-removed",
    title="Anyone can see the page",
    explanation="check(user) is gone, so a guest sees every page.",
    replacement=["    check(user)"],
)
PLAIN = {"app.py": ("def first(items):\n    return None\n", "def first(items):\n    return items[0]\n")}


def renamed(old: str, new: str, before: str, after: str) -> Material:
    patch = a_patch(new, before, after).split(b"\n", 2)[2].decode()
    head = f"diff --git a/{old} b/{new}\nsimilarity index 80%\nrename from {old}\nrename to {new}\n"
    change = parse_patch(f"{head}--- a/{old}\n+++ b/{new}\n{patch}".encode(), base="base", head="head")
    return Material(change, MemoryTree({old: before.encode()}), MemoryTree({new: after.encode()}))


def sections(ask: Ask, label: str) -> str:
    """The text of one fence of a prompt; empty where the prompt has none."""
    if f"<{label} " not in ask.prompt:
        return ""
    return ask.prompt.split(f"<{label} ", 1)[1].split(f"</{label} ", 1)[0]


async def test_a_removed_line_can_be_what_is_wrong() -> None:
    result = await reviewed(a_material(**{"pages.py": (BEFORE, AFTER)}), ScriptedModel(says(REMOVED)))
    [finding] = result.findings
    assert (finding.side, finding.start_line, finding.evidence) == (Side.LEFT, 2, "    check(user)")
    assert finding.suggestion is None, "a line that is gone can't be replaced"


async def test_the_verifier_of_a_removed_line_is_shown_that_line() -> None:
    model = ScriptedModel(says(REMOVED))
    await reviewed(a_material(**{"pages.py": (BEFORE, AFTER)}), model)
    [verifier] = [ask for ask in model.asks if ask.purpose is Purpose.VERIFY]
    assert "check(user)" in sections(verifier, "code")


async def test_a_removed_line_is_not_found_among_the_new_ones() -> None:
    said = REMOVED.model_copy(update={"side": a_candidate().side})
    result = await reviewed(a_material(**{"pages.py": (BEFORE, AFTER)}), ScriptedModel(says(said)))
    assert result.findings == ()
    assert [one.reason for one in result.refusals] == [RefusalReason.NO_QUOTE]


async def test_a_file_that_was_moved_and_changed_is_reviewed_under_its_new_name() -> None:
    before = "".join(f"def f{n}():\n    return {n}\n" for n in range(10))
    material = renamed("old/a.py", "new/a.py", before, before.replace("return 4", "return items[0]"))
    said = a_candidate(path="new/a.py", first_line=10, last_line=10)
    result = await reviewed(material, ScriptedModel(says(said)))
    mine = [(one.path, one.start_line) for one in result.findings if one.source == MODEL_SOURCE]
    assert mine == [("new/a.py", 10)]
    assert [entry.path for entry in result.ledger.files] == ["new/a.py"]


async def test_the_old_name_of_a_moved_file_is_no_place_for_a_remark() -> None:
    material = renamed("old/a.py", "new/a.py", *PLAIN["app.py"])
    wrong = a_candidate(path="old/a.py")
    result = await reviewed(material, ScriptedModel(lambda _ask, _schema: Candidates(candidates=[wrong])))
    assert result.findings == ()
    assert result.refusals[0].reason is RefusalReason.UNKNOWN_FILE


LANGUAGES = {
    "app.py": ("def first(items):\n    return None\n", "def first(items):\n    return items[0]\n"),
    "web/app.ts": ("export const a = 1;\n", "export const a = 1;\nexport const b = items[0];\n"),
    "cmd/main.go": ("package main\n", "package main\n\nfunc first(x []int) int { return x[0] }\n"),
    "src/lib.rs": ("", "pub fn first(x: &[i32]) -> i32 {\n    x[0]\n}\n"),
    "run.sh": ("", "#!/bin/sh\nset -eu\necho hello\n"),
    "README.md": ("", "# Words\n\nHello.\n"),
    "odd.xyz": ("", "what is this\n"),
}


async def test_every_file_of_a_change_in_many_languages_is_shown_to_the_model_and_accounted_for() -> None:
    model = ScriptedModel(says())
    result = await reviewed(a_material(**LANGUAGES), model)
    shown = "\n".join(code_of(ask) for ask in review_asks(model))
    assert all(path in shown for path in LANGUAGES)
    assert {entry.path: entry.coverage for entry in result.ledger.files} == dict.fromkeys(LANGUAGES, Coverage.REVIEWED)


@pytest.mark.parametrize(
    ("path", "line", "quote"),
    [
        ("web/app.ts", 2, "export const b = items[0];"),
        ("cmd/main.go", 3, "func first(x []int) int { return x[0] }"),
        ("src/lib.rs", 2, "x[0]"),
    ],
)
async def test_a_defect_is_placed_in_any_language(path: str, line: int, quote: str) -> None:
    said = a_candidate(path=path, first_line=line, last_line=line, quote=f"    {quote}" if line == 2 else quote)
    result = await reviewed(a_material(**LANGUAGES), ScriptedModel(says(said)))
    assert [(one.path, one.start_line) for one in result.findings if one.source == MODEL_SOURCE] == [(path, line)]


async def test_the_language_of_the_policy_is_asked_for_once_in_the_part_that_stays_the_same() -> None:
    model = ScriptedModel(says())
    await reviewed(a_material(Policy(language="Deutsch"), **PLAIN), model)
    [ask] = review_asks(model)
    assert "in Deutsch" in ask.system
    assert "Deutsch" not in ask.prompt


async def test_what_a_model_says_in_another_script_is_said_as_it_is() -> None:
    said = a_candidate(title="空のリストで IndexError", explanation="items が空のとき失敗する。")
    result = await reviewed(a_material(Policy(language="日本語"), **PLAIN), ScriptedModel(says(said)))
    assert [one.title for one in result.findings] == ["空のリストで IndexError"]


async def test_words_for_some_files_are_told_about_those_files_alone() -> None:
    policy = Policy(instructions=(PathInstructions(paths=("auth/",), text="Tokens never go into a log."),))
    model = ScriptedModel(says())
    await reviewed(a_material(policy, **{"auth/token.py": ("", "x = 1\n"), "b.py": ("", "def b():\n    ...\n")}), model)
    told = {("auth/token.py" in code_of(ask)): sections(ask, "instructions") for ask in review_asks(model)}
    assert "- Tokens never go into a log." in told[True]
    assert "Tokens" not in told.get(False, "")


async def test_conventions_of_the_project_stand_in_the_system_part_with_secrets_masked() -> None:
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    material = replace(
        a_material(**PLAIN), conventions=(Convention("AGENTS.md", f"Use tabs. The key is token = '{key}'"),)
    )
    model = ScriptedModel(says())
    await reviewed(material, model)
    [ask] = review_asks(model)
    assert "AGENTS.md\nUse tabs." in ask.system
    assert key not in ask.system + ask.prompt


async def test_all_units_of_a_run_have_the_same_system_part() -> None:
    model = ScriptedModel(says())
    many = {f"p{n}/m.py": ("", "".join(f"def f{k}(x):\n    return x + {k}\n" for k in range(150))) for n in range(6)}
    await reviewed(a_material(title="Add modules", **many), model)
    assert len(review_asks(model)) > 1
    assert len({ask.system for ask in review_asks(model)}) == 1


async def test_title_and_description_of_the_author_are_told_fenced_and_cut() -> None:
    model = ScriptedModel(says())
    material = a_material(title="Add paging", description="Why? " * 2000, **PLAIN)
    await reviewed(material, model)
    told = sections(review_asks(model)[0], "description")
    assert "Add paging" in told
    assert told.rstrip().endswith("…")
    assert len(told) < 2000


async def test_what_others_said_is_told_with_their_file_and_with_no_other() -> None:
    model = ScriptedModel(says())
    options = RunOptions(others_said={"app.py": ("ana: is this empty-safe?",), "gone.py": ("bot: nothing here",)})
    await reviewed(a_material(**PLAIN), model, options=options)
    [ask] = review_asks(model)
    assert "- ana: is this empty-safe?" in sections(ask, "others")
    assert "nothing here" not in ask.prompt


async def test_what_earlier_rounds_said_is_told_so_that_it_is_not_repeated() -> None:
    model = ScriptedModel(says())
    await reviewed(a_material(**PLAIN), model, earlier=(a_finding(title="Said before"),))
    assert "- app.py:2 Said before" in sections(review_asks(model)[0], "earlier")


async def test_a_later_round_tells_new_fixed_and_persisting_apart() -> None:
    cache, model = MemoryStore(), ScriptedModel(says(a_candidate()))
    first = await reviewed(a_material(**PLAIN), model, cache=cache)
    mended = {"app.py": (PLAIN["app.py"][0], "def first(items):\n    return items[0] if items else None\n")}
    second = await reviewed(a_material(**mended), ScriptedModel(says()), cache=cache, earlier=first.findings)
    assert [one.state for one in first.findings] == [FindingState.NEW]
    assert [one.fingerprint for one in second.settled] == [one.fingerprint for one in first.findings]
    assert second.findings == ()


async def test_a_floor_for_some_files_holds_back_what_is_mild_there() -> None:
    policy = Policy(paths=(PathPolicy(match=("app.py",), floor=Severity.CRITICAL),))
    result = await reviewed(a_material(policy, **PLAIN), ScriptedModel(says(a_candidate())))
    assert (result.findings, len(result.held_back)) == ((), 1)
    assert result.verdict is Verdict.FINE


async def test_a_rule_of_the_model_can_be_switched_off_by_name() -> None:
    policy = Policy(paths=(PathPolicy(match=("app.py",), off=("model:index-error",)),))
    result = await reviewed(a_material(policy, **PLAIN), ScriptedModel(says(a_candidate())))
    assert result.findings == ()
    assert [one.reason for one in result.refusals] == [RefusalReason.RULE_OFF]


async def test_one_failing_file_among_many_leaves_the_others_reviewed_and_the_whole_incomplete() -> None:
    def respond(ask: Ask, schema: type[BaseModel] | None) -> Line:
        return ContextOverflowError("m", "too long") if "b.py" in code_of(ask) else says()(ask, schema)

    result = await reviewed(a_material(**PLAIN, **{"b.py": ("", "def b():\n    ...\n")}), ScriptedModel(respond))
    assert {entry.path: entry.coverage for entry in result.ledger.files} == {
        "app.py": Coverage.REVIEWED,
        "b.py": Coverage.FAILED,
    }
    assert result.verdict is Verdict.INCOMPLETE


async def test_a_file_that_does_not_end_with_a_newline_keeps_its_last_line() -> None:
    material = a_material(**{"app.py": (PLAIN["app.py"][0], PLAIN["app.py"][1].rstrip("\n"))})
    result = await reviewed(material, ScriptedModel(says(a_candidate(replacement=["    return items[:1]"]))))
    [finding] = result.findings
    assert finding.evidence == "    return items[0]"
    assert finding.suggestion is not None


async def test_windows_line_ends_neither_hide_a_quote_nor_break_a_suggestion() -> None:
    crlf = {
        path: (before.replace("\n", "\r\n"), after.replace("\n", "\r\n")) for path, (before, after) in PLAIN.items()
    }
    result = await reviewed(a_material(**crlf), ScriptedModel(says(a_candidate(replacement=["    return items[:1]"]))))
    [finding] = result.findings
    assert finding.start_line == 2
    assert finding.suggestion is not None


async def test_a_result_names_its_model_its_prompts_and_its_change() -> None:
    material = a_material(title="Add paging", **PLAIN)
    result = await reviewed(material, ScriptedModel(says()))
    assert (result.model, result.change.title) == ("scripted:model", "Add paging")
    assert result.prompt_version
    assert (await reviewed(material)).prompt_version == ""
