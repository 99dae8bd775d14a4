"""Diffs of other projects' tests, where that material is at hand: read as their authors meant them."""

import json
from pathlib import Path

import pytest

from foureyes.diff.parse import parse_patch
from foureyes.errors import MalformedPatchError

SAMPLES = Path(__file__).parents[3] / "shared/data/diff_samples"
REVIEWDOG = sorted(SAMPLES.glob("reviewdog/diff/testdata/*.diff"))
UNIDIFF = sorted(SAMPLES.glob("unidiff/tests/samples/*.diff"))
MALFORMED = {"sample1.diff": 32, "sample2.diff": 53, "sample6.diff": 13, "sample7.diff": 29}

pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not part of this repository")


@pytest.mark.parametrize("path", REVIEWDOG, ids=lambda path: path.stem)
def test_hunks_are_those_that_reviewdog_reads(path: Path) -> None:
    expected = json.loads((path.parent / f"{path.name}.json").read_text()) or []
    files = parse_patch(path.read_bytes()).files
    assert [len(file.hunks) for file in files] == [len(file["Hunks"] or []) for file in expected]
    theirs = [line for file in expected for hunk in file["Hunks"] or [] for line in hunk["Lines"]]
    ours = [line for file in files for hunk in file.hunks for line in hunk.lines]
    assert [(line.old or 0, line.new or 0, line.text) for line in ours] == [
        (line["LnumOld"], line["LnumNew"], line["Content"]) for line in theirs
    ]


@pytest.mark.parametrize("path", UNIDIFF, ids=lambda path: path.stem)
def test_awkward_diffs_are_read_and_malformed_ones_refused(path: Path) -> None:
    if path.name not in MALFORMED:
        assert parse_patch(path.read_bytes()).files
        return
    with pytest.raises(MalformedPatchError) as caught:
        parse_patch(path.read_bytes())
    assert caught.value.line == MALFORMED[path.name]
