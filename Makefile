# Every target does its own set-up: all it needs is Python 3.11 or newer.
# `make test PYTHON=python3.12` uses another interpreter; ARGS="..." is passed to the command.

PYTHON ?= python3
# Each interpreter has its own environment, so that one is never tested with the packages of another.
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(subst /,-,$(PYTHON:/%=%)))
BIN := $(VENV)/bin
ARGS ?=
# A folder without the packages of the tree, so that the tests import what is installed.
INSTALLED := build/installed

.DEFAULT_GOAL := help
.PHONY: help serve test cases coverage test-wheel lint format bench conformance conformance-big corpus journeys mutants \
        wheel pins docs clean
.DELETE_ON_ERROR:

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: $(VENV)/served ## Start the sandbox (ARGS="basedash --port 9000")
	@$(BIN)/mockserver serve $(ARGS)

test: $(VENV)/developed ## Run the tests (ARGS="tests/web -k create")
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

coverage: $(VENV)/developed ## Run the tests, print which share of the lines they run (half as slow again)
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal $(ARGS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

test-wheel: wheel ## Run the tests of the command line and the vendors with the wheel instead of the tree
	@rm -rf $(INSTALLED) && mkdir -p $(INSTALLED) && cp -R tests docs specs README.md pyproject.toml $(INSTALLED)
	@$(PYTHON) -m venv $(INSTALLED)/venv
	@$(INSTALLED)/venv/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  "$$(ls dist/*.whl)[test]"
	@cd $(INSTALLED) && venv/bin/pytest -n auto --dist worksteal $(or $(ARGS),tests/cli tests/vendors)

cases: $(VENV)/developed ## Run the cases that users reported (part of `make test` too)
	@$(BIN)/pytest tests/cases $(ARGS)

lint: $(VENV)/developed ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/developed ## Mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/developed ## Measure requests a second, ours beside its ceiling and its peers (ARGS="--no-peers")
	@$(BIN)/python tests/benchmarks/bench.py $(ARGS)

conformance: $(VENV)/developed ## Run Schemathesis' command line against every vendor served
	@$(BIN)/python tests/conformance/run.py $(ARGS)

conformance-big: $(VENV)/developed ## As conformance, for documents that nobody here wrote
	@$(BIN)/python tests/conformance/run.py --big $(ARGS)

corpus: $(VENV)/developed ## Serve every document of a public directory and print what came of it
	@$(BIN)/python tests/corpus/run.py $(ARGS)

journeys: $(VENV)/developed ## Create, read, list, change and delete in documents that nobody here wrote
	@$(BIN)/python -m tests.journeys.run $(ARGS)

mutants: $(VENV)/developed ## Plant bugs one at a time and print which the examination finds
	@$(BIN)/python tests/planted_bugs/run.py $(ARGS)

wheel: $(VENV)/developed ## Build the wheel into dist/
	@rm -f dist/*.whl
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

pins: ## Resolve every dependency anew and write constraints.txt
	@rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/pip install --quiet --upgrade hatchling editables -e '.[dev]'
	build/pins/bin/pip freeze --all --exclude-editable | grep -ivE '^(pip|setuptools|wheel)==' > constraints.txt

docs: $(VENV)/developed ## Write the generated pages (docs/behaviour.md, docs/checks.md)
	$(BIN)/mockserver specs vocabulary > docs/behaviour.md
	$(BIN)/python -m contracts.cli.checks_page > docs/checks.md

clean: ## Remove what was made
	rm -rf .venv .venv-* build dist reports .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis

# Each stamp says that what it is named after is installed as pyproject.toml and constraints.txt have it now.
# The build backend is installed first and used as it is, because pip does not apply constraints to one it fetches itself.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

$(VENV)/served: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing the sandbox into $(VENV) (once)"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[live]'
	@touch $@

$(VENV)/developed: $(VENV)/served
	@echo "Installing the tools and tests into $(VENV) (once)"
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || echo missing)." >&2; \
	  echo "Name another one: PYTHON=python3.12 make $(or $(firstword $(MAKECMDGOALS)),serve)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON)' cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@
