#!/bin/sh
# Make the virtual environment $1 from the locks, by hash, with this checkout installed in it. Run from the top folder.
set -eu
venv=$1
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null 2>&1; then
    echo "Foureyes needs Python 3.11 or newer, and there is no $python here: install one, or name it: make PYTHON=/path/to/python3.11" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "Foureyes needs Python 3.11 or newer, and $python is $("$python" -V 2>&1): name another one: make PYTHON=python3.12" >&2
    exit 1
fi
# An interpreter that went away (an upgrade, a moved checkout) leaves a folder that only looks like an environment.
if ! "$venv/bin/python" -c '' 2>/dev/null; then
    rm -rf "$venv"
    if ! "$python" -m venv "$venv"; then
        rm -rf "$venv"
        echo "$python can't make virtual environments: install its venv module (Debian, Ubuntu: apt-get install python3-venv)." >&2
        exit 1
    fi
fi

echo "Installing into $venv: once, and again when a lock changes."
inside=$venv/bin/python
"$inside" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.lock
# uv does not read pip's configuration, so where packages come from a mirror that only pip knows, pip has to do it.
if ! "$inside" -m uv pip sync --quiet --python "$inside" --require-hashes requirements/dev.lock; then
    echo "uv could not install the lock; trying with pip." >&2
    "$inside" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
fi
"$inside" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .

# By hand, because PYTHONDONTWRITEBYTECODE may be set, and without byte code every start takes seconds.
# Packages ship files that only other Pythons compile, so the exit code says nothing.
"$inside" -m compileall -qq -j 0 "$venv/lib" src || true
