"""rumdl on documents, typos on words."""

import pytest
from analyzers_house import places, said_by

from foureyes.analyzers import rumdl, typos
from foureyes.analyzers.port import Replacement

DOCUMENT = """\
# Title

[broken](#nope) and [empty]() and [undefined][nowhere] and (reversed)[https://acme.io]

| a | b |
|---|---|
| 1 | 2 | 3 |

A note[^1], [fine](#title) and [elsewhere](other.md).
"""


async def test_links_that_do_not_work_are_found() -> None:
    found = set(places(await said_by(rumdl.ANALYZER, {"README.md": DOCUMENT})))
    assert found == {(3, "MD051"), (3, "MD042"), (3, "MD052"), (3, "MD011"), (7, "MD056"), (9, "MD066")}


async def test_the_style_of_a_document_is_nobodys_business() -> None:
    messy = "#No space\n* list\n- other   \n\n\n\n<b>html</b> " + "long " * 60 + "\n```\ncode\n```"
    assert await said_by(rumdl.ANALYZER, {"README.md": messy}) == []


@pytest.mark.parametrize(
    ("path", "source", "line"),
    [
        ("app.py", "x = 1\n# we recieve it\n", 2),
        ("app.py", "def recieve(): ...\n", 1),
        ("app.ts", "const a = 1 // teh occurence of it\n", 1),
        ("main.go", "func Recieve() {}\n", 1),
        ("README.md", "You will recieve it.\n", 1),
    ],
)
async def test_misspelt_words_are_found_where_people_read_them(path: str, source: str, line: int) -> None:
    assert places(await said_by(typos.ANALYZER, {path: source})) == [(line, "typo")]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "result = other.recieve()\n"),
        ("app.py", "key = 'recieve'\n"),
        ("data.json", '{"recieve": 1}\n'),
        ("README.md", "Call `recieve()` for it.\n"),
        ("app.py", "# https://acme.io/recieve\n"),
        ("app.py", "# nd teh\n"),
        ("CHANGELOG.md", "Thanks to Parth and Recieve.\n"),
        ("notes.md", "recieve occured wierd seperate definately untill begining adress refered acommodate " * 2 + "\n"),
    ],
)
async def test_words_that_others_chose_are_left_alone(path: str, source: str) -> None:
    assert await said_by(typos.ANALYZER, {path: source}) == []


async def test_a_word_in_a_comment_can_be_mended_and_a_name_can_not() -> None:
    source = "# we recieve it — twice\ndef recieve(): ...\n"
    comment, name = await said_by(typos.ANALYZER, {"app.py": source})
    assert comment.replacement == Replacement(1, 1, ("# we receive it — twice",))
    assert name.replacement is None
    assert name.message == "`recieve` is misspelt: `receive`"


async def test_letters_of_several_bytes_do_not_move_the_place() -> None:
    (found,) = await said_by(typos.ANALYZER, {"app.py": "x = 'ü€😀'  # recieve\n"})
    assert found.replacement == Replacement(1, 1, ("x = 'ü€😀'  # receive",))
