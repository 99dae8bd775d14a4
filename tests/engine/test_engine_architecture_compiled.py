"""Which file or folder an import means in Go, Rust, on the JVM, in C#, PHP, C, Ruby and shell."""

import pytest
from engine_arrows import arrows_of, targets_of

GO = {
    "go.mod": "// the shop\nmodule example.com/shop // v1\n\ngo 1.22\n\nrequire example.com/other v1.0.0\n",
    "shop.go": "package shop\n",
    "cart/cart.go": "package cart\n",
    "internal/tax/tax.go": "package tax\n",
    "docs/readme.md": "",
    "plugins/go.mod": 'module "example.com/shop/plugins"\n',
    "plugins/pay/pay.go": "package pay\n",
}


@pytest.mark.parametrize(
    ("statement", "targets"),
    [
        ('import "example.com/shop/cart"', ["cart"]),
        ('import c "example.com/shop/cart"', ["cart"]),
        ('import _ "example.com/shop/internal/tax"', ["internal/tax"]),
        ('import . "example.com/shop/cart"', ["cart"]),
        (
            'import (\n\t"fmt"\n\n\t"example.com/shop/cart"\n\t"example.com/shop/internal/tax"\n)',
            ["cart", "internal/tax"],
        ),
        ('import "example.com/shop/plugins/pay"', ["plugins/pay"]),
        ('import "example.com/shop"', [""]),
        ('import "example.com/shop/docs"', []),
        ('import "example.com/shop/missing"', []),
        ('import "example.com/shopping/cart"', []),
        ('import "example.com/other"', []),
        ('import "fmt"', []),
    ],
)
async def test_an_import_of_go_means_a_folder_of_a_module(statement: str, targets: list[str]) -> None:
    text = f"package main\n\n{statement}\n\nfunc main() {{}}\n"
    assert await targets_of("cmd/shop/main.go", text, GO) == targets


async def test_a_go_test_of_another_package_in_the_same_folder_makes_no_arrow() -> None:
    text = 'package cart_test\n\nimport "example.com/shop/cart"\n'
    assert await targets_of("cart/cart_test.go", text, GO) == []


async def test_without_a_go_mod_no_import_of_go_can_be_followed() -> None:
    files = {path: text for path, text in GO.items() if not path.endswith("go.mod")}
    assert await targets_of("main.go", 'package main\n\nimport "example.com/shop/cart"\n', files) == []


RUST = {
    "Cargo.toml": '[workspace]\nmembers = ["shop", "shop-cli"]\n',
    "shop/Cargo.toml": '[package]\nversion = "1.0.0"\nname = "shop-core"\n\n[dependencies]\nserde = "1"\n',
    "shop/src/lib.rs": "",
    "shop/src/cart.rs": "",
    "shop/src/cart/item.rs": "",
    "shop/src/tax/mod.rs": "",
    "shop/src/tax/rates.rs": "",
    "shop-cli/Cargo.toml": '[package]\nname = "shop-cli"\n',
    "shop-cli/src/main.rs": "",
}


@pytest.mark.parametrize(
    ("source", "statement", "targets"),
    [
        ("shop/src/app.rs", "use crate::cart::Cart;", ["shop/src/cart.rs"]),
        ("shop/src/app.rs", "use crate::cart::item::Item;", ["shop/src/cart/item.rs"]),
        ("shop/src/app.rs", "use crate::tax;", ["shop/src/tax/mod.rs"]),
        ("shop/src/app.rs", "use crate::tax::rates::{RATE, Rate};", ["shop/src/tax/rates.rs"]),
        ("shop/src/app.rs", "use crate::VERSION;", ["shop/src/lib.rs"]),
        ("shop/src/tax/rates.rs", "use super::Tax;", ["shop/src/tax/mod.rs"]),
        ("shop/src/cart/item.rs", "use super::super::tax::Tax;", ["shop/src/tax/mod.rs"]),
        ("shop/src/cart/item.rs", "use super::Cart;", ["shop/src/cart.rs"]),
        ("shop/src/lib.rs", "mod cart;\nmod tax;", ["shop/src/cart.rs", "shop/src/tax/mod.rs"]),
        ("shop/src/tax/mod.rs", "pub mod rates;", ["shop/src/tax/rates.rs"]),
        ("shop/src/cart.rs", "pub(crate) mod item;", ["shop/src/cart/item.rs"]),
        ("shop/src/lib.rs", "mod tests {\n    use super::cart::Cart;\n}", ["shop/src/cart.rs"]),
        ("shop-cli/src/main.rs", "use shop_core::cart::Cart;", ["shop/src/cart.rs"]),
        ("shop-cli/src/main.rs", "use shop_core::*;", ["shop/src/lib.rs"]),
        ("shop/src/app.rs", "use std::collections::HashMap;", []),
        ("shop/src/app.rs", "use serde::Serialize;", []),
        ("build.rs", "use crate::cart::Cart;", []),
    ],
)
async def test_a_path_of_rust_means_the_deepest_module_that_is_a_file(
    source: str, statement: str, targets: list[str]
) -> None:
    assert await targets_of(source, statement + "\n", RUST) == targets


