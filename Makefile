# Fairport from a bare checkout: `make demo` runs the main job, `make test` the tests. `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
FRONTEND := site/frontend
DEMO_DIR ?= build/demo
RECORDS ?= 10000
WORKERS ?= 2
PYTEST_ARGS ?=

.PHONY: help install frontend demo test check format services bench bench-catalog docs dist lock clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv with the program at .venv/bin/fairport
	@if [ -f $(FRONTEND)/package.json ]; then $(MAKE) --no-print-directory frontend; fi

$(STAMP): pyproject.toml uv.lock build_support/install.sh
	PYTHON='$(PYTHON)' build_support/install.sh
	@touch $@

