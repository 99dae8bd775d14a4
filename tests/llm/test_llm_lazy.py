"""Importing the door loads no SDK: `foureyes --help` pays for none."""

import subprocess
import sys

import pytest

HEAVY = ("pydantic_ai", "openai", "anthropic", "genai_prices", "httpx2", "google.genai", "groq", "boto3", "tiktoken")


@pytest.mark.parametrize(
    "module",
    ["calls", "compose", "scripted", "providers", "wire", "probe", "prices", "served", "failures", "limits", "budget"],
)
def test_nothing_heavy_is_imported_with(module: str) -> None:
    code = f"import sys, foureyes.llm.{module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
