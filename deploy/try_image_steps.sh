#!/bin/sh
# What the image does, without Docker: install by hash into a new folder and start the program from there. Needs the
# package index, so that CI runs it and `make test` does not.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sh deploy/install.sh packages "$folder/venv"
sh deploy/install.sh product "$folder/venv"

cd "$folder"
foureyes=$folder/venv/bin/foureyes
"$foureyes" version
# What the sources hold beside Python must have come along: migrations, rules, configurations of analysers.
env -i PATH="$PATH" HOME="$folder" FOUREYES_DATA_DIR="$folder/data" "$foureyes" migrate
env -i PATH="$PATH" HOME="$folder" FOUREYES_DATA_DIR="$folder/data" "$foureyes" migrate --check
env -i PATH="$PATH" HOME="$folder" "$foureyes" rules test
env -i PATH="$PATH" HOME="$folder" FOUREYES_DATA_DIR="$folder/data" "$foureyes" doctor
