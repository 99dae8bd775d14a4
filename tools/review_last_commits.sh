#!/bin/sh
# Review the last three commits of this checkout with the given foureyes program, or as many as there are.
set -eu
foureyes=$1
shift

if ! git rev-parse --verify --quiet HEAD >/dev/null; then
    echo "There is no commit here to review: clone the repository with git, or try: $foureyes review FILE ..." >&2
    exit 2
fi
# Along first parents, as HEAD~N counts. A shallow clone shows fewer than the project has, and the oldest one that it
# shows can't be compared with its parent: with one commit only, the files themselves are all there is to review.
commits=$(git rev-list --count --first-parent --max-count=4 HEAD)
if [ "$commits" -gt 1 ]; then
    what=HEAD~$((commits - 1))..HEAD
elif [ "$(git rev-parse --is-shallow-repository)" = true ]; then
    what=.
else
    what=HEAD
fi
echo "foureyes review $what${*:+ $*}"
status=0
"$foureyes" review "$what" "$@" || status=$?
# Findings are what was asked for, not a failure of make; anything else is.
if [ "$status" -ne 1 ]; then
    exit "$status"
fi
