"""What is said about each way to get `.foureyes.toml`, a variable or an option wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.policy import Policy, path_spec
from foureyes.engine.policyfile import load_policy, policy_errors
from foureyes.engine.policyorigins import OriginKind, Overrides, resolve_policy, variable_of
from foureyes.errors import PolicyError, SettingError
from foureyes.kit.severity import Severity


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        ("flor = 'low'", 1, "flor", "is not known here; did you mean `floor`?"),
        ("zzz = 1", 1, "zzz", "is not known here; known: analyzers, context,"),
        ("\n[model]\nmax-cost = 1.0", 3, "model.max-cost", "is not known here; did you mean `max_cost`?"),
        ("[limit]\nfile_bytes = 1", 1, "limit", "is not known here; did you mean `limits`?"),
        ("floor = 3", 1, "floor", "should be 'info', 'low', 'medium', 'high' or 'critical', not 3"),
        ("ignore = 'docs/'", 1, "ignore", 'should be a list, like ["one", "two"], not \'docs/\''),
        ("ignore = [\n  'a',\n  3,\n]", 3, "ignore[1]", "should be text in quotes, not 3"),
        ("max_findings = '3'", 1, "max_findings", "should be a whole number, not '3'"),
        ("max_findings = true", 1, "max_findings", "should be a whole number, not True"),
        ("max_findings = -1", 1, "max_findings", "should be greater than or equal to 0, not -1"),
        ("model = 'openai:x'", 1, "model", "should be a table, not 'openai:x'"),
        ("[context]\nconventions = 'yes'", 2, "context.conventions", "should be true or false, not 'yes'"),
        ("[model]\nmax_cost = 0", 2, "model.max_cost", "should be greater than 0, not 0"),
        ("[[paths]]\nfloor = 'low'", 1, "paths[0].match", "is missing"),
        ("[[paths]]\nmatch = []", 2, "paths[0].match", "should hold at least one item, not []"),
        ("[[paths]]\nmatch = ['a']\n\n[[paths]]\nmatch = 3", 5, "paths[1].match", "should be a list"),
        ("[[instructions]]\npaths = ['a']\ntext = ''", 3, "instructions[0].text", "should have at least 1 character"),
        ("[rules.severity]\n'ruff:*' = 'loud'", 2, "rules.severity.ruff:*", "should be 'info', 'low'"),
        ("ignore = ['a****b']", 1, "ignore", "'a****b' has too many stars"),
        ("language = ''", 1, "language", "should have at least 1 character"),
        ("floor = 'low'\nfloor = 'high'", 2, "floor", "is not TOML: cannot overwrite a value"),
        ("floor = low", 1, "floor", "is not TOML: invalid value in column 9"),
        ("ignore = ['a'", 1, "ignore", "is not TOML: unclosed array at its end"),
    ],
)
def test_each_mistake_is_told_with_its_line_its_key_and_what_would_be_right(
    text: str, line: int, key: str, reason: str
) -> None:
    (error,) = policy_errors(text)
    assert (error.line, error.key) == (line, key)
    assert reason.removesuffix("?") in str(error)


def test_several_mistakes_are_all_told() -> None:
    text = "floor = 3\nflor = 1\n[model]\nmax_cost = -1\n[[paths]]\nmatch = []\n"
    assert [(error.line, error.key) for error in policy_errors(text)] == [
        (1, "floor"),
        (2, "flor"),
        (4, "model.max_cost"),
        (6, "paths[0].match"),
    ]


def test_a_file_of_another_name_is_told_by_its_own() -> None:
    with pytest.raises(PolicyError, match=r"^team\.toml:1"):
        load_policy("floor = 3", "team.toml")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = " + "[" * 50_000, "nested too deeply"),
        ("# " + "x" * 300_000, "is larger than 256 KiB"),
        ("max_findings = " + "9" * 5_000, "a number with too many digits"),
        ("\0", "is not TOML"),
        ("a.b = 1\na = 2", "is not TOML"),
        ("[a]\n[a]", "is not TOML"),
        ('x = "\\q"', "is not TOML"),
    ],
)
def test_what_is_no_toml_is_refused_in_one_sentence(text: str, reason: str) -> None:
    (error,) = policy_errors(text)
    assert reason in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("FOUREYES_MAX_FINDINGS", "many", "FOUREYES_MAX_FINDINGS: should be a whole number, not 'many'"),
        ("FOUREYES_MAX_FINDINGS", "-3", "FOUREYES_MAX_FINDINGS: should be greater than or equal to 0, not -3"),
        ("FOUREYES_FAIL_ON", "never", "FOUREYES_FAIL_ON: should be 'info'"),
        ("FOUREYES_LIMITS_FILE_BYTES", "1 MB", "FOUREYES_LIMITS_FILE_BYTES: should be a whole number, not '1 MB'"),
        ("FOUREYES_CONTEXT_CONVENTIONS", "no", "FOUREYES_CONTEXT_CONVENTIONS: should be true or false, not 'no'"),
        ("FOUREYES_IGNORE", "a****b", "FOUREYES_IGNORE: 'a****b' has too many stars"),
        ("FOUREYES_MAX_COST", "0", "FOUREYES_MAX_COST: should be greater than 0, not 0"),
    ],
)
def test_a_variable_that_can_not_be_used_is_named(variable: str, value: str, complaint: str) -> None:
    with pytest.raises(SettingError) as error:
        resolve_policy("", overrides=Overrides({variable: value}))
    assert complaint in str(error.value)


@pytest.mark.parametrize("value", ["", "  ", "\t\n"])
def test_a_variable_that_is_empty_overrides_nothing(value: str) -> None:
    assert (
        resolve_policy("floor = 'high'", overrides=Overrides({"FOUREYES_FLOOR": value})).policy.floor is Severity.HIGH
    )


@pytest.mark.parametrize(
    ("environment", "options", "value", "kind", "place"),
    [
        ({}, {}, "high", OriginKind.FILE, ".foureyes.toml:2"),
        ({"FOUREYES_FLOOR": "low"}, {}, "low", OriginKind.ENVIRONMENT, "FOUREYES_FLOOR"),
        ({}, {"floor": "info"}, "info", OriginKind.OPTION, ""),
        ({"FOUREYES_FLOOR": "low"}, {"floor": "info"}, "info", OriginKind.OPTION, ""),
    ],
)
def test_the_last_word_on_a_value_is_told_with_its_place(
    environment: dict[str, str], options: dict[str, str], value: str, kind: OriginKind, place: str
) -> None:
    found = resolve_policy("# ours\nfloor = 'high'", overrides=Overrides(environment, dict(options)))
    (origin,) = [each for each in found.origins if each.key == "floor"]
    assert (origin.value, origin.kind, origin.place) == (value, kind, place)


def test_every_value_has_an_origin_and_a_variable_of_its_own() -> None:
    origins = resolve_policy("").origins
    assert {origin.kind for origin in origins} == {OriginKind.DEFAULT}
    assert len({variable_of(origin.key) for origin in origins}) == len(origins)


@pytest.mark.parametrize(
    ("patterns", "path", "matches"),
    [
        (("*.py",), "deep/a.py", True),
        (("/a.py",), "deep/a.py", False),
        (("docs/",), "docs/a/b.md", True),
        (("docs/*.md",), "docs/a/b.md", False),
        (("docs/**/*.md",), "docs/a/b.md", True),
        (("docs/**/*.md",), "docs/b.md", True),
        (("*", "!*.py"), "a.py", False),
        (("a?.py",), "ab.py", True),
        (("a\\*.py",), "a*.py", True),
        (("a\\*.py",), "ab.py", False),
        (("\\#a",), "#a", True),
        (("a b.py",), "a b.py", True),
        ((), "a.py", False),
    ],
)
def test_patterns_match_as_those_of_gitignore(patterns: tuple[str, ...], path: str, matches: bool) -> None:
    assert path_spec(patterns).match_file(path) is matches


@pytest.mark.parametrize("pattern", ["****", "a*b*c*d*e", "**/**/**/**", "x/**/**/y/**/**"])
def test_a_pattern_with_too_many_stars_is_refused_before_it_is_compiled(pattern: str) -> None:
    with pytest.raises(ValueError, match="too many stars"):
        path_spec((pattern,))


def test_a_later_section_wins_over_an_earlier_one_and_both_over_the_default() -> None:
    policy = load_policy(
        "floor = 'medium'\n[[paths]]\nmatch = ['src/']\nfloor = 'low'\n"
        "[[paths]]\nmatch = ['src/old/']\nfloor = 'critical'\n"
        "[[paths]]\nmatch = ['src/']\noff = ['ruff:*']\n"
    )
    floors = [policy.floor_for(path) for path in ("a.py", "src/a.py", "src/old/a.py")]
    assert floors == [Severity.MEDIUM, Severity.LOW, Severity.CRITICAL]
    assert policy.silences("src/a.py", "ruff:E501")
    assert not policy.silences("a.py", "ruff:E501")


@given(st.sampled_from(list(Severity)), st.integers(0, 10_000), st.lists(st.from_regex(r"[a-z]{1,9}/", fullmatch=True)))
def test_what_a_policy_states_is_what_it_says(floor: Severity, most: int, ignored: list[str]) -> None:
    policy = load_policy(f"floor = '{floor}'\nmax_findings = {most}\nignore = {ignored}")
    assert policy == Policy(floor=floor, max_findings=most, ignore=tuple(ignored))
