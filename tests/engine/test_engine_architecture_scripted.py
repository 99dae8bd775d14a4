"""Which file an import of JavaScript or TypeScript means: endings, aliases, workspaces."""

import json

import pytest
from engine_arrows import arrows_of, targets_of

FILES = {
    "src/cart.ts": "",
    "src/view.tsx": "",
    "src/types.d.ts": "",
    "src/old.js": "",
    "src/page.jsx": "",
    "src/worker.mjs": "",
    "src/config.cjs": "",
    "src/esm.mts": "",
    "src/common.cts": "",
    "src/tax/index.ts": "",
    "src/ui/index.jsx": "",
    "lib/money.js": "",
}


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import cart from './cart'", "src/cart.ts"),
        ("import cart from './cart.js'", "src/cart.ts"),
        ("import View from './view.jsx'", "src/view.tsx"),
        ("import type { Line } from './types'", "src/types.d.ts"),
        ("import './old'", "src/old.js"),
        ("import Page from './page'", "src/page.jsx"),
        ("import work from './worker.mjs'", "src/worker.mjs"),
        ("const config = require('./config')", "src/config.cjs"),
        ("import e from './esm.mjs'", "src/esm.mts"),
        ("import c from './common.cjs'", "src/common.cts"),
        ("import { rate } from './tax'", "src/tax/index.ts"),
        ("import { rate } from './tax/'", "src/tax/index.ts"),
        ("import { Button } from './ui'", "src/ui/index.jsx"),
        ("import money from '../lib/money'", "lib/money.js"),
        ("export * from './cart'", "src/cart.ts"),
        ("export { total } from './cart'", "src/cart.ts"),
        ("const lazy = () => import('./cart')", "src/cart.ts"),
        ("import text from './cart.ts?raw'", "src/cart.ts"),
        ("import {\n  a,\n  b,\n} from './cart'", "src/cart.ts"),
        ("import * as cart from './cart'", "src/cart.ts"),
        ("import React from 'react'", None),
        ("import fs from 'node:fs'", None),
        ("import x from './missing'", None),
        ("import css from './site.css'", None),
        ("import x from '../../../../cart'", None),
        ("import x from 'https://cdn.example/cart.js'", None),
        ("// import cart from './cart'", None),
    ],
)
async def test_an_import_means_the_file_that_a_bundler_would_take(statement: str, target: str | None) -> None:
    assert await targets_of("src/app.ts", statement + "\n", FILES) == ([target] if target else [])


def config(**options: object) -> str:
    return json.dumps({"compilerOptions": options})


@pytest.mark.parametrize(
    ("tsconfig", "module", "target"),
    [
        (config(paths={"@shop/*": ["./src/*"]}), "@shop/cart", "src/cart.ts"),
        (config(paths={"@shop/*": ["./missing/*", "./src/*"]}), "@shop/cart", "src/cart.ts"),
        (config(paths={"*-page": ["./src/page.jsx"]}), "front-page", "src/page.jsx"),
        (config(paths={"tax": ["./src/tax/index.ts"]}), "tax", "src/tax/index.ts"),
        (config(paths={"tax": ["./src/tax/index.ts"]}), "tax/rates", None),
        (config(baseUrl="."), "src/cart", "src/cart.ts"),
        (config(baseUrl="./src"), "cart", "src/cart.ts"),
        (config(baseUrl="src", paths={"#/*": ["tax/*"]}), "#/index", "src/tax/index.ts"),
        (config(), "cart", None),
        ('{\n  // shop\n  "compilerOptions": {"baseUrl": "src", /* end */},\n}', "cart", "src/cart.ts"),
        ('{"compilerOptions": {"baseUrl": "https://x//y", "paths": {"a": ["src/cart"]}}}', "b", None),
        ('{"compilerOptions": {"paths": {"a": "src/cart.ts", "b": [3, "src/cart"], "c": {}}}}', "b", "src/cart.ts"),
        ('{"compilerOptions": {"paths": ["a"], "baseUrl": 3}}', "a", None),
        ('{"compilerOptions": []}', "cart", None),
        ('["a"]', "cart", None),
        ("not json", "cart", None),
    ],
)
async def test_a_tsconfig_says_what_bare_names_mean(tsconfig: str, module: str, target: str | None) -> None:
    files = {**FILES, "tsconfig.json": tsconfig}
    assert await targets_of("src/app.ts", f"import x from '{module}'\n", files) == ([target] if target else [])