JVM = {
    "src/main/java/com/acme/cart/Cart.java": "package com.acme.cart;\npublic class Cart {}\n",
    "src/main/java/com/acme/tax/Tax.java": "// tax\npackage com.acme.tax;\npublic class Tax {}\n",
    "src/main/java/com/acme/tax/Rates.java": "package com.acme.tax;\nclass Rates { static class Row {} }\n",
    "src/main/kotlin/com/acme/pay/Pay.kt": "package com.acme.pay\n\nfun pay() {}\n",
    "src/main/scala/com/acme/stock/Stock.scala": "package com.acme.stock\n\nobject Stock\n",
}


@pytest.mark.parametrize(
    ("source", "text", "targets"),
    [
        ("App.java", "package app;\nimport com.acme.cart.Cart;\n", ["src/main/java/com/acme/cart/Cart.java"]),
        ("App.java", "package app;\nimport com.acme.tax.Rates.Row;\n", ["src/main/java/com/acme/tax/Rates.java"]),
        ("App.java", "package app;\nimport static com.acme.tax.Tax.of;\n", ["src/main/java/com/acme/tax/Tax.java"]),
        ("App.java", "package app;\nimport com.acme.tax.*;\n", ["src/main/java/com/acme/tax"]),
        ("App.java", "package app;\nimport java.util.List;\n", []),
        ("App.java", "package app;\nimport com.acme.missing.deep.Thing;\n", []),
        ("App.kt", "package app\n\nimport com.acme.cart.Cart as Basket\n", ["src/main/java/com/acme/cart/Cart.java"]),
        ("App.kt", "package app\n\nimport com.acme.pay.pay\n", ["src/main/kotlin/com/acme/pay"]),
        ("App.scala", "package app\n\nimport com.acme.stock.Stock\n", ["src/main/scala/com/acme/stock/Stock.scala"]),
        (
            "App.scala",
            "package app\n\nimport com.acme.tax.{Tax, Rates}\n",
            ["src/main/java/com/acme/tax/Rates.java", "src/main/java/com/acme/tax/Tax.java"],
        ),
    ],
)
async def test_an_import_on_the_jvm_means_the_file_of_the_type(source: str, text: str, targets: list[str]) -> None:
    assert await targets_of(source, text, JVM) == targets


async def test_a_package_that_is_its_own_folder_makes_no_arrow() -> None:
    text = "package com.acme.tax;\nimport com.acme.tax.*;\n"
    assert await targets_of("src/main/java/com/acme/tax/Other.java", text, JVM) == []


CSHARP = {
    "Shop/Carts/Cart.cs": "using System;\n\nnamespace Shop.Carts;\n\npublic class Cart {}\n",
    "Shop/Taxes/Tax.cs": "namespace Shop.Taxes\n{\n    class Tax {}\n}\n",
}


