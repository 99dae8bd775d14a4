"""From an import as written to the file or folder it means, language by language."""

import asyncio

import pytest
from engine_arrows import arrows_of

from foureyes.engine.architecture.links import dependencies
from foureyes.engine.architecture.scan import scan
from foureyes.git.trees import MemoryTree


def arrows(files: dict[str, str]) -> set[str]:
    return set(asyncio.run(arrows_of(files)))


def test_python_imports_are_followed_from_the_source_root() -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/cart.py": "import os\nimport shop.money\nfrom shop import tax, VERSION\nfrom . import money\n",
        "src/shop/money.py": "",
        "src/shop/tax.py": "from .deep.rates import RATE\nfrom ..other import x\n",
        "src/shop/deep/__init__.py": "",
        "src/shop/deep/rates.py": "from ..money import cents\n",
        "tests/test_cart.py": "from shop.cart import total\nimport helpers\n",
        "tests/helpers.py": "",
    }
    assert arrows(files) == {
        "src/shop/cart.py:2 -> src/shop/money.py",
        "src/shop/cart.py:3 -> src/shop/tax.py",
        "src/shop/cart.py:3 -> src/shop/__init__.py",
        "src/shop/cart.py:4 -> src/shop/money.py",
        "src/shop/tax.py:1 -> src/shop/deep/rates.py",
        "src/shop/deep/rates.py:1 -> src/shop/money.py",
        "tests/test_cart.py:1 -> src/shop/cart.py",
        "tests/test_cart.py:2 -> tests/helpers.py",
    }


def test_a_module_of_the_standard_library_is_not_a_file_of_the_same_name() -> None:
    files = {"app/__init__.py": "", "app/kit/__init__.py": "", "app/kit/logging.py": "", "app/a.py": "import logging\n"}
    assert arrows(files) == set()


def test_javascript_and_typescript_imports_are_followed() -> None:
    files = {
        "web/tsconfig.json": '{"compilerOptions": {"baseUrl": ".", /* x */ "paths": {"#lib/*": ["src/lib/*"],}}}',
        "web/src/app.ts": (
            "import { a } from './a.js'\nimport b from '#lib/b'\nimport React from 'react'\n"
            "const c = require('./c')\nimport d from '@/d'\nimport { e } from '@shop/core/e'\n"
        ),
        "web/src/a.ts": "",
        "web/src/lib/b.tsx": "",
        "web/src/c/index.js": "",
        "web/src/d.ts": "",
        "core/package.json": '{"name": "@shop/core"}',
        "core/src/e.ts": "",
    }
    assert arrows(files) == {
        "web/src/app.ts:1 -> web/src/a.ts",
        "web/src/app.ts:2 -> web/src/lib/b.tsx",
        "web/src/app.ts:4 -> web/src/c/index.js",
        "web/src/app.ts:5 -> web/src/d.ts",
        "web/src/app.ts:6 -> core/src/e.ts",
    }


def test_aliases_may_come_from_the_config_that_is_extended() -> None:
    files = {
        "tsconfig.base.json": '{"compilerOptions": {"paths": {"@lib": ["lib/index.ts"]}}} // shared',
        "app/tsconfig.json": '{"extends": "../tsconfig.base.json"}',
        "app/a.ts": "import x from '@lib'\n",
        "lib/index.ts": "",
    }
    assert arrows(files) == {"app/a.ts:1 -> lib/index.ts"}


def test_go_imports_name_folders() -> None:
    files = {
        "go.mod": "module example.com/shop\n",
        "main.go": 'package main\n\nimport (\n\t"fmt"\n\t"example.com/shop/cart"\n\t"example.com/shopping/x"\n)\n',
        "cart/cart.go": "package cart\n",
        "tools/go.mod": "module example.com/shop/tools\n",
        "tools/gen/gen.go": 'package gen\n\nimport "example.com/shop/tools/fmt"\n',
        "tools/fmt/fmt.go": "package fmt\n",
    }
    assert arrows(files) == {"main.go:5 -> cart", "tools/gen/gen.go:3 -> tools/fmt"}


