# Every target does its own set-up: a machine with Python 3.11 or newer is all that is needed.
# PYTHON=python3.12 make test    uses another interpreter;    ARGS="..." is handed to the command.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help serve test lint format bench conformance conformance-big corpus journeys mutants wheel pins \
        clean
.DELETE_ON_ERROR:

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: $(VENV)/served ## Start the sandbox (ARGS="basedash --port 9000")
	@$(BIN)/mockserver serve $(ARGS)

test: $(VENV)/developed ## Run the tests (ARGS="tests/web -k create")
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

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
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

pins: ## Resolve every dependency anew and write constraints.txt
	@rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/pip install --quiet --upgrade hatchling editables -e '.[dev]'
	build/pins/bin/pip freeze --all --exclude-editable | grep -ivE '^(pip|setuptools|wheel)==' > constraints.txt

clean: ## Remove what was made
	rm -rf $(VENV) build dist reports .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis

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