async def test_the_closest_config_above_a_file_counts() -> None:
    files = {
        "tsconfig.json": config(baseUrl="shared"),
        "shared/cart.ts": "",
        "web/tsconfig.json": config(baseUrl="lib"),
        "web/lib/cart.ts": "",
        "web/app.ts": "import 'cart'\n",
        "cli/app.ts": "import 'cart'\n",
    }
    assert await arrows_of(files) == ["cli/app.ts:1 -> shared/cart.ts", "web/app.ts:1 -> web/lib/cart.ts"]


@pytest.mark.parametrize(
    ("extended", "target"),
    [
        ("../tsconfig.base.json", ["shared/cart.ts"]),
        ("../tsconfig.base", ["shared/cart.ts"]),
        ("@tsconfig/strictest", []),
        ("../../outside.json", []),
    ],
)
async def test_a_config_may_take_its_aliases_from_another_one(extended: str, target: list[str]) -> None:
    files = {
        "tsconfig.base.json": config(paths={"@cart": ["./shared/cart.ts"]}),
        "shared/cart.ts": "",
        "web/tsconfig.json": json.dumps({"extends": extended}),
    }
    assert await targets_of("web/app.ts", "import '@cart'\n", files) == target


async def test_a_config_with_aliases_of_its_own_does_not_take_those_of_another_one() -> None:
    files = {
        "tsconfig.base.json": config(paths={"@cart": ["./shared/cart.ts"]}),
        "shared/cart.ts": "",
        "web/tsconfig.json": json.dumps({"extends": "../tsconfig.base.json", "compilerOptions": {"paths": {}}}),
    }
    assert await targets_of("web/app.ts", "import '@cart'\n", files) == []


async def test_packages_of_one_workspace_import_each_other_by_name() -> None:
    files = {
        "package.json": '{"name": "shop", "workspaces": ["packages/*"]}',
        "packages/core/package.json": '{"name": "@shop/core"}',
        "packages/core/src/index.ts": "",
        "packages/core/src/cart.ts": "",
        "packages/ui/package.json": '{"name": "shop-ui"}',
        "packages/ui/index.js": "",
        "apps/web/main.ts": (
            "import '@shop/core'\nimport '@shop/core/cart'\nimport '@shop/core/src/cart'\nimport 'shop-ui'\n"
            "import '@shop/corex'\nimport 'shop-ui-kit'\n"
        ),
    }
    assert await arrows_of(files) == [
        "apps/web/main.ts:1 -> packages/core/src/index.ts",
        "apps/web/main.ts:2 -> packages/core/src/cart.ts",
        "apps/web/main.ts:3 -> packages/core/src/cart.ts",
        "apps/web/main.ts:4 -> packages/ui/index.js",
    ]


@pytest.mark.parametrize("sign", ["@", "~"])
async def test_the_alias_of_most_bundlers_means_the_closest_src_folder(sign: str) -> None:
    files = {
        "web/src/pages/home.ts": f"import '{sign}/cart'\n",
        "web/src/cart.ts": "",
        "src/cart.ts": "",
    }
    assert await arrows_of(files) == ["web/src/pages/home.ts:1 -> web/src/cart.ts"]


async def test_javascript_and_typescript_import_each_other() -> None:
    files = {"a.js": "require('./b')\n", "b.ts": "import './c'\n", "c.tsx": "import './a'\n"}
    assert await arrows_of(files) == ["a.js:1 -> b.ts", "b.ts:1 -> c.tsx", "c.tsx:1 -> a.js"]


async def test_what_is_installed_is_no_part_of_the_map() -> None:
    files = {"app.js": "require('left-pad')\n", "node_modules/left-pad/package.json": '{"name": "left-pad"}',
             "node_modules/left-pad/index.js": ""}  # fmt: skip
    assert await arrows_of(files) == []
