"""The twin: it answers from its script and refuses what a real model would refuse."""

from datetime import timedelta

import pytest
from llm_material import FOUND, Remarks, an_ask

from foureyes.errors import ContextOverflowError, ModelOverloadedError, ModelSettingsError, TruncatedAnswerError
from foureyes.llm.pace import SkippingPace
from foureyes.llm.port import AnswerForm, ModelTraits
from foureyes.llm.scripted import ScriptedModel


async def test_it_answers_from_a_function_and_remembers_what_it_was_asked() -> None:
    model = ScriptedModel(lambda ask, schema: f"{ask.prompt} {schema.__name__ if schema else 'words'}")
    assert (await model.attempt(an_ask("Well?"), Remarks)).text == "Well? Remarks"
    assert (await model.attempt(an_ask("Well?"), None)).text == "Well? words"
    assert [ask.prompt for ask in model.asks] == ["Well?", "Well?"]


async def test_it_answers_from_a_list_in_order_and_says_when_the_list_is_over() -> None:
    model = ScriptedModel([FOUND, "words", ModelOverloadedError("scripted:model", "busy")])
    assert (await model.attempt(an_ask(), Remarks)).text == FOUND.model_dump_json()
    assert (await model.attempt(an_ask(), None)).text == "words"
    with pytest.raises(ModelOverloadedError):
        await model.attempt(an_ask(), None)
    with pytest.raises(ModelSettingsError, match="no answer left"):
        await model.attempt(an_ask(), None)


async def test_it_counts_tokens_of_what_was_said() -> None:
    usage = (await ScriptedModel(["word " * 70]).attempt(an_ask("x" * 350), None)).usage
    assert 100 <= usage.input_tokens <= 110
    assert usage.output_tokens == 100
    assert usage.calls == 1


async def test_it_refuses_what_is_too_long_for_it() -> None:
    traits = ModelTraits(context_tokens=5_000, output_tokens=100, form=AnswerForm.TOOL_CALL)
    with pytest.raises(ContextOverflowError):
        await ScriptedModel([FOUND], traits=traits).attempt(an_ask("x" * 9_000), Remarks)


async def test_it_cuts_what_is_longer_than_allowed() -> None:
    with pytest.raises(TruncatedAnswerError) as caught:
        await ScriptedModel(["word " * 70]).attempt(an_ask(max_output_tokens=99), None)
    assert caught.value.output_tokens == 99


async def test_it_can_take_its_time() -> None:
    pace = SkippingPace()
    await ScriptedModel([FOUND], latency=timedelta(seconds=3), pace=pace).attempt(an_ask(), Remarks)
    assert pace.now == 3