@pytest.mark.parametrize(
    ("statement", "targets"),
    [
        ("using Shop.Carts;", ["Shop/Carts"]),
        ("using static Shop.Taxes.Tax;", ["Shop/Taxes/Tax.cs"]),
        ("using Basket = Shop.Carts.Cart;", ["Shop/Carts/Cart.cs"]),
        ("global using Shop.Taxes;", ["Shop/Taxes"]),
        ("using Shop;", []),
        ("using System.Linq;", []),
    ],
)
async def test_a_using_of_csharp_means_the_folder_of_a_namespace(statement: str, targets: list[str]) -> None:
    assert await targets_of("App/Program.cs", f"{statement}\nnamespace App;\n", CSHARP) == targets


PHP = {
    "src/Models/User.php": "<?php\n\nnamespace App\\Models;\n\nclass User {}\n",
    "src/Models/Cart.php": "<?php namespace App\\Models;\nclass Cart {}\n",
    "src/helpers.php": "<?php\nfunction total() {}\n",
    "public/config.php": "<?php\n",
}


@pytest.mark.parametrize(
    ("statement", "targets"),
    [
        ("use App\\Models\\User;", ["src/Models/User.php"]),
        ("use App\\Models\\User as Customer;", ["src/Models/User.php"]),
        ("use \\App\\Models\\Cart;", ["src/Models/Cart.php"]),
        ("use App\\Models\\{Cart, User};", ["src/Models/Cart.php", "src/Models/User.php"]),
        ("require './config.php';", ["public/config.php"]),
        ("require_once __DIR__ . '/config.php';", ["public/config.php"]),
        ("include '../src/helpers.php';", ["src/helpers.php"]),
        ("use Illuminate\\Support\\Str;", []),
        ("require '../vendor/autoload.php';", []),
    ],
)
async def test_a_use_of_php_means_the_file_of_the_class(statement: str, targets: list[str]) -> None:
    assert await targets_of("public/index.php", f"<?php\n{statement}\n", PHP) == targets


NATIVE = {
    "src/cart.h": "",
    "src/detail/lines.hpp": "",
    "include/shop/tax.h": "",
    "lib/a/util.h": "",
    "lib/b/util.h": "",
    "compat/stdio.h": "",
    "lib/shop/cart.rb": "",
    "lib/shop.rb": "",
    "bin/common.sh": "",
}


@pytest.mark.parametrize(
    ("source", "statement", "targets"),
    [
        ("src/cart.c", '#include "cart.h"', ["src/cart.h"]),
        ("src/cart.cpp", '#include "detail/lines.hpp"', ["src/detail/lines.hpp"]),
        ("src/cart.c", '#include "../include/shop/tax.h"', ["include/shop/tax.h"]),
        ("src/cart.c", '#include "shop/tax.h"', ["include/shop/tax.h"]),
        ("src/cart.c", "#include <shop/tax.h>", ["include/shop/tax.h"]),
        ("src/cart.c", "#  include   <shop/tax.h>  // tax", ["include/shop/tax.h"]),
        ("src/cart.c", "#include <stdio.h>", []),
        ("src/cart.c", '#include "util.h"', []),
        ("src/cart.c", '#include "missing.h"', []),
        ("lib/shop.rb", "require_relative 'shop/cart'", ["lib/shop/cart.rb"]),
        ("spec/cart_spec.rb", "require 'shop/cart'", ["lib/shop/cart.rb"]),
        ("spec/cart_spec.rb", "require_relative '../lib/shop/cart.rb'", ["lib/shop/cart.rb"]),
        ("spec/cart_spec.rb", "require 'json'", []),
        ("bin/deploy.sh", ". ./common.sh", ["bin/common.sh"]),
        ("bin/deploy.sh", "source common.sh", ["bin/common.sh"]),
        ("ci/test.sh", "source ../bin/common.sh", ["bin/common.sh"]),
        ("bin/deploy.sh", "source /etc/profile", []),
    ],
)
async def test_a_named_path_means_the_file_beside_it_or_the_only_one_that_ends_so(
    source: str, statement: str, targets: list[str]
) -> None:
    assert await targets_of(source, statement + "\n", NATIVE) == targets


async def test_languages_do_not_reach_into_each_other_by_the_names_of_packages() -> None:
    files = {"go.mod": "module example.com/cart\n", "cart.py": "", "main.go": 'package main\n\nimport "cart"\n'}
    assert await arrows_of(files) == []
