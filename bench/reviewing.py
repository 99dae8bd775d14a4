"""Reviews through the program itself, with the stand-in as the model."""

import json
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import samples
from bench.programs import Run, run
from bench.stand_in import NAME, StandIn

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "foureyes")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review that ended as a review ends, with its JSON document."""

    run: Run
    document: dict[str, Any]

    @property
    def tokens(self) -> int:
        """What the prompts of all calls had, as the model counted them."""
        return int(self.document["usage"]["input_tokens"])

    @property
    def covered(self) -> float:
        """Which share of the files was reviewed."""
        files = self.document["ledger"]["files"]
        return sum(file["coverage"] in ("reviewed", "cached") for file in files) / len(files)


def reviewed(home: Path, model: StandIn, cache: Path) -> Reviewed:
    """One review of the last commit.

    Raises:
        RuntimeError: it did not end as a review ends.
    """
    env = {"FOUREYES_MODEL": f"compatible:{NAME}", "FOUREYES_MODEL_URL": model.url, "FOUREYES_CACHE_DIR": str(cache)}
    result = run([PROGRAM, "review", "HEAD~1..HEAD", "--format", "json"], cwd=home, env=env | {"HOME": str(cache)})
    if result.code not in (0, 1):
        logs = "\n".join(log.read_text() for log in cache.rglob("*.log"))
        raise RuntimeError(f"the review ended with {result.code}: {result.stderr.decode(errors='replace')}\n{logs}")
    return Reviewed(result, json.loads(result.stdout))


def introduced(model: StandIn, folder: Path) -> Path:
    """A cache that knows what the model can do, as after a first review: the probe is remembered for a week."""
    home = samples.repository(folder / "first", [{"a.py": "a = 1\n"}, {"a.py": "a = 2\n"}])
    cache = folder / "known"
    cache.mkdir()
    reviewed(home, model, cache)
    return cache
