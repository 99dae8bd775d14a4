"""The stand-in for a model in a process of its own: what it does must not slow down whoever measures.

`python -m bench.model_server SECONDS [silent]` prints its address, and ends when its standard input does. A silent one
finds nothing.
"""

import sys

from bench.stand_in import serving

if __name__ == "__main__":
    with serving(float(sys.argv[1]), proposes="silent" not in sys.argv) as model:
        print(model.url, flush=True)
        sys.stdin.read()
