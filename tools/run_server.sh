#!/bin/sh
# Start the server of this checkout with the given foureyes program, its data beside the code unless told otherwise.
set -eu
foureyes=$1
shift
# A person who tries the checkout should find its data, and be rid of it, in one place; deployments name their own.
export FOUREYES_DATA_DIR="${FOUREYES_DATA_DIR:-$PWD/.foureyes-data}"
exec "$foureyes" serve "$@"
