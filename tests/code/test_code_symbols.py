"""Symbols of all languages: kind, qualified name, first and last line."""

from textwrap import dedent

import pytest

from foureyes.code.definitions import outline
from foureyes.code.languages import Language

SOURCES: dict[Language, tuple[str, list[str]]] = {
    Language.PYTHON: (
        """\
        LIMIT: int = 3

        # Above.
        @decorator(1)
        class Foo(Base):
            attr = 1

            @property
            async def run(self) -> str:
                def inner(): ...
                local = 1
                return local
        """,
        ["constant LIMIT 1-1", "class Foo 3-12", "method Foo.run 8-12", "function Foo.run.inner 10-10"],
    ),
    Language.JAVASCRIPT: (
        """\
        const fs = require('fs');
        exports.load = async (id) => {
          const local = 1;
        };
        const { a } = fs;
        export default class Foo {
          #p = () => 1;
          get v() { return 1 }
        }
        const api = { list() {}, one: function () {} };
        """,
        [
            "constant fs 1-1",
            "function exports.load 2-4",
            "class Foo 6-9",
            "method Foo.#p 7-7",
            "method Foo.v 8-8",
            "constant api 10-10",
            "method api.list 10-10",
            "function api.one 10-10",
        ],
    ),
    Language.TYPESCRIPT: (
        """\
        /** Doc. */
        @Component({})
        export class Foo<T> {
          @Input()
          get v(): string { return '' }
          arrow = (z: number) => z;
        }
        export interface I { f(): void }
        export type A = string;
        declare function decl(x: number): void;
        abstract class Z { abstract g(): void; }
        namespace N { export function h() {} }
        """,
        [
            "class Foo 1-7",
            "method Foo.v 4-5",
            "method Foo.arrow 6-6",
            "interface I 8-8",
            "method I.f 8-8",
            "type A 9-9",
            "function decl 10-10",
            "class Z 11-11",
            "method Z.g 11-11",
            "module N 12-12",
            "function N.h 12-12",
        ],
    ),
    Language.GO: (
        """\
        package main

        const Limit = 3

        // Foo does.
        type Foo[T any] struct {
            X int
        }
        type (
            G int
            I interface{ M() }
        )
        // Run runs.
        func (f *Foo[T]) Run(n int) error {
            local := 1
            return nil
        }
        """,
        ["constant Limit 3-3", "struct Foo 5-8", "type G 10-10", "interface I 11-11", "method Foo.Run 13-17"],
    ),
    Language.JAVA: (
        """\
        /** Doc. */
        @Service
        public class Foo<T> extends Bar {
            private static final int LIMIT = 3;
            private int x;
            public Foo(int x) { this.x = x; }
            @Override
            public int run(String a) {
                return 1;
            }
            enum E { A; void m() {} }
            record R(int a) {}
        }
        """,
        [
            "class Foo 1-13",
            "constant Foo.LIMIT 4-4",
            "method Foo.Foo 6-6",
            "method Foo.run 7-10",
            "enum Foo.E 11-11",
            "method Foo.E.m 11-11",
            "class Foo.R 12-12",
        ],
    ),
    Language.RUST: (
        """\
        /// Doc.
        #[derive(Debug)]
        pub struct Foo<T> { x: T }
        impl<T> Tr for Foo<T> {
            /// Run.
            pub fn run(&self) -> i32 { 1 }
        }
        trait Tr { fn run(&self) -> i32; }
        const LIMIT: usize = 3;
        mod other;
        mod inner { macro_rules! m { () => {} } }
        """,
        [
            "struct Foo 1-3",
            "extension Foo 4-7",
            "method Foo::run 5-6",
            "trait Tr 8-8",
            "method Tr::run 8-8",
            "constant LIMIT 9-9",
            "module inner 11-11",
            "macro inner::m 11-11",
        ],
    ),
    Language.CSHARP: (
        """\
        namespace A.B {
            /// <summary>Doc</summary>
            [Serializable]
            public class Foo<T> : Bar {
                private const int Limit = 3;
                private readonly int _x;
                public string Name => "x";
                public async Task<int> Run(string a) {
                    int Local(int q) => q;
                    return 1;
                }
            }
        }
        """,
        [
            "module A.B 1-13",
            "class A.B.Foo 2-12",
            "constant A.B.Foo.Limit 5-5",
            "property A.B.Foo.Name 7-7",
            "method A.B.Foo.Run 8-11",
            "function A.B.Foo.Run.Local 9-9",
        ],
    ),
    Language.PHP: (
        """\
        <?php
        namespace App;
        /** Doc. */
        #[Attr]
        final class Foo extends Bar {
            const X = 1;
            public function run(string $a): ?int {
                return 1;
            }
        }
        trait Tr { function g() {} }
        function top() {}
        """,
        [
            "class Foo 3-10",
            "constant Foo::X 6-6",
            "method Foo::run 7-9",
            "trait Tr 11-11",
            "method Tr::g 11-11",
            "function top 12-12",
        ],
    ),
    Language.RUBY: (
        """\
        LIMIT = 3
        # Doc.
        module A
          class Foo < Bar
            def run?(a)
              local = 1
            end
            def self.make; end
          end
        end
        """,
        [
            "constant LIMIT 1-1",
            "module A 2-10",
            "class A::Foo 4-9",
            "method A::Foo::run? 5-7",
            "method A::Foo::make 8-8",
        ],
    ),
    Language.KOTLIN: (
        """\
        const val LIMIT = 3
        /** Doc. */
        @Service
        class Foo<T>(val a: Int) : Bar() {
            val p = 1
            suspend fun <A> run(a: String): Int {
                val local = 1
                return 1
            }
            companion object {
                fun make() = Foo(1)
            }
        }
        fun String.ext() = 1
        """,
        [
            "constant LIMIT 1-1",
            "class Foo 2-13",
            "method Foo.run 6-9",
            "class Foo.Companion 10-12",
            "method Foo.Companion.make 11-11",
            "function ext 14-14",
        ],
    ),
    Language.C: (
        """\
        #define LIMIT 3
        struct foo { int x; };
        typedef struct { int y; } baz_t;
        static int counter = 0;
        int declared(int a);
        /* Doc. */
        static int *run(const char *a) {
            int local = 1;
            struct foo f;
            return 0;
        }
        """,
        [
            "macro LIMIT 1-1",
            "struct foo 2-2",
            "type baz_t 3-3",
            "constant counter 4-4",
            "function declared 5-5",
            "function run 6-11",
        ],
    ),
    Language.CPP: (
        """\
        namespace a::b {
        template <typename T>
        class Foo : public Bar {
         public:
          Foo(int x) : x_(x) {}
          int& run(const std::string& a) override;
          bool operator==(const Foo& o) const { return true; }
          int x_;
        };
        template <typename T> int Foo<T>::run(int a) {
          return 1;
        }
        }
        """,
        [
            "module a::b 1-13",
            "class a::b::Foo 2-9",
            "method a::b::Foo::Foo 5-5",
            "method a::b::Foo::operator== 7-7",
            "function a::b::Foo::run 10-12",
        ],
    ),
    Language.SWIFT: (
        """\
        let limit = 3
        /// Doc.
        @objc public class Foo: Bar {
            private var x = 1
            init(x: Int) { self.x = x }
            func run(_ a: String) throws -> Int {
                let local = 1
                return local
            }
        }
        extension Foo { func h() {} }
        protocol P { func g() }
        """,
        [
            "constant limit 1-1",
            "class Foo 2-10",
            "method Foo.init 5-5",
            "method Foo.run 6-9",
            "extension Foo 11-11",
            "method Foo.h 11-11",
            "interface P 12-12",
            "method P.g 12-12",
        ],
    ),
    Language.SCALA: (
        """\
        /** Doc. */
        case class Foo[T](a: Int) extends Bar {
          val x = 1
          def run(a: String): Int = {
            val local = 1
            local
          }
        }
        object Foo { def make() = new Foo(1) }
        trait Tr
        """,
        [
            "class Foo 1-8",
            "constant Foo.x 3-3",
            "method Foo.run 4-7",
            "class Foo 9-9",
            "method Foo.make 9-9",
            "trait Tr 10-10",
        ],
    ),
    Language.LUA: (
        """\
        -- Doc.
        function M.run(a)
          local y = 1
        end
        function M:meth() end
        M.f = function(x) return x end
        """,
        ["function M.run 1-4", "function M.meth 5-5", "function M.f 6-6"],
    ),
    Language.ELIXIR: (
        """\
        defmodule A.Foo do
          # Doc.
          def run(a) when is_binary(a) do
            a
          end
          defp empty?(x), do: x
        end
        """,
        ["module A.Foo 1-7", "function A.Foo.run 2-5", "function A.Foo.empty? 6-6"],
    ),
    Language.BASH: (
        """\
        LIMIT=3
        # Doc.
        run() {
          helper
        }
        function other { run; }
        """,
        ["function run 2-5", "function other 6-6"],
    ),
    Language.HCL: (
        """\
        resource "aws_s3_bucket" "logs" {
          nested {
            a = 1
          }
        }
        """,
        ["block resource aws_s3_bucket logs 1-5"],
    ),
    Language.SOLIDITY: (
        """\
        contract C is D {
          constructor() {}
          function f(uint a) public returns (uint) { return a; }
        }
        """,
        ["class C 1-4", "method C.constructor 2-2", "method C.f 3-3"],
    ),
}


