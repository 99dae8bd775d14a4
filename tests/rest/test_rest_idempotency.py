"""What makes two bodies the same one."""

from pydantic import BaseModel

from foureyes.rest.idempotency import IdempotencyConflictError, body_digest


class Body(BaseModel):
    name: str
    number: int = 1


def test_a_default_that_is_left_out_is_the_same_body() -> None:
    assert body_digest(Body(name="a")) == body_digest(Body(number=1, name="a"))


def test_another_value_is_another_body() -> None:
    assert body_digest(Body(name="a")) != body_digest(Body(name="b"))
    assert body_digest(Body(name="a")) != body_digest(Body(name="a", number=2))


def test_the_conflict_names_the_key_and_has_a_code_of_its_own() -> None:
    error = IdempotencyConflictError("build-7")
    assert (error.status, error.error_code) == (409, "idempotency-conflict")
    assert "build-7" in str(error)
