"""One parsed file: what is around a line, does it parse, how branched is it."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.code.languages import Language, has_syntax
from foureyes.code.syntax import MAX_CHARACTERS, MAX_LINE, Syntax
from foureyes.kit.text import decode

LANGUAGES = [language for language in Language if has_syntax(language)]

NESTED = dedent(
    """\
    class Outer:
        def method(self):
            def inner():
                return 1
            return inner

    x = 2
    """
)


def parsed(text: str, language: Language = Language.PYTHON) -> Syntax:
    syntax = Syntax.parse(text, language)
    assert syntax is not None
    return syntax


def test_the_innermost_symbol_around_a_line_is_found() -> None:
    syntax = parsed(NESTED)
    enclosing = syntax.enclosing(4)
    assert enclosing is not None
    assert enclosing.qualified == "Outer.method.inner"
    assert [symbol.name for symbol in syntax.enclosing_chain(5)] == ["Outer", "method"]
    assert syntax.enclosing(6) is None


def test_carriage_returns_and_foreign_bytes_move_no_line() -> None:
    raw = b"# caf\xe9\r\n\r\nNAME = '\xff\xfe'\r\ndef run():\r\n    return NAME\r\n"
    syntax = parsed(decode(raw))
    assert [(symbol.name, symbol.line) for symbol in syntax.symbols] == [("NAME", 3), ("run", 4)]
    assert syntax.parses()


def test_wide_characters_before_a_name_hide_nothing() -> None:
    syntax = parsed("x = '𝒳𝒳é'; y = obj.name(other)\n")
    assert syntax.names_used(1, 1) == ("obj", "name", "other")
    assert syntax.called_names(1, 1) == ("name",)


@pytest.mark.parametrize(
    "text",
    ["x" * (MAX_LINE + 1), "a = 1\n" * (MAX_CHARACTERS // 6 + 1), "x=1;" * 1_250_000],
    ids=["line", "file", "5MB"],
)
def test_what_no_person_wrote_is_not_parsed(text: str) -> None:
    assert Syntax.parse(text, Language.JAVASCRIPT) is None


def test_without_a_grammar_there_is_no_tree() -> None:
    assert Syntax.parse("FROM debian", Language.DOCKERFILE) is None
    assert Syntax.parse("text", None) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_text_parses_and_holds_nothing(language: Language) -> None:
    syntax = parsed("", language)
    assert syntax.parses()
    assert (syntax.symbols, syntax.imports, syntax.names_used(1, 1)) == ((), (), ())


def test_deep_nesting_is_survived() -> None:
    syntax = parsed("(" * 10_000 + ")" * 9_000)
    assert not syntax.parses()
    assert syntax.symbols == ()


def test_places_that_can_not_be_read_are_named_by_their_lines() -> None:
    assert parsed("x = 1\ny = = 2\n").error_lines == (2,)
    assert parsed("int f() {\n  return 1\n}\n", Language.C).error_lines == (2,)
    assert parsed('s = ""\nf"{x}"\n').parses()


def test_more_breakage_gives_more_places() -> None:
    before = parsed("def a(:\n    pass\n")
    after = parsed("def a(:\n    pass\ndef b(:\n    pass\n")
    assert len(after.error_lines) > len(before.error_lines) > 0


BRANCHED: dict[Language, tuple[str, int]] = {
    Language.PYTHON: (
        "def f(a):\n  if a and b or c: pass\n  for i in [x for x in a if x]: pass\n  return 1 if a else 2\n",
        8,
    ),
    Language.JAVASCRIPT: (
        "function f(a) { if (a && b || c) {} switch (a) { case 1: break; default: } return a ? 1 : b ?? 2; }",
        7,
    ),
    Language.TYPESCRIPT: ("function f(a: number) { for (const i of a) {} try {} catch (e) {} while (a) {} }", 4),
    Language.GO: (
        "package p\nfunc f(a int) { for i := range a { if i > 0 && a { } }\nswitch a { case 1: default: } }",
        5,
    ),
    Language.JAVA: ("class A { int f(int a) { if (a > 1 || a < 0) {} for (int i : a) {} return a ? 1 : 2; } }", 5),
    Language.RUST: ("fn f(a: i32) { if a && b {} match a { 1 => {}, _ => {} } let x = g()?; }", 6),
    Language.CSHARP: (
        "class A { int f(int a) { if (a && b) {} foreach (var i in a) {} return a switch { 1 => 2, _ => 3 }; } }",
        6,
    ),
    Language.PHP: ("<?php function f($a) { if ($a && $b) {} elseif ($c) {} return $a ? 1 : 2; }", 5),
    Language.RUBY: ("def f(a)\n  x if a && b\n  case a\n  when 1 then 2\n  end\n  a ? 1 : 2\nend", 5),
    Language.KOTLIN: (
        "fun f(a: Int): Int {\n  if (a && b) {}\n  when (a) { 1 -> 2; else -> 3 }\n  return a ?: 1\n}",
        6,
    ),
    Language.C: ("int f(int a) { if (a && b) {} while (a) {} return a ? 1 : 2; }", 5),
    Language.SWIFT: (
        "func f(a: Int) -> Int {\n  guard let z = a else { return 1 }\n  if a && b {}\n  return a ? 1 : 2\n}",
        5,
    ),
    Language.SCALA: ("def f(a: Int) = { if (a && b) 1 else 2 }", 3),
    Language.LUA: ("function f(a) if a and b then elseif c then end while a do end end", 5),
    Language.ELIXIR: ("def f(a) do\n  case a do\n    1 -> 2\n    _ -> 3\n  end\n  if a && b do 1 end\nend", 5),
    Language.BASH: ("f() { if a; then b; fi; c || d; case $x in a) ;; esac; }", 4),
}


@pytest.mark.parametrize("language", BRANCHED)
def test_branches_are_counted(language: Language) -> None:
    source, complexity = BRANCHED[language]
    syntax = parsed(source, language)
    symbol = next(symbol for symbol in syntax.symbols if symbol.name == "f")
    assert syntax.complexity(symbol) == complexity


def _all_of(syntax: Syntax) -> None:
    last = syntax.text.count("\n") + 1
    for symbol in syntax.symbols:
        assert 1 <= symbol.start_line <= symbol.line <= symbol.end_line <= last
        assert syntax.complexity(symbol) >= 1
    assert all(1 <= line <= last for line in syntax.error_lines)
    assert all(1 <= each.line <= each.end_line <= last for each in syntax.imports)
    assert syntax.called_names(1, last) is not None
    assert syntax.names_used(1, last) is not None


@given(st.text(max_size=300), st.sampled_from(LANGUAGES))
def test_any_text_in_any_language_is_survived(text: str, language: Language) -> None:
    _all_of(parsed(text, language))


@given(st.binary(max_size=300), st.sampled_from(LANGUAGES))
def test_any_bytes_are_survived(raw: bytes, language: Language) -> None:
    _all_of(parsed(decode(raw), language))


WORDS = st.sampled_from(
    [
        *"{}()[]:;,.=\n\taB'\"#@<",
        "->",
        "=>",
        "//",
        "/*",
        "def",
        "class",
        "func",
        "fn",
        "function",
        "import",
        "from",
        "impl",
    ]
)


@given(st.lists(WORDS, max_size=60), st.sampled_from(LANGUAGES))
def test_torn_code_is_survived(tokens: list[str], language: Language) -> None:
    _all_of(parsed(" ".join(tokens), language))
