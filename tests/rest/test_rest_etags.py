"""Tags of answers, and what a client that has them is told."""

from datetime import timedelta

import pytest
from pydantic import BaseModel
from starlette.requests import Request

from foureyes.rest.etags import etag_of, kept

BODY = b'{"a": 1}'
TAG = etag_of(BODY)


def asking(if_none_match: str | None = None) -> Request:
    headers = [] if if_none_match is None else [(b"if-none-match", if_none_match.encode())]
    return Request({"type": "http", "headers": headers})


class Something(BaseModel):
    a: int


def test_equal_bytes_have_equal_tags_and_others_others() -> None:
    assert etag_of(b"x") == etag_of(b"x") != etag_of(b"y")
    assert TAG[0] == TAG[-1] == '"'


def test_a_first_answer_has_its_body_and_tag() -> None:
    answer = kept(asking(), BODY)
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (200, BODY, TAG)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("header", [TAG, f"W/{TAG}", f'"other", {TAG}', "*", f' {TAG} , "x"'])
def test_who_has_it_gets_304_and_no_body(header: str) -> None:
    answer = kept(asking(header), BODY)
    assert (answer.status_code, answer.body, answer.headers["etag"]) == (304, b"", TAG)
    assert "vary" in answer.headers


@pytest.mark.parametrize("header", ["", '"other"', TAG.strip('"'), ",", '"', "W/", TAG[:-1]])
def test_who_has_something_else_gets_the_body(header: str) -> None:
    assert kept(asking(header), BODY).status_code == 200


def test_nobody_between_may_keep_it() -> None:
    assert kept(asking(), BODY).headers["cache-control"] == "private, no-cache"
    assert kept(asking(), BODY, fresh=timedelta(seconds=9)).headers["cache-control"] == "private, max-age=9"


def test_a_model_is_written_as_json() -> None:
    assert kept(asking(), Something(a=1)).body == b'{"a":1}'


def test_further_headers_are_kept_on_304_too() -> None:
    answer = kept(asking(TAG), BODY, headers={"X-Content-Type-Options": "nosniff"})
    assert answer.headers["x-content-type-options"] == "nosniff"
