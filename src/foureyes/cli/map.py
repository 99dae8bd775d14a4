"""`foureyes map`: the architecture of a repository, with or without a model's judgement."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from foureyes.cli.compose import directory_of, open_door, open_store, run, settings_of
from foureyes.cli.options import Cwd, MaxCost, Model, NoModel, Output
from foureyes.cli.say import deliver, refuse_unwritable, show_on_stdout
from foureyes.cli.verbs import new_app
from foureyes.engine.architecture.churn import recent_churn
from foureyes.engine.architecture.map import map_repository
from foureyes.engine.architecture.report import architecture_report
from foureyes.engine.architecture.values import Architecture
from foureyes.engine.reports.map_graph import write_dot, write_mermaid
from foureyes.engine.reports.map_markdown import write_map_markdown
from foureyes.engine.reports.map_terminal import show_map, write_map_terminal
from foureyes.git.repository import WORKING_TREE, Repository
from foureyes.llm.compose import chosen_models

app = new_app()


class MapForm(StrEnum):
    TERMINAL = "terminal"
    JSON = "json"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    DOT = "dot"


_WRITERS = {
    MapForm.TERMINAL: write_map_terminal,
    MapForm.JSON: lambda found: json.dumps(architecture_report(found), indent=2) + "\n",
    MapForm.MARKDOWN: write_map_markdown,
    MapForm.MERMAID: write_mermaid,
    MapForm.DOT: write_dot,
}


@app.command()
def map_architecture(
    revision: Annotated[
        str | None,
        typer.Argument(metavar="[REVISION]", help="A commit instead of the files on disk.", show_default=False),
    ] = None,
    *,
    form: Annotated[MapForm, typer.Option("--format", "-f", help="How to write the map.")] = MapForm.TERMINAL,
    output: Output = None,
    model: Model = None,
    no_model: NoModel = False,
    max_cost: MaxCost = None,
    cwd: Cwd = None,
) -> None:
    """Map the architecture: rooms and floors by their imports, cycles, sizes, branches, what changes often.

    With a model set, also a short judgement of the structure that cites files.
    """
    repository_at = directory_of(cwd)
    refuse_unwritable(output)
    settings = settings_of()
    models = () if no_model else chosen_models(settings, use=model)

    async def work() -> Architecture:
        repository = await Repository.open(repository_at)
        version = await _version(repository, revision)
        # Files on disk have no history of their own: what changes often is read from the commits under them.
        churn = await recent_churn(repository, "HEAD" if version == WORKING_TREE else version)
        async with open_store(settings) as store, open_door(settings, models, store, max_cost=max_cost) as asker:
            return await map_repository(repository.tree(version), churn=churn, asker=asker)

    found = run(work())
    if form is MapForm.TERMINAL and output is None:
        show_on_stdout(lambda terminal: show_map(terminal, found))
    else:
        deliver(_WRITERS[form](found), output)


async def _version(repository: Repository, revision: str | None) -> str:
    # A bare repository has no files on disk, so that its last commit is what there is to map.
    if revision is None and not repository.bare:
        return WORKING_TREE
    return await repository.resolve(revision or "HEAD")
