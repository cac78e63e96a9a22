# Needs GNU make and python3 (3.11 or newer); everything else goes into .venv.
#
#   make run ARCHIVE=news.db MONITOR=mine.yaml ARGS=--plain

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARCHIVE ?=
MONITOR ?=
MARKS ?=
ARGS ?=

# Compiled modules are kept: without them each command that a test starts compiles all of Wirewatch again.
export PYTHONDONTWRITEBYTECODE :=

PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
WIREWATCH := $(BIN)/wirewatch
PLACES := $(if $(ARCHIVE),--archive "$(ARCHIVE)")
SAY_WHERE = echo "(wirewatch is $(WIREWATCH) here; . $(BIN)/activate makes the name do)"
LOCK := requirements-dev.lock

# Prints the development tools of pyproject.toml; the pip of an older Python knows no --group.
TOOLS := 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")'

# What is installed follows these two files; the code itself is installed in place and needs no second installation.
READS := pyproject.toml $(LOCK)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  ARCHIVE=file and MONITOR=file name another archive and monitor; ARGS=... goes to wirewatch or pytest."

.PHONY: run
run: $(VENV)/installed ## One pass: feeds, developments, alerts
	@$(WIREWATCH) run $(PLACES) $(if $(MONITOR),--monitor "$(MONITOR)") $(ARGS)
	@$(SAY_WHERE)

.PHONY: demo
demo: $(VENV)/installed ## The whole chain without a network, in half a minute
	@$(WIREWATCH) demo $(PLACES) $(ARGS)
	@$(SAY_WHERE)

.PHONY: test
test: lint ## Linting, types, import rules and the test suite
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow" $(ARGS)

.PHONY: slow
slow: $(VENV)/installed-dev ## The tests that take more than ten seconds each
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m slow $(ARGS)

.PHONY: bench
bench: $(VENV)/installed-dev ## Measure against lemon24/reader and the plain pass, or the pages; minutes, on a quiet machine
	@$(BIN)/python tests/bench $(ARGS)

.PHONY: lint
lint: $(VENV)/installed-dev ## Linting, types and import rules only
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: docs
docs: $(VENV)/installed-dev ## Write the reference pages that follow from the code
	@$(BIN)/python docs/generate.py
	@$(BIN)/python tests/feeds/fault_table.py

.PHONY: train
train: $(VENV)/installed-dev ## Train the model that reads what the rules leave open, by MARKS=file too (adds scikit-learn)
	@$(PIP) install "scikit-learn>=1.5"
	@$(BIN)/python tests/training $(if $(MARKS),--marks "$(MARKS)" $(if $(MONITOR),--monitor "$(MONITOR)"))

.PHONY: screenshots
screenshots: $(VENV)/installed-dev ## Pictures of every page for docs/screenshots; needs Chromium
	@$(BIN)/python tests/browse/screenshots.py $(ARGS)

.PHONY: lock
lock: $(VENV)/python-is-new-enough ## Write the lock file: the newest versions that pyproject.toml allows
	@rm -rf $(VENV)/lock && $(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -c $(TOOLS) >$(VENV)/tools.txt
	@$(VENV)/lock/bin/python -m pip --disable-pip-version-check --quiet --quiet install --editable . -r $(VENV)/tools.txt
	@{ echo "# Written by \`make lock\`: the versions that \`make\` installs and the tests were run with."; \
	   $(VENV)/lock/bin/python -m pip --disable-pip-version-check freeze --exclude-editable; } > $(LOCK).new
	@mv $(LOCK).new $(LOCK)
	@rm -rf $(VENV)/lock
	@echo "$(LOCK) is written; make test tries it."

.PHONY: clean
clean: ## Remove .venv and what tools leave behind (no archive)
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(VENV)/python-is-new-enough:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Wirewatch needs Python 3.11 or newer; \"$(PYTHON)\" is $$($(PYTHON) --version 2>&1 || echo missing)." >&2; \
	  echo "Name another one: make PYTHON=python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: $(READS) $(VENV)/python-is-new-enough
	@echo "Installing Wirewatch into $(VENV) (about a minute the first time)..." >&2
	@$(PIP) install --constraint $(LOCK) --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing the tools for tests..." >&2
	@$(BIN)/python -c $(TOOLS) >$(VENV)/tools.txt
	@$(PIP) install --constraint $(LOCK) -r $(VENV)/tools.txt
	@touch $@
