"""What `--help` and completion promise is what there is."""

import re
from textwrap import dedent

import pytest
from cli_world import Person

from foureyes.cli.exits import SENTENCE, ExitCode
from foureyes.cli.review import FailOn
from foureyes.cli.verbs import VERBS
from foureyes.engine.reports.form import Form
from foureyes.kit.severity import Severity

OPTIONS = {
    "review": "--staged --patch --format --output --model --no-model --max-cost --fail-on --floor --max-findings"
    " --lines --import --all --ledger --why --dry-run --no-cache --title --description --quiet --cwd --help",
    "fix": "--all --undo --cwd --help",
    "explain": "--cwd --help",
    "debug": "--error --apply --format --output --model --no-model --max-cost --cwd --help",
    "map": "--format --output --model --no-model --max-cost --cwd --help",
    "doctor": "--live --data-dir --help",
    "config show": "--cwd --help",
    "config check": "--cwd --help",
    "config schema": "--help",
    "config init": "--cwd --help",
    "rules list": "--language --cwd --help",
    "rules test": "--cwd --help",
    "cache stats": "--help",
    "cache clear": "--help",
    "serve": "--host --port --data-dir --help",
    "api": "--host --port --data-dir --help",
    "worker": "--kinds --metrics-port --host --data-dir --help",
    "migrate": "--check --data-dir --help",
    "admin users": "--data-dir --help",
    "admin make-operator": "--data-dir --help",
    "admin reset-password": "--data-dir --help",
    "admin queue": "--data-dir --help",
    "admin requeue": "--all --data-dir --help",
    "backup": "--data-dir --help",
    "restore": "--force --data-dir --help",
    "version": "--help",
}


def options_in(text: str) -> list[str]:
    """The long options that a help text begins a line with, in its order."""
    return re.findall(r"^  (?:-\w, )?(--[a-z-]+)", text, re.MULTILINE)


@pytest.mark.parametrize(("verb", "options"), OPTIONS.items())
def test_each_verb_has_these_options_and_no_others(foureyes: Person, verb: str, options: str) -> None:
    assert options_in(foureyes(*verb.split(), "--help").out) == options.split()


@pytest.mark.parametrize("verb", OPTIONS)
def test_h_is_short_for_help(foureyes: Person, verb: str) -> None:
    short, long = foureyes(*verb.split(), "-h"), foureyes(*verb.split(), "--help")
    assert (short.code, short.out, short.err) == (long.code, long.out, long.err) == (0, long.out, "")


@pytest.mark.parametrize("verb", OPTIONS)
def test_help_fits_a_narrow_terminal(foureyes: Person, verb: str) -> None:
    shown = foureyes(*verb.split(), "--help", COLUMNS="60").out
    # The names of the forms are one word, which is never folded: it could not be copied then.
    words = [line for line in shown.splitlines() if "<terminal|" not in line]
    assert max(map(len, words)) <= 60


def test_help_of_fix_to_the_letter(foureyes: Person) -> None:
    assert foureyes("fix", "--help").out == dedent("""\
        Usage: foureyes fix [OPTIONS] [[FINDING]...]...

          Apply suggestions of the last review, or take them back.

          Without findings and without --all each suggestion is shown and asked for. A file that changed
          since the review is left as it is.

        Arguments:
          [FINDING]... <list[str]>  Findings, by the beginning of their fingerprints.

        Options:
          --all          Apply every suggestion.
          --undo         Take the last fix back.
          -C, --cwd DIR  Work in this directory instead of the present one.
          -h, --help     Show this message and exit.
        """)


@pytest.mark.parametrize("verb", ["config", "rules", "cache", "admin"])
def test_a_verb_with_verbs_of_its_own_lists_them(foureyes: Person, verb: str) -> None:
    shown = foureyes(verb, "--help").out
    under = [name.split()[1] for name in OPTIONS if name.startswith(f"{verb} ")]
    assert re.findall(r"^  ([\w-]+)  ", shown.partition("Commands:")[2], re.MULTILINE) == under


