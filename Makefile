# `make` alone prints what each target does. PY names another Python: make demo PY=python3.12
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test check check-static format docs sample bench clean setup

PY ?=
BIN := .venv/bin
PYTHON := $(BIN)/python
TYPED := $(wildcard pipelines dashboard reports commands app.py cli.py asgi.py)
# One worker more than cores, because many tests wait for processes that they start; a file's tests
# stay together, so its server or warehouse is made once. Their order is that of tests/conftest.py.
PYTEST = $(PYTHON) -m pytest -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) \
	--dist loadfile --no-loadscope-reorder

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv ready from requirements.lock (every other target does this by itself)
	@PY='$(PY)' tools/setup

demo: setup ## load a believable sample that ends yesterday, if there is none yet, and open the dashboard on it
	@$(BIN)/utilization demo

test: setup ## run every test, the browser's and the fault tests included
	@$(PYTEST)

check: check-static ## run what a change must pass: lint, format, types, imports, docs, quick tests
	@$(PYTEST) -m 'not e2e and not faults'

check-static: setup ## the part of check that runs no test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --no-progressbar pipelines
	$(BIN)/mypy $(TYPED)
	$(BIN)/lint-imports
	$(PYTHON) -m pipelines.docs --check

format: setup ## rewrite Python and SQL the way check wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --no-progressbar pipelines

docs: setup ## write the generated pages of docs/ again
	$(PYTHON) -m pipelines.docs

sample: setup ## write the small sample of data/sample again
	rm -rf data/sample
	$(BIN)/utilization sample data/sample --days 45 --quotes-per-day 500

bench: setup ## measure each figure the README states
	$(PYTHON) -m benchmarks

clean: ## remove .venv, caches and build leftovers; data/home stays
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
