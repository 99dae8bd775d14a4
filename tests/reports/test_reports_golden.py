"""One review, whole, in each form: what a person or a program gets to see, to the last character."""

import json
from textwrap import dedent

from report_samples import CLEAN, REVIEW

from foureyes.engine.reports.form import Form, View
from foureyes.engine.reports.forms import write
from foureyes.engine.reports.terminal import write_terminal
from foureyes.engine.values import ReviewResult

UNFOLDED = View(held_back=True, ledger=True, refusals=True)


def literal(text: str) -> str:
    """The literals below without what the tests' own indentation and first line add."""
    return dedent(text).removeprefix("\n")


def test_the_terminal_unfolded() -> None:
    assert write(REVIEW, Form.TERMINAL, UNFOLDED) == literal("""
        ⬢ Do not merge yet: 1 high finding on lines this change touches.
          ▲ 1 high  ◆ 1 medium  ● 1 low
          main..ffffffffff · 2 files, +2 \N{MINUS SIGN}1 · 3.2 s

        ▲ high  src/shop/orders.py:5
          3 │ def average(prices):
          4 │     total = sum(prices)
        ▲ 5 │     return total / len(prices)
            │ Division by zero when the basket is empty
            │ `average([])` divides by zero, so the order page answers 500.
          - │     return total / len(prices)
          + │     return total / len(prices) if prices else 0.0
            ╰ bug · model:zero-division · 87% sure · also ruff:B018 · a1b2c3d4

        ◆ medium  src/shop/orders.py:4 (removed)
          3 │ def average(prices):
        ◆ 4 │     check(prices)
            │ The check went away
            │ The list is shared between calls.
            ╰ persisting · bug · ruff:B006 · 01234567

        ● low  src/shop/orders.py:1
        ● 1 │ import os
            │ `os` imported but unused
          - │ import os
            ╰ maintainability · ruff:F401 · ffee0011

        Held back: 1 finding under the floor or over the cap

        ■ info  src/shop/orders.py:1
        ■ 1 │ import os
            │ A remark under the floor
          - │ import os
            ╰ maintainability · ruff:F401 · 99887766

        Not said: 1 candidate refused
          · src/shop/orders.py:9 A guess (model)
            no quote: no such line

        Ledger
          1 file reviewed
            · src/shop/orders.py  model, ruff
          1 file skipped: generated
            · poetry.lock

        Notice     .foureyes.toml: This change edits the policy.
        Coverage   1 file reviewed · 1 file skipped: generated
        Analysers  ruff · oxlint missing (not installed) · zizmor failed (stopped after
                   60 s)
        Model      anthropic:claude · 5 calls · 12,345 tokens in (3,000 cached), 1,200
                   out · $0.0213
        Fixed      1 finding of the review before
        Next       `foureyes fix` applies the 2 tried suggestions
        """)


def test_the_end_of_a_narrow_terminal_folded() -> None:
    shown = write_terminal(REVIEW, width=44)
    assert shown[shown.index("Notice") :] == literal("""
        Notice     .foureyes.toml: This change edits
                   the policy.
        Coverage   1 file reviewed · 1 file skipped:
                   generated
        Analysers  ruff · oxlint missing (not
                   installed) · zizmor failed
                   (stopped after 60 s)
        Model      anthropic:claude · 5 calls ·
                   12,345 tokens in (3,000 cached),
                   1,200 out · $0.0213
        Fixed      1 finding of the review before
        Held back  1 finding under the floor or over
                   the cap (--all)
        Not said   1 candidate refused (--why)
        Next       `foureyes fix` applies the 2
                   tried suggestions
        """)


def test_a_clean_terminal() -> None:
    assert write(CLEAN, Form.TERMINAL) == literal("""
        ✓ Nothing to flag by static analysis; no model was asked.
          main..ffffffffff · 2 files, +2 \N{MINUS SIGN}1 · 3.2 s

        Coverage   1 file reviewed · 1 file skipped: generated
        Analysers  ruff
        Model      No model was asked: only static analysers looked.
        """)


