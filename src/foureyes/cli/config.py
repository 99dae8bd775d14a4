"""`foureyes config`: what is in force and why, whether the file is right, and its beginning."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.text import Text

from foureyes.cli.compose import checkout_of, settings_of
from foureyes.cli.exits import ExitCode
from foureyes.cli.options import Cwd
from foureyes.cli.policytemplate import policy_template
from foureyes.cli.say import print_lines, say, terminal_width, write_out
from foureyes.cli.verbs import new_app
from foureyes.engine.policy import POLICY_FILE
from foureyes.engine.policyfile import policy_errors, policy_schema
from foureyes.engine.policyorigins import Origin, OriginKind, Overrides, resolve_policy
from foureyes.engine.reports.lines import safe, wrapped
from foureyes.errors import UsageError
from foureyes.kit.text import decode
from foureyes.settings import Settings, environment, variables

app = new_app(help="Show, check or begin the configuration.")


@app.command()
def show(*, cwd: Cwd = None) -> None:
    """Print every value in force, and where it comes from: default, file, environment."""
    settings, checkout = settings_of(), checkout_of(cwd)
    # The working tree's file and not the base's: whoever edits it wants to see what the edit does.
    text = _policy_text(checkout / POLICY_FILE) if (checkout / POLICY_FILE).is_file() else ""
    force = resolve_policy(text, overrides=Overrides(environment=environment()))
    print_lines(_values(force.origins, settings, terminal_width()))


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Another file.", show_default=False)] = None,
    *,
    cwd: Cwd = None,
) -> None:
    """Say whether the policy can be used; each mistake with its line and key."""
    path = file or checkout_of(cwd) / POLICY_FILE
    errors = policy_errors(_policy_text(path), file.name if file else POLICY_FILE)
    for error in errors:
        say(str(error))
    if errors:
        raise typer.Exit(ExitCode.WRONG_USE)
    # A right file is of no use where the environment stops every run, so that is tried too.
    settings_of()
    say(f"{path.name} can be used as it is.")


@app.command()
def schema() -> None:
    """Print the JSON schema of the policy, for editors."""
    write_out(json.dumps(policy_schema(), indent=2) + "\n")


@app.command()
def init(*, cwd: Cwd = None) -> None:
    """Write a policy with every key commented out at its default. An existing file is left alone."""
    path = checkout_of(cwd) / POLICY_FILE
    try:
        # Created or refused in one step: asking first whether it is there could lose a file that comes in between.
        with path.open("x", encoding="utf-8") as file:
            file.write(policy_template())
    except FileExistsError as exc:
        raise UsageError(f"{POLICY_FILE} is there already: edit it, then try `foureyes config check`.") from exc
    except OSError as exc:
        raise UsageError(f"{path} can't be written: {exc.strerror}.") from exc
    say(f"{POLICY_FILE} is written. Commit it: reviews read it from the base of a change.")


def _policy_text(path: Path) -> str:
    try:
        return decode(path.read_bytes())
    except OSError as exc:
        raise UsageError(f"{path} can't be read: {exc.strerror}. `foureyes config init` writes one.") from exc


def _values(origins: Sequence[Origin], settings: Settings, width: int) -> Iterator[Text]:
    yield from _heading(f"Policy ({POLICY_FILE} of the working tree; reviews read the base's)", width)
    for origin in origins:
        yield from _value(origin.key, json.dumps(origin.value, ensure_ascii=False), _origin(origin), width)
    yield Text()
    yield from _heading("Settings of the environment; all others are at their defaults", width)
    for variable, value in _settings(settings):
        yield from _value(variable, value, "", width)


def _heading(text: str, width: int) -> Iterator[Text]:
    return wrapped(Text(text, "bold"), width=width, first=Text(), rest=Text())


def _value(name: str, value: str, origin: str, width: int) -> Iterator[Text]:
    start = Text.assemble("  ", (safe(name), "bold"), " = ")
    said = Text.assemble(safe(value), ("  " + safe(origin) if origin else "", "dim"))
    return wrapped(said, width=width, first=start, rest=Text("      "))


def _origin(origin: Origin) -> str:
    return origin.place or ("" if origin.kind is OriginKind.DEFAULT else origin.kind.value)


def _settings(settings: Settings) -> Iterator[tuple[str, str]]:
    """The variables that are set, each with its value; of a secret only that it is there."""
    for name in type(settings).model_fields:
        # Some settings have two names, ours and the provider's own; the one that is set is the one to show.
        variable = next((one for one in variables(name) if environment().get(one, "").strip()), None)
        value = getattr(settings, name)
        if variable is not None:
            yield variable, "set, not shown" if isinstance(value, SecretStr) else str(value)
