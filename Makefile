# Every target does its own set-up: all it needs is Python 3.11 or newer.
# `make test PYTHON=python3.12` uses another interpreter; ARGS="..." is passed to the command.

PYTHON ?= python3
# Each interpreter has its own environment, so that one is never tested with the packages of another.
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(subst /,-,$(PYTHON:/%=%)))
BIN := $(VENV)/bin
ARGS ?=
# A folder without the packages of the tree, so that the tests import what is installed.
INSTALLED := build/installed

# Without compiled files every program that a test starts compiles the whole tree again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: bench-dashboard bench-journal bench-start bench-workers help serve test packages cases coverage test-wheel lint format bench bench-namespaces bench-log bench-scale linear instructions soak attacks conformance \
        conformance-big corpus corpus-checks journeys joins foreign client-suites compared compared-32 fuzz-admin mutants independent-servers wheel dist workflows pins docs site clean
.DELETE_ON_ERROR:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

serve: $(VENV)/served ## Start the mock of the four vendors (ARGS="./my-api.yaml --port 9000")
	@$(BIN)/mockserver serve $(ARGS)

test: $(VENV)/developed ## Run the tests (ARGS="tests/web -k create")
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

coverage: $(VENV)/developed ## Run the tests and print the share of lines that they run (takes half as long again)
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal $(ARGS)
	@$(BIN)/coverage combine --quiet && $(BIN)/coverage report

packages: $(VENV)/developed ## Fetch the packages that the tests use, which otherwise wait for them
	@$(BIN)/python -m tests.fetch

test-wheel: wheel ## Run the tests of the command line and the vendors with the built wheel (ALONE=yes installs only the wheel)
	@rm -rf $(INSTALLED) && mkdir -p $(INSTALLED) && cp -R tests docs specs README.md pyproject.toml action.yml Containerfile compose.yaml \
	  .github $(INSTALLED)
	@$(if $(ALONE),$(WHEEL_ALONE),$(WHEEL_COMPLETE))
	@cd $(INSTALLED) && venv/bin/python -m pytest -n auto --dist worksteal $(or $(ARGS),tests/cli tests/vendors)

WHEEL_COMPLETE = $(PYTHON) -m venv $(INSTALLED)/venv && $(INSTALLED)/venv/bin/pip install --quiet \
	  --disable-pip-version-check --constraint constraints.txt "$$(ls dist/*.whl)[test]"
