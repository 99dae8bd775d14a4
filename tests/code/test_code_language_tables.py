"""Every ending, name and interpreter that is known, and what is taken for none of them."""

import pytest

from foureyes.code.languages import Language, comment_prefix, has_syntax, language_of

ENDINGS = {
    Language.PYTHON: "py pyi pyw",
    Language.JAVASCRIPT: "js jsx mjs cjs",
    Language.TYPESCRIPT: "ts mts cts",
    Language.TSX: "tsx",
    Language.GO: "go",
    Language.JAVA: "java",
    Language.RUST: "rs",
    Language.CSHARP: "cs csx",
    Language.PHP: "php phtml",
    Language.RUBY: "rb rake gemspec ru",
    Language.KOTLIN: "kt kts",
    Language.C: "c",
    Language.CPP: "cc cpp cxx hpp hxx hh cu",
    Language.SWIFT: "swift",
    Language.SCALA: "scala sbt",
    Language.LUA: "lua",
    Language.ELIXIR: "ex exs",
    Language.HASKELL: "hs",
    Language.SOLIDITY: "sol",
    Language.BASH: "sh bash zsh bats",
    Language.HTML: "html htm",
    Language.CSS: "css",
    Language.JSON: "json jsonc webmanifest",
    Language.YAML: "yml yaml",
    Language.HCL: "tf tfvars hcl tofu",
    Language.NIX: "nix",
    Language.DOCKERFILE: "dockerfile containerfile",
    Language.MAKE: "mk mak",
    Language.MARKDOWN: "md mdx",
    Language.SQL: "sql psql",
    Language.TOML: "toml",
    Language.XML: "xml svg csproj plist",
    Language.TEXT: "txt rst adoc",
}
NAMES = {
    "Dockerfile": Language.DOCKERFILE,
    "Containerfile": Language.DOCKERFILE,
    "Dockerfile.dev": Language.DOCKERFILE,
    "Makefile": Language.MAKE,
    "GNUmakefile": Language.MAKE,
    "Makefile.am": Language.MAKE,
    "Gemfile": Language.RUBY,
    "Rakefile": Language.RUBY,
    "Podfile": Language.RUBY,
    "Cargo.lock": Language.TOML,
    "uv.lock": Language.TOML,
    "Pipfile": Language.TOML,
    "Pipfile.lock": Language.JSON,
    "composer.lock": Language.JSON,
    ".eslintrc": Language.JSON,
    ".clang-format": Language.YAML,
    ".zshrc": Language.BASH,
    ".envrc": Language.BASH,
    "PKGBUILD": Language.BASH,
    "LICENSE": Language.TEXT,
    "CODEOWNERS": Language.TEXT,
}
INTERPRETERS = {
    "python": Language.PYTHON,
    "python3.12": Language.PYTHON,
    "pypy3": Language.PYTHON,
    "sh": Language.BASH,
    "dash": Language.BASH,
    "zsh": Language.BASH,
    "ksh": Language.BASH,
    "node": Language.JAVASCRIPT,
    "bun": Language.JAVASCRIPT,
    "deno": Language.TYPESCRIPT,
    "ts-node": Language.TYPESCRIPT,
    "tsx": Language.TYPESCRIPT,
    "ruby": Language.RUBY,
    "php8.3": Language.PHP,
    "luajit": Language.LUA,
    "elixir": Language.ELIXIR,
    "swift": Language.SWIFT,
    "scala": Language.SCALA,
    "runhaskell": Language.HASKELL,
    "make": Language.MAKE,
}


def test_every_language_has_an_ending() -> None:
    assert set(ENDINGS) == set(Language)


@pytest.mark.parametrize("language", Language)
def test_endings_tell_the_language_in_any_folder_and_case(language: Language) -> None:
    for ending in ENDINGS[language].split():
        assert language_of(f"file.{ending}") is language
        assert language_of(f"a.b/c.d/FILE.{ending.upper()}") is language


@pytest.mark.parametrize("name", NAMES)
def test_whole_names_tell_the_language_in_any_folder_and_case(name: str) -> None:
    assert language_of(name) is NAMES[name]
    assert language_of(f"deep/down/{name.lower()}") is NAMES[name]


@pytest.mark.parametrize("interpreter", INTERPRETERS)
@pytest.mark.parametrize(
    "shebang",
    ["#!/usr/bin/{}\n", "#! /opt/tools/bin/{} -x\n", "#!/usr/bin/env {}\n", "#!/usr/bin/env -S {} --flag\n"],
)
def test_a_shebang_tells_the_language_of_a_file_without_an_ending(interpreter: str, shebang: str) -> None:
    assert language_of("bin/tool", shebang.format(interpreter).encode()) is INTERPRETERS[interpreter]


def test_an_ending_is_believed_before_a_shebang() -> None:
    assert language_of("tool.py", b"#!/bin/sh\n") is Language.PYTHON
    assert language_of("tool.unknown", b"#!/bin/sh\n") is Language.BASH


@pytest.mark.parametrize(
    "path",
    ["py", "a/js", ".py", "archive.tar.gz", "photo.jpeg", "font.woff2", "data.parquet", "a.py/", "file.", "file.p y"],
)
def test_what_no_table_knows_has_no_language(path: str) -> None:
    assert language_of(path) is None


@pytest.mark.parametrize("first", [b"#", b"#!", b"#!\n", b"#!/usr/bin/env\n", b"#!/usr/bin/env -S\n", b" #!/bin/sh"])
def test_half_a_shebang_tells_nothing(first: bytes) -> None:
    assert language_of("bin/tool", first) is None


@pytest.mark.parametrize(
    "line",
    [
        b"class Foo {",
        b"  template <typename T>",
        b"using Name = int;",
        b"public:",
        b"#include <string>",
        b"#  include <iostream>",
        b"std::vector<int> all();",
        b"constexpr int kLimit = 3;",
        b"void stop() noexcept;",
    ],
)
def test_a_header_with_one_line_of_cpp_is_cpp(line: bytes) -> None:
    assert language_of("a.h", b"#pragma once\n\n" + line + b"\n") is Language.CPP


@pytest.mark.parametrize(
    "line", [b"struct classes { int a; };", b"#include <sys/types.h>", b"int template_of(int a);", b"int publicity;"]
)
def test_a_header_that_only_looks_like_cpp_is_c(line: bytes) -> None:
    assert language_of("a.h", b"#pragma once\n\n" + line + b"\n") is Language.C


@pytest.mark.parametrize("line", [b"@protocol Loading", b"@class Loader;", b"#import <UIKit/UIKit.h>"])
def test_a_header_of_objective_c_has_no_language_here(line: bytes) -> None:
    assert language_of("a.h", line + b"\n") is None


@pytest.mark.parametrize("language", Language)
def test_languages_with_comments_to_the_end_of_a_line_have_a_prefix(language: Language) -> None:
    without = {Language.HTML, Language.CSS, Language.JSON, Language.MARKDOWN, Language.XML, Language.TEXT}
    prefix = comment_prefix(language)
    assert (prefix is None) == (language in without)
    assert prefix in (None, "#", "//", "--")


def test_only_these_have_no_tree() -> None:
    without = {language for language in Language if not has_syntax(language)}
    assert without == {
        Language.DOCKERFILE,
        Language.MAKE,
        Language.SQL,
        Language.TOML,
        Language.XML,
        Language.TEXT,
    }
