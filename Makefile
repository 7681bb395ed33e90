# Each target makes the virtual environment it needs; nothing else has to be installed than Python 3.11 or newer and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CONSTRAINTS := constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench soak score lock clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/ — /'

$(VENV)/.installed: pyproject.toml $(CONSTRAINTS)
	"$(PYTHON)" -c 'import sys; sys.exit("newswarc needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(CONSTRAINTS) --editable '.[dev]'
	touch $@

demo: $(VENV)/.installed  ## crawl the built-in newspaper, archive, extract, export, verify and replay it
	$(BIN)/python -m crawler demo

test: $(VENV)/.installed  ## run the tests
	$(BIN)/python -m pytest

lint: $(VENV)/.installed  ## style and types
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

bench: $(VENV)/.installed  ## speed, as ratios measured side by side
	$(BIN)/python -m tests.benchmarks

soak: $(VENV)/.installed  ## the tests that take minutes
	$(BIN)/python -m pytest -m soak --timeout 3600

lock:  ## write constraints.txt anew from the newest versions that pyproject.toml allows
	rm -rf $(VENV)
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/python -m pip freeze --exclude-editable > $(CONSTRAINTS)

clean:  ## remove the virtual environment and caches; collections stay
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
