"""Secrets that we make ourselves: random, kept as their digest, some derived from others."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

_BYTES = 32


def random_secret(prefix: str) -> str:
    """`prefix` and 256 random bits as 43 characters that need no quoting anywhere."""
    return prefix + secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal. No salt and no slow hash: nobody guesses 256 random bits, only passwords need those."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def derived_key(key: bytes, purpose: str) -> bytes:
    """A key of 256 bits for one purpose alone, so that what is signed for one can't be passed off for another."""
    return hmac.digest(key, purpose.encode(), "sha256")


def derived_secret(key: bytes, secret: str, *, prefix: str) -> str:
    """The one secret that follows from another for whoever holds `key`; as unpredictable as a random one without it."""
    mac = hmac.digest(key, secret.encode("utf-8", "surrogatepass"), "sha256")
    return prefix + urlsafe_b64encode(mac).rstrip(b"=").decode()
