"""Carrying a review out: its material, the engine over it, and what came of it, ready to be stored."""

from collections.abc import Sequence
from typing import Final

from foureyes.blobs.service import packed
from foureyes.engine.architecture.map import map_repository
from foureyes.engine.debug.diagnose import debug
from foureyes.engine.masking import shown
from foureyes.engine.reports.stored import dump_architecture, dump_diagnosis, dump_review
from foureyes.engine.run import RunOptions, review
from foureyes.engine.values import OnProgress, Progress, Stage
from foureyes.errors import InvalidRequestError, StoreError
from foureyes.kit import metrics
from foureyes.kit.cpu import Cpu
from foureyes.kit.database.port import Database
from foureyes.kit.keyvalue import KeyValueStore, MemoryStore, SqliteStore
from foureyes.kit.text import decode
from foureyes.llm.port import AttemptRow
from foureyes.models.reviews import ReviewKind
from foureyes.runs.doors import Doors, ModelParts
from foureyes.runs.materials import Materials
from foureyes.runs.outcome import architecture_outcome, debug_outcome, review_outcome
from foureyes.runs.port import Claimed, Outcome
from foureyes.settings import Settings
from foureyes.usage.ledger import OnCall

_CLONES: Final = "clones"
_ANALYSES: Final = "cache/analyses.sqlite"


class EngineCarrier:
    """`runs.port.Carrier` over the engine: one for each process, close it at the end.

    Its reviews share the models' connections, limits and slots, the processors, and what analysers said before. What
    one review was answered is its workspace's, and is never bought again.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        on_call: OnCall | None = None,
        parts: ModelParts | None = None,
        allow_local: bool = False,
    ) -> None:
        self._cpu = Cpu(settings.cpu_slots)
        self._file = _CountedStore(settings.data_dir / _ANALYSES)
        self._analyses: KeyValueStore | None = None
        self._doors = Doors(settings, database, self._file, on_call=on_call or _counted, parts=parts)
        self._materials = Materials(database, settings.data_dir / _CLONES, allow_local)

    async def carry_out(self, claimed: Claimed, *, on_progress: OnProgress) -> Outcome:
        match claimed.kind:
            case ReviewKind.REVIEW:
                return await self._review(claimed, on_progress)
            case ReviewKind.DEBUG:
                return await self._debug(claimed, on_progress)
            case ReviewKind.ARCHITECTURE:
                return await self._architecture(claimed, on_progress)
            case ReviewKind.FIX:
                raise InvalidRequestError("This server carries out no fixes: apply the suggestions of the review.")

    async def close(self) -> None:
        """Close what reviews share; none is to be running any more."""
        await self._doors.close()
        await self._file.close()

    async def _review(self, claimed: Claimed, on_progress: OnProgress) -> Outcome:
        on_progress(Progress(Stage.COLLECT))
        async with self._materials.change(claimed) as material:
            options = RunOptions(cpu=self._cpu)
            async with self._doors.door(claimed, max_cost=material.policy.model.max_cost) as door:
                result = await review(
                    material,
                    asker=door,
                    cache=await self._known(),
                    answers=door.answers if door else None,
                    options=options,
                    on_progress=on_progress,
                )
                if door is not None:
                    door.refuse_gaps()
        return review_outcome(result, await packed(await self._cpu.run(dump_review, result)))

    async def _debug(self, claimed: Claimed, on_progress: OnProgress) -> Outcome:
        on_progress(Progress(Stage.COLLECT))
        async with self._materials.debugging(claimed) as asked:
            async with self._doors.door(claimed, max_cost=asked.policy.model.max_cost) as door:
                on_progress(Progress(Stage.ASK if door else Stage.ANALYSE))
                diagnosis = await debug(asked, asker=door, cache=await self._known())
                if door is not None:
                    door.refuse_gaps()
            contents = await asked.tree.read({frame.path for frame in diagnosis.frames})
        sources = await self._cpu.run(lambda: {path: shown(decode(content)) for path, content in contents.items()})
        return debug_outcome(diagnosis, await packed(await self._cpu.run(dump_diagnosis, diagnosis, sources)))

    async def _architecture(self, claimed: Claimed, on_progress: OnProgress) -> Outcome:
        on_progress(Progress(Stage.COLLECT))
        async with self._materials.mapping(claimed) as asked:
            policy = asked.policy
            async with self._doors.door(claimed, max_cost=policy.model.max_cost) as door:
                on_progress(Progress(Stage.ANALYSE))
                found = await map_repository(
                    asked.tree, churn=asked.churn, asker=door, language=policy.language, cpu=self._cpu
                )
                if door is not None:
                    door.refuse_gaps()
        return architecture_outcome(found, await packed(await self._cpu.run(dump_architecture, found)))

    async def _known(self) -> KeyValueStore:
        """What analysers said before, on this host. A file that can't be used costs time, and no review."""
        if self._analyses is None:
            try:
                await self._file.stats()
                self._analyses = self._file
            except StoreError:
                self._analyses = MemoryStore()
        return self._analyses


class _CountedStore(SqliteStore):
    """Counts what analysers ask for, which they always do with `get_many`."""

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        found = await super().get_many(keys)
        metrics.cache_lookup("analyses", hit=True, times=len(found))
        metrics.cache_lookup("analyses", hit=False, times=len(keys) - len(found))
        return found


def _counted(row: AttemptRow) -> None:
    usage = row.usage
    metrics.model_call(
        row.model,
        row.outcome,
        seconds=row.seconds,
        tokens={
            "input": usage.input_tokens,
            "cached_input": usage.cached_input_tokens,
            "output": usage.output_tokens,
        },
        cost_micros=usage.cost,
    )
