"""The schemas of the other JSON forms: those that are committed are those of the code, and what is written fits."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from report_samples import HOSTILE_NAME, HOSTILE_TEXT

from foureyes.engine.architecture.report import architecture_report, architecture_schema
from foureyes.engine.architecture.values import Architecture, Observation, Place, Room
from foureyes.engine.debug.report import diagnosis_report, diagnosis_schema
from foureyes.engine.debug.values import Diagnosis, Hint
from foureyes.engine.values import Notice

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"

NOTHING_KNOWN = Diagnosis((), (), (), ())
HINTED = replace(
    NOTHING_KNOWN, hints=(Hint(HOSTILE_TEXT, "x:y", "a.py", 1),), notices=(Notice("x", HOSTILE_TEXT, "a.py"),)
)
NO_CODE = Architecture(0, 0, {}, (), (), (), (), (), (), (), 0, 0)
JUDGED = replace(
    NO_CODE,
    files=1,
    rooms=(Room(HOSTILE_NAME, 1, 1, 1, 0, 0, 0),),
    observations=(Observation(HOSTILE_TEXT, HOSTILE_TEXT, (Place("a.py", 1),)),),
    model="anthropic:claude",
)


def committed(name: str) -> str:
    return (SCHEMAS / name).read_text("utf-8")


def test_the_committed_schema_of_a_diagnosis_is_the_one_of_the_code() -> None:
    assert committed("debug-1.json") == json.dumps(diagnosis_schema(), indent=2) + "\n"


def test_the_committed_schema_of_a_map_is_the_one_of_the_code() -> None:
    assert committed("architecture-1.json") == json.dumps(architecture_schema(), indent=2) + "\n"


@pytest.mark.parametrize("diagnosis", [NOTHING_KNOWN, HINTED], ids=["nothing", "hinted"])
def test_every_diagnosis_fits_its_schema(diagnosis: Diagnosis) -> None:
    jsonschema.validate(diagnosis_report(diagnosis), json.loads(committed("debug-1.json")))


@pytest.mark.parametrize("architecture", [NO_CODE, JUDGED], ids=["empty", "judged"])
def test_every_map_fits_its_schema(architecture: Architecture) -> None:
    jsonschema.validate(architecture_report(architecture), json.loads(committed("architecture-1.json")))


@pytest.mark.parametrize("name", ["debug-1.json", "architecture-1.json"])
def test_a_schema_refuses_what_has_none_of_its_keys(name: str) -> None:
    with pytest.raises(jsonschema.ValidationError, match="required"):
        jsonschema.validate({}, json.loads(committed(name)))


@pytest.mark.parametrize("name", sorted(path.name for path in SCHEMAS.iterdir()))
def test_the_id_of_a_schema_is_the_name_of_its_file(name: str) -> None:
    kind, _, version = name.removesuffix(".json").rpartition("-")
    assert json.loads(committed(name))["$id"] == f"urn:foureyes:{kind}:{version}"