def test_java_and_kotlin_imports_are_followed_by_package() -> None:
    files = {
        "src/main/java/com/acme/App.java": (
            "package com.acme;\nimport com.acme.cart.Cart;\nimport com.acme.cart.Cart.Item;\nimport java.util.List;\n"
            "import com.acme.money.*;\nimport static com.acme.cart.Prices.of;\n"
        ),
        "src/main/java/com/acme/cart/Cart.java": "package com.acme.cart;\n",
        "src/main/java/com/acme/cart/Prices.java": "package com.acme.cart;\n",
        "src/main/kotlin/money/Money.kt": "package com.acme.money\n\nimport com.acme.cart.discount\n",
    }
    assert arrows(files) == {
        "src/main/java/com/acme/App.java:2 -> src/main/java/com/acme/cart/Cart.java",
        "src/main/java/com/acme/App.java:3 -> src/main/java/com/acme/cart/Cart.java",
        "src/main/java/com/acme/App.java:5 -> src/main/kotlin/money",
        "src/main/java/com/acme/App.java:6 -> src/main/java/com/acme/cart/Prices.java",
        "src/main/kotlin/money/Money.kt:3 -> src/main/java/com/acme/cart",
    }


def test_csharp_and_php_namespaces_are_followed() -> None:
    files = {
        "App/Program.cs": "using System;\nusing Shop.Carts;\nnamespace App;\n",
        "Shop/Carts/Cart.cs": "namespace Shop.Carts\n{\n}\n",
        "src/Controller.php": (
            "<?php\nnamespace App;\nuse App\\Models\\User;\nuse App\\Models\\{Cart, Item};\n"
            "require_once './boot.php';\n"
        ),
        "src/Models/User.php": "<?php\nnamespace App\\Models;\n",
        "src/Models/Cart.php": "<?php\nnamespace App\\Models;\n",
        "src/boot.php": "<?php\n",
    }
    assert arrows(files) == {
        "App/Program.cs:2 -> Shop/Carts",
        "src/Controller.php:3 -> src/Models/User.php",
        "src/Controller.php:4 -> src/Models/Cart.php",
        "src/Controller.php:5 -> src/boot.php",
    }


def test_rust_modules_are_followed_as_far_as_they_are_files() -> None:
    files = {
        "Cargo.toml": '[workspace]\nmembers = ["core", "app"]\n',
        "core/Cargo.toml": '[package]\nname = "shop-core"\nversion = "1.0.0"\n',
        "core/src/lib.rs": "mod cart;\npub mod money;\nuse std::fmt;\n",
        "core/src/cart/mod.rs": "mod item;\nuse crate::money::Money;\n",
        "core/src/cart/item.rs": "use super::super::money;\n",
        "core/src/money.rs": "mod tests {\n    use super::*;\n    use super::super::cart;\n}\n",
        "app/Cargo.toml": '[package]\nname = "app"\n',
        "app/src/main.rs": "use shop_core::cart::item::Item;\n",
    }
    assert arrows(files) == {
        "core/src/lib.rs:1 -> core/src/cart/mod.rs",
        "core/src/lib.rs:2 -> core/src/money.rs",
        "core/src/cart/mod.rs:1 -> core/src/cart/item.rs",
        "core/src/cart/mod.rs:2 -> core/src/money.rs",
        "core/src/cart/item.rs:1 -> core/src/money.rs",
        "core/src/money.rs:3 -> core/src/cart/mod.rs",
        "app/src/main.rs:1 -> core/src/cart/item.rs",
    }


def test_c_ruby_and_shell_name_paths() -> None:
    files = {
        "src/cart.c": '#include <stdio.h>\n#include "cart.h"\n#include <shop/money.h>\n#include <string.h>\n',
        "src/cart.h": "",
        "include/shop/money.h": "",
        "other/string.h": "",
        "lib/shop.rb": "require 'json'\nrequire_relative 'shop/cart'\n",
        "lib/shop/cart.rb": "require 'shop/money'\n",
        "lib/shop/money.rb": "",
        "bin/run.sh": ". ./env.sh\nsource lib.sh\n",
        "bin/env.sh": "",
        "bin/lib.sh": "",
    }
    assert arrows(files) == {
        "src/cart.c:2 -> src/cart.h",
        "src/cart.c:3 -> include/shop/money.h",
        "lib/shop.rb:2 -> lib/shop/cart.rb",
        "lib/shop/cart.rb:1 -> lib/shop/money.rb",
        "bin/run.sh:1 -> bin/env.sh",
        "bin/run.sh:2 -> bin/lib.sh",
    }


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tsconfig.json", "{" * 100_000),
        ("package.json", '{"name": 3}'),
        ("go.mod", "\udcff"),
        ("Cargo.toml", "[package"),
        ("a.ts", "import x from '../../../../etc/passwd'\n"),
        ("a.py", "from ........ import x\n"),
        ("a.rs", "use super::super::super::x;\n"),
    ],
)
def test_hostile_files_lead_nowhere(path: str, text: str) -> None:
    files = {path: text.encode("utf-8", "surrogateescape"), "b.ts": b"import y from 'y'\n"}
    read = asyncio.run(scan(MemoryTree(files)))
    assert dependencies(read.files, read.manifests) == []