@pytest.mark.parametrize("language", SOURCES)
def test_symbols_have_kind_name_and_lines(language: Language) -> None:
    source, expected = SOURCES[language]
    found = outline(dedent(source), language)
    assert [f"{each.kind} {each.qualified} {each.start_line}-{each.end_line}" for each in found] == expected


def test_a_signature_is_one_line_without_the_body() -> None:
    source = "@wraps\ndef run(\n    a: int,\n    b: str,\n) -> dict[str, int]:\n    return {}\n"
    [symbol] = outline(source, Language.PYTHON)
    assert symbol.signature == "def run( a: int, b: str, ) -> dict[str, int]"
    assert (symbol.start_line, symbol.line) == (1, 2)


def test_a_long_signature_is_cut() -> None:
    [symbol] = outline(f"def run({'a' * 500}):\n    pass\n", Language.PYTHON)
    assert len(symbol.signature) == 200
    assert symbol.signature.endswith("…")


def test_a_comment_belongs_to_what_stands_under_it_without_a_gap() -> None:
    source = "# Licence.\n\n# About run.\n# More.\ndef run(): ...\nx = 1  # of x\ndef other(): ...\n"
    lines = {symbol.name: symbol.start_line for symbol in outline(source, Language.PYTHON)}
    assert lines == {"run": 3, "x": 6, "other": 7}


