"""Passwords match themselves and nothing else, whatever they hold."""

import asyncio
import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from foureyes.accounts import passwords


@pytest.mark.parametrize("password", ["correct horse", "", "p\0ssword", "pässwörd🐴", "\ud800 alone", "x" * 100_000])
async def test_a_password_matches_its_own_hash(password: str) -> None:
    kept = await passwords.hashed(password)
    assert await passwords.matches(kept, password)
    assert not await passwords.matches(kept, password + "x")


async def test_nothing_is_cut_off_at_a_nul() -> None:
    assert not await passwords.matches(await passwords.hashed("before\0after"), "before\0other")


async def test_the_same_password_has_another_hash_each_time() -> None:
    assert await passwords.hashed("correct horse") != await passwords.hashed("correct horse")


async def test_nobody_has_a_password_that_matches() -> None:
    assert not await passwords.matches(None, "nobody has this password")


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$broken", "$2b$12$abcdefghijklmnopqrstuv"])
async def test_what_is_no_hash_of_ours_matches_nothing(kept: str) -> None:
    assert not await passwords.matches(kept, "correct horse")


async def test_hashes_are_argon2id_as_owasp_recommends() -> None:
    parameters = extract_parameters(await passwords.hashed("correct horse"))
    assert parameters.type is Type.ID
    assert (parameters.memory_cost, parameters.time_cost, parameters.parallelism) == (19_456, 2, 1)
    assert parameters.salt_len == 16


async def test_hashes_with_other_parameters_are_outdated() -> None:
    assert passwords.outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse"))
    assert not passwords.outdated(await passwords.hashed("correct horse"))


async def test_however_many_log_in_two_threads_hash() -> None:
    await asyncio.gather(*(passwords.hashed(f"password {number}") for number in range(6)))
    assert sum(thread.name.startswith("password") for thread in threading.enumerate()) <= 2
