"""A diagnosis in the terminal: the cause first, or the error where no cause is known."""

from dataclasses import replace

import pytest
from report_samples import HOSTILE_NAME, HOSTILE_TEXT, PATH, SOURCES
from rich.cells import cell_len

from foureyes.engine.debug.values import (
    Diagnosis,
    Evidence,
    FilePatch,
    FoundFrame,
    Frame,
    Hint,
    LostFrame,
    Runtime,
    StackTrace,
)
from foureyes.engine.reports.diagnosis_terminal import write_diagnosis_terminal
from foureyes.engine.values import Notice, Suggestion
from foureyes.llm.port import Usage

INNER = Frame(PATH, 5, "average", quoted="    return total / len(prices)")
TRACE = StackTrace(Runtime.PYTHON, "ZeroDivisionError", "division by zero", (INNER, Frame("lib/run.py", 9)))
KNOWN = Diagnosis(
    traces=(TRACE,),
    frames=(FoundFrame(PATH, 5, INNER, 0, symbol="average"),),
    lost=(LostFrame(Frame("lib/run.py", 9), "it is a library"),),
    hints=(Hint("The divisor was zero.", "error", PATH, 5), Hint("Shadowed name", "ruff:A001", PATH, 1)),
)
DIFF = f"""\
--- a/{PATH}
+++ b/{PATH}
@@ -5 +5 @@
-    return total / len(prices)
+    return total / max(len(prices), 1)
"""
SOLVED = replace(
    KNOWN,
    cause="An empty basket reaches average().",
    explanation="Nothing checks that there is a price.\nThe caller passes what it gets.",
    confidence=0.9,
    evidence=(Evidence(PATH, 5, 5, "    return total / len(prices)"),),
    patch=(FilePatch(PATH, (Suggestion(5, 5, ("x",)),), "x", DIFF),),
    model="anthropic:claude",
    usage=Usage(100, 0, 10, 1_500, 1),
)


def shown(diagnosis: Diagnosis, width: int = 80) -> list[str]:
    return write_diagnosis_terminal(diagnosis, SOURCES, width=width).splitlines()


def test_without_a_cause_the_error_stands_first() -> None:
    assert shown(KNOWN)[0] == "◆ ZeroDivisionError: division by zero"


def test_with_a_cause_the_cause_stands_first() -> None:
    first, second, third, *_ = shown(SOLVED)
    assert first == "◆ An empty basket reaches average()."
    assert second == "  ZeroDivisionError: division by zero · 90% sure"
    assert third == "  Nothing checks that there is a price."


def test_each_frame_shows_its_code() -> None:
    lines = shown(KNOWN)
    at = lines.index(f"{PATH}:5 in average")
    assert lines[at + 3] == "▶ 5 │     return total / len(prices)"


def test_a_frame_whose_line_is_gone_says_so() -> None:
    stale = replace(KNOWN, frames=(replace(KNOWN.frames[0], stale=True),))
    assert f"{PATH}:5 in average  (the file has changed since)" in shown(stale)


def test_what_is_known_without_a_model_is_labelled() -> None:
    lines = shown(KNOWN)
    assert "Known      The divisor was zero." in lines
    assert f"           {PATH}:1: Shadowed name" in lines
    assert "Elsewhere  lib/run.py:9" in lines
    assert lines[-1] == "Model      No model was asked: only static analysers looked."


def test_the_patch_is_shown_with_the_way_to_apply_it() -> None:
    lines = shown(SOLVED)
    assert "+    return total / max(len(prices), 1)" in lines
    assert f"Evidence   {PATH}:5  return total / len(prices)" in lines
    assert "Model      anthropic:claude · $0.0015" in lines
    assert lines[-2].startswith("Next       the same command with --apply")


def test_many_frames_are_cut_and_counted() -> None:
    many = replace(KNOWN, frames=tuple(replace(KNOWN.frames[0], line=line) for line in range(1, 10)))
    assert "Frames     4 more frames in this repository (--format json)" in shown(many)


def test_a_model_that_gave_no_answer_is_not_said_to_be_unasked() -> None:
    failed = replace(KNOWN, notices=(Notice("model", "It is overloaded."),))
    assert "Notice     It is overloaded." in shown(failed)
    assert shown(failed)[-1].startswith("Model      The model gave no answer")


def test_a_text_without_a_trace_is_said_to_be_one() -> None:
    assert shown(Diagnosis((), (), (), ()))[0] == "◆ No traceback that could be read"


@pytest.mark.parametrize("width", [40, 80])
def test_hostile_words_act_in_no_way_and_fit(width: int) -> None:
    hostile = replace(
        SOLVED,
        cause=HOSTILE_TEXT,
        explanation=HOSTILE_TEXT,
        frames=(FoundFrame(HOSTILE_NAME, 1, INNER, 0, symbol=HOSTILE_TEXT),),
        hints=(Hint(HOSTILE_TEXT, "x:y", HOSTILE_NAME, 1),),
        patch=(FilePatch(HOSTILE_NAME, (), "", HOSTILE_TEXT),),
        notices=(Notice("x", HOSTILE_TEXT),),
    )
    lines = shown(hostile, width)
    assert not any("\x1b" in line or "##[" in line or line.lstrip().startswith("::") for line in lines)
    assert max(map(cell_len, lines)) <= width
