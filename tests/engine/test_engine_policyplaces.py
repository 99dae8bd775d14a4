"""On which line a key of a TOML document stands."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.tomlplaces import KeyPath, key_lines, nearest_line


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2", ("b",), 2),
        ("a = '''\n[b]\n'''\nb = 1", ("b",), 4),
        ('a = """x\n\\""" = 1\n"""\nb = 1', ("b",), 4),
        ("[t]\na.b = 1", ("t", "a", "b"), 2),
        ("['t.u']\n\"a\\u0062\" = 1", ("t.u", "ab"), 2),
        ("[[t]]\na = 1\n[[t]]\n[t.u]\nb = 2", ("t", 1, "u", "b"), 5),
        ("a = [\n 1, # x ]\n [2,\n  3],\n]\nb = 1", ("a", 1, 1), 4),
        ("a = {b = 1, c = {d = 2}}", ("a", "c", "d"), 1),
        ("a = 1979-05-27T07:32:00.5Z\nb = -1.5e3", ("b",), 2),
    ],
)
def test_a_key_is_found_on_its_line(text: str, path: KeyPath, line: int) -> None:
    tomllib.loads(text)
    assert key_lines(text)[path] == line


def test_the_nearest_line_around_a_missing_key_is_that_of_its_table() -> None:
    lines = key_lines("\n[model]\nuse = 'x'")
    assert nearest_line(lines, ("model", "max_cost")) == 2
    assert nearest_line(lines, ("other",)) is None


KEYS = st.sampled_from(["a", "b", '"c d"', "'e.f'"])
VALUES = st.sampled_from(["1", "'x = 1'", '"]"', "[1, 2]", "[\n1,\n]", "{x = 1}", '"""\n[z]\n"""', "1.5", "true"])


@given(st.dictionaries(KEYS, VALUES, min_size=1), st.dictionaries(KEYS, VALUES))
def test_every_key_that_the_parser_knows_has_a_line(top: dict[str, str], table: dict[str, str]) -> None:
    text = "\n".join([*(f"{key} = {value}" for key, value in top.items()), "[t]"])
    text += "".join(f"\n{key} = {value} # done" for key, value in table.items())
    lines = key_lines(text)
    for path in _paths(tomllib.loads(text), ()):
        assert str(path[-1]) in text.split("\n")[lines[path] - 1] or isinstance(path[-1], int)


def _paths(value: Any, around: KeyPath) -> list[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, each in inner for found in [(*around, key), *_paths(each, (*around, key))]]
