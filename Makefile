# Nothing but Python 3.11 or newer, its venv module and make has to be there: each target makes the environments it needs.
PYTHON ?= python3
VENV := .venv
# pywb brings a `brotli` module of its own, which displaces the one that Scrapy needs: it lives apart.
REPLAY := .venv-replay
# The programs that the extraction is measured beside bring their own versions of much: they live apart, too.
PEERS := .venv-peers
STORE := .venv-store
PIP := -m pip --quiet --disable-pip-version-check --no-input
# The variable reaches builds, too: the extraction's inner loops are compiled against the very lxml that is installed.
CONSTRAINED := PIP_CONSTRAINT=constraints.txt $(VENV)/bin/python $(PIP)
ENVIRONMENTS := $(VENV)/.installed $(REPLAY)/.installed

.DEFAULT_GOAL := help
.PHONY: help environments demo for-tests test lint score bench soak screenshots lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*##/\1 —/p' Makefile

$(VENV)/.installed: pyproject.toml constraints.txt setup.py $(wildcard crawler/extraction/compiled/*.p[yx]*)
	"$(PYTHON)" -c 'import sys; sys.version_info >= (3, 11) or sys.exit("newswarc needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.11")'
	"$(PYTHON)" -m venv --clear $(VENV)
	$(CONSTRAINED) install --editable '.[dev,alerts,parquet,postgres,s3]'
	touch $@

$(REPLAY)/.installed: constraints.txt
	"$(PYTHON)" -m venv --clear $(REPLAY)
	$(REPLAY)/bin/python $(PIP) install --constraint constraints.txt pywb
	touch $@

$(PEERS)/.installed: tests/benchmarks/peers.txt
	"$(PYTHON)" -m venv --clear $(PEERS)
	$(PEERS)/bin/python $(PIP) install --no-deps --requirement tests/benchmarks/peers.txt
	touch $@

# Judges of what is written, for the tests alone; a test whose judge is missing is skipped, and says so.
$(REPLAY)/.judges: $(REPLAY)/.installed
	$(REPLAY)/bin/python $(PIP) install --constraint constraints.txt wacz && touch $@ || echo "py-wacz cannot be had"

# AGPL, and so in a process of its own: a browser shows what it makes of a package.
$(REPLAY)/replaywebpage: $(REPLAY)/.installed
	cd $(REPLAY) && npm pack --silent --fetch-retries=0 --fetch-timeout=20000 replaywebpage@2.4.6 && tar -xzf replaywebpage-2.4.6.tgz \
		&& mv package replaywebpage && touch replaywebpage || echo "ReplayWeb.page cannot be had"

# MPL-2.0, for the tests alone: it looks over pages for what keeps people from using them.
$(VENV)/axe-core: $(VENV)/.installed
	cd $(VENV) && npm pack --silent --fetch-retries=0 --fetch-timeout=20000 axe-core@4.14.1 && tar -xzf axe-core-4.14.1.tgz \
		&& mv package axe-core && touch axe-core || echo "axe-core cannot be had"

# An S3-compatible store for the tests, a process of its own: its many modules live apart, too.
$(STORE)/.installed: tests/support/store.txt
	"$(PYTHON)" -m venv --clear $(STORE)
	$(STORE)/bin/python $(PIP) install --no-deps --requirement tests/support/store.txt && touch $@ || echo "moto cannot be had"

# Several are made side by side: most of the time each waits for a disk or an index.
environments: $(ENVIRONMENTS)
	@:

demo:  ## crawl the built-in newspaper, archive, extract, export, verify and replay it
	@$(MAKE) --no-print-directory --jobs=4 environments
	$(VENV)/bin/python -m crawler demo

# Pages in a browser are tested where the system has a Chromium: none is downloaded, and without one the driver is of no use.
$(VENV)/.browser: $(VENV)/.installed
	@if command -v "$${NEWSWARC_BROWSER:-chromium}" >/dev/null; \
	then $(CONSTRAINED) install --editable '.[browser]' && touch $@ || echo "Playwright cannot be had"; \
	else echo "no Chromium on PATH (Debian: apt-get install chromium): pages in a browser are not tested"; fi

for-tests: environments $(REPLAY)/.judges $(REPLAY)/replaywebpage $(VENV)/.browser $(VENV)/axe-core $(STORE)/.installed
	@:

test:  ## run the tests, on all cores
	@$(MAKE) --no-print-directory --jobs=4 for-tests
	$(VENV)/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed  ## style and types
	$(VENV)/bin/python -m ruff check .
	$(VENV)/bin/python -m ruff format --check .
	$(VENV)/bin/python -m mypy

score: $(VENV)/.installed  ## how right extraction is: make score CORPUS=FOLDER[,FOLDER], held against committed floors
	$(VENV)/bin/python -m tests.scoring $(CORPUS)

bench: $(ENVIRONMENTS) $(PEERS)/.installed  ## speed, as ratios measured side by side; CORPUS=FOLDER gives real pages
	$(VENV)/bin/python -m tests.benchmarks $(CORPUS)

soak: $(ENVIRONMENTS) $(VENV)/.browser $(STORE)/.installed  ## the tests that take minutes
	$(VENV)/bin/python -m pytest -m soak --timeout 3600

screenshots: $(ENVIRONMENTS) $(VENV)/.browser  ## take the README's pictures of the reading room anew
	$(VENV)/bin/python -m tests.screenshots

lock:  ## write constraints.txt anew: the newest versions that pyproject.toml allows
	"$(PYTHON)" -m venv --clear .venv-lock
	.venv-lock/bin/python $(PIP) install --editable '.[dev,alerts,parquet,postgres,s3,replay,judge,browser]' Cython
	.venv-lock/bin/python $(PIP) freeze --exclude-editable > constraints.txt
	rm -rf .venv-lock

clean:  ## remove environments and caches; collections stay
	rm -rf $(VENV) $(REPLAY) $(PEERS) $(STORE) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
