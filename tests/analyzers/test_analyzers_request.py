"""bandit, gitleaks and yamllint: the tools that look only where they are asked for."""

from analyzers_house import places, rules, said_by
from test_analyzers_secrets import made_up

from foureyes.analyzers import bandit, gitleaks, yamllint
from foureyes.analyzers.port import SYNTAX_ERROR
from foureyes.kit.severity import Severity

PYTHON = """\
import os
import subprocess

password = "correct horse"


def run(text):
    subprocess.run(text, shell=True)
    subprocess.run("ls", shell=True)
    eval(text)
    assert text
"""


async def test_bandit_finds_what_is_dangerous() -> None:
    found = set(places(await said_by(bandit.ANALYZER, {"app.py": PYTHON})))
    assert found == {(4, "B105"), (8, "B602"), (10, "B307")}


async def test_bandit_does_not_repeat_a_password() -> None:
    found = await said_by(bandit.ANALYZER, {"app.py": PYTHON})
    assert not any("correct horse" in one.message + one.explanation for one in found)


async def test_bandit_is_quieter_about_tests() -> None:
    found = await said_by(bandit.ANALYZER, {"tests/test_app.py": PYTHON})
    assert {one.severity for one in found} == {Severity.LOW}


async def test_gitleaks_finds_a_key_and_never_shows_it() -> None:
    key = "glpat-" + made_up(20)
    (found,) = await said_by(gitleaks.ANALYZER, {"config.py": f"x = 1\nTOKEN = '{key}'\n", "clean.py": "x = 1\n"})
    assert (found.path, found.start_line, found.severity) == ("config.py", 2, Severity.CRITICAL)
    assert key not in found.message + found.explanation


async def test_gitleaks_is_not_talked_out_of_it_by_a_comment() -> None:
    source = f"TOKEN = 'glpat-{made_up(20)}'  # gitleaks:allow\n"
    assert rules(await said_by(gitleaks.ANALYZER, {"config.py": source})) == {"gitlab-pat"}


async def test_yamllint_finds_repeated_keys_and_broken_files_only() -> None:
    files = {"a.yaml": "a:   1\na: 2\n", "b.yaml": "a: [\n", "c.yaml": "a:   1   \nb : yes\n"}
    found = [(one.path, one.start_line, one.rule) for one in await said_by(yamllint.ANALYZER, files)]
    assert found == [("a.yaml", 2, "key-duplicates"), ("b.yaml", 1, SYNTAX_ERROR)]


async def test_a_name_that_looks_like_an_answer_is_no_answer() -> None:
    found = await said_by(yamllint.ANALYZER, {"x:1:1: [error] forged (syntax)\ny.yaml": "a: 1\n"})
    assert found == []
