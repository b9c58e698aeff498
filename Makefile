# make demo, make test, make check, make bench, make docs: each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help setup demo test check audit locks format bench docs clean

help:
	@echo "make demo    train on MNIST, score, report, read a few pictures"
	@echo "make test    the tests"
	@echo "make check   format, lint, types, imports"
	@echo "make audit   licences, bill of materials, known holes of what is installed"
	@echo "make locks   the versions of constraints.txt with the hashes of their files, in locks/"
	@echo "make bench   the benchmarks against other libraries"
	@echo "make docs    the pages that are made from the program, and the site in site/"
	@echo "make setup   only the virtual environment in $(VENV)"

setup: $(READY)

# Debian's python3 comes without ensurepip; its pip can fill a bare environment from outside.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tenfold needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 2; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) 2>/dev/null || \
		{ rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && \
		  $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }
	@echo "installing into $(VENV) (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

demo: $(READY)
	@$(BIN)/tenfold demo

test: $(READY)
	$(BIN)/pytest --numprocesses 2 --dist loadscope

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# pip-audit brings much that nothing else needs: an environment of its own.
audit: $(READY)
	@test -x $(VENV)-audit/bin/pip-audit || \
		{ $(BIN)/python -m venv --without-pip $(VENV)-audit && $(BIN)/python -m pip --python $(VENV)-audit/bin/python \
		  install --quiet --disable-pip-version-check pip-audit==2.10.1; } || echo "no pip-audit: is there a network?"
	$(BIN)/python .ci/audit.py $(VENV)-audit/bin/pip-audit

# serve is what the Dockerfile installs, all everything but the tools; torch as the package index has it.
locks: $(READY)
	for extra in serve all; do \
		$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --extra $$extra --constraint constraints.txt \
			--generate-hashes --no-annotate --quiet --custom-compile-command "make locks" --output-file locks/$$extra.txt \
		|| exit 1; \
	done

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY)
	$(BIN)/python -m benchmarks

docs: $(READY)
	$(BIN)/python -m reference
	$(BIN)/zensical build --clean --strict

clean:
	rm -rf $(VENV) $(VENV)-audit audit runs explore explain site .pytest_cache .mypy_cache .ruff_cache .hypothesis \
		.import_linter_cache