def test_an_export_of_two_constants_belongs_to_neither() -> None:
    found = outline("export const\n  a = 1,\n  b = 2;\n", Language.TYPESCRIPT)
    assert [(symbol.name, symbol.start_line, symbol.end_line) for symbol in found] == [("a", 2, 2), ("b", 3, 3)]


def test_what_has_no_tree_has_no_outline() -> None:
    assert outline("SELECT 1", Language.SQL) == ()
    assert outline("anything", None) == ()


SURROUNDED: list[tuple[Language, str, tuple[int, int, int]]] = [
    (Language.PYTHON, "@a\n@b(\n  1)\ndef f():\n  pass\n", (1, 4, 5)),
    (Language.PYTHON, "# why\n# more\nasync def f(): ...\n", (1, 3, 3)),
    (Language.TYPESCRIPT, "/** Doc\n * more\n */\nexport default async function f() {\n}\n", (1, 4, 5)),
    (Language.TYPESCRIPT, "// why\nexport const f =\n  (a: number) => {\n  }\n", (1, 2, 4)),
    (Language.GO, "// f does.\n//go:noinline\nfunc f() {\n}\n", (1, 3, 4)),
    (Language.RUST, "/// Doc.\n#[inline]\n#[must_use]\npub fn f() {\n}\n", (1, 4, 5)),
    (Language.JAVA, "class A {\n  /** Doc. */\n  @A(\n    1)\n  void f() {\n  }\n}\n", (2, 5, 6)),
    (Language.CSHARP, "class A {\n  /// Doc.\n  [B]\n  void f() {\n  }\n}\n", (2, 4, 5)),
    (Language.PHP, "<?php\n/** Doc. */\n#[A]\nfunction f() {\n}\n", (2, 4, 5)),
    (Language.RUBY, "# Doc.\n# More.\ndef f\nend\n", (1, 3, 4)),
    (Language.KOTLIN, "/** Doc. */\n@A\nfun f() {\n}\n", (1, 3, 4)),
    (Language.CPP, "// why\ntemplate <typename T>\nT f(T a) {\n  return a;\n}\n", (1, 3, 5)),
    (Language.SWIFT, "/// Doc.\n@discardableResult\nfunc f() {\n}\n", (1, 3, 4)),
    (Language.ELIXIR, "# why\ndef f(a) do\n  a\nend\n", (1, 2, 4)),
]


