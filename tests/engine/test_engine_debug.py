"""From an error and the code to a cause and a patch, both checked; and what is said where there is no model."""

from collections.abc import Mapping

import jsonschema
import pytest

from foureyes.engine.debug import DebugRequest, Diagnosis, debug
from foureyes.engine.debug.answer import DebugAnswer
from foureyes.engine.debug.report import diagnosis_report, diagnosis_schema
from foureyes.errors import ModelAuthError, ModelError
from foureyes.git.trees import MemoryTree
from foureyes.kit.keyvalue import MemoryStore
from foureyes.llm.calls import Models
from foureyes.llm.port import MemoryLedger, Purpose
from foureyes.llm.scripted import ScriptedModel

CART = """\
def price_of(item):
    return item["price"] * item["count"]


def total(items):
    return sum(price_of(item) for item in items)
"""
ERROR = """\
Traceback (most recent call last):
  File "/srv/app/shop/cart.py", line 6, in total
    return sum(price_of(item) for item in items)
  File "/srv/app/shop/cart.py", line 2, in price_of
    return item["price"] * item["count"]
KeyError: 'count'
"""
PROOF = {"path": "shop/cart.py", "first_line": 2, "last_line": 2, "quote": 'return item["price"] * item["count"]'}
MEND = {"first_line": 2, "last_line": 2, "lines": ['    return item["price"] * item.get("count", 1)']}


def answer(**said: object) -> DebugAnswer:
    words: dict[str, object] = {
        "cause": "Line 2 reads a count that the item does not have.",
        "explanation": "Items without a count reach price_of.",
        "confidence": 0.9,
        "evidence": [PROOF],
        "patch": [{"path": "shop/cart.py", "replacements": [MEND]}],
    }
    return DebugAnswer.model_validate({**words, **said})


def asker_of(model: ScriptedModel) -> Models:
    return Models([model], cache=MemoryStore(), ledger=MemoryLedger())


async def diagnosed(
    *answers: DebugAnswer | ModelError, error: str = ERROR, files: Mapping[str, str] | None = None
) -> tuple[Diagnosis, ScriptedModel]:
    model = ScriptedModel(list(answers))
    tree = MemoryTree({path: text.encode() for path, text in (files or {"shop/cart.py": CART}).items()})
    return await debug(DebugRequest(error, tree), asker=asker_of(model)), model


def codes(diagnosis: Diagnosis) -> list[str]:
    return [notice.code for notice in diagnosis.notices]


async def test_without_a_model_frames_and_hints_are_told_and_no_cause() -> None:
    diagnosis = await debug(DebugRequest(ERROR, MemoryTree({"shop/cart.py": CART.encode()})))
    assert [(frame.path, frame.line, frame.symbol) for frame in diagnosis.frames] == [
        ("shop/cart.py", 2, "price_of"),
        ("shop/cart.py", 6, "total"),
    ]
    assert diagnosis.hints[0].text == "A mapping was indexed with 'count', a key that it does not hold."
    assert (diagnosis.cause, diagnosis.patch, diagnosis.model) == ("", (), None)


async def test_analysers_are_heard_about_the_lines_around_a_frame() -> None:
    code = "import subprocess\n\n\ndef run(name):\n    subprocess.run(name, shell=True)\n    return 1 / 0\n"
    error = 'Traceback (most recent call last):\n  File "a.py", line 6, in run\nZeroDivisionError: division by zero\n'
    diagnosis = await debug(DebugRequest(error, MemoryTree({"a.py": code.encode()})))
    assert diagnosis.hints[0].source == "error"
    assert any(hint.line == 5 and ":" in hint.source for hint in diagnosis.hints[1:])


async def test_a_cause_that_quotes_the_code_is_told_with_a_tried_patch() -> None:
    diagnosis, _ = await diagnosed(answer())
    assert diagnosis.cause == "Line 2 reads a count that the item does not have."
    assert [(proof.start_line, proof.quote.strip()) for proof in diagnosis.evidence] == [(2, PROOF["quote"])]
    (patch,) = diagnosis.patch
    assert patch.replacements[0].tried == ("applies", "parses", "analysers")
    assert patch.after == CART.replace('item["count"]', 'item.get("count", 1)')
    assert '+    return item["price"] * item.get("count", 1)' in patch.diff
    assert (diagnosis.model, diagnosis.usage.calls) == ("scripted:model", 1)


async def test_the_model_sees_the_functions_around_the_frames() -> None:
    _, model = await diagnosed(answer())
    ask = model.asks[0]
    assert (ask.purpose, ask.lifetime.total_seconds()) == (Purpose.DEBUG, 3600)
    assert '>    2 |     return item["price"] * item["count"]' in ask.prompt
    assert "def total(items):" in ask.prompt
    assert "A mapping was indexed with 'count'" in ask.prompt


async def test_a_quote_with_wrong_numbers_is_put_where_it_is() -> None:
    diagnosis, _ = await diagnosed(answer(evidence=[{**PROOF, "first_line": 50, "last_line": 50}]))
    assert diagnosis.evidence[0].start_line == 2


async def test_an_invented_quote_is_asked_for_once_more() -> None:
    invented = {**PROOF, "quote": "return item.price"}
    diagnosis, model = await diagnosed(answer(evidence=[invented]), answer())
    assert diagnosis.evidence
    assert [ask.purpose for ask in model.asks] == [Purpose.DEBUG, Purpose.MEND]
    assert "shop/cart.py:2: the quoted text is not in the file" in model.asks[1].prompt
    assert diagnosis.usage.calls == 2


