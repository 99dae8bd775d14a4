"""A map and a diagnosis, whole, in each form; and at every width that a terminal may have."""

from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import PATH, SOURCES
from rich.cells import cell_len

from foureyes.engine.architecture.values import (
    Architecture,
    Arrow,
    Cycle,
    Dependency,
    HotFunction,
    Hotspot,
    LargeFile,
    Observation,
    Place,
    Room,
)
from foureyes.engine.debug.values import Diagnosis, FilePatch, Hint
from foureyes.engine.reports.diagnosis_terminal import write_diagnosis_terminal
from foureyes.engine.reports.map_graph import write_dot, write_mermaid
from foureyes.engine.reports.map_markdown import write_map_markdown
from foureyes.engine.reports.map_terminal import write_map_terminal
from foureyes.engine.values import Notice
from foureyes.llm.port import Usage

MAP = Architecture(
    files=12,
    lines=3400,
    languages={"python": 3000, "bash": 400},
    rooms=(Room("cli", 4, 900, 80, 1, 1, 1), Room("engine", 8, 2500, 300, 1, 1, 0)),
    arrows=(
        Arrow("engine", "cli", 2, (Place("engine/run.py", 3), Place("engine/go.py", 9)), up=True),
        Arrow("cli", "engine", 14, (Place("cli/main.py", 1),)),
    ),
    file_cycles=(
        Cycle(("a.py", "b.py"), (Dependency(Place("a.py", 1), "b.py"), Dependency(Place("b.py", 2), "a.py"))),
    ),
    room_cycles=(),
    hot_functions=(HotFunction(Place("engine/run.py", 30), "review", 80, 24),),
    hotspots=(Hotspot("engine/run.py", 9, 40, 500), Hotspot("engine/go.py", 1, 7, 60)),
    large_files=(LargeFile("engine/run.py", 1200),),
    imports=60,
    imports_inside=40,
    commits=120,
    notices=(Notice("aside", "3 files vendored or generated: left out."),),
)
EMPTY = Architecture(0, 0, {}, (), (), (), (), (), (), (), 0, 0)
NAMES = st.text(alphabet="ab/._-\"'\\\n\t`[](){}<>|#;:%$&~\x1b\u202e\udcff数", min_size=1, max_size=20)


def literal(text: str) -> str:
    return dedent(text).removeprefix("\n")


def test_the_map_in_the_terminal() -> None:
    assert write_map_terminal(MAP) == literal("""
        ◆ 2 rooms on 2 floors; 1 arrow between rooms back up, 1 cycle of files.
          12 files, 3,400 lines: python 3,000, bash 400

        Floors, the top first
          cli 900
          engine 2,500

        Imports that run back up
          engine → cli  2 imports: engine/run.py:3, engine/go.py:9

        Cycles of files
          a.py → b.py → a.py  a.py:1, b.py:2

        Hotspots: full of branches, and changed often in 120 commits
          engine/run.py  9 \N{MULTIPLICATION SIGN} 40
          engine/go.py  1 \N{MULTIPLICATION SIGN} 7

        Functions with the most branches
          engine/run.py:30 review  24 in 80 lines

        Large files
          engine/run.py  1,200 lines

        Notice     3 files vendored or generated: left out.
        Model      No model was asked: this is what the imports say.
        """)


def test_the_map_as_a_page() -> None:
    assert write_map_markdown(MAP) == literal("""
        **2 rooms on 2 floors; 1 arrow between rooms back up, 1 cycle of files.**

        It has 12 files, 3,400 lines: python 3,000, bash 400.

        ```mermaid
        flowchart TD
          r0["cli<br/>900"]
          r1["engine<br/>2,500"]
          r1 == 2 ==> r0
          r0 -- 14 --> r1
        ```

        #### Imports that run back up

        - `engine` uses `cli`, 2 imports: engine/run.py:3, engine/go.py:9

        #### Cycles of files

        - `a.py → b.py → a.py`

        #### Hotspots: changed often and full of branches

        - `engine/run.py`: 9 commits, 40 branches
        - `engine/go.py`: 1 commit, 7 branches

        #### Functions with the most branches

        - `engine/run.py:30` `review`: 24 in 80 lines

        #### Large files

        - `engine/run.py`: 1,200 lines

        - Notice: 3 files vendored or generated: left out.
        - Model: No model was asked: this is what the imports say.
        """)


def test_the_map_for_graphviz() -> None:
    assert write_dot(MAP) == literal("""
        digraph architecture {
          rankdir=TB;
          node [shape=box, fontname="sans-serif"];
          "cli" [label="cli\\n900 lines"];
          "engine" [label="engine\\n2,500 lines"];
          "engine" -> "cli" [label="2", color=red, constraint=false];
          "cli" -> "engine" [label="14"];
        }
        """)


