"""`foureyes rules`: the structural rules there are, and trying them on their own examples."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from foureyes.analyzers.rule import Rule
from foureyes.analyzers.rulefile import load_rules
from foureyes.analyzers.ruletest import list_rules, try_rules
from foureyes.cli.compose import checkout_of
from foureyes.cli.exits import ExitCode
from foureyes.cli.options import Cwd
from foureyes.cli.say import print_lines, say, terminal_width
from foureyes.cli.verbs import new_app
from foureyes.engine.reports.lines import safe, wrapped
from foureyes.engine.reports.summary import SHAPES
from foureyes.engine.reports.terminal_finding import STYLES
from foureyes.errors import UsageError
from foureyes.kit.text import counted, decode

app = new_app(help="List the structural rules, or test your own.")

RULES_FOLDER = ".foureyes/rules"


@app.command("list")
def list_all(
    language: Annotated[str | None, typer.Option("--language", "-l", help="Only rules for this language.")] = None,
    *,
    cwd: Cwd = None,
) -> None:
    """List our rules and those of this repository, by language."""
    rules = list_rules(_texts(checkout_of(cwd) / RULES_FOLDER))
    chosen = [rule for rule in rules if language is None or language.lower() in rule.reach.languages]
    if not chosen:
        known = sorted({one.value for rule in rules for one in rule.reach.languages})
        raise UsageError(f"There are no rules for {language!r}; there are some for {', '.join(known)}.")
    width = terminal_width()
    print_lines(line for rule in chosen for line in _rule_lines(rule, width))
    say(f"{counted(len(chosen), 'rule')}.")


@app.command("test")
def try_examples(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help=f"A rule file or a folder of them; default: {RULES_FOLDER}, and ours.",
            show_default=False,
        ),
    ] = None,
    *,
    cwd: Cwd = None,
) -> None:
    """Try rules on the examples they carry: each bad one must match, each good one must not."""
    if path is None:
        rules = list_rules(_texts(checkout_of(cwd) / RULES_FOLDER))
    elif path.exists():
        rules = load_rules(_texts(path))
    else:
        raise UsageError(f"{path} is not there.")
    # A folder of the wrong name would else be green without one rule tried.
    if not rules:
        raise UsageError(f"{path} holds no rule: rules are files that end in .yml.")
    failures = try_rules(rules)
    for failure in failures:
        say(str(failure))
    if failures:
        say(f"{counted(len(failures), 'example')} of {counted(len(rules), 'rule')} failed.")
        raise typer.Exit(ExitCode.FINDINGS)
    say(f"{counted(len(rules), 'rule')}: every example is as it should be.")


def _rule_lines(rule: Rule, width: int) -> Iterator[Text]:
    first = Text(f"{SHAPES[rule.severity]} ", STYLES[rule.severity])
    # The name is wrapped with the rest: before the text, a long one would push it out of a narrow terminal.
    languages = f"  {', '.join(rule.reach.languages)}"
    said = Text.assemble((safe(rule.name), "bold"), "  ", safe(rule.message), (languages, "dim"))
    return wrapped(said, width=width, first=first, rest=Text("    "))


def _texts(path: Path) -> dict[str, str]:
    """The rule files at a path, by name; nothing where there is no such folder."""
    # Sorted: the order of a folder differs from machine to machine, and two rules of one name must fail alike.
    files = sorted(path.glob("*.yml")) if path.is_dir() else [path] if path.is_file() else []
    try:
        return {file.name: decode(file.read_bytes()) for file in files}
    except OSError as exc:
        raise UsageError(f"{exc.filename} can't be read: {exc.strerror}.") from exc
