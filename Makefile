# Fairport from a bare checkout: `make demo` runs the main job, `make test` the tests. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
DEMO_DIR ?= build/demo
RECORDS ?= 10000
ENGINE ?= local
JOBS ?= 1000
WORKERS ?= 2
PYTEST_ARGS ?=

# Isolated tools that tests of services use; tests themselves never install anything.
TOOLS := rucio-clients rucio-server toil reana-client roc-validator hepdata-validator cffconvert

.PHONY: help install frontend demo test check format services bench bench-catalog bench-scan docs dist lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv, with the program at .venv/bin/fairport
	@if [ -f site/frontend/package.json ]; then PYTHON="$(PYTHON)" build_support/frontend.sh; fi

$(STAMP): pyproject.toml uv.lock hatch_build.py build_support/install.sh build_support/uv.sh
	@PYTHON='$(PYTHON)' build_support/install.sh
	@touch $@

frontend: ## Build the interactive front end
	@PYTHON='$(PYTHON)' build_support/frontend.sh

demo: install ## Scaffold, run, check and publish example analyses (DEMO_DIR=build/demo)
	$(BIN)/fairport demo --dir '$(DEMO_DIR)'

test: install ## Run all tests (WORKERS=2, PYTEST_ARGS=...)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

check: install ## Lint, formatting, types, the floors of the package, the front end
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	@PYTHON='$(PYTHON)' build_support/frontend.sh check

format: install ## Format the Python code and mend what ruff can mend safely
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

services: install ## Install what some tests use: system packages (Debian, by sudo) and isolated tools
	@build_support/services.sh
	@$(BIN)/python build_support/tools.py $(TOOLS)

bench: install ## Run all benchmarks and write benchmarks/results.md
	$(BIN)/python benchmarks/run.py

bench-catalog: install ## Build a synthetic catalogue (RECORDS=10000); fails past its budget
	$(BIN)/python benchmarks/catalog.py --records $(RECORDS)

bench-scan: install ## Run a parameter scan on one engine (ENGINE=local, JOBS=1000)
	$(BIN)/python benchmarks/scan.py --engine $(ENGINE) --jobs $(JOBS)

docs: install ## Build the documentation into build/docs
	$(BIN)/python -m fairport.catalog.site.docs '$(CURDIR)/build/docs'

dist: install ## Build sdist and wheel into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation

lock: ## Renew uv.lock and the locked requirements of the isolated tools
	PYTHON='$(PYTHON)' build_support/lock.sh

clean: ## Remove what was built; .venv stays
	rm -rf build dist site/frontend/dist .cache .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