async def test_a_cause_that_proves_nothing_is_not_told() -> None:
    invented = answer(evidence=[{**PROOF, "path": "other.py"}])
    diagnosis, _ = await diagnosed(invented, invented)
    assert (diagnosis.cause, diagnosis.patch) == ("", ())
    assert codes(diagnosis) == ["unproven"]
    assert "other.py:2: no such file was shown" in diagnosis.notices[0].text


async def test_of_several_quotes_the_invented_ones_are_dropped() -> None:
    diagnosis, _ = await diagnosed(answer(evidence=[PROOF, {**PROOF, "quote": "return item.price"}]))
    assert (len(diagnosis.evidence), codes(diagnosis)) == (1, ["quotes"])


@pytest.mark.parametrize(
    ("replacements", "reason"),
    [
        ([{**MEND, "lines": ["    return (item"]}], "would not parse any more"),
        ([{**MEND, "first_line": 90, "last_line": 91}], "does not apply to shop/cart.py"),
        ([MEND, MEND], "overlap"),
        ([{**MEND, "lines": ['    return item["price"] * item["count"]']}], "changes nothing"),
        ([{**MEND, "lines": ["    key = '********'"]}], "would write a mask"),
    ],
)
async def test_a_patch_that_fails_a_trial_is_dropped_and_the_cause_kept(
    replacements: list[dict[str, object]], reason: str
) -> None:
    diagnosis, _ = await diagnosed(answer(patch=[{"path": "shop/cart.py", "replacements": replacements}]))
    assert diagnosis.cause
    assert diagnosis.patch == ()
    assert codes(diagnosis) == ["patch"]
    assert reason in diagnosis.notices[0].text


async def test_a_patch_for_a_file_that_was_not_shown_is_dropped() -> None:
    diagnosis, _ = await diagnosed(answer(patch=[{"path": "../etc/passwd", "replacements": [MEND]}]))
    assert diagnosis.notices[0].text == "The model's patch was dropped: ../etc/passwd was not shown to the model."


async def test_a_patch_that_analysers_object_to_is_dropped() -> None:
    worse = {**MEND, "lines": ["    return eval(item['code'])"]}
    diagnosis, _ = await diagnosed(answer(patch=[{"path": "shop/cart.py", "replacements": [worse]}]))
    assert diagnosis.notices[0].text == "The model's patch was dropped: analysers find something new in it."


async def test_a_patch_of_several_parts_is_applied_as_one() -> None:
    parts = [
        {"first_line": 6, "last_line": 6, "lines": ["    return sum(map(price_of, items))"]},
        {"first_line": 1, "last_line": 2, "lines": ["def price_of(item):", '    return item["price"]']},
    ]
    diagnosis, _ = await diagnosed(answer(patch=[{"path": "shop/cart.py", "replacements": parts}]))
    assert diagnosis.patch[0].after == (
        'def price_of(item):\n    return item["price"]\n\n\ndef total(items):\n    return sum(map(price_of, items))\n'
    )


async def test_where_the_model_fails_what_is_known_without_it_stays() -> None:
    diagnosis, _ = await diagnosed(ModelAuthError("scripted:model", "401", variable="X_KEY"))
    assert diagnosis.hints
    assert codes(diagnosis) == ["model"]
    assert "set X_KEY to a valid key" in diagnosis.notices[0].text


async def test_an_error_without_frames_is_looked_up_by_its_words() -> None:
    said = answer(patch=[])
    diagnosis, model = await diagnosed(said, error="The price_of helper fails on Mondays")
    assert diagnosis.frames == ()
    assert diagnosis.notices[0].text == "The text names no file and line; its words occur in shop/cart.py:1."
    assert "def price_of(item):" in model.asks[0].prompt
    assert diagnosis.cause


async def test_without_any_code_no_model_is_asked() -> None:
    diagnosis, model = await diagnosed(error=ERROR, files={"other.py": "x = 1\n"})
    assert model.asks == []
    assert codes(diagnosis) == ["no-frames", "no-code"]
    assert [lost.reason for lost in diagnosis.lost] == ["no file of the repository"] * 2


async def test_secrets_of_the_error_and_of_the_code_stay_here() -> None:
    key = "AKIA" + "Z7QJ3MXK4WLP2RTN"
    code = f"KEY = '{key}'\n\n\ndef f():\n    return {{}}[KEY]\n"
    error = f"Traceback (most recent call last):\n  File \"a.py\", line 5, in f\nKeyError: '{key}'\n"
    said = answer(evidence=[{"path": "a.py", "first_line": 5, "last_line": 5, "quote": "return {}[KEY]"}], patch=[])
    diagnosis, model = await diagnosed(said, error=error, files={"a.py": code})
    assert key not in model.asks[0].prompt + repr(diagnosis)
    assert diagnosis.cause


async def test_a_patch_keeps_a_secret_that_the_model_has_not_seen() -> None:
    key = "AKIA" + "Z7QJ3MXK4WLP2RTN"
    files = {"shop/cart.py": f"{CART}KEY = '{key}'\n"}
    diagnosis, _ = await diagnosed(answer(), files=files)
    assert key in diagnosis.patch[0].after
    assert key not in diagnosis.patch[0].diff + repr(diagnosis_report(diagnosis))


async def test_the_report_fits_its_schema() -> None:
    diagnosis, _ = await diagnosed(answer())
    report = diagnosis_report(diagnosis)
    jsonschema.validate(report, diagnosis_schema())
    assert report["schema"] == "foureyes.debug/1"
