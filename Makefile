# make demo, make test, make test-all, make check, make bench, make docs: each sets up what it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
# Every command and every test process would compile torch anew where Python may not keep what it has compiled.
unexport PYTHONDONTWRITEBYTECODE
# Of the tests' order, which is random: make test SEED=7 tries another.
SEED ?= 1

.PHONY: help setup demo test test-long test-all coverage check audit locks format bench docs clean

help:
	@echo "make demo       train on MNIST, score, report, read a few pictures"
	@echo "make test       the tests, in a few minutes: what is promised holds"
	@echo "make test-long  the long ones: clusters, browsers, kills, fuzzing, the site, the notebook, long combinations"
	@echo "make test-all   both"
	@echo "make coverage   both, slower: which lines and branches they run"
	@echo "make check      format, lint, types, imports"
	@echo "make audit      licences, bill of materials, known holes of what is installed"
	@echo "make locks      the versions of constraints.txt with the hashes of their files, in locks/"
	@echo "make bench      the benchmarks against other libraries"
	@echo "make docs       the pages that are made from the program, and the site in site/"
	@echo "make setup      only the virtual environment in $(VENV)"

setup: $(TOOLS)

# What using tenfold takes, and what working on it takes besides. Modules are compiled when they are first imported: doing
# it for all of them would take a third of the installation.
define install
	@echo "installing into $(VENV) (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile \
		--constraint constraints.txt --editable '.[$(1)]'
	@touch $@
endef

$(READY): pyproject.toml constraints.txt | $(BIN)/pip
	$(call install,all)

$(TOOLS): pyproject.toml constraints.txt | $(BIN)/pip
	$(call install,dev)
	@touch $(READY)

# Debian's python3 comes without ensurepip; its pip can fill a bare environment from outside.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "tenfold needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 2; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
		{ rm -rf $(VENV) && $(PYTHON) -m venv --without-pip $(VENV) && \
		  $(PYTHON) -m pip --python $(BIN)/python install --quiet pip; }

demo: $(READY)
	@$(BIN)/tenfold demo

# Two processes of one thread each: torch's threads would wait for each other's cores.
RUN_TESTS := OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadscope --randomly-seed=$(SEED)

test: $(TOOLS)
	$(RUN_TESTS) -m "not long" -p no:schemathesis

test-long: $(TOOLS)
	$(RUN_TESTS) -m long

test-all: $(TOOLS)
	$(RUN_TESTS)

# What the tests start is counted too. .coverage is kept for python -m benchmarks coverage and mutants.
coverage: $(TOOLS)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses 2 --dist loadscope --randomly-seed=$(SEED)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(TOOLS)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# pip-audit brings much that nothing else needs: an environment of its own.
audit: $(TOOLS)
	@test -x $(VENV)-audit/bin/pip-audit || \
		{ $(BIN)/python -m venv --without-pip $(VENV)-audit && $(BIN)/python -m pip --python $(VENV)-audit/bin/python \
		  install --quiet --disable-pip-version-check pip-audit==2.10.1; } || echo "no pip-audit: is there a network?"
	$(BIN)/python .ci/audit.py $(VENV)-audit/bin/pip-audit

# serve is what the Dockerfile installs, all everything but the tools; torch as the package index has it.
locks: $(TOOLS)
	for extra in serve all; do \
		$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --extra $$extra --constraint constraints.txt \
			--generate-hashes --no-annotate --quiet --custom-compile-command "make locks" --output-file locks/$$extra.txt \
		|| exit 1; \
	done

format: $(TOOLS)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(TOOLS)
	$(BIN)/python -m benchmarks

docs: $(TOOLS)
	$(BIN)/python -m reference
	$(BIN)/zensical build --clean --strict

clean:
	rm -rf $(VENV) $(VENV)-audit audit runs explore explain site .coverage .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache
