"""Nothing in the analysed tree can switch a tool off or make it run code: our configuration counts, and ours alone.

The runner writes out only the files that a tool wants. Here hostile configuration lies beside them, and above them,
all the same, so that what is tried is how the tool is called.
"""

from pathlib import Path

import pytest
from test_analyzers_secrets import made_up

from foureyes.analyzers.command import CommandAnalyzer
from foureyes.analyzers.port import AnalyzedFile, Batch, Diagnostic, Trust
from foureyes.analyzers.registry import ANALYZERS
from foureyes.code.languages import language_of
from foureyes.kit.process import plain_environment

WORKFLOW = (
    "on: push\njobs:\n  a:\n    needs: nowhere\n    runs-on: ubuntu-latest\n"
    "    steps:\n      - uses: someone/action@v1\n      - run: echo ${{ github.event.issue.title }}\n"
)

# A file with a defect for each tool that is a program.
DEFECTS = {
    "actionlint": (".github/workflows/ci.yml", WORKFLOW),
    "bandit": ("app.py", "eval(input())\n"),
    "cppcheck": ("main.c", "int f(void) { int a[2]; a[2] = 1; return a[0]; }\n"),
    "gitleaks": ("config.py", f"TOKEN = 'glpat-{made_up(20)}'\n"),
    "hadolint": ("Dockerfile", "FROM alpine\nCOPY a b c\n"),
    "oxlint": ("app.js", "if (x === NaN) y();\n"),
    "ruff": ("app.py", "undefined_name\n"),
    "rumdl": ("README.md", "# Title\n\n[a](#nowhere)\n"),
    "shellcheck": ("run.sh", "#!/bin/sh\ncd $1\n"),
    "typos": ("app.py", "# we recieve it\n"),
    "yamllint": ("a.yaml", "a: 1\na: 2\n"),
    "zizmor": (".github/workflows/ci.yml", WORKFLOW),
}

RUNS_CODE = "require('child_process').execSync('touch {marker}')"

# What would silence each of them, by every name that they look for.
HOSTILE = {
    ".bandit": "[bandit]\nskips: B307\nexclude: /\n",
    ".cppcheck": "*\n",
    ".cspell.json": '{"ignorePaths": ["**"]}',
    ".eslintignore": "*\n",
    ".eslintrc.js": RUNS_CODE,
    ".github/actionlint.yaml": "paths:\n  '**':\n    ignore: ['.*']\n",
    ".github/actionlint.yml": "paths:\n  '**':\n    ignore: ['.*']\n",
    ".github/zizmor.yml": "rules:\n  template-injection:\n    disable: true\n  unpinned-uses:\n    disable: true\n",
    ".gitattributes": "* binary linguist-generated\n",
    ".gitignore": "*\n",
    ".gitleaks.toml": "[allowlist]\npaths = ['.*']\n",
    ".gitleaksignore": "config.py:gitlab-pat:1\n",
    ".hadolint.yaml": "ignored: [DL3006, DL3021, DL3045]\n",
    ".hadolint.yml": "ignored: [DL3006, DL3021, DL3045]\n",
    ".ignore": "*\n",
    ".markdownlint.json": '{"default": false}',
    ".markdownlint.yaml": "default: false\n",
    ".markdownlintignore": "*\n",
    ".oxlintignore": "*\n",
    ".oxlintrc.json": '{"categories": {"correctness": "off"}, "ignorePatterns": ["**"], "jsPlugins": ["./evil.js"]}',
    ".pre-commit-config.yaml": "repos: []\n",
    ".ruff.toml": "exclude = ['*']\nlint.select = []\n",
    ".rumdl.toml": "[global]\ndisable = ['MD051']\nexclude = ['**']\n",
    ".shellcheckrc": "disable=all\nexternal-sources=true\n",
    ".typos.toml": "[files]\nextend-exclude = ['*']\n",
    ".typosignore": "*\n",
    ".yamllint": "rules: {}\nignore: '*'\n",
    ".yamllint.yaml": "rules: {}\n",
    "_typos.toml": "[files]\nextend-exclude = ['*']\n",
    "eslint.config.js": RUNS_CODE,
    "evil.js": RUNS_CODE,
    "package.json": '{"eslintConfig": {"root": true}, "oxlint": {}, "type": "commonjs"}',
    "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n[tool.bandit]\nskips = ['B307']\n[tool.rumdl]\ndisable = ['all']\n"
    "[tool.typos.files]\nextend-exclude = ['*']\n",
    "ruff.toml": "exclude = ['*']\n",
    "tsconfig.json": '{"extends": "/etc/passwd"}',
    "typos.toml": "[files]\nextend-exclude = ['*']\n",
    "zizmor.yml": "rules:\n  template-injection:\n    disable: true\n  unpinned-uses:\n    disable: true\n",
    "suppressions.txt": "*\n",
}


def plant(directory: Path, marker: Path) -> None:
    for name, text in HOSTILE.items():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("{marker}", str(marker)))
    (directory / ".git").mkdir(exist_ok=True)


async def say(name: str, root: Path) -> list[Diagnostic]:
    path, source = DEFECTS[name]
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source)
    file = AnalyzedFile(path, source.encode(), language_of(path))
    tool = ANALYZERS[name]
    assert isinstance(tool, CommandAnalyzer)
    assert tool.wants(file)
    return await tool.run(Batch(root, [file]))


def test_every_program_of_the_registry_is_tried_here() -> None:
    inert = {name for name, tool in ANALYZERS.items() if tool.trust is Trust.INERT}
    assert inert == DEFECTS.keys()


@pytest.mark.parametrize("name", DEFECTS)
async def test_hostile_configuration_changes_nothing(name: str, tmp_path: Path) -> None:
    (tmp_path / "clean").mkdir()
    root = tmp_path / "above" / "repository"
    root.mkdir(parents=True)
    plant(root, tmp_path / "marker")
    plant(root.parent, tmp_path / "marker")
    expected = await say(name, tmp_path / "clean")
    assert expected != []
    assert await say(name, root) == expected
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("name", DEFECTS)
async def test_configuration_in_the_environment_changes_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await say(name, tmp_path)
    for variable in ("RUFF_CONFIG", "GITLEAKS_CONFIG", "HADOLINT_IGNORE", "SHELLCHECK_OPTS", "YAMLLINT_CONFIG_FILE"):
        monkeypatch.setenv(variable, "/nonexistent")
    assert await say(name, tmp_path) == expected


@pytest.mark.parametrize("name", DEFECTS)
async def test_nothing_is_left_in_the_directory(name: str, tmp_path: Path) -> None:
    await say(name, tmp_path)
    assert files_in(tmp_path) == {DEFECTS[name][0]}


def files_in(directory: Path) -> set[str]:
    return {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}


def test_programs_get_no_variable_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "planted")
    assert set(plain_environment()) == {"PATH", "HOME", "LANG"}
