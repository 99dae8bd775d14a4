"""What a review costs: tokens of prompts at full coverage, calls on the same head again, tokens after a small push."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bench import samples
from bench.programs import git
from bench.reviewing import introduced, reviewed
from bench.rows import Row, Spread
from bench.stand_in import StandIn, serving
from foureyes.llm.tokens import guessed

SIZES = (("small", 2, 60, 8_000), ("medium", 8, 500, 28_000), ("large", 60, 5_000, 140_000))


def rows(folder: Path) -> Iterator[Row]:
    with serving(0.0) as model:
        known = introduced(model, folder)
        for name, files, added, budget in SIZES:
            yield _size(folder / name, model, shutil.copytree(known, folder / f"cache-{name}"), files, added, budget)
        yield from _again(folder, model, shutil.copytree(known, folder / "cache-again"))


def _size(folder: Path, model: StandIn, cache: Path, files: int, added: int, budget: int) -> Row:
    home = samples.repository(folder, samples.change(files=files, added=added))
    diff = git("diff", "HEAD~1", "HEAD", cwd=home).decode()
    model.prompts.clear()
    first = reviewed(home, model, cache)
    return Row(
        f"prompt tokens, {folder.name}: {added:,} lines in {files} files, verifying included",
        "tokens",
        _exact(first.tokens),
        budget,
        _exact(guessed(diff)),
        "the diff itself",
        notes=(f"{_told(model)}; {first.covered:.0%} of the files reviewed",),
    )


def _again(folder: Path, model: StandIn, cache: Path) -> Iterator[Row]:
    """The same head again, then the same change with one of its 20 files edited."""
    before, after = samples.change(files=20, added=1_000)
    home = samples.repository(folder / "twenty", [before, after])
    first = reviewed(home, model, cache)
    model.prompts.clear()
    reviewed(home, model, cache)
    yield Row("model calls on the same head again", "calls", _exact(len(model.prompts)), 0)
    name = sorted(after)[7]
    (home / name).write_text(after[name].replace("return ", "return  ", 1) + "\n\ndef added():\n    return None\n")
    git("commit", "-q", "-a", "--amend", "-m", "version 1, amended", cwd=home)
    pushed = reviewed(home, model, cache)
    share = 100 * pushed.tokens / first.tokens
    yield Row(
        "tokens when 1 of 20 files changed, of the first review's",
        "%",
        _exact(share),
        10.0,
        notes=(f"{first.tokens:,} tokens, then {pushed.tokens:,}",),
    )


def _told(model: StandIn) -> str:
    """How many calls there were of each kind, and their tokens."""
    verifying = [prompt for prompt in model.prompts if "VERDICT:" in prompt]
    asking = [prompt for prompt in model.prompts if "VERDICT:" not in prompt]
    return ", ".join(
        f"{len(prompts)} calls to {verb} ({sum(map(guessed, prompts)):,} tokens)"
        for verb, prompts in (("review", asking), ("verify", verifying))
    )


def _exact(value: float) -> Spread:
    return Spread.of([value])
