"""Which language a file is in, by name and first bytes."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.code.languages import Language, comment_prefix, has_syntax, language_of


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("src/app.py", Language.PYTHON),
        ("stubs/app.pyi", Language.PYTHON),
        ("web/main.mts", Language.TYPESCRIPT),
        ("web/App.TSX", Language.TSX),
        ("web/App.jsx", Language.JAVASCRIPT),
        ("Dockerfile", Language.DOCKERFILE),
        ("deploy/Dockerfile.prod", Language.DOCKERFILE),
        ("api.dockerfile", Language.DOCKERFILE),
        ("Makefile", Language.MAKE),
        ("main.tf", Language.HCL),
        ("Gemfile", Language.RUBY),
        ("lib/task.rake", Language.RUBY),
        ("pom.xml", Language.XML),
        ("App.csproj", Language.XML),
        ("Cargo.lock", Language.TOML),
        (".github/workflows/ci.yml", Language.YAML),
        ("README", Language.TEXT),
        ("docs/guide.md", Language.MARKDOWN),
        (".bashrc", Language.BASH),
        ("logo.png", None),
        ("py", None),
        ("archive.py.gz", None),
        ("", None),
    ],
)
def test_names_tell_the_language(path: str, language: Language | None) -> None:
    assert language_of(path) is language


@pytest.mark.parametrize(
    ("first_bytes", "language"),
    [
        (b"#!/usr/bin/env python3\nprint()\n", Language.PYTHON),
        (b"#!/bin/sh -e\n", Language.BASH),
        (b"#!/usr/bin/env -S node --harmony\n", Language.JAVASCRIPT),
        (b"#!/usr/bin/env LANG=C ruby\n", Language.RUBY),
        (b"#! /usr/local/bin/lua5.4\n", Language.LUA),
        (b"\xef\xbb\xbf#!/usr/bin/php\n", Language.PHP),
        (b"#!/opt/unknown/interpreter\n", None),
        (b"<?php echo 1;", Language.PHP),
        (b"<?xml version='1.0'?>", Language.XML),
        (b"\x7fELF", None),
    ],
)
def test_first_bytes_tell_where_the_name_does_not(first_bytes: bytes, language: Language | None) -> None:
    assert language_of("bin/tool", first_bytes) is language


@pytest.mark.parametrize(
    ("content", "language"),
    [
        (b"", Language.C),
        (b"#include <stdio.h>\nint run(void);\n", Language.C),
        (b"#include <vector>\n", Language.CPP),
        (b"namespace a {\n}\n", Language.CPP),
        (b"extern std::string name;\n", Language.CPP),
        (b"@interface Foo : NSObject\n", None),
    ],
)
def test_a_header_is_judged_by_its_content(content: bytes, language: Language | None) -> None:
    assert language_of("include/app.h", content) is language


def test_a_translation_of_qt_is_no_typescript() -> None:
    assert language_of("i18n/de.ts", b'<?xml version="1.0"?>\n<!DOCTYPE TS>') is Language.XML


@given(st.text(max_size=40), st.binary(max_size=60))
def test_any_name_and_bytes_have_an_answer(path: str, first_bytes: bytes) -> None:
    assert language_of(path, first_bytes) in (None, *Language)


def test_every_language_said_to_have_syntax_can_be_parsed() -> None:
    # In a process of its own: what ast-grep does not know is a panic there, which no test could catch.
    names = [language.value for language in Language if has_syntax(language)]
    program = "import sys, ast_grep_py; [ast_grep_py.SgRoot('', name) for name in sys.argv[1:]]"
    subprocess.run([sys.executable, "-c", program, *names], check=True)
    assert len(names) == len(Language) - 6
    assert not has_syntax(None)


def test_comments_begin_as_the_language_says() -> None:
    assert comment_prefix(Language.PYTHON) == "#"
    assert comment_prefix(Language.GO) == "//"
    assert comment_prefix(Language.SQL) == "--"
    assert comment_prefix(Language.HTML) is None
    assert comment_prefix(None) is None
