# The same few commands for people and for CI. `make` alone lists them.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SOURCES := src tests bench tools
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# Python may have been told to write no byte code, and then each start would compile all of ours anew.
COMPILE := $(BIN)/python -m compileall -qq src

.DEFAULT_GOAL := help
.PHONY: help install run review test check fix bench drills docs lock clean
.DELETE_ON_ERROR:

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

install: $(READY) ## Make .venv from requirements/dev.lock; the other commands do this when they must

run: $(READY) ## Start the server on http://localhost:8000 (ARGS="--port 9000 --data-dir DIR" for another place)
	@$(COMPILE)
	@sh tools/run_server.sh $(BIN)/foureyes $(ARGS)

review: $(READY) ## Review the last commits of this checkout on the command line
	@$(COMPILE)
	@sh tools/review_last_commits.sh $(BIN)/foureyes $(ARGS)

test: $(READY) ## Run every test (ARGS="-k anchors" for some of them)
	@$(BIN)/python -m pytest -n auto $(ARGS)

check: $(READY) ## Lint, format, types, import floors, shape of the code
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m tools.check_style src/foureyes --tests tests

fix: $(READY) ## Mend what ruff can mend, and format
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

bench: $(READY) ## Measure against the budgets, as ratios to a floor taken in the same run
	@$(COMPILE)
	@$(BIN)/python -m bench $(ARGS)

drills: $(READY) ## Kill, stop and starve a server, and count what was lost or doubled (ARGS="--full" for hours of it)
	@$(COMPILE)
	@$(BIN)/python -m drills $(ARGS)

docs: $(READY) ## Write the generated parts of the docs anew
	@$(BIN)/python -m tools.write_docs

lock: $(READY) ## Resolve pyproject.toml into requirements/*.lock anew
	$(LOCK) --group installer --output-file requirements/installer.lock
	$(LOCK) --group build --output-file requirements/build.lock
	$(LOCK) pyproject.toml --output-file requirements/core.lock
	$(LOCK) pyproject.toml --all-extras --constraints requirements/core.lock --output-file requirements/full.lock
	$(LOCK) pyproject.toml --group dev --constraints requirements/core.lock --output-file requirements/dev.lock

clean: ## Remove .venv and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(SOURCES) -name __pycache__ -type d -exec rm -rf {} +

$(READY): requirements/dev.lock requirements/installer.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh tools/make_venv.sh $(VENV)
	@touch $(READY)