@pytest.mark.parametrize(
    ("option", "words"),
    [("--format", list(Form)), ("--fail-on", list(FailOn)), ("--floor", list(Severity))],
)
def test_an_option_of_words_names_them_all(foureyes: Person, option: str, words: list[str]) -> None:
    assert f"{option} <{'|'.join(words)}>" in foureyes("review", "--help").out


def test_fail_on_knows_every_severity_and_never() -> None:
    assert set(FailOn) == {*Severity, "never"}


def test_the_sentence_about_exit_codes_names_those_that_a_script_may_meet() -> None:
    told = {int(number) for number in re.findall(r"\b\d+\b", SENTENCE)}
    assert told == set(ExitCode) - {ExitCode.TERMINATED}


def completed(person: Person, typed: str) -> list[str]:
    count = str(len(typed.split(" ")) - 1)
    return person(_FOUREYES_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=count).out.split()


def test_every_verb_is_offered(installed: Person) -> None:
    assert completed(installed, "foureyes ") == list(VERBS)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("foureyes review --fail-on ", ["info", "low", "medium", "high", "critical", "never"]),
        ("foureyes review --f", ["--format", "--fail-on", "--floor"]),
        ("foureyes map --format m", ["markdown", "mermaid"]),
        ("foureyes debug --format ", ["terminal", "json"]),
        ("foureyes config s", ["show", "schema"]),
        ("foureyes zzz", []),
    ],
)
def test_words_and_options_of_a_verb_are_offered(installed: Person, typed: str, offered: list[str]) -> None:
    assert completed(installed, typed) == offered


@pytest.mark.parametrize(
    ("shell", "expected"),
    [
        ("zsh", '"config":"Show, check or begin the configuration."'),
        ("fish", "config\tShow, check or begin the configuration."),
    ],
)
def test_other_shells_get_the_sentences_too(installed: Person, shell: str, expected: str) -> None:
    ran = installed(
        _FOUREYES_COMPLETE=f"complete_{shell}",
        _TYPER_COMPLETE_ARGS="foureyes co",
        _TYPER_COMPLETE_FISH_ACTION="get-args",
    )
    assert expected in ran.out


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["review", "--max-cost", "0"], "--max-cost"),
        (["review", "--max-cost", "-1"], "--max-cost"),
        (["debug", "--max-cost", "much"], "--max-cost"),
        (["map", "--max-cost", "0"], "--max-cost"),
        (["review", "--max-findings", "-1"], "--max-findings"),
        (["review", "--fail-on", "scary"], "--fail-on"),
        (["review", "--lines", "some"], "--lines"),
        (["review", "--format", "pdf"], "--format"),
        (["debug", "--format", "sarif"], "--format"),
        (["map", "--format", "sarif"], "--format"),
        (["serve", "--port", "65536"], "--port"),
        (["api", "--port", "http"], "--port"),
        (["worker", "--metrics-port", "-1"], "--metrics-port"),
        (["restore", "."], "FILE"),
        (["admin requeue", "seven"], "[REVIEW]..."),
    ],
)
def test_a_value_that_an_option_does_not_take_is_named_with_it(
    foureyes: Person, arguments: list[str], option: str
) -> None:
    ran = foureyes(*arguments[0].split(), *arguments[1:])
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for '{option}'" in ran.err
    assert f"Try 'foureyes {arguments[0]} -h' for help." in ran.err


@pytest.mark.parametrize("verb", ["version", "doctor", "map HEAD", "explain a", "cache stats", "serve", "backup a"])
def test_a_word_too_many_is_refused(foureyes: Person, verb: str) -> None:
    ran = foureyes(*verb.split(), "toomuch")
    assert ran.code == 2
    assert "unexpected extra argument" in ran.err
