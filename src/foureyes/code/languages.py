"""Which language a file is in, by its name and its first bytes."""

import re
from enum import StrEnum


class Language(StrEnum):
    """Values are the names that ast-grep uses where it knows the language, the field's own names elsewhere."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    GO = "go"
    JAVA = "java"
    RUST = "rust"
    CSHARP = "csharp"
    PHP = "php"
    RUBY = "ruby"
    KOTLIN = "kotlin"
    C = "c"
    CPP = "cpp"
    SWIFT = "swift"
    SCALA = "scala"
    LUA = "lua"
    ELIXIR = "elixir"
    HASKELL = "haskell"
    SOLIDITY = "solidity"
    BASH = "bash"
    HTML = "html"
    CSS = "css"
    JSON = "json"
    YAML = "yaml"
    HCL = "hcl"
    NIX = "nix"
    DOCKERFILE = "dockerfile"
    MAKE = "make"
    MARKDOWN = "markdown"
    SQL = "sql"
    TOML = "toml"
    XML = "xml"
    TEXT = "text"


# Asking ast-grep for a language it does not know is a panic in its Rust code, not an exception to catch.
_WITHOUT_SYNTAX = frozenset(
    {Language.DOCKERFILE, Language.MAKE, Language.SQL, Language.TOML, Language.XML, Language.TEXT}
)

_ENDINGS: dict[Language, str] = {
    Language.PYTHON: "py pyi pyw",
    Language.JAVASCRIPT: "js jsx mjs cjs",
    Language.TYPESCRIPT: "ts mts cts",
    Language.TSX: "tsx",
    Language.GO: "go",
    Language.JAVA: "java",
    Language.RUST: "rs",
    Language.CSHARP: "cs csx",
    Language.PHP: "php phtml php5 php7 php8",
    Language.RUBY: "rb rake gemspec ru rbi podspec",
    Language.KOTLIN: "kt kts",
    Language.C: "c h",
    Language.CPP: "cc cpp cxx c++ hh hpp hxx h++ ipp inl tpp cu cuh",
    Language.SWIFT: "swift",
    Language.SCALA: "scala sc sbt",
    Language.LUA: "lua",
    Language.ELIXIR: "ex exs",
    Language.HASKELL: "hs",
    Language.SOLIDITY: "sol",
    Language.BASH: "sh bash zsh ksh bats",
    Language.HTML: "html htm xhtml",
    Language.CSS: "css",
    Language.JSON: "json jsonc json5 webmanifest geojson har",
    Language.YAML: "yml yaml",
    Language.HCL: "tf tfvars hcl nomad tofu",
    Language.NIX: "nix",
    Language.DOCKERFILE: "dockerfile containerfile",
    Language.MAKE: "mk mak",
    Language.MARKDOWN: "md markdown mdx mdc",
    Language.SQL: "sql psql ddl",
    Language.TOML: "toml",
    Language.XML: "xml svg xsd xsl xslt csproj vbproj fsproj props targets resx plist pom wsdl",
    Language.TEXT: "txt text rst adoc",
}
_BY_ENDING = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}

_BY_NAME: dict[str, Language] = {
    "dockerfile": Language.DOCKERFILE,
    "containerfile": Language.DOCKERFILE,
    "makefile": Language.MAKE,
    "gnumakefile": Language.MAKE,
    "gemfile": Language.RUBY,
    "rakefile": Language.RUBY,
    "vagrantfile": Language.RUBY,
    "podfile": Language.RUBY,
    "fastfile": Language.RUBY,
    "guardfile": Language.RUBY,
    "brewfile": Language.RUBY,
    "cargo.lock": Language.TOML,
    "poetry.lock": Language.TOML,
    "uv.lock": Language.TOML,
    "pipfile": Language.TOML,
    "pipfile.lock": Language.JSON,
    "composer.lock": Language.JSON,
    ".babelrc": Language.JSON,
    ".eslintrc": Language.JSON,
    ".prettierrc": Language.JSON,
    ".clang-format": Language.YAML,
    ".clang-tidy": Language.YAML,
    ".bashrc": Language.BASH,
    ".bash_profile": Language.BASH,
    ".profile": Language.BASH,
    ".zshrc": Language.BASH,
    ".envrc": Language.BASH,
    "pkgbuild": Language.BASH,
    "license": Language.TEXT,
    "copying": Language.TEXT,
    "notice": Language.TEXT,
    "authors": Language.TEXT,
    "readme": Language.TEXT,
    "codeowners": Language.TEXT,
}

_BY_INTERPRETER: dict[str, Language] = {
    "python": Language.PYTHON,
    "pypy": Language.PYTHON,
    "sh": Language.BASH,
    "bash": Language.BASH,
    "dash": Language.BASH,
    "zsh": Language.BASH,
    "ksh": Language.BASH,
    "node": Language.JAVASCRIPT,
    "nodejs": Language.JAVASCRIPT,
    "bun": Language.JAVASCRIPT,
    "deno": Language.TYPESCRIPT,
    "ts-node": Language.TYPESCRIPT,
    "tsx": Language.TYPESCRIPT,
    "ruby": Language.RUBY,
    "php": Language.PHP,
    "lua": Language.LUA,
    "luajit": Language.LUA,
    "elixir": Language.ELIXIR,
    "swift": Language.SWIFT,
    "scala": Language.SCALA,
    "runhaskell": Language.HASKELL,
    "make": Language.MAKE,
}

_COMMENT_PREFIXES: dict[str, str] = {
    "#": "python ruby elixir bash yaml hcl nix dockerfile make toml",
    "//": "javascript typescript tsx go java rust csharp php kotlin c cpp swift scala solidity",
    "--": "lua haskell sql",
}
_PREFIX_OF = {Language(name): prefix for prefix, names in _COMMENT_PREFIXES.items() for name in names.split()}

_SHEBANG = re.compile(rb"#!\s*(?:\S*/env\s+(?:-\S+\s+|\w+=\S*\s+)*)?(?:\S*/)?([A-Za-z-]+)")
_ONLY_CPP = re.compile(
    rb"^[ \t]*(?:class\s+\w|namespace\b|template\s*<|using\s+\w|public:|private:|protected:|#\s*include\s*<[a-z_]+>)"
    rb"|\bstd::|\bconstexpr\b|\bnoexcept\b|\boverride\b",
    re.MULTILINE,
)
_OBJECTIVE_C = re.compile(rb"^[ \t]*(?:@interface|@protocol|@class|#\s*import)\b", re.MULTILINE)


def language_of(path: str, first_bytes: bytes = b"") -> Language | None:
    """The language of a file, or None. `first_bytes` (a few KB) settle a shebang, `.h` and `.ts` that is XML."""
    first_bytes = first_bytes.removeprefix(b"\xef\xbb\xbf")
    name = path.rsplit("/", 1)[-1].lower()
    named = _by_name(name)
    # C, C++ and Objective-C share this ending; their parsers make errors of each other's code.
    if name.endswith(".h"):
        return _of_header(first_bytes)
    # Translations of Qt end in `.ts` too, and a parser would find thousands of errors in them.
    if named is Language.TYPESCRIPT and first_bytes.lstrip().startswith((b"<?xml", b"<!DOCTYPE TS")):
        return Language.XML
    return named or _by_first_bytes(first_bytes)


def has_syntax(language: Language | None) -> bool:
    """Whether ast-grep can parse it."""
    return language is not None and language not in _WITHOUT_SYNTAX


def comment_prefix(language: Language | None) -> str | None:
    """What begins a comment that runs to the end of its line, or None where there is no such thing."""
    return _PREFIX_OF.get(language) if language else None


def _by_name(name: str) -> Language | None:
    stem, _, ending = name.rpartition(".")
    if name in _BY_NAME:
        return _BY_NAME[name]
    # `Dockerfile.prod` and `Makefile.am` are named after what they are, whatever stands behind the dot.
    if stem and _BY_NAME.get(stem) in (Language.DOCKERFILE, Language.MAKE):
        return _BY_NAME[stem]
    return _BY_ENDING.get(ending) if stem else None


def _of_header(first_bytes: bytes) -> Language | None:
    if _OBJECTIVE_C.search(first_bytes):
        return None
    return Language.CPP if _ONLY_CPP.search(first_bytes) else Language.C


def _by_first_bytes(first_bytes: bytes) -> Language | None:
    shebang = _SHEBANG.match(first_bytes)
    if shebang:
        return _BY_INTERPRETER.get(shebang[1].decode().rstrip("-").lower())
    if first_bytes.startswith(b"<?php"):
        return Language.PHP
    return Language.XML if first_bytes.startswith(b"<?xml") else None
