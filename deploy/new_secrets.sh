#!/bin/sh
# Print the environment of a new deployment, with secrets that nobody has seen:
#   sh deploy/new_secrets.sh > deploy/foureyes.env && chmod 600 deploy/foureyes.env
set -eu
# Hexadecimal, because two of them are parts of addresses.
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
postgres=$(random)
redis=$(random)
cat <<END
# Made by deploy/new_secrets.sh. Every setting: docs/settings.md.
POSTGRES_USER=foureyes
POSTGRES_DB=foureyes
POSTGRES_PASSWORD=$postgres
REDIS_PASSWORD=$redis
FOUREYES_DATABASE_URL=postgresql+asyncpg://foureyes:$postgres@postgres/foureyes
FOUREYES_REDIS_URL=redis://:$redis@redis:6379/0
FOUREYES_SECRET_KEY=$(random)
# Where people reach the server, and who may make an account: \`first\` is the operator alone.
FOUREYES_PUBLIC_URL=http://localhost:8000
FOUREYES_REGISTRATION=open
# The model that reviews; without one, static analysers alone.
#FOUREYES_MODEL=anthropic:claude-sonnet-5
#ANTHROPIC_API_KEY=
END
