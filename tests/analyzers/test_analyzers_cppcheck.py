"""cppcheck: C and C++, and no file of this machine read on the way."""

from pathlib import Path

import pytest
from analyzers_house import places, rules, said_by

from foureyes.analyzers.cppcheck import ANALYZER, without_includes
from foureyes.kit.severity import Category, Severity

BAD = """\
#include <stdlib.h>
#include "own.h"

int overrun(void) {
    int values[2];
    values[2] = 1;
    return values[0];
}

void leak(void) {
    char *text = malloc(3);
    text[0] = 'a';
}

int zero(int x) {
    int *pointer = 0;
    return *pointer + x / 0;
}
"""
CLEAN = """\
#include <stdio.h>
static int add(int a, int b) { int unused; return a + b; }
int main(int argc, char **argv) { printf("%d", add(argc, 1)); return 0; }
"""


async def test_memory_errors_are_found() -> None:
    found = set(places(await said_by(ANALYZER, {"main.c": BAD})))
    assert {(6, "arrayIndexOutOfBounds"), (13, "memleak"), (17, "nullPointer"), (17, "zerodiv")} <= found


async def test_what_writes_into_foreign_memory_is_a_matter_of_security() -> None:
    found = {one.rule: one for one in await said_by(ANALYZER, {"main.c": BAD})}
    overrun = found["arrayIndexOutOfBounds"]
    assert (overrun.severity, overrun.category) == (Severity.HIGH, Category.SECURITY)
    assert overrun.url == "https://cwe.mitre.org/data/definitions/788.html"


@pytest.mark.parametrize("path", ["main.c", "main.cpp", "main.h"])
async def test_clean_code_is_left_alone(path: str) -> None:
    assert await said_by(ANALYZER, {path: CLEAN}) == []


async def test_code_that_needs_its_headers_is_no_error() -> None:
    macros = "BEGIN_DECLS\nMODULE(name, { x })\nint f(void) { return CALL(1); }\nEND_DECLS\n"
    assert "syntaxError" not in rules(await said_by(ANALYZER, {"main.c": macros}))


@pytest.mark.parametrize(
    "directive",
    [
        '#include "{path}"',
        "#include <{path}>",
        '  #  include "{path}"',
        "#include_next <{path}>",
        '#define F "{path}"\n#include F',
    ],
)
async def test_a_file_that_is_included_is_not_read(directive: str, tmp_path: Path) -> None:
    (tmp_path / "secret.h").write_text("#define SECRET 4711\n")
    source = directive.format(path=tmp_path / "secret.h") + "\nint f(void) { int a[2]; return a[SECRET]; }\n"
    found = await said_by(ANALYZER, {"main.c": source})
    assert not any("4711" in one.message + one.explanation for one in found)


@pytest.mark.parametrize(
    "trick",
    [
        '%:include "/etc/passwd"',
        '??=include "/etc/passwd"',
        '#inc\\\nlude "/etc/passwd"',
        '#/* comment */include "/etc/passwd"',
        '/* a\n*/ #include "/etc/passwd"',
        '#if __has_include("/etc/passwd")',
        '#embed "/etc/passwd"',
    ],
)
def test_a_directive_that_hides_is_blanked_or_keeps_the_file_out(trick: str) -> None:
    content = without_includes(f"{trick}\nint x;\n".encode())
    assert content is None or b"passwd" not in content


def test_lines_stay_where_they_are() -> None:
    assert without_includes(b'#include "a"\n\nint x;\n') == b"\n\nint x;\n"
