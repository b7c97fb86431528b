# Amana. Needs make and Python 3.11 or newer; everything else comes from the hashed requirements into .venv.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV := .venv
PY := $(VENV)/bin/python
BIND ?= 127.0.0.1:8000
JOBS ?= 2
ARGS ?=

# What Python compiles is kept, whatever the caller's shell says: each process of a test would compile all of it anew.
unexport PYTHONDONTWRITEBYTECODE

# The newest of the usual names that is 3.11 or more; `make PYTHON=/path/to/python` decides otherwise.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)

# The stamps hold a checksum of what was installed, so that a changed requirements file is noticed and a touched one is not.
RUNTIME := $(VENV)/installed-runtime
TOOLS := $(VENV)/installed-tools

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: demo
demo: $(RUNTIME) ## Do the whole main job on generated evidence, show each result, then serve it at http://127.0.0.1:8000
	@exec $(PY) manage.py demo --serve --bind $(BIND) $(ARGS)

.PHONY: run
run: $(RUNTIME) ## Start Amana on its embedded default: one folder (var/), one Ctrl-C
	@exec $(PY) manage.py serve --bind $(BIND) $(ARGS)

.PHONY: test
test: $(TOOLS) ## Run the tests, all but the slow ones (ARGS="tests/custody -k ledger" narrows)
	@$(PY) -m pytest -n $(JOBS) --dist worksteal $(ARGS)

.PHONY: slow
slow: $(TOOLS) ## Run the slow tests: real processes, a real browser, crashes
	@$(PY) -m pytest -m slow -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: $(TOOLS) ## Run all static checks; goes on after a failure and fails at the end
	@failed=""
	step() { local name=$$1; echo "--- $$name"; shift; "$$@" || failed="$$failed\n  $$name"; }
	export AMANA_DATA_DIR=$(CURDIR)/$(VENV)/check
	export SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')
	step "lint" $(PY) -m ruff check .
	step "format" $(PY) -m ruff format --check .
	step "types" $(PY) -m mypy .
	step "imports between the rooms" $(VENV)/bin/lint-imports --no-logo
	step "templates" $(VENV)/bin/djlint --lint --quiet config custody evidence testimony
	step "migrations" $(PY) manage.py makemigrations --check --dry-run
	step "system checks" $(PY) manage.py check --fail-level WARNING --tag models --tag templates --tag urls --tag translation
	step "system checks as deployed" env ALLOWED_HOSTS=amana.example.org AMANA_ORIGIN=amana.example.org/ledger AMANA_BEHIND_PROXY=true \
		$(PY) manage.py check --deploy --fail-level WARNING
	step "contrast, requirements, translations" $(PY) -m pytest -q -p no:randomly tests/config/rules
	if [ -n "$$failed" ]; then printf "Failed:$$failed\n"; exit 1; fi
	echo "All checks passed."

.PHONY: bench
bench: $(TOOLS) ## Measure ingest and verify beside cp and bagit.py on the same files
	@exec $(PY) -m tests.benchmarks $(ARGS)

.PHONY: format
format: $(TOOLS) ## Format the code and apply the safe fixes of the linter
	@$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

.PHONY: requirements
requirements: $(TOOLS) ## Compile both requirements files again from pyproject.toml (ARGS=--upgrade)
	@export CUSTOM_COMPILE_COMMAND="make requirements"
	compile() { $(PY) -m piptools compile --quiet --strip-extras --generate-hashes --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links $(ARGS) "$$@" pyproject.toml; }
	compile --output-file=requirements.txt
	compile --output-file=tests/requirements.txt --extra=tests --constraint=requirements.txt --allow-unsafe

.PHONY: clean
clean: ## Remove .venv and caches; never touches the data folder
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -path ./var -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed; none was found. Try: make PYTHON=/path/to/python3" >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python has no venv module; on Debian: apt install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt | $(PY)
	@$(call install,requirements.txt)

$(TOOLS): requirements.txt tests/requirements.txt | $(PY)
	@$(call install,tests/requirements.txt)
	cat requirements.txt | cksum > $(RUNTIME)

define install
if [ ! -f $@ ] || ! cmp -s <(cat $^ | cksum) $@; then
	echo "Installing $(1) into $(VENV) ..."
	$(PY) -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes -r $(1)
	cat $^ | cksum > $@.new
	mv $@.new $@
else
	touch $@
fi
endef
