"""Cursors: opaque, read back as they were, and refused when they are anything else."""

import base64
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import URL

from foureyes.errors import InvalidRequestError
from foureyes.kit.ids import new_id
from foureyes.rest.paging import cursor_of, id_after, next_link, time_and_id_after


@given(st.uuids())
def test_an_id_comes_back(key: UUID) -> None:
    assert id_after(cursor_of(key)) == key


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_time_and_an_id_come_back(at: datetime, key: UUID) -> None:
    assert time_and_id_after(cursor_of(at, key)) == (at, key)


def test_no_cursor_is_the_first_page() -> None:
    assert (id_after(None), time_and_id_after(None)) == (None, None)


@given(st.text(max_size=200))
def test_any_other_text_is_refused_and_breaks_nothing(cursor: str) -> None:
    for read in (id_after, time_and_id_after):
        with pytest.raises(InvalidRequestError) as raised:
            read(cursor)
        assert raised.value.problems[0].pointer == "cursor"


@pytest.mark.parametrize(
    "raw",
    [b"[]", b"{}", b"1", b'["x"]', b"[1]", b'["2026-11-22T10:00:00", "x"]', b"[" * 140, b"\xff", b'["a","b","c"]'],
)
def test_what_looks_like_a_cursor_is_refused(raw: bytes) -> None:
    cursor = base64.urlsafe_b64encode(raw).decode()
    for read in (id_after, time_and_id_after):
        with pytest.raises(InvalidRequestError):
            read(cursor)


def test_a_time_without_a_zone_is_refused() -> None:
    naive = cursor_of(datetime(2026, 11, 22), new_id())  # noqa: DTZ001  # It is what is refused.
    with pytest.raises(InvalidRequestError):
        time_and_id_after(naive)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidRequestError):
        id_after(cursor_of(datetime(2026, 11, 22, tzinfo=UTC), new_id()))


def test_the_next_page_is_asked_for_with_the_same_filters() -> None:
    url = URL("http://x/api/reviews?status=failed&status=pending&text=a+b%26c&cursor=old")
    assert next_link(url, "new") == "/api/reviews?status=failed&status=pending&text=a+b%26c&cursor=new"


def test_the_last_page_has_no_next() -> None:
    assert next_link(URL("http://x/api/reviews"), None) is None
