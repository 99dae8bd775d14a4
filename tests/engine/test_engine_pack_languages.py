"""A small change in each language: shown with the function around it, and with what it calls from elsewhere."""

from dataclasses import dataclass
from textwrap import dedent

import pytest

from factories import a_change
from foureyes.code.languages import language_of
from foureyes.engine.pack import Packed, pack
from foureyes.engine.units import AskedFile
from foureyes.git.trees import MemoryTree


@dataclass(frozen=True, slots=True)
class Edit:
    """One edited line of `path`, whose new text calls something that `other` defines on its line 1."""

    path: str
    source: str
    old: str
    new: str
    symbol: str
    other: str
    definition: str

    def __str__(self) -> str:
        return self.path

    @property
    def before(self) -> str:
        return dedent(self.source)

    @property
    def after(self) -> str:
        assert self.before.count(self.old) == 1
        return self.before.replace(self.old, self.new)


EDITS = (
    Edit(
        "shop/cart.py",
        """\
        from shop.prices import price_of

        class Cart:
            def total(self):
                '''The whole price.'''
                result = 0
                for line in self.lines:
                    result += 1
                return result
        """,
        "result += 1",
        "result += price_of(line)",
        "Cart.total",
        "shop/prices.py",
        "def price_of(line):\n    return line.price\n",
    ),
    Edit(
        "web/cart.ts",
        """\
        import { priceOf } from "./prices";

        export class Cart {
          // The whole price.
          total(): number {
            let result = 0;
            for (const line of this.lines) {
              result += 1;
            }
            return result;
          }
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "Cart.total",
        "web/prices.ts",
        "export function priceOf(line: Line): number {\n  return line.price;\n}\n",
    ),
    Edit(
        "web/cart.js",
        """\
        const { priceOf } = require("./prices");

        function total(lines) {
          let result = 0;
          for (const line of lines) {
            result += 1;
          }
          return result;
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "total",
        "web/prices.js",
        "function priceOf(line) {\n  return line.price;\n}\n",
    ),
    Edit(
        "cart/cart.go",
        """\
        package cart

        // Total is the whole price.
        func (c *Cart) Total() int {
            result := 0
            for _, line := range c.lines {
                result += 1
            }
            return result
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "Cart.Total",
        "cart/prices.go",
        "func priceOf(line Line) int {\n    return line.price\n}\n",
    ),
    Edit(
        "shop/Cart.java",
        """\
        package shop;

        public class Cart {
            public int total() {
                int result = 0;
                for (Line line : lines) {
                    result += 1;
                }
                return result;
            }
        }
        """,
        "result += 1",
        "result += Prices.of(line)",
        "Cart.total",
        "shop/Prices.java",
        "public class Prices {\n    static int of(Line line) { return 1; }\n}\n",
    ),
    Edit(
        "src/cart.rs",
        """\
        use crate::prices::price_of;

        impl Cart {
            /// The whole price.
            pub fn total(&self) -> u32 {
                let mut result = 0;
                for line in &self.lines {
                    result += 1;
                }
                result
            }
        }
        """,
        "result += 1",
        "result += price_of(line)",
        "Cart::total",
        "src/prices.rs",
        "pub fn price_of(line: &Line) -> u32 {\n    line.price\n}\n",
    ),
    Edit(
        "Shop/Cart.cs",
        """\
        namespace Shop
        {
            public class Cart
            {
                public int Total()
                {
                    var result = 0;
                    foreach (var line in Lines) result += 1;
                    return result;
                }
            }
        }
        """,
        "result += 1",
        "result += PriceTable.Of(line)",
        "Shop.Cart.Total",
        "Shop/PriceTable.cs",
        "public class PriceTable\n{\n    public static int Of(Line line) => 1;\n}\n",
    ),
    Edit(
        "src/Cart.php",
        """\
        <?php
        class Cart
        {
            public function total(): int
            {
                $result = 0;
                foreach ($this->lines as $line) {
                    $result += 1;
                }
                return $result;
            }
        }
        """,
        "$result += 1",
        "$result += price_of($line)",
        "Cart::total",
        "src/prices.php",
        "function price_of($line)\n{\n    return $line->price;\n}\n",
    ),
    Edit(
        "lib/cart.rb",
        """\
        require_relative "prices"

        class Cart
          def total
            result = 0
            lines.each do |line|
              result += 1
            end
            result
          end
        end
        """,
        "result += 1",
        "result += price_of(line)",
        "Cart::total",
        "lib/prices.rb",
        "def price_of(line)\n  line.price\nend\n",
    ),
    Edit(
        "shop/Cart.kt",
        """\
        package shop

        class Cart(val lines: List<Line>) {
            fun total(): Int {
                var result = 0
                for (line in lines) {
                    result += 1
                }
                return result
            }
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "Cart.total",
        "shop/Prices.kt",
        "fun priceOf(line: Line): Int {\n    return line.price\n}\n",
    ),
    Edit(
        "src/cart.c",
        """\
        #include "prices.h"

        int total(struct line *lines, int count)
        {
            int result = 0;
            for (int at = 0; at < count; at++)
                result += 1;
            return result;
        }
        """,
        "result += 1",
        "result += price_of(lines + at)",
        "total",
        "src/prices.c",
        "int price_of(struct line *line)\n{\n    return line->price;\n}\n",
    ),
    Edit(
        "src/cart.cpp",
        """\
        #include "prices.hpp"

        int Cart::total() const {
          int result = 0;
          for (const auto& line : lines_) {
            result += 1;
          }
          return result;
        }
        """,
        "result += 1",
        "result += price_of(line)",
        "Cart::total",
        "src/prices.cpp",
        "int price_of(const Line& line) {\n  return line.price;\n}\n",
    ),
    Edit(
        "Sources/Cart.swift",
        """\
        struct Cart {
            func total() -> Int {
                var result = 0
                for line in lines {
                    result += 1
                }
                return result
            }
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "Cart.total",
        "Sources/Prices.swift",
        "func priceOf(_ line: Line) -> Int {\n    return line.price\n}\n",
    ),
    Edit(
        "src/Cart.scala",
        """\
        class Cart(lines: Seq[Line]) {
          def total: Int = {
            var result = 0
            for (line <- lines) {
              result += 1
            }
            result
          }
        }
        """,
        "result += 1",
        "result += priceOf(line)",
        "Cart.total",
        "src/Prices.scala",
        "def priceOf(line: Line): Int = {\n  line.price\n}\n",
    ),
    Edit(
        "lib/cart.lua",
        """\
        local prices = require("lib.prices")

        function Cart.total(cart)
          local result = 0
          for _, line in ipairs(cart.lines) do
            result = result + 1
          end
          return result
        end
        """,
        "result = result + 1",
        "result = result + price_of(line)",
        "Cart.total",
        "lib/prices.lua",
        "function price_of(line)\n  return line.price\nend\n",
    ),
    Edit(
        "lib/cart.ex",
        """\
        defmodule Shop.Cart do
          def total(cart) do
            Enum.reduce(cart.lines, 0, fn line, sum ->
              sum + 1
            end)
          end
        end
        """,
        "sum + 1",
        "sum + price_of(line)",
        "Shop.Cart.total",
        "lib/prices.ex",
        "def price_of(line) do\n  line.price\nend\n",
    ),
    Edit(
        "bin/cart.sh",
        """\
        source ./prices.sh

        total() {
          local result=0
          for line in "$@"; do
            result=1
          done
          echo "$result"
        }
        """,
        "result=1",
        'result=$(price_of "$line")',
        "total",
        "bin/prices.sh",
        'price_of() {\n  grep "$1" prices\n}\n',
    ),
)
of_each_language = pytest.mark.parametrize("edit", EDITS, ids=str)


async def packed(edit: Edit, **others: str) -> Packed:
    change = a_change(**{edit.path: (edit.before, edit.after)})
    asked = AskedFile(change.files[0], edit.after, language_of(edit.path))
    texts = {edit.path: edit.after, edit.other: edit.definition, **others}
    return await pack(change, [asked], MemoryTree({path: text.encode() for path, text in texts.items()}), budget=5_000)


@of_each_language
async def test_the_whole_function_around_a_changed_line_is_shown(edit: Edit) -> None:
    [piece] = (await packed(edit)).pieces
    assert f"symbol {edit.symbol}" in piece.context
    [signature] = [line for line in edit.after.split("\n") if "otal" in line and "//" not in line]
    assert f"| {signature}\n" in piece.code


@of_each_language
async def test_the_old_line_bears_its_old_number_and_the_new_line_its_new_one(edit: Edit) -> None:
    [piece] = (await packed(edit)).pieces
    number = next(at for at, line in enumerate(edit.before.split("\n"), 1) if edit.old in line)
    rows = {(row[0], row[1:].split("|")[0].strip()): row for row in piece.code.split("\n") if " | " in row}
    assert edit.old in rows["-", str(number)]
    assert edit.new in rows["+", str(number)]


@of_each_language
async def test_what_a_new_line_calls_is_quoted_from_where_it_is_defined(edit: Edit) -> None:
    [piece] = (await packed(edit)).pieces
    assert [excerpt.label for excerpt in piece.excerpts] == [f"{edit.other}:1"]
    first = edit.definition.split("\n")[0]
    assert piece.excerpts[0].text.startswith(first)


@of_each_language
async def test_a_definition_in_a_vendored_folder_is_not_quoted(edit: Edit) -> None:
    vendored = {f"vendor/{edit.other}": edit.definition, edit.other: ""}
    [piece] = (await packed(edit, **vendored)).pieces
    assert piece.excerpts == ()


@of_each_language
async def test_the_outline_names_the_function_that_changed(edit: Edit) -> None:
    assert (await packed(edit)).outline == f"M {edit.path} +1 -1: {edit.symbol}"
