"""The docs: what is generated is fresh, and no link leads nowhere."""

import re
from pathlib import Path

import pytest

from foureyes.engine.policyfile import policy_errors
from foureyes.settings import Settings
from tools import write_docs

TOP = Path(__file__).parents[1]
PAGES = sorted({*TOP.glob("*.md"), *TOP.glob("docs/**/*.md"), *TOP.glob("tests/**/README.md")})
SECONDS = re.compile(r" · [0-9.]+ s$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("page", write_docs.PAGES, ids=lambda page: page.name)
def test_what_is_generated_is_fresh(page: Path) -> None:
    text = page.read_text()
    assert write_docs.BEGIN in text
    again = write_docs.renewed(text, write_docs.PAGES[page]())
    assert SECONDS.sub("", again) == SECONDS.sub("", text), "run `make docs`"


def test_writing_again_leaves_what_is_written_by_hand() -> None:
    page = f"before\n{write_docs.BEGIN}old{write_docs.END}\nafter\n"
    assert write_docs.renewed(page, "new") == f"before\n{write_docs.BEGIN}\nnew\n\n{write_docs.END}\nafter\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_no_link_leads_nowhere(page: Path) -> None:
    targets = [one or other for one, other in LINK.findall(without_code(page.read_text()))]
    inside = [target.partition("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in inside if not (page.parent / target).exists()] == []


def test_every_setting_has_its_sentence() -> None:
    rows = [row for row in write_docs.settings_tables().splitlines() if row.startswith("| `")]
    assert len(rows) == len(Settings.model_fields)
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_topic_of_the_settings_has_its_table() -> None:
    tables = write_docs.settings_tables()
    assert set(write_docs.TOPICS) <= set(Settings.model_fields)
    assert re.findall(r"^### (.*)\n\n\| variable", tables, re.MULTILINE) == list(write_docs.TOPICS.values())


def test_every_key_of_the_policy_has_its_sentence() -> None:
    rows = [row for row in write_docs.policy_tables().splitlines() if row.startswith("| `")]
    assert len(rows) > 15
    assert [row for row in rows if row.endswith("|  |")] == []


def test_the_policy_in_the_docs_is_a_policy() -> None:
    for example in re.findall(r"```toml\n(.*?)```", (TOP / "docs/policy.md").read_text(), re.DOTALL):
        assert policy_errors(example) == []
