"""What the name of a file tells about it: a test, documentation, and the words it is made of."""

import posixpath
import re

from foureyes.code.languages import Language, language_of

_TEST_FOLDERS = frozenset(
    {"test", "tests", "__tests__", "spec", "specs", "testing", "testdata", "fixtures", "e2e", "__mocks__"}
)
_TEST_NAME = re.compile(r"^(?:test_.*|conftest|.*[_.-](?:test|tests|spec|specs))$", re.IGNORECASE)
_TEST_CLASS = re.compile(r"^\w*[a-z0-9](?:Test|Tests|Spec|IT)$|^Test[A-Z]\w*$")
_TEST_AFFIX = re.compile(r"^test_|[_.-](?:test|tests|spec|specs)$|(?<=[a-z0-9])(?:Test|Tests|Spec)$")
_DOCUMENTS = frozenset({Language.MARKDOWN, Language.TEXT})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words_of(name: str) -> frozenset[str]:
    """The words of a path or an identifier, in lower case: `src/AuthToken.php` holds src, auth, token, php."""
    return frozenset(word.lower() for word in _WORD.findall(name))


def is_test(path: str) -> bool:
    """Whether a file tests others or serves tests, by the customs of its language."""
    folder, name = posixpath.split(path)
    stem = name.rsplit(".", 1)[0]
    # Helpers of tests are named like any code; only their folder tells.
    if _TEST_FOLDERS.intersection(folder.lower().split("/")):
        return True
    return bool(_TEST_NAME.match(stem) or _TEST_CLASS.match(stem))


def is_document(path: str) -> bool:
    """Whether a file is prose."""
    return language_of(path) in _DOCUMENTS


def subject(path: str) -> str:
    """The stem of a file's name without what marks a test: `tests/test_app.py` and `src/app.py` have the same."""
    stem = posixpath.basename(path).rsplit(".", 1)[0]
    return _TEST_AFFIX.sub("", stem).lower()
