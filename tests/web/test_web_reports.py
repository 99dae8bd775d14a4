"""Reports as the whole application gives them: they are what their published schemas say."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from clients import app_of, client_of
from foureyes.kit.database.port import Database
from foureyes.settings import Settings
from furnished import furnished

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/review-1.json").read_text())


async def test_a_report_in_json_is_as_its_schema_says(database: Database, tmp_path: Path) -> None:
    async with client_of(app_of(database, Settings(data_dir=tmp_path))) as client:
        known = await furnished(client, database)
        report = (await client.get(f"/api/reviews/{known.completed_id}/report")).json()
    Draft202012Validator(SCHEMA).validate(report)
    assert [finding["path"] for finding in report["findings"]] == ["app.py"]


async def test_a_review_is_found_by_how_a_word_of_its_title_begins(database: Database, tmp_path: Path) -> None:
    async with client_of(app_of(database, Settings(data_dir=tmp_path))) as client:
        known = await furnished(client, database)
        found = {
            text: [row["id"] for row in (await client.get("/api/reviews", params={"text": text})).json()["reviews"]]
            for text in ("comp", "PENDING", "ending", '"*:')
        }
    assert found == {"comp": [known.completed_id], "PENDING": [known.pending_id], "ending": [], '"*:': []}
