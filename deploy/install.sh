#!/bin/sh
# Install Foureyes into the virtual environment $2 as the image does; run from the top folder of the sources.
#   install.sh packages VENV [LOCK]   everything that it builds on, by hash (LOCK: core, or full with all extras)
#   install.sh product VENV           Foureyes itself, as a wheel that was built here
set -eu
step=$1
venv=$2
python=${PYTHON:-python3}

# Byte code is made afterwards, for all at once: pip would do it for one file after the other.
install() {
    inside=$1
    shift
    "$inside/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir --no-compile "$@"
}

case $step in
packages)
    lock=requirements/${3:-core}.lock
    "$python" -m venv "$venv"
    install "$venv" --require-hashes --requirement "$lock"
    # Packages ship files that only other Pythons compile, so the exit code says nothing.
    "$venv/bin/python" -m compileall -qq -j 0 "$venv/lib" || true
    ;;
product)
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    # An environment of its own for the build backend, by hash like all else: building in isolation would download an
    # unchecked one.
    "$python" -m venv "$work/venv"
    install "$work/venv" --require-hashes --requirement requirements/build.lock
    "$work/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
        --wheel-dir "$work/wheels" .
    install "$venv" --no-deps --no-index "$work"/wheels/*.whl
    package=$("$venv/bin/python" -c 'import foureyes; print(foureyes.__path__[0])')
    "$venv/bin/python" -m compileall -qq -j 0 "$package"
    ;;
*)
    echo "$step is no step: write packages or product" >&2
    exit 2
    ;;
esac
