"""What the verbs of a server share: addresses, parts that end together, signals."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from foureyes.cli.deployment import Told, address_of, make_folder, together, told_to_stop, unless_hurried
from foureyes.errors import SettingError
from foureyes.settings import Settings


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        (Settings(), "http://localhost:9000"),
        (Settings(host="0.0.0.0"), "http://localhost:9000"),
        (Settings(host="10.0.0.7"), "http://10.0.0.7:9000"),
        (Settings(host="fd00::7"), "http://[fd00::7]:9000"),
        (Settings(public_url="https://foureyes.example.org"), "https://foureyes.example.org"),
    ],
)
def test_people_are_told_an_address_that_they_can_type(settings: Settings, address: str) -> None:
    assert address_of(settings, 9000) == address


async def test_when_one_part_ends_the_others_are_told_to_stop() -> None:
    told = Told()

    async def waits() -> None:
        await told.stopping.wait()

    await asyncio.wait_for(together(told, waits(), asyncio.sleep(0)), 10)
    assert told.stopping.is_set()


async def test_a_part_that_fails_is_heard_after_the_others_have_ended() -> None:
    told, ended = Told(), []

    async def waits() -> None:
        await told.stopping.wait()
        ended.append("well")

    async def fails() -> None:
        raise SettingError("FOUREYES_X", "is wrong")

    with pytest.raises(SettingError, match="is wrong"):
        await asyncio.wait_for(together(told, waits(), fails()), 10)
    await asyncio.sleep(0)
    assert ended == ["well"]


async def test_the_first_signal_stops_and_the_second_hurries() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with told_to_stop() as told:
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(told.stopping.wait(), 10)
        assert not told.hurry.is_set()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.wait_for(told.hurry.wait(), 10)
        # From here on a signal ends the process: nobody catches it any more.
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    signal.signal(signal.SIGTERM, before)
    signal.signal(signal.SIGINT, signal.default_int_handler)


async def test_who_hurries_does_not_wait_for_answers() -> None:
    told = Told()
    told.hurry.set()
    await asyncio.wait_for(unless_hurried(told, asyncio.sleep(3600)), 10)


async def test_what_answering_raises_is_raised() -> None:
    async def fails() -> None:
        raise SettingError("FOUREYES_X", "is wrong")

    with pytest.raises(SettingError):
        await unless_hurried(Told(), fails())


def test_the_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        make_folder(Settings(data_dir=tmp_path / "a" / "b"))
        (tmp_path / "a" / "b" / "file").touch()
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    assert (tmp_path / "a" / "b" / "file").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", ["/proc/nowhere", "/dev/null/x"])
def test_a_folder_that_can_not_be_made_is_named_with_the_fix(place: str) -> None:
    before = os.umask(0o022)
    try:
        with pytest.raises(SettingError, match=r"FOUREYES_DATA_DIR: .* choose a folder of yours"):
            make_folder(Settings(data_dir=Path(place)))
    finally:
        os.umask(before)
