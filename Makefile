# Recipes of the exploration hub; what each does stands behind its name.
# `make demo` and `make test` are all that a newcomer needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PEERS := .venv-peers
PEERS_READY := $(PEERS)/.ready
DEMO_HOME := .demo
DEMO_FLAGS ?=
PYTEST_FLAGS ?=

.PHONY: help setup demo test check bench stress-test clean lock chromium java

help: ## list the recipes
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | column -t -s "$$(printf '\t')"

setup: $(READY) ## make the virtual environment with everything that demo and tests use

$(READY): constraints.txt pyproject.toml .ci/python
	test -x $(BIN)/python || { python=$$(.ci/python); "$$python" -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY) ## make the demo catalogs once and serve them on 127.0.0.1:8000
	$(BIN)/hub --home $(DEMO_HOME) demo $(DEMO_FLAGS)

test: $(READY) chromium java ## run the tests
	$(BIN)/python -m pytest -m "not stress and not bench" $(PYTEST_FLAGS)

check: $(READY) ## format, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) $(PEERS_READY) ## measure speed against peers; fails when a bound is broken
	$(BIN)/python tests/bench/run.py

stress-test: $(READY) $(PEERS_READY) chromium ## heavy tests: memory, other programs as readers
	$(BIN)/python -m pytest -m stress --timeout 1800 $(PYTEST_FLAGS)

# LSDB and hats-import want newer versions of what the hub uses, so they live apart.
$(PEERS_READY): tests/peers/requirements.txt .ci/python
	test -x $(PEERS)/bin/python || { python=$$(.ci/python); "$$python" -m venv $(PEERS); }
	$(PEERS)/bin/python -m pip install --quiet -r tests/peers/requirements.txt
	touch $@

chromium:
	@.ci/chromium

java:
	@.ci/java

lock: ## resolve all versions again and write constraints.txt
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; python=$$(.ci/python); \
	"$$python" -m venv "$$folder"; "$$folder"/bin/python -m pip install --quiet uv; \
	"$$folder"/bin/python .ci/lock.py

clean: ## remove environments, demo data and caches
	rm -rf $(VENV) $(PEERS) $(DEMO_HOME) build dist *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
