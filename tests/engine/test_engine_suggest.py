"""Suggestions are tried: what does not apply, parse or satisfy the analysers is stripped, and its finding stays."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import a_finding
from foureyes.analyzers.port import Diagnostic
from foureyes.analyzers.secrets import mask
from foureyes.code.languages import Language
from foureyes.engine.suggest import TrialFile, apply, try_suggestions
from foureyes.engine.values import Finding, Suggestion
from foureyes.kit.severity import Category, Severity

TEXT = "def total(items):\n    sum = 0\n    return sum\n"


def a_diagnostic(line: int) -> Diagnostic:
    return Diagnostic("app.py", line, line, "words", "no-todo", "TODO left", Severity.LOW, Category.MAINTAINABILITY)


class Words:
    """A real, if small, analyser: it complains about every line that holds TODO, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        self.calls += 1
        return [
            a_diagnostic(number)
            for text in texts.values()
            for number, line in enumerate(text.split("\n"), 1)
            if "TODO" in line
        ]


def suggesting(start: int, end: int, *lines: str) -> Finding:
    return a_finding(start_line=start, end_line=end, suggestion=Suggestion(start, end, lines))


async def tried(*findings: Finding, text: str = TEXT, analyse: Words | None = None) -> list[Finding]:
    file = TrialFile(text, mask(text), Language.PYTHON)
    return await try_suggestions(findings, {"app.py": file}, analyse=analyse or Words())


async def test_a_good_suggestion_passes_all_trials() -> None:
    [finding] = await tried(suggesting(2, 2, "    sum = len(items)"))
    assert finding.suggestion is not None
    assert finding.suggestion.tried == ("applies", "parses", "analysers")


@pytest.mark.parametrize(
    "finding",
    [
        suggesting(9, 9, "    x = 1"),
        suggesting(2, 2, "    sum = 0"),
        suggesting(2, 2, "    sum = (0"),
        suggesting(2, 2, "    sum = 0  # TODO"),
    ],
    ids=["no such line", "changes nothing", "does not parse", "analysers complain"],
)
async def test_a_bad_one_is_stripped_and_its_finding_stays(finding: Finding) -> None:
    [left] = await tried(finding)
    assert left.suggestion is None
    assert left.title == finding.title


async def test_many_good_ones_cost_one_run_of_the_analysers() -> None:
    text = "".join(f"x{n} = {n}\n" for n in range(40))
    words = Words()
    found = await tried(*(suggesting(n, n, f"y{n} = {n}") for n in range(1, 41)), text=text, analyse=words)
    assert all(finding.suggestion for finding in found)
    assert words.calls == 1


async def test_one_bad_one_among_many_is_found_out_and_the_others_stay() -> None:
    text = "".join(f"x{n} = {n}\n" for n in range(40))
    suggested = [suggesting(n, n, f"y{n} = {n}" + ("  # TODO" if n == 17 else "")) for n in range(1, 41)]
    found = await tried(*suggested, text=text)
    assert [n for n, finding in enumerate(found, 1) if finding.suggestion is None] == [17]


async def test_overlapping_suggestions_are_tried_apart() -> None:
    found = await tried(suggesting(2, 3, "    return len(items)"), suggesting(3, 3, "    return sum + 1"))
    assert all(finding.suggestion for finding in found)


async def test_a_model_that_would_write_a_masked_secret_into_the_file_may_not() -> None:
    text = 'KEY = "sk_live_' + "4eC39HqLyjWDarjtT1zdp7dc" + '"\nprint(KEY)\n'
    masked_line = mask(text).split("\n", 1)[0]
    assert masked_line != text.split("\n", maxsplit=1)[0]
    keeps, replaces = suggesting(1, 1, masked_line + "  # moved"), suggesting(1, 1, 'KEY = os.environ["KEY"]')
    found = await tried(keeps, replaces, text=text)
    assert [finding.suggestion is not None for finding in found] == [False, True]


@pytest.mark.parametrize("text", ["a\r\nb\r\n", "a\r\nb"])
def test_line_ends_of_the_file_are_kept(text: str) -> None:
    assert apply(text, Suggestion(2, 2, ("c", "d"))) == text.replace("b", "c\r\nd")


def test_inserting_and_deleting() -> None:
    assert apply("a\nb\n", Suggestion(2, 1, ("x",))) == "a\nx\nb\n"
    assert apply("a\nb", Suggestion(3, 2, ("x",))) == "a\nb\nx"
    assert apply("a\nb\n", Suggestion(1, 1, ())) == "b\n"


@given(
    lines=st.lists(st.text(st.characters(exclude_characters="\n\r"), max_size=8), min_size=1, max_size=9),
    data=st.data(),
)
def test_only_the_named_lines_change(lines: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(1, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    text = "".join(line + "\n" for line in lines)
    patched = apply(text, Suggestion(start, end, ("new",))).split("\n")
    assert patched == [*lines[: start - 1], "new", *lines[end:], ""]
