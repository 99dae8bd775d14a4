"""Health: the process alone for liveness, each part by name for readiness, and the end that is announced."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web_apps import AwayQueue, asking, fresh_services, without_database

from foureyes import __version__
from foureyes.errors import SettingError
from foureyes.kit.database.address import store_address
from foureyes.rest.services import Services
from foureyes.settings import Settings
from foureyes.web.app import create_app
from foureyes.web.compose import open_services
from foureyes.web.health import Check, Health


async def readiness(services: Services, *checks: Check) -> tuple[int, dict[str, Any]]:
    """The status of /readyz, and its parts by name."""
    async with asking(create_app(services, checks=checks)) as client:
        answer = await client.get("/readyz")
    return answer.status_code, {part["name"]: part for part in answer.json()["parts"]}


async def test_a_server_whose_parts_are_fine_is_ready(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        status, parts = await readiness(services)
    assert status == 200
    assert {name: part["ok"] for name, part in parts.items()} == {
        "database": True,
        "migrations": True,
        "signing key": True,
        "broker": True,
    }
    assert all(part["ms"] >= 0 for part in parts.values())


async def test_a_server_without_its_database_is_alive_and_not_ready(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        away = without_database(services)
        status, parts = await readiness(away)
        async with asking(create_app(away)) as client:
            alive = await client.get("/healthz")
    assert (status, parts["database"]["ok"], parts["migrations"]["ok"]) == (503, False, False)
    assert "10.1.2.3" not in parts["database"]["why"]
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})


async def test_a_broker_that_is_away_is_named_and_stops_nothing(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        status, parts = await readiness(replace(services, queue=AwayQueue()))
    assert status == 200
    assert (parts["broker"]["ok"], parts["broker"]["required"]) == (False, False)
    assert "runs when it can" in parts["broker"]["why"]


async def test_tables_that_were_never_made_are_named(tmp_path: Path) -> None:
    async with open_services(Settings(data_dir=tmp_path)) as services:
        status, parts = await readiness(services)
    assert (status, parts["database"]["ok"], parts["migrations"]["ok"]) == (503, True, False)
    assert "foureyes migrate" in parts["migrations"]["why"]


async def test_a_key_that_can_not_be_used_is_named_without_its_place(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        (tmp_path / "secret.key").write_bytes(b"cut off")
        status, parts = await readiness(services)
    assert (status, parts["signing key"]["ok"]) == (503, False)
    assert str(tmp_path) not in parts["signing key"]["why"]


async def test_a_part_may_be_added_and_replaced(tmp_path: Path) -> None:
    async def fails() -> None:
        raise SettingError("FOUREYES_X", "is wrong")

    async with fresh_services(tmp_path) as services:
        status, parts = await readiness(services, Check("worker", fails), Check("broker", fails, required=False))
    assert (status, parts["worker"]["ok"]) == (503, False)
    assert [name for name in parts if name == "broker"] == ["broker"]
    assert parts["broker"]["ok"] is False


async def test_a_part_that_never_answers_is_given_up() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    health = Health((Check("slow", hangs),), patience=0.01)
    (part,) = (await health.readiness()).parts
    assert (part.ok, part.why) == (False, "No answer within 0.01 s.")


async def test_a_server_that_is_told_to_stop_is_not_ready(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services:
        app = create_app(services)
        app.state.health.stopping = True
        async with asking(app) as client:
            answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["stopping"], answer.json()["ready"]) == (503, True, False)
    assert all(part["ok"] for part in answer.json()["parts"])


async def test_readiness_is_never_kept(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services, asking(create_app(services)) as client:
        assert (await client.get("/readyz")).headers["Cache-Control"] == "no-store"


async def test_the_version_is_told(tmp_path: Path) -> None:
    async with fresh_services(tmp_path) as services, asking(create_app(services)) as client:
        assert (await client.get("/api/version")).json() == {"name": "foureyes", "version": __version__}


def test_the_store_is_a_file_in_the_data_folder_unless_one_is_named(tmp_path: Path) -> None:
    assert store_address(Settings(data_dir=tmp_path)) == f"sqlite:///{tmp_path / 'foureyes.sqlite'}"
    named = "postgresql+asyncpg://db/foureyes"
    assert store_address(Settings(data_dir=tmp_path, database_url=named)) == named


async def test_services_need_a_key_in_common_where_several_may_share_a_database(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql+asyncpg://db/foureyes")
    with pytest.raises(SettingError, match="FOUREYES_SECRET_KEY"):
        async with open_services(settings):
            pass