def test_a_map_of_nothing_says_so_in_whole_sentences() -> None:
    assert write_map_terminal(EMPTY) == "✓ There is no code here to map.\n  0 files, 0 lines\n"
    assert "It has 0 files, 0 lines.\n" in write_map_markdown(EMPTY)
    assert "mermaid" not in write_map_markdown(EMPTY)
    assert write_mermaid(EMPTY) == "flowchart TD\n"


def test_one_line_is_one_line_in_every_form() -> None:
    small = replace(MAP, files=1, lines=1, rooms=(Room("cli", 1, 1, 0, 0, 0, 0),), arrows=(), file_cycles=())
    assert "1 file, 1 line: " in write_map_terminal(small)
    assert '[label="cli\\n1 line"]' in write_dot(small)


def test_without_a_history_hotspots_name_no_commits() -> None:
    shown = write_map_terminal(replace(MAP, commits=None))
    assert "Hotspots: full of branches, and changed often\n" in shown


def test_a_model_that_gave_no_answer_is_said_in_both() -> None:
    failed = replace(MAP, model="anthropic:claude", notices=(Notice("model", "It is overloaded."),))
    for shown in (write_map_terminal(failed), write_map_markdown(failed)):
        assert "The model gave no answer: this is what the imports say." in shown
        assert "It is overloaded." in shown


def test_what_a_model_observed_stands_on_the_page_behind_words_of_ours() -> None:
    said = Observation("Engine knows the cli", "# Not a heading", (Place("engine/run.py", 3),))
    page = write_map_markdown(replace(MAP, observations=(said,), model="anthropic:claude", usage=Usage(1, 0, 1, 5, 1)))
    assert "#### Observed: Engine knows the cli\n\nIt is said: # Not a heading See engine/run.py:3." in page
    assert page.endswith("- Model: anthropic:claude · \\$\N{ZERO WIDTH SPACE}0.0000\n")


@given(names=st.lists(NAMES, min_size=2, max_size=4, unique=True))
def test_any_name_stays_inside_its_box(names: list[str]) -> None:
    rooms = tuple(Room(name, 1, 1, 0, 0, 0, 0) for name in names)
    arrow = Arrow(names[0], names[1], 1, (Place("a.py", 1),))
    drawn = replace(MAP, rooms=rooms, arrows=(arrow,))
    lines = write_mermaid(drawn).splitlines()
    assert len(lines) == 2 + len(names)
    assert all(line.count('"') == 2 and line.endswith('<br/>1"]') for line in lines[1:-1])
    assert lines[-1] == "  r0 -- 1 --> r1"
    dot = write_dot(drawn).splitlines()
    assert len(dot) == 5 + len(names)
    assert all(line.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0 for line in dot)


@pytest.mark.parametrize("count", [1, 40])
def test_every_floor_is_shown_however_many_there_are(count: int) -> None:
    rooms = tuple(Room(f"room{number}", 1, 10, 0, 0, 0, number) for number in range(count))
    shown = write_map_terminal(replace(MAP, rooms=rooms, arrows=(), file_cycles=()))
    assert all(f"  room{number} 10\n" in shown for number in range(count))


DIAGNOSIS = Diagnosis(
    (),
    (),
    (),
    (Hint("A value was None.", "error", PATH, 5), Hint("Shadowed name", "ruff:A001", PATH, 1)),
    cause="An empty basket reaches average().",
    explanation="Nothing checks that there is a price.",
    confidence=0.5,
    patch=(FilePatch(PATH, (), "", f"--- a/{PATH}\n+++ b/{PATH}\n@@ -1 +1 @@\n-import os\n+import sys\n"),),
    notices=(Notice("dropped", "What it quotes is not in the code."),),
    model="anthropic:claude",
    usage=Usage(100, 0, 10, None, 2),
)


def test_a_diagnosis_in_the_terminal() -> None:
    assert write_diagnosis_terminal(DIAGNOSIS, SOURCES) == literal("""
        ◆ An empty basket reaches average().
          No traceback that could be read · 50% sure
          Nothing checks that there is a price.

        --- a/src/shop/orders.py
        +++ b/src/shop/orders.py
        @@ -1 +1 @@
        -import os
        +import sys

        Known      A value was None.
                   src/shop/orders.py:1: Shadowed name
        Notice     What it quotes is not in the code.
        Model      anthropic:claude · price unknown
        Next       the same command with --apply puts the patch in; `foureyes fix
                   --undo` takes it back
        """)


def test_an_answer_from_the_cache_is_not_said_to_have_cost() -> None:
    shown = write_diagnosis_terminal(replace(DIAGNOSIS, usage=Usage()), SOURCES)
    assert "Model      anthropic:claude · no call was made\n" in shown


@given(st.text(max_size=200), st.integers(40, 200))
def test_a_diagnosis_fits_any_terminal(words: str, width: int) -> None:
    told = replace(DIAGNOSIS, cause=words, explanation=words, hints=(Hint(words, "x:y", words, 3),))
    shown = write_diagnosis_terminal(told, SOURCES, width=width)
    assert all(cell_len(line) <= width for line in shown.split("\n"))