def test_the_comment_unfolded() -> None:
    assert write(REVIEW, Form.MARKDOWN, UNFOLDED) == literal("""
        **Do not merge yet: 1 high finding on lines this change touches.**

        ▲ 1 high · ◆ 1 medium · ● 1 low · main..ffffffffff · 2 files, +2 \N{MINUS SIGN}1

        #### ▲ high · `src/shop/orders.py:5`

        **Division by zero when the basket is empty.** `average([])` divides by zero, so the order page answers 500.

        ```diff
        -    return total / len(prices)
        +    return total / len(prices) if prices else 0.0
        ```

        bug · `model:zero-division` · 87% sure · also `ruff:B018` · `a1b2c3d4`

        #### ◆ medium · `src/shop/orders.py:4 (removed)` · persisting

        **The check went away.** The list is shared between calls.

        bug · `ruff:B006` · `01234567`

        #### ● low · `src/shop/orders.py:1`

        **`os` imported but unused.**

        ```diff
        -import os
        ```

        maintainability · `ruff:F401` · `ffee0011`

        #### ■ info · `src/shop/orders.py:1`

        **A remark under the floor.**

        ```diff
        -import os
        ```

        maintainability · `ruff:F401` · `99887766`

        - Not said: `src/shop/orders.py:9` A guess (no quote: no such line)

        Ledger: 1 file reviewed

        - `src/shop/orders.py` model, ruff

        Ledger: 1 file skipped: generated

        - `poetry.lock`

        ---

        - Notice: .foureyes.toml: This change edits the policy.
        - Coverage: 1 file reviewed
        - Coverage: 1 file skipped: generated
        - Analysers: ruff
        - Analyser oxlint missing (not installed)
        - Analyser zizmor failed (stopped after 60 s)
        - Model: anthropic:claude · 5 calls · 12,345 tokens in (3,000 cached), 1,200 out · \\$\N{ZERO WIDTH SPACE}0.0213
        - Fixed: 1 finding of the review before
        - Held back: 1 finding under the floor or over the cap
        """)


def test_a_clean_comment() -> None:
    assert write(CLEAN, Form.MARKDOWN) == literal("""
        **Nothing to flag by static analysis; no model was asked.**

        main..ffffffffff · 2 files, +2 \N{MINUS SIGN}1

        ---

        - Coverage: 1 file reviewed
        - Coverage: 1 file skipped: generated
        - Analysers: ruff
        - Model: No model was asked: only static analysers looked.
        """)


def test_workflow_commands() -> None:
    assert write(REVIEW, Form.GITHUB).splitlines() == [
        "::error file=src/shop/orders.py,line=5,endLine=5,title=Division by zero when the basket is empty"
        "::`average([])` divides by zero, so the order page answers 500."
        "%0Amodel:zero-division · 87%25 sure · also ruff:B018",
        "::warning file=src/shop/orders.py,title=The check went away::The list is shared between calls.%0Aruff:B006",
        "::notice file=src/shop/orders.py,line=1,endLine=1,title=`os` imported but unused::ruff:F401",
        "::notice title=Foureyes::Analyser oxlint missing (not installed)",
        "::notice title=Foureyes::Analyser zizmor failed (stopped after 60 s)",
        "::notice title=Foureyes::Do not merge yet: 1 high finding on lines this change touches.",
    ]


def test_a_clean_log_has_the_verdict_alone() -> None:
    assert write(CLEAN, Form.GITHUB) == (
        "::notice title=Foureyes::Nothing to flag by static analysis; no model was asked. "
        "No model was asked: only static analysers looked.\n"
    )


def test_checkstyle() -> None:
    assert write(REVIEW, Form.CHECKSTYLE).splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<checkstyle version="4.3">',
        '  <file name="src/shop/orders.py">',
        '    <error line="1" severity="info" message="`os` imported but unused" source="ruff.F401"/>',
        '    <error severity="warning" message="The check went away. The list is shared between calls."'
        ' source="ruff.B006"/>',
        '    <error line="5" severity="error" message="Division by zero when the basket is empty. `average([])`'
        ' divides by zero, so the order page answers 500." source="model.zero-division"/>',
        "  </file>",
        "</checkstyle>",
    ]


def rows(review: ReviewResult, form: Form) -> object:
    return json.loads(write(review, form))


