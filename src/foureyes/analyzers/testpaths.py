"""Whether a file is a test by its path: some rules have nothing to say there."""

import re

_DIRECTORIES = frozenset({"test", "tests", "testing", "testdata", "__tests__", "spec", "specs", "e2e", "fixtures"})
_NAME = re.compile(
    r"""
    (?: test_.* | .*[._-](?:test|tests|spec|specs) | conftest )    # test_x.py, x_test.go, x.spec.ts, x-test.js
    (?: \.\w+ )
    | \w*[a-z0-9](?:Test|Tests|TestCase|IT|Spec)\.\w+              # AccountTest.java, AccountTests.cs
    """,
    re.VERBOSE,
)


def is_test(path: str) -> bool:
    *directories, name = path.split("/")
    return bool(_DIRECTORIES.intersection(directories)) or _NAME.fullmatch(name) is not None
