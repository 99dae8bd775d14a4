"""Logs: one form for every line, ours and libraries', with its request's id and without secrets."""

import asyncio
import io
import json
import logging
from typing import Any

import pytest
from structlog.contextvars import bind_contextvars
from structlog.stdlib import get_logger

from foureyes.kit.logging import Redaction, correlated, correlation_id
from foureyes.settings import LogFormat, LogLevel, Settings
from log_capture import captured_log

# Made up here, so that no scanner takes this file for a leak.
AWS_KEY = "AKIA" + "J7WQ5XN2LP4RTVZD"
DATABASE_URL = "postgresql://foureyes:" + "s3cr3t-Pa55-phrase" + "@db/foureyes"


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def logged(event: str, **fields: Any) -> dict[str, Any]:
    with captured_log(Settings()) as stream:
        get_logger("foureyes.test").warning(event, **fields)
    (line,) = lines(stream)
    return line


def test_a_line_says_what_where_and_when() -> None:
    line = logged("lease_lost", fence=3)
    assert (line["event"], line["level"], line["logger"], line["fence"]) == (
        "lease_lost",
        "warning",
        "foureyes.test",
        3,
    )
    assert line["timestamp"].endswith("Z")


def test_libraries_write_the_same_lines() -> None:
    with captured_log(Settings()) as stream:
        logging.getLogger("docket.worker").warning("Lost %s of %d", "lease", 7)
    (line,) = lines(stream)
    assert (line["event"], line["logger"], line["level"]) == ("Lost lease of 7", "docket.worker", "warning")


@pytest.mark.parametrize(
    "name", ["uvicorn.access", "uvicorn.error", "docket", "sqlalchemy.engine", "httpx2", "alembic"]
)
def test_libraries_are_quiet_while_all_is_well(name: str) -> None:
    with captured_log(Settings(log_level=LogLevel.DEBUG)) as stream:
        logging.getLogger(name).info("GET /?token=abc")
    assert stream.getvalue() == ""


def test_a_message_of_several_lines_stays_one_line() -> None:
    with captured_log(Settings()) as stream:
        get_logger().info("forged", text='x\n{"event": "root_logged_in"}')
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(("level", "seen"), [(LogLevel.INFO, 1), (LogLevel.WARNING, 0)])
def test_what_is_below_the_level_is_not_written(level: LogLevel, seen: int) -> None:
    with captured_log(Settings(log_level=level)) as stream:
        get_logger().info("request")
    assert len(stream.getvalue().splitlines()) == seen


def test_text_is_for_people() -> None:
    with captured_log(Settings(log_format=LogFormat.TEXT)) as stream:
        get_logger().info("server_started", port=8000)
    assert "server_started" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_an_error_brings_its_traceback() -> None:
    with captured_log(Settings()) as stream:
        get_logger().error("request_failed", exc_info=ValueError("of which this is the reason"))
    (line,) = lines(stream)
    assert "of which this is the reason" in line["exception"]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user_password",
        "token",
        "access_token",
        "Authorization",
        "api_key",
        "apiKey",
        "cookie",
        "secret_key",
    ],
)
def test_values_under_telling_names_are_hidden(name: str) -> None:
    assert logged("login", **{name: "hunter2"})[name] == "***"


def test_counts_of_tokens_are_not_hidden() -> None:
    assert logged("model_called", input_tokens=12, max_tokens=5)["input_tokens"] == 12


@pytest.mark.parametrize("text", [f"key {AWS_KEY}", f"can't reach {DATABASE_URL}"])
def test_secrets_are_masked_wherever_they_stand(text: str) -> None:
    secret = AWS_KEY if AWS_KEY in text else "s3cr3t-Pa55-phrase"
    line = logged("odd", text=text, nested={"list": [{"deep": text}]}, other=OSError(text))
    assert secret not in json.dumps(line)
    assert "odd" in line["event"]


def test_secrets_in_errors_are_masked() -> None:
    with captured_log(Settings()) as stream:
        error = RuntimeError(f"connect to {DATABASE_URL}")
        logging.getLogger("asyncpg").error("It failed with %s", DATABASE_URL, exc_info=error)
    assert "s3cr3t-Pa55-phrase" not in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()


def test_what_nests_too_deep_is_written_as_text() -> None:
    deep: dict[str, Any] = {"password": "hunter2"}
    for _ in range(3):
        deep = {"inner": deep}
    assert "hunter2" not in json.dumps(logged("odd", value=deep))


def test_a_value_that_is_no_json_is_written_as_text() -> None:
    assert logged("odd", value=b"\xff\xfe", other={1})["other"] == [1]


def test_lone_surrogates_do_not_break_a_line() -> None:
    assert logged("odd", path="caf\udce9")["path"] == "caf\udce9"


def test_what_is_masked_is_decided_by_the_mask_alone() -> None:
    clean = Redaction(lambda text: text.upper())
    assert dict(clean(None, "info", {"event": "x", "word": "abc", "count": 1})) == {
        "event": "x",
        "word": "ABC",
        "count": 1,
    }


def test_every_line_inside_names_the_request() -> None:
    with captured_log(Settings()) as stream, correlated("req-12345678", review_id="r-1"):
        get_logger().info("claimed")
        logging.getLogger("docket").warning("slow")
    assert [(line["request_id"], line["review_id"]) for line in lines(stream)] == [("req-12345678", "r-1")] * 2


def test_outside_there_is_no_request() -> None:
    with correlated("req-12345678"):
        assert correlation_id() == "req-12345678"
    assert correlation_id() is None


def test_a_job_without_a_request_names_none() -> None:
    with captured_log(Settings()) as stream, correlated(None, review_id="r-1"):
        get_logger().info("claimed")
    assert "request_id" not in lines(stream)[0]


async def test_what_is_begun_within_a_request_keeps_its_id() -> None:
    async def later() -> str | None:
        await asyncio.sleep(0)
        return correlation_id()

    with correlated("req-12345678"):
        begun = asyncio.create_task(later())
    assert await begun == "req-12345678"
    assert correlation_id() is None


def test_an_id_that_is_no_text_is_none() -> None:
    with captured_log(Settings()):
        bind_contextvars(request_id=7)
        assert correlation_id() is None


def test_a_library_that_had_set_itself_up_before_is_heard_as_well() -> None:
    logger = logging.getLogger("uvicorn")
    logger.handlers, logger.propagate = [logging.NullHandler()], False
    with captured_log(Settings()) as log:
        logging.getLogger("uvicorn.error").warning("it starts")
    assert "it starts" in log.getvalue()
