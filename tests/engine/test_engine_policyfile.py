"""`.foureyes.toml`: what it may say, and what is said about a broken one."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foureyes.engine.policy import Policy
from foureyes.engine.policyfile import load_policy, policy_errors, policy_schema
from foureyes.errors import PolicyError
from foureyes.kit.severity import Severity

FULL = """
include = ["src/", "tests/"]
ignore = ["*.snap"]
lines = "context"
floor = "medium"
max_findings = 5
fail_on = "critical"
language = "Deutsch"

[[instructions]]
paths = ["src/api/**"]
text = '''
Every route checks the tenant.
'''

[[paths]]
match = ["tests/"]
floor = "high"
off = ["ruff:S101"]

[rules]
off = ["typos:*"]
severity = { "ruff:F401" = "info" }

[analyzers]
on = ["semgrep"]
off = ["typos"]

[model]
use = "anthropic:claude-sonnet-5"
fallback = ["openai:gpt-5"]
max_cost = 0.5

[context]
conventions = false
files = ["docs/style.md"]

[limits]
file_bytes = 500_000
"""


def test_a_full_policy_is_read() -> None:
    policy = load_policy(FULL)
    assert policy.floor is Severity.MEDIUM
    assert policy.instructions_for("src/api/users.py") == ("Every route checks the tenant.\n",)
    assert policy.model.max_cost == 0.5
    assert not policy.context.conventions


def test_an_empty_file_is_the_defaults() -> None:
    assert load_policy("# nothing yet\n") == Policy()


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        ("max_findings = 3\nfloor = = 2", 2, "floor", "is not TOML: invalid value in column 9"),
        ("ignore = [", 1, "ignore", "is not TOML"),
        ("floor = 'low'\nfloor = 'high'\n", 2, "floor", "cannot overwrite a value"),
        ("[model]\nmax_cots = 1", 2, "model.max_cots", "did you mean `max_cost`"),
        ("[zebra]", 1, "zebra", "is not known here; known: analyzers, context"),
        ("floor = 'bad'", 1, "floor", "should be 'info', 'low', 'medium', 'high' or 'critical', not 'bad'"),
        ("\nignore = '*.py'", 2, "ignore", "should be a list"),
        ("ignore = [\n  'a',\n  1,\n]", 3, "ignore[1]", "should be text in quotes, not 1"),
        ("[model]\nuse = 3", 2, "model.use", "should be text in quotes, not 3"),
        ("rules = 3", 1, "rules", "should be a table"),
        ("max_findings = true", 1, "max_findings", "should be a whole number, not True"),
        ("max_findings = -1", 1, "max_findings", "greater than or equal to 0"),
        ("context.conventions = 'yes'", 1, "context.conventions", "should be true or false"),
        ("[[paths]]\nfloor = 'low'", 1, "paths[0].match", "is missing"),
        ("[[paths]]\nmatch = ['a']\n[[paths]]\nmatch = []", 4, "paths[1].match", "at least one item"),
        ("instructions = [\n {paths = ['a'], text = 'b'},\n {paths = ['['], txt = 'x'}]", 3, None, ""),
        ("ignore = ['!']", 1, "ignore", "is not a gitignore pattern"),
        ("[rules.severity]\n'ruff:*' = 'x'", 2, "rules.severity.ruff:*", "should be"),
        ("[model]\nuse = 'gpt'", 2, "model.use", "is not PROVIDER:MODEL"),
    ],
)
def test_a_complaint_names_file_line_and_key(text: str, line: int, key: str | None, reason: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(text, "team/.foureyes.toml")
    error = caught.value
    assert (error.path, error.line) == ("team/.foureyes.toml", line)
    assert key is None or error.key == key
    assert reason in error.reason
    assert str(error).startswith(f"team/.foureyes.toml:{line}:")


def test_all_complaints_come_in_the_order_of_lines() -> None:
    errors = policy_errors("flor = 'low'\nlines = 3\n[model]\nus = 1\n")
    assert [error.line for error in errors] == [1, 2, 4]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = " + "[" * 5000, "nested too deeply"),
        ("max_findings = " + "9" * 5000, "too many digits"),
        ("#" * 300_000, "larger than 256 KiB"),
    ],
)
def test_a_hostile_file_is_refused_in_a_sentence(text: str, reason: str) -> None:
    with pytest.raises(PolicyError, match=reason):
        load_policy(text)


@given(st.text(alphabet="floramxpths=[]{}'\"\\\n#.,1 ", max_size=60))
def test_any_text_is_a_policy_or_a_policy_error(text: str) -> None:
    for error in policy_errors(text):
        assert str(error).endswith("try `foureyes config check`.")


def test_the_schema_describes_every_key_and_takes_the_full_policy() -> None:
    schema: Any = policy_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(load_policy(FULL).model_dump(mode="json"), schema)
    sections = [schema, *(each for each in schema["$defs"].values() if each["type"] == "object")]
    keys = [(name, key) for section in sections for name, key in section["properties"].items()]
    assert [name for name, key in keys if "description" not in key and "$ref" not in key] == []


def test_the_schema_refuses_a_key_that_is_not_known() -> None:
    with pytest.raises(jsonschema.ValidationError, match="flor"):
        jsonschema.validate({"flor": "low"}, policy_schema())
