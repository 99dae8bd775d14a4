"""Access tokens hold only as they were made; refresh tokens follow from each other."""

import warnings
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.accounts.tokens import ACCESS_LIFETIME, AccessClaims, Tokens
from foureyes.errors import UnauthenticatedError
from foureyes.kit import clock
from foureyes.kit.crypto import derived_key

KEY = b"a key of thirty-two bytes or more"
ALICE = AccessClaims(user_id=uuid4(), sign_in_id=uuid4())
TOKEN = Tokens(KEY).access_token(ALICE, at=clock.now())


def forged(key: bytes | None = None, algorithm: str = "HS256", without: str = "", **claims: Any) -> str:
    """A token like ours but for what is named; by default with the real key, as a careless program might sign it."""
    held = jwt.decode(TOKEN, options={"verify_signature": False}) | claims
    held.pop(without, None)
    with warnings.catch_warnings():
        # The library finds some keys here too short for forgers.
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        return jwt.encode(held, derived_key(KEY, "access-token") if key is None else key, algorithm=algorithm)


UNSIGNED = jwt.encode(jwt.decode(TOKEN, options={"verify_signature": False}), None, algorithm="none")


def test_a_token_says_who_signed_in() -> None:
    assert Tokens(KEY).read_access_token(TOKEN) == ALICE


def test_a_forgery_that_differs_in_nothing_is_read() -> None:
    assert Tokens(KEY).read_access_token(forged()) == ALICE


@pytest.mark.parametrize("claim", ["exp", "iat", "sub", "aud", "iss", "jti", "type", "sid"])
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    with pytest.raises(UnauthenticatedError, match="not valid"):
        Tokens(KEY).read_access_token(forged(without=claim))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another-api"},
        {"aud": ["foureyes-api", "another-api"]},
        {"iss": "another"},
        {"type": "refresh"},
        {"type": ["access"]},
        {"sub": "nobody"},
        {"sub": 7},
        {"sid": None},
        {"sid": 7},
        {"sid": {"a": 1}},
        {"exp": "soon"},
        {"iat": clock.now() + timedelta(hours=1)},
        {"nbf": clock.now() + timedelta(hours=1)},
    ],
)
def test_a_token_with_a_foreign_claim_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(UnauthenticatedError):
        Tokens(KEY).read_access_token(forged(**claims))


def test_an_expired_token_is_refused_and_says_so() -> None:
    old = Tokens(KEY).access_token(ALICE, at=clock.now() - ACCESS_LIFETIME - timedelta(minutes=1))
    with pytest.raises(UnauthenticatedError, match="expired"):
        Tokens(KEY).read_access_token(old)


def test_an_expired_token_of_another_key_does_not_say_that_it_was_ours() -> None:
    old = Tokens(b"another key, as long as the first").access_token(ALICE, at=clock.now() - timedelta(days=1))
    with pytest.raises(UnauthenticatedError, match="not valid"):
        Tokens(KEY).read_access_token(old)


@pytest.mark.parametrize(
    "token",
    [
        forged(b"another key, as long as the first one"),
        forged(KEY),
        forged(derived_key(KEY, "refresh-token")),
        forged(algorithm="HS512"),
        UNSIGNED,
        "",
        ".",
        "..",
        "a.b.c",
        TOKEN + "." + TOKEN,
        TOKEN.rpartition(".")[0] + ".",
        "x" * 1_000_000,
        "\ud800",
        "\0",
        "é.é.é",
    ],
    ids=range(15),
)
def test_what_was_not_signed_here_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError, match="not valid"):
        Tokens(KEY).read_access_token(token)


@given(place=st.integers(0, len(TOKEN) - 2), letter=st.sampled_from("ABCDEFGHabcdefgh0123-_."))
def test_no_letter_of_a_token_can_be_changed(place: int, letter: str) -> None:
    # The last letter of a signature holds unused bits: every other one counts.
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if changed != TOKEN:
        with pytest.raises(UnauthenticatedError):
            Tokens(KEY).read_access_token(changed)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        Tokens(KEY).read_access_token(text)


def test_a_refresh_token_is_followed_by_one_alone() -> None:
    first = Tokens(KEY).first_refresh_token()
    following = Tokens(KEY).next_refresh_token(first)
    assert following == Tokens(KEY).next_refresh_token(first)
    assert len({first, following, Tokens(KEY).next_refresh_token(following)}) == 3


def test_who_lacks_the_key_can_not_tell_what_follows() -> None:
    first = Tokens(KEY).first_refresh_token()
    assert Tokens(KEY).next_refresh_token(first) != Tokens(b"another key, as long").next_refresh_token(first)


def test_refresh_tokens_need_no_quoting_and_hold_256_bits() -> None:
    first = Tokens(KEY).first_refresh_token()
    for token in (first, Tokens(KEY).next_refresh_token(first)):
        assert token.startswith("fr_")
        assert len(token) == 3 + 43
        assert token.replace("-", "").replace("_", "").isalnum()
