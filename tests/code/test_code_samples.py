"""Realistic files of all languages: symbols, what is around a line, names, calls, imports, branches, errors."""

from itertools import pairwise

import pytest
from code_sample import Sample, parsed
from code_samples_config import CONFIG_SAMPLES
from code_samples_jvm import JVM_SAMPLES
from code_samples_native import NATIVE_SAMPLES
from code_samples_scripts import SCRIPT_SAMPLES
from code_samples_systems import SYSTEM_SAMPLES
from code_samples_web import WEB_SAMPLES

from foureyes.code.definitions import defines, outline
from foureyes.code.grammar import SymbolKind
from foureyes.code.grammars import grammar_of
from foureyes.code.languages import Language, has_syntax

SAMPLES = (
    *SCRIPT_SAMPLES,
    *WEB_SAMPLES,
    *SYSTEM_SAMPLES,
    *JVM_SAMPLES,
    *NATIVE_SAMPLES,
    *CONFIG_SAMPLES,
)
of_each_language = pytest.mark.parametrize("sample", SAMPLES, ids=str)


def test_every_language_with_symbols_has_a_sample() -> None:
    with_symbols = {each for each in Language if has_syntax(each) and grammar_of(each).identifiers}
    assert {sample.language for sample in SAMPLES} == with_symbols


@of_each_language
def test_every_symbol_of_a_file_is_found_with_its_comment_and_decorators(sample: Sample) -> None:
    found = [
        f"{each.kind} {each.qualified} {each.start_line}-{each.end_line}: {each.line}"
        for each in sample.parsed().symbols
    ]
    assert found == sample.expected(sample.symbols)


@of_each_language
def test_the_innermost_symbol_around_each_place_is_known(sample: Sample) -> None:
    syntax = sample.parsed()
    for place in sample.places:
        around = syntax.enclosing(sample.line_of(place.text))
        assert (around.qualified if around else "") == place.inside, place.text


@of_each_language
def test_names_of_other_places_are_told_in_the_order_of_their_use(sample: Sample) -> None:
    syntax = sample.parsed()
    for place in sample.places:
        line = sample.line_of(place.text)
        assert " ".join(syntax.names_used(line, line)) == place.uses, place.text


@of_each_language
def test_calls_are_told_by_the_last_part_of_their_names(sample: Sample) -> None:
    syntax = sample.parsed()
    for place in sample.places:
        line = sample.line_of(place.text)
        assert " ".join(syntax.called_names(line, line)) == place.calls, place.text


@of_each_language
def test_imports_are_read_with_their_lines_and_names(sample: Sample) -> None:
    found = [" ".join((str(each.line), each.module, *each.names)) for each in sample.parsed().imports]
    assert found == sample.expected(sample.imports)


@of_each_language
def test_branches_are_counted_in_each_symbol(sample: Sample) -> None:
    syntax = sample.parsed()
    counted = [(symbol.qualified, syntax.complexity(symbol)) for symbol in syntax.symbols]
    assert {name: count for name, count in counted if count > 1} == sample.complexity


@of_each_language
def test_a_sound_file_has_no_errors_and_a_broken_one_tells_where(sample: Sample) -> None:
    assert sample.parsed().error_lines == ()
    for broken in sample.broken:
        assert sample.text.count(broken.old) == 1
        torn = parsed(sample.text.replace(broken.old, broken.new), sample.language)
        assert tuple(dict.fromkeys(torn.error_lines)) == broken.lines, broken.new
        assert not torn.parses()


@of_each_language
def test_a_broken_file_keeps_symbols_that_stand_before_the_break(sample: Sample) -> None:
    for broken in sample.broken:
        torn = {each.name for each in outline(sample.text.replace(broken.old, broken.new), sample.language)}
        before = {each.name for each in sample.parsed().symbols if each.end_line < broken.lines[0]}
        assert before <= torn, broken.new


@of_each_language
def test_lines_moved_down_move_every_symbol_as_far(sample: Sample) -> None:
    opening = "<?php\n" if sample.language is Language.PHP else ""
    moved = outline(opening + "\n" * 7 + sample.text.removeprefix(opening), sample.language)
    assert [(each.qualified, each.start_line - 7, each.end_line - 7) for each in moved] == [
        (each.qualified, each.start_line, each.end_line) for each in sample.parsed().symbols
    ]


@of_each_language
def test_windows_line_endings_change_no_symbol(sample: Sample) -> None:
    windows = outline(sample.text.replace("\n", "\r\n"), sample.language)
    assert [(each.kind, each.qualified, each.start_line, each.end_line) for each in windows] == [
        (each.kind, each.qualified, each.start_line, each.end_line) for each in sample.parsed().symbols
    ]


@of_each_language
def test_symbols_lie_inside_of_each_other_or_apart(sample: Sample) -> None:
    symbols = sample.parsed().symbols
    for one, other in pairwise(symbols):
        assert one.start_line <= other.start_line
        inside = other.end_line <= one.end_line
        apart = other.start_line > one.end_line
        assert inside or apart, (one.qualified, other.qualified)


@of_each_language
def test_the_line_of_a_function_looks_like_its_definition(sample: Sample) -> None:
    lines = sample.text.split("\n")
    written = [symbol for symbol in sample.parsed().symbols if symbol.kind is SymbolKind.FUNCTION]
    # What returns a pointer to a function in C is written inside out; no pattern of one line tells it.
    for symbol in (each for each in written if "(*" not in each.signature):
        assert defines(lines[symbol.line - 1], symbol.name, sample.language), symbol.qualified


@of_each_language
def test_signatures_hold_the_name_and_stay_on_one_line(sample: Sample) -> None:
    # A type of C has its name behind its body, which a signature leaves out.
    for symbol in (each for each in sample.parsed().symbols if each.kind is not SymbolKind.TYPE):
        assert "\n" not in symbol.signature
        unnamed = symbol.name in {"init", "deinit", "constructor", "Companion"}
        assert unnamed or all(word in symbol.signature for word in symbol.name.split()), symbol.qualified


@of_each_language
def test_what_is_asked_of_a_whole_file_holds_what_its_lines_tell(sample: Sample) -> None:
    syntax = sample.parsed()
    last = sample.text.count("\n")
    calls = set(syntax.called_names(1, last))
    for line in range(1, last + 1):
        assert calls.issuperset(syntax.called_names(line, line))
