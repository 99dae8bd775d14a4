"""Passwords: argon2id in a thread, two at a time, and the same work whether or not there is such an account."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 128
# OWASP's recommendation (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. Some 40 ms of one core; the
# larger sets of RFC 9106 would take as much memory for two log-ins as the rest of an idle server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)
_AT_ONCE = 2


@cache
def _threads() -> ThreadPoolExecutor:
    """As many threads as may hash at once: the others wait outside, so that a flood can't take memory and cores."""
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")


async def hashed(password: str) -> str:
    """The password's argon2id hash, with its parameters and salt, as text."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _HASHER.hash, _raw(password))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the hash is this password's. None, for an unknown account, takes the same work and is False."""
    return await asyncio.get_running_loop().run_in_executor(_threads(), _matches, password_hash, _raw(password))


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with parameters that are not those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def _matches(password_hash: str | None, raw: bytes) -> bool:
    try:
        _HASHER.verify(password_hash or _nobodys_hash(), raw)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys_hash() -> str:
    """A hash that no account has."""
    return _HASHER.hash(b"nobody has this password")


def _raw(password: str) -> bytes:
    # A lone surrogate can come out of JSON; a password is bytes to us, so it need not be text.
    return password.encode("utf-8", "surrogatepass")