@pytest.mark.parametrize(("language", "source", "lines"), SURROUNDED)
def test_decorators_attributes_and_comments_are_taken_in(
    language: Language, source: str, lines: tuple[int, int, int]
) -> None:
    symbol = next(symbol for symbol in outline(source, language) if symbol.name == "f")
    assert (symbol.start_line, symbol.line, symbol.end_line) == lines


SIGNATURES: list[tuple[Language, str, str]] = [
    (Language.TYPESCRIPT, "function f<T>(a: T): Promise<T> { return a }", "function f<T>(a: T): Promise<T>"),
    (Language.TYPESCRIPT, "const f = async (a: number) => { }", "f = async (a: number)"),
    (
        Language.GO,
        "package p\nfunc (s *S) f(a int) (b int, err error) {\n}\n",
        "func (s *S) f(a int) (b int, err error)",
    ),
    (Language.RUST, "fn f<T: A>(a: T) -> Result<T, E> where T: B {\n}", "fn f<T: A>(a: T) -> Result<T, E> where T: B"),
    (Language.JAVA, "class A { @B public int f(int a) throws C { } }", "@B public int f(int a) throws C"),
    (Language.CSHARP, "class A { public int f { get; set; } }", "public int f"),
    (Language.RUBY, "def f(a, b: 1)\n  a\nend", "def f(a, b: 1)"),
    (Language.KOTLIN, "fun f(a: Int): Int = a + 1", "fun f(a: Int): Int"),
    (Language.C, "static int *f(const char *a)\n{\n}\n", "static int *f(const char *a)"),
    (Language.ELIXIR, "def f(a) when a > 1 do\n  a\nend", "def f(a) when a > 1"),
    (Language.BASH, "function f {\n  x\n}\n", "function f"),
]


@pytest.mark.parametrize(("language", "source", "signature"), SIGNATURES)
def test_signatures_stop_at_the_body(language: Language, source: str, signature: str) -> None:
    symbol = next(symbol for symbol in outline(source, language) if symbol.name == "f")
    assert symbol.signature == signature


def test_a_file_with_errors_still_has_its_sound_symbols() -> None:
    found = outline("def a():\n    return 1\n\ndef broken(:\n\ndef b():\n    return 2\n", Language.PYTHON)
    assert {"a", "b"} <= {symbol.name for symbol in found}


def test_names_that_are_no_names_make_no_symbols() -> None:
    assert outline("const { a, b } = require('x');\nconst [c] = [];\n", Language.JAVASCRIPT) == ()


def test_a_symbol_knows_its_lines() -> None:
    [symbol] = outline("# why\ndef f():\n    pass\n", Language.PYTHON)
    assert [line for line in range(6) if symbol.holds(line)] == [1, 2, 3]
