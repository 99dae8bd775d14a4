"""What files of all languages import."""

import pytest

from foureyes.code.imports import Import
from foureyes.code.languages import Language
from foureyes.code.syntax import Syntax

STATEMENTS: dict[Language, list[tuple[str, list[tuple[str, tuple[str, ...]]]]]] = {
    Language.PYTHON: [
        ("import os, a.b as c", [("os", ()), ("a.b", ())]),
        ("from .pkg import (one,  # why\n  two as deux,\n)", [(".pkg", ("one", "two"))]),
        ("from . import x", [(".", ("x",))]),
        ("from mod import *", [("mod", ("*",))]),
        ("from a import b, \\\n  c", [("a", ("b", "c"))]),
    ],
    Language.TYPESCRIPT: [
        ("import def, { a, b as c, type T } from './mod';", [("./mod", ("default", "a", "b", "T"))]),
        ('import * as ns from "ns";', [("ns", ("*",))]),
        ("import './side';", [("./side", ())]),
        ("import type { T } from 't';", [("t", ("T",))]),
        ("export { q } from './from here';", [("./from here", ("q",))]),
        ("const fs = require('fs');", [("fs", ())]),
        ("const lazy = await import('./lazy');", [("./lazy", ())]),
        ("export const a = 1;", []),
    ],
    Language.GO: [
        ('import "fmt"', [("fmt", ())]),
        ('import (\n\t"os"\n\tal "a/b"\n\t. "dot"\n)', [("os", ()), ("a/b", ()), ("dot", ("*",))]),
    ],
    Language.JAVA: [
        ("import java.util.List;", [("java.util.List", ())]),
        ("import static java.lang.Math.max;", [("java.lang.Math", ("max",))]),
        ("import java.io.*;", [("java.io", ("*",))]),
    ],
    Language.KOTLIN: [("import x.y.Z\nimport x.y.*\nimport q.R as S\n", [("x.y.Z", ()), ("x.y", ("*",)), ("q.R", ())])],
    Language.SCALA: [
        ("import x.y.Z", [("x.y.Z", ())]),
        ("import x.y.{A, B => C, _}", [("x.y", ("A", "B", "*"))]),
        ("import x._", [("x", ("*",))]),
    ],
    Language.RUST: [
        (
            "use std::{io, collections::{HashMap, hash_map::Entry as E}};",
            [("std", ("io",)), ("std::collections", ("HashMap",)), ("std::collections::hash_map", ("Entry",))],
        ),
        ("pub use crate::foo::*;", [("crate::foo", ("*",))]),
        ("use super::x as y;", [("super", ("x",))]),
        ("use serde;", [("serde", ())]),
        ("mod child;", [("self::child", ())]),
        ("mod inline { }", []),
        ("extern crate libc;", [("libc", ())]),
    ],
    Language.CSHARP: [
        ("using System;", [("System", ())]),
        ("using static System.Math;", [("System.Math", ("*",))]),
        ("global using Alias = System.IO.File;", [("System.IO.File", ())]),
    ],
    Language.PHP: [
        ("<?php use App\\Models\\User as U;", [("App\\Models\\User", ())]),
        ("<?php use App\\{Post, Tag as T};", [("App", ("Post", "Tag"))]),
        ("<?php use function App\\foo;", [("App\\foo", ())]),
        ("<?php require_once __DIR__ . '/x.php';", [("/x.php", ())]),
    ],
    Language.RUBY: [("require 'json'\nrequire_relative 'lib/x'\n", [("json", ()), ("./lib/x", ())])],
    Language.C: [
        ('#include <stdio.h>\n#include "x.h"\n#include "../y.h"\n', [("<stdio.h>", ()), ("./x.h", ()), ("../y.h", ())])
    ],
    Language.SWIFT: [("import Foundation\nimport class UIKit.UIView\n", [("Foundation", ()), ("UIKit.UIView", ())])],
    Language.LUA: [('local json = require("lib.json")', [("lib.json", ())])],
    Language.ELIXIR: [
        ("alias A.{B, C}", [("A", ("B", "C"))]),
        ("import Enum, only: [map: 2]", [("Enum", ())]),
    ],
    Language.BASH: [("source ./lib.sh\n. 'other.sh'\n", [("./lib.sh", ()), ("other.sh", ())])],
    Language.SOLIDITY: [('import {A} from "./x.sol";', [("./x.sol", ("A",))])],
    Language.HCL: [('module "x" {\n  source = "./x"\n}\n', [])],
}


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [(language, source, expected) for language, cases in STATEMENTS.items() for source, expected in cases],
)
def test_modules_and_names_are_read(
    language: Language, source: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    syntax = Syntax.parse(source, language)
    assert syntax is not None
    assert [(each.module, each.names) for each in syntax.imports] == expected


def test_hostile_nesting_of_imports_is_cut_off() -> None:
    syntax = Syntax.parse("use " + "a::{b, " * 1_500 + "c" + "}" * 1_500 + ";\n", Language.RUST)
    assert syntax is not None
    assert syntax.imports[0].names == ("b",)
    assert len(syntax.imports) <= 21


def test_an_import_knows_its_lines() -> None:
    syntax = Syntax.parse("import os\n\nfrom a import (\n    b,\n)\n", Language.PYTHON)
    assert syntax is not None
    assert syntax.imports == (Import("os", (), 1, 1), Import("a", ("b",), 3, 5))


def test_a_statement_that_takes_in_its_newline_ends_on_its_own_line() -> None:
    syntax = Syntax.parse('#include "a.h"\nint x;\n', Language.C)
    assert syntax is not None
    assert [(each.line, each.end_line) for each in syntax.imports] == [(1, 1)]