# What the wheel needs was installed from the same pyproject.toml before; a .pth file does not follow those it leads to,
# so that the packages of the tree are not found.
WHEEL_ALONE = $(PYTHON) -m venv --without-pip $(INSTALLED)/venv && \
	  $(BIN)/pip --quiet --disable-pip-version-check --python $(INSTALLED)/venv/bin/python install --no-deps dist/*.whl && \
	  $(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
	  > "$$($(INSTALLED)/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dependencies.pth"

cases: $(VENV)/developed ## Run the cases that users reported (part of `make test` too)
	@$(BIN)/pytest tests/cases $(ARGS)

lint: $(VENV)/developed ## Check style and types, and the Markdown of the pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pymarkdown scan --recurse *.md docs specs/*.md

format: $(VENV)/developed ## Fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/developed ## Measure requests per second, beside the ceiling and other mock servers (ARGS="--no-peers")
	@$(BIN)/python tests/benchmarks/bench.py $(ARGS)

instructions: $(VENV)/developed ## Count the instructions of a request, which a busy machine does not change (needs valgrind)
	@$(BIN)/python tests/benchmarks/instructions.py

bench-start: $(VENV)/developed ## Measure the time from start to first reply, beside other mock servers (ARGS="--times 3 --only petstore")
	@$(BIN)/python tests/benchmarks/start.py $(ARGS)

bench-dashboard: $(VENV)/developed ## Measure how long the dashboard of a fresh sandbox takes to load in Chromium
	@$(BIN)/python -m tests.benchmarks.dashboard $(ARGS)

bench-workers: $(VENV)/developed ## Compare one and two workers on SQLite and Redis, and latencies at a fixed rate (ARGS="--no-peers")
	@$(BIN)/python tests/benchmarks/workers.py $(ARGS)

bench-journal: $(VENV)/developed ## Measure what the journal costs, in many short rounds with and without it (ARGS="--rounds 10")
	@$(BIN)/python tests/benchmarks/journal.py $(ARGS)

bench-namespaces: $(VENV)/developed ## Print what a namespace, a checkpoint and a snapshot cost
	@$(BIN)/python tests/benchmarks/namespaces.py $(ARGS)

bench-log: $(VENV)/developed ## Print what the logs of `--store` cost, for one process and for two
	@$(BIN)/python tests/benchmarks/logs.py $(ARGS)

bench-scale: $(VENV)/developed ## Simulate up to 1,000 workers on Redis, with costs that are measured first
	@$(BIN)/python tests/benchmarks/scale.py $(ARGS)

linear: $(VENV)/developed ## Kill workers under concurrent requests, and check that one order explains all answers
	@$(BIN)/python -m tests.linear.run --kill $(ARGS)
	@$(BIN)/python -m tests.linear.killed

soak: $(VENV)/developed ## Send mixed load for ten minutes and print how memory grows (ARGS="--minutes 1")
	@$(BIN)/python tests/benchmarks/soak.py $(ARGS)

attacks: $(VENV)/developed ## Send what once stopped the mock, and print how long each took and the memory it needed
	@$(BIN)/python tests/benchmarks/attacks.py

conformance: $(VENV)/developed ## Run the Schemathesis command line against the mock of each vendor
	@$(BIN)/python tests/conformance/run.py $(ARGS)

conformance-big: $(VENV)/developed ## Run the Schemathesis command line against mocks of public documents
	@$(BIN)/python tests/conformance/run.py --big $(ARGS)

corpus: $(VENV)/developed ## Serve every document of a public directory and print the results
	@$(BIN)/python tests/corpus/run.py $(ARGS)

corpus-checks: $(VENV)/developed ## Check our mock of fifty public documents, drawn by a seed (ARGS="--seed 7")
	@$(BIN)/python tests/corpus/check_run.py $(ARGS)

journeys: $(VENV)/developed ## Create, read, list, update and delete items of public documents
	@$(BIN)/python -m tests.journeys.run $(ARGS)

joins: $(VENV)/developed ## Print which share of the references in replies leads to something (ARGS="my-api.yaml")
	@$(BIN)/python -m tests.joins.run $(ARGS)

fuzz-admin: $(VENV)/developed ## Send 20,000 random requests to the admin API (ARGS="--requests 1000 --seed 2")
	@$(BIN)/python -m tests.admin_fuzz.run $(ARGS)

client-suites: $(VENV)/developed ## Run the tests of vendors' clients against this mock and against Prism (ARGS="groq --all")
	@$(BIN)/python -m tests.client_suites.run $(ARGS)

compared: $(VENV)/developed ## Try twenty tasks with this mock, WireMock, Prism and Mockoon (ARGS="--only delay --tool prism")
	@$(BIN)/python -m tests.compared.run $(ARGS)

compared-32: $(VENV)/developed ## The same document of OpenAPI 3.2 on this mock, Prism, Scalar and Mockoon
	@$(BIN)/python -m tests.openapi_support.peers $(ARGS)

foreign: $(VENV)/developed ## Compare four foreign servers with their mocks and learn from them (ARGS="--only flags --details")
	@$(BIN)/python -m tests.differential_servers.run $(ARGS)

mutants: $(VENV)/developed ## Plant bugs one at a time and print which ones the checks find
	@$(BIN)/python tests/planted_bugs/run.py $(ARGS)

independent-servers: $(VENV)/developed ## Check correct and defective servers in six frameworks (ARGS="--only apps/ --correct")
	@$(BIN)/python tests/independent_servers/run.py $(ARGS)

wheel: $(VENV)/developed ## Build the wheel into dist/, and print its size and how long it takes to import
	@rm -f dist/*.whl
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@$(BIN)/python -m tests.package_size dist/*.whl

dist: $(VENV)/developed ## Build the wheel and the source archive into dist/
	@rm -f dist/*.whl dist/*.tar.gz
	$(BIN)/hatchling build -d dist

workflows: $(VENV)/developed ## Check the workflows of GitHub Actions
	$(BIN)/zizmor --offline --no-progress --quiet .github action.yml mockserver/cli/starter/workflow.yml
	@.ci/actionlint $(BIN)

pins: ## Resolve all dependencies again and write constraints.txt
	@rm -rf build/pins && $(PYTHON) -m venv build/pins
	build/pins/bin/pip install --quiet --upgrade hatchling editables -e '.[dev,site]'
	build/pins/bin/pip freeze --all --exclude-editable | grep -ivE '^(pip|setuptools|wheel)==' > constraints.txt

docs: $(VENV)/developed ## Write the generated pages (docs/behaviour.md, docs/contract-checks/checks.md, docs/admin-api.md, docs/openapi-support.md, docs/configuration.md) and the JSON Schemas for editors
	$(BIN)/mockserver specs vocabulary > docs/behaviour.md
	$(BIN)/python -m contracts.cli.checks_page > docs/contract-checks/checks.md
	$(BIN)/python -m mockserver.web.admin.reference_page > docs/admin-api.md
	$(BIN)/python -m tests.openapi_support.support_page > docs/openapi-support.md
	$(BIN)/python -m mockserver.cli.configuration_page > docs/configuration.md
	$(BIN)/python -m mockserver.cli.schema_files

site: $(VENV)/made ## Build the documentation site into build/site
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[site]'
	@mkdir -p build
	@# Not by --quiet: what it does not print does not count as a warning, and then nothing fails.
	@NO_MKDOCS_2_WARNING=1 PYTHONPATH=. $(BIN)/mkdocs build > build/site.log 2>&1 || \
	  { grep -v '^INFO' build/site.log >&2; exit 1; }

.PHONY: pictures
pictures: $(VENV)/developed ## Take the pictures of the dashboard for the docs (docs/pictures)
	@MOCKSERVER_PICTURES=docs/pictures $(BIN)/pytest -q tests/dashboard -k pictures

clean: ## Delete everything that was built
	rm -rf .venv .venv-* build dist reports .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis

# A stamp file is newer than pyproject.toml and constraints.txt if what they name is installed.
# The build backend is installed first and used as it is, because pip does not apply constraints to one it fetches itself.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt

$(VENV)/served: $(VENV)/made pyproject.toml constraints.txt
	@echo "Installing the mock server into $(VENV) (once)"
	@$(PIP) hatchling editables
	@$(PIP) --no-build-isolation --editable '.[live]'
	@touch $@

$(VENV)/developed: $(VENV)/served
	@echo "Installing the tools for the tests into $(VENV) (once)"
	@$(PIP) --no-build-isolation --editable '.[dev]'
	@touch $@

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || echo missing)." >&2; \
	  echo "Name another one: PYTHON=python3.12 make $(or $(firstword $(MAKECMDGOALS)),serve)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON)' cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@