def test_code_quality() -> None:
    assert rows(REVIEW, Form.GITLAB) == [
        {
            "description": "Division by zero when the basket is empty",
            "check_name": "model:zero-division",
            "fingerprint": "a1b2c3d4e5f60718",
            "severity": "critical",
            "location": {"path": "src/shop/orders.py", "lines": {"begin": 5, "end": 5}},
        },
        {
            "description": "The check went away (removed line 4)",
            "check_name": "ruff:B006",
            "fingerprint": "0123456789abcdef",
            "severity": "major",
            "location": {"path": "src/shop/orders.py", "lines": {"begin": 1, "end": 1}},
        },
        {
            "description": "`os` imported but unused",
            "check_name": "ruff:F401",
            "fingerprint": "ffee001122334455",
            "severity": "minor",
            "location": {"path": "src/shop/orders.py", "lines": {"begin": 1, "end": 1}},
        },
    ]


def test_rdjson() -> None:
    assert rows(REVIEW, Form.RDJSON) == {
        "source": {"name": "foureyes"},
        "diagnostics": [
            {
                "message": "Division by zero when the basket is empty\n\n"
                "`average([])` divides by zero, so the order page answers 500.",
                "location": {"path": "src/shop/orders.py", "range": {"start": {"line": 5}, "end": {"line": 5}}},
                "severity": "ERROR",
                "source": {"name": "model"},
                "code": {"value": "zero-division"},
                "suggestions": [
                    {
                        "range": {"start": {"line": 5}, "end": {"line": 5}},
                        "text": "    return total / len(prices) if prices else 0.0",
                    }
                ],
            },
            {
                "message": "The check went away\n\nThe list is shared between calls.",
                "location": {"path": "src/shop/orders.py"},
                "severity": "WARNING",
                "source": {"name": "ruff"},
                "code": {"value": "B006"},
            },
            {
                "message": "`os` imported but unused",
                "location": {"path": "src/shop/orders.py", "range": {"start": {"line": 1}, "end": {"line": 1}}},
                "severity": "INFO",
                "source": {"name": "ruff"},
                "code": {"value": "F401", "url": "https://docs.astral.sh/ruff/rules/unused-import"},
                "suggestions": [
                    {"range": {"start": {"line": 1, "column": 1}, "end": {"line": 2, "column": 1}}, "text": ""}
                ],
            },
        ],
    }


def test_without_findings_the_forms_for_programs_are_empty_and_whole() -> None:
    assert rows(CLEAN, Form.GITLAB) == []
    assert rows(CLEAN, Form.RDJSON) == {"source": {"name": "foureyes"}, "diagnostics": []}
    assert write(CLEAN, Form.CHECKSTYLE).splitlines()[1:] == ['<checkstyle version="4.3">', "</checkstyle>"]


def test_a_rule_and_a_result_of_sarif() -> None:
    run = json.loads(write(REVIEW, Form.SARIF))["runs"][0]
    harm = "The next change to this code will be harder or riskier"
    page = "https://docs.astral.sh/ruff/rules/unused-import"
    told = f"{harm}. Reported by F401 of ruff; `foureyes explain` says why. More about the rule: {page}"
    assert run["tool"]["driver"]["rules"][2] == {
        "id": "ruff/F401",
        "name": "RuffF401",
        "shortDescription": {"text": "F401 of ruff: maintainability."},
        "fullDescription": {"text": f"{harm} (F401 of ruff)."},
        "help": {"text": told, "markdown": told},
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": ["maintainability"], "problem.severity": "recommendation"},
        "helpUri": page,
    }
    where = {"uri": "src/shop/orders.py", "uriBaseId": "%SRCROOT%"}
    line = {"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1}
    assert run["results"][2] == {
        "ruleId": "ruff/F401",
        "ruleIndex": 2,
        "level": "note",
        "rank": 100.0,
        "message": {"text": "`os` imported but unused."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": where,
                    "region": {"startLine": 1, "endLine": 1, "snippet": {"text": "import os"}},
                }
            }
        ],
        "partialFingerprints": {"foureyes/v1": "ffee001122334455"},
        "properties": {"severity": "low", "category": "maintainability", "also": []},
        "fixes": [
            {
                "description": {"text": "Suggested: `os` imported but unused."},
                "artifactChanges": [
                    {
                        "artifactLocation": where,
                        "replacements": [{"deletedRegion": line, "insertedContent": {"text": ""}}],
                    }
                ],
            }
        ],
    }
