"""Structural rules over syntax trees: our own pack in this process, a team's rules in a process with limits."""

import asyncio
import hashlib
import json
import pickle
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from importlib.metadata import version

from foureyes.analyzers import results
from foureyes.analyzers.matching import match
from foureyes.analyzers.port import AnalyzedFile, Analyzer, Batch, Diagnostic, Trust
from foureyes.analyzers.prefilter import Prefilter
from foureyes.analyzers.rule import Rule
from foureyes.analyzers.rulefile import PACK_LANGUAGES, pack_texts, packaged_rules
from foureyes.errors import ProcessError
from foureyes.kit import process
from foureyes.kit.text import decode, encode

_MAX_SIZE = 512 << 10
_TEAM_LIMITS = process.Limits(time=timedelta(seconds=30), memory=1 << 30)


class Structural(Analyzer):
    """Our own rules match in a thread, because they are few, tried and fast.

    A team's rules can be of any cost, and ast-grep can't be interrupted: they match in a child process.
    """

    name = "structural"
    trust = Trust.OWN

    def __init__(self, team_rules: Sequence[Rule] = ()) -> None:
        self._team_rules = tuple(team_rules)
        self._team_languages = {language for rule in team_rules for language in rule.reach.languages}

    @property
    def settings(self) -> str:
        # A prefilter holds sets, which print in another order in each process, and follows from the rest.
        return "".join(repr(replace(rule, prefilter=Prefilter())) for rule in self._team_rules)

    def version(self) -> str:
        return _version()

    def wants(self, file: AnalyzedFile) -> bool:
        known = file.language in PACK_LANGUAGES or file.language in self._team_languages
        return known and len(file.content) <= _MAX_SIZE

    async def run(self, batch: Batch) -> list[Diagnostic]:
        ours = asyncio.to_thread(_match_pack, batch.files)
        wanted = [file for file in batch.files if file.language in self._team_languages]
        if not wanted:
            return await ours
        return [one for found in await asyncio.gather(ours, _match_apart(wanted, self._team_rules)) for one in found]


def _match_pack(files: Sequence[AnalyzedFile]) -> list[Diagnostic]:
    return [one for file in files if file.language for one in match([file], packaged_rules(file.language))]


async def _match_apart(files: Sequence[AnalyzedFile], rules: Sequence[Rule]) -> list[Diagnostic]:
    # Pickle is safe in this direction: what the child reads was written by this process, and what it prints is JSON.
    stdin = pickle.dumps((list(files), list(rules)))
    command = [sys.executable, "-I", "-m", "foureyes.analyzers.teamscan"]
    done = await process.run(command, stdin=stdin, limits=_TEAM_LIMITS)
    if done.code != 0:
        last = decode(done.stderr).strip().rpartition("\n")[2]
        raise ProcessError("team rules", last or f"ended with {done.code}")
    try:
        return results.load(done.stdout)
    except json.JSONDecodeError as exc:
        raise ProcessError("team rules", "wrote no JSON") from exc


@cache
def _version() -> str:
    digest = hashlib.sha256(encode("".join(pack_texts().values()))).hexdigest()
    return f"{version('ast-grep-py')}+{digest[:12]}"
