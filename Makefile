# One command to each thing. A fresh machine needs Python 3.11 or newer and make.
PYTHON ?= python3
UV_VERSION = 0.13.9
BIN = .venv/bin

.PHONY: help setup demo test fuzz check bench rivals docs fmt lock clean

help:
	@echo "make setup   prepare the environment (.venv)"
	@echo "make demo    a whole company to look at, in your browser"
	@echo "make test    everything that is tested, headless browser included"
	@echo "make fuzz    read damaged files of every format, for hours; what came of it in docs/fuzz.md"
	@echo "make check   format, lint, types, imports, architecture"
	@echo "make bench   measure speed"
	@echo "make rivals  prepare .venv-rivals for promesa bench best"
	@echo "make docs    write the documentation that is generated"
	@echo "make fmt     format the code"
	@echo "make lock    choose newer versions of the dependencies"

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml hatch_build.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Promesa needs Python 3.11 or newer: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/promesa messages compile
	@$(BIN)/promesa demo $(ARGS)

test: setup
	@$(BIN)/promesa messages compile
	@$(BIN)/python tests/needs.py
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

fuzz: setup
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-fuzz.txt
	for reader in edifact x12 csv mail; do $(BIN)/python -m tests.fuzz.targets $$reader --seconds $(or $(SECONDS_A_TARGET),300) || exit 1; done
	$(BIN)/python -m tests.fuzz.run $(ARGS)

check: setup
	@$(BIN)/promesa messages compile
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture

bench: setup
	$(BIN)/promesa bench capture $(ARGS)

rivals: setup
	@test -x .venv-rivals/bin/python || $(PYTHON) -m venv .venv-rivals
	$(BIN)/uv pip install --quiet --python .venv-rivals/bin/python --require-hashes -r requirements-rivals.txt

docs: setup
	$(BIN)/promesa docs events
	$(BIN)/promesa docs cli

fmt: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: setup
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet $(ARGS) -o requirements.lock requirements.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet $(ARGS) -o requirements-fuzz.txt requirements-fuzz.in
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet $(ARGS) -o requirements-rivals.txt requirements-rivals.in

clean:
	rm -rf .venv .venv-rivals .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist
