"""ShellCheck on scripts, and hadolint on Dockerfiles with ShellCheck inside."""

import pytest
from analyzers_house import places, rules, said_by

from foureyes.analyzers import hadolint, shellcheck
from foureyes.analyzers.port import SYNTAX_ERROR, Replacement
from foureyes.kit.severity import Category, Severity

SCRIPT = """\
#!/bin/bash
cd $1
rm -rf "$TARGET/"*
for file in $(ls); do
  echo "$file"
done
"""
CLEAN_SCRIPT = """\
#!/usr/bin/env bash
set -euo pipefail
. ./library.sh
cd "$(dirname "$0")" || exit 1
for file in ./*.txt; do
  echo "$file" `date`
done
"""
DOCKERFILE = """\
FROM ubuntu
RUN apt-get update \\
 && apt-get install curl \\
 && rm -rf $CACHE/
EXPOSE 99999
COPY a b c
CMD one
CMD ["two"]
"""
CLEAN_DOCKERFILE = """\
FROM python:3.12-slim
LABEL maintainer="me"
WORKDIR /app
RUN apt-get update && apt-get install -y curl
COPY . .
CMD ["python", "app.py"]
"""


async def test_defects_in_scripts_are_found() -> None:
    found = places(await said_by(shellcheck.ANALYZER, {"run.sh": SCRIPT}))
    assert found == [(2, "SC2086"), (2, "SC2164"), (3, "SC2115"), (4, "SC2045")]


async def test_what_reaches_the_root_directory_weighs_most() -> None:
    found = {one.rule: one for one in await said_by(shellcheck.ANALYZER, {"run.sh": SCRIPT})}
    assert (found["SC2115"].severity, found["SC2115"].category) == (Severity.HIGH, Category.DATA_LOSS)
    assert found["SC2086"].severity is Severity.LOW


async def test_clean_scripts_are_left_alone() -> None:
    assert rules(await said_by(shellcheck.ANALYZER, {"run.sh": CLEAN_SCRIPT})) <= {"SC2046"}


async def test_a_fix_puts_the_quotes_in() -> None:
    (found,) = await said_by(shellcheck.ANALYZER, {"run.sh": "#!/bin/sh\n\techo $1\n"})
    assert found.replacement == Replacement(2, 2, ('\techo "$1"',))


async def test_a_script_that_can_not_be_parsed_has_one_syntax_error() -> None:
    assert places(await said_by(shellcheck.ANALYZER, {"run.sh": "#!/bin/sh\nif [ -f x ; then\n"})) == [
        (2, SYNTAX_ERROR)
    ]


async def test_windows_line_ends_are_said_once() -> None:
    found = await said_by(shellcheck.ANALYZER, {"run.sh": "#!/bin/sh\r\necho a\r\necho b\r\n"})
    assert places(found) == [(1, "SC1017")]


@pytest.mark.parametrize("path", ["run.zsh", "run"])
async def test_other_shells_are_left_alone(path: str) -> None:
    assert await said_by(shellcheck.ANALYZER, {path: "#!/bin/zsh\necho $1\n"}) == []


async def test_a_script_is_known_by_its_first_line() -> None:
    assert places(await said_by(shellcheck.ANALYZER, {"bin/run": "#!/bin/sh\ncd $1\n"})) != []


async def test_a_file_that_a_script_names_is_not_read() -> None:
    outside = "#!/bin/bash\n# shellcheck source=/etc/profile\n. /etc/profile\necho end\n"
    assert await said_by(shellcheck.ANALYZER, {"run.sh": outside}) == []


async def test_defects_in_dockerfiles_are_found() -> None:
    found = places(await said_by(hadolint.ANALYZER, {"Dockerfile": DOCKERFILE}))
    assert found[:4] == [(1, "DL3006"), (2, "DL3014"), (2, "SC2086"), (5, "DL3011")]
    assert found[4:] == [(6, "DL3021"), (6, "DL3045"), (7, "DL3025"), (8, "DL4003")]


async def test_a_remark_spans_its_instruction() -> None:
    said = await said_by(hadolint.ANALYZER, {"Dockerfile": DOCKERFILE})
    found = {one.rule: (one.start_line, one.end_line) for one in said}
    assert found["SC2086"] == (2, 4)


async def test_clean_dockerfiles_are_left_alone() -> None:
    assert await said_by(hadolint.ANALYZER, {"Dockerfile": CLEAN_DOCKERFILE, "api.dockerfile": CLEAN_DOCKERFILE}) == []


async def test_a_dockerfile_that_can_not_be_parsed_does_not_spoil_the_others() -> None:
    found = await said_by(hadolint.ANALYZER, {"Dockerfile": "FROM\nRUNN x\n", "b/Dockerfile": "FROM alpine\n"})
    assert [(one.path, one.rule) for one in found] == [("Dockerfile", SYNTAX_ERROR), ("b/Dockerfile", "DL3006")]
