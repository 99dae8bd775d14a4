"""Secrets of our own making."""

from hypothesis import given
from hypothesis import strategies as st

from foureyes.kit.crypto import derived_key, derived_secret, digest, random_secret


def test_random_secrets_are_never_the_same() -> None:
    assert len({random_secret("fe_") for _ in range(1000)}) == 1000


def test_a_random_secret_is_a_prefix_and_256_bits() -> None:
    assert all(len(random_secret("fe_")) == 46 for _ in range(100))


def test_a_digest_is_sha_256() -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text())
def test_any_text_has_a_digest_and_a_follower(text: str) -> None:
    assert len(digest(text)) == 64
    assert len(derived_secret(b"key", text, prefix="fr_")) == 46


@given(st.tuples(st.text(), st.text()).filter(lambda pair: pair[0] != pair[1]))
def test_different_secrets_have_different_followers(pair: tuple[str, str]) -> None:
    assert derived_secret(b"key", pair[0], prefix="") != derived_secret(b"key", pair[1], prefix="")


def test_keys_are_derived_for_one_purpose() -> None:
    assert derived_key(b"key", "one") == derived_key(b"key", "one")
    assert len({derived_key(b"key", "one"), derived_key(b"key", "two"), derived_key(b"other", "one")}) == 3
