# Two commands matter on a fresh machine: `make demo` and `make test`. Everything else is for people who work on Claimline.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo up test test-postgres audit check lint format docs bench simulate chaos lock clean

help: ## Show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

demo: $(STAMP) ## Start everything, run the example claims through their life, report
	$(BIN)/python starter.py demo

up: $(STAMP) ## Start Temporal, its UI, the sandbox and a worker, without claims
	$(BIN)/python starter.py up

test: $(STAMP) ## Run every test
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-postgres: $(STAMP) ## Run what works with records on PostgreSQL: workflows, cash, the demo (skips, saying so, without one)
	CLAIMLINE_TEST_RECORDS=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile \
		tests/workflows tests/commands/test_cash.py tests/commands/test_demo.py

audit: $(STAMP) ## Bill of materials of the lock, its licences, and known vulnerabilities where a database of them answers
	$(BIN)/python tools/audit.py --bill .claimline/bill-of-materials.json

check: lint ## Format, lint, types, layers, then every test: what CI runs
	$(MAKE) test

lint: $(STAMP) ## Format, lint, types and layers, without the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Format and sort imports
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(STAMP) ## Write the pages that are drawn from tables and code
	$(BIN)/python tools/denials_table.py
	$(BIN)/python tools/draw_life.py
	$(BIN)/python tools/settings_table.py
	$(BIN)/python tools/make_stories.py
	$(BIN)/python tools/tell_page.py
	$(BIN)/python tools/performance_page.py

bench: $(STAMP) ## Measure against bare servers and other libraries, a ratio a question (QUICK=1: small, nothing kept)
	$(BIN)/python -m bench $(if $(QUICK),--quick)

simulate: $(STAMP) ## Live years of made-up claims and audit every step (SEEDS=1..1000 CLAIMS=1000 DAYS=365 JOBS=2)
	$(BIN)/python -m simulation --seeds "$(SEEDS)" --claims $(or $(CLAIMS),1000) --days $(or $(DAYS),365) --jobs $(or $(JOBS),2)

chaos: $(STAMP) ## Kill workers, server, sandbox and database under the example claims, seed by seed (SEEDS=1-6)
	$(BIN)/python -m tests.chaos.run --seeds "$(or $(SEEDS),1-6)"

lock: ## Turn requirements.in into requirements.lock (needs uv on the PATH)
	uv pip compile --generate-hashes --no-emit-index-url --python-version 3.11 requirements.in -o requirements.lock

clean: ## Remove the environment and every cache; claims live in .claimline and stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamp is newer than the lock only after the whole lock is in: a changed or half-installed lock installs again.
$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Claimline needs Python 3.11 or later: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "No venv module: apt-get install python3-venv, then try again" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)
