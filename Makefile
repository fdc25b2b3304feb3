# `make try` for a look, `make test` for everything; `make` alone lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMP := .venv/.installed
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

# The first Python that is new enough and can make a virtual environment.
define FIND_PYTHON
python=""; plain="";
for name in python3.13 python3.12 python3.11 python3; do
    $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue;
    plain=$$name;
    $$name -c 'import venv, ensurepip' 2>/dev/null || continue;
    python=$$name; break;
done;
if [ -z "$$plain" ]; then
    echo "HugOps needs Python 3.11 or newer, and none is on PATH. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2; exit 1;
fi;
if [ -z "$$python" ]; then
    echo "$$plain is here, but without its venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1;
fi;
endef

.PHONY: help setup try test check bench simulate mutants format pictures lock clean

help: ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1|\2/p' Makefile | while IFS='|' read -r target words; do printf '  %-12s %s\n' "$$target" "$$words"; done

setup: $(STAMP) ## make .venv and install what the lock pins, when something changed

$(STAMP): requirements.lock pyproject.toml
	@$(strip $(FIND_PYTHON)) \
	if ! $(BIN)/python -c 'import pip' 2>/dev/null; then $$python -m venv --clear .venv; fi; \
	echo "Setting up .venv with $$($(BIN)/python --version); the first time this takes a minute or two."; \
	$(BIN)/python -m pip install -qq --require-hashes --no-deps -r requirements.lock; \
	$(BIN)/python -m pip install -qq --no-build-isolation --no-deps -e .; \
	touch $(STAMP)

try: setup ## start the sandbox: a pretend Discord and a pretend Hugging Face around the real bot
	@exec $(BIN)/hugops sandbox

check: setup ## the gates: style, types, import arrow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports --no-cache

test: check ## the gates, every test, and full coverage of the rules and use cases
	@rm -rf .coverage .coverage.* out/traffic out/logs
	@mkdir -p out/traffic out/logs
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore=tests/afterwards --cov=bot --cov=cogs --cov-report=
	$(BIN)/python -m pytest -q tests/afterwards
	$(BIN)/coverage report --include='bot/core/*,bot/services/*' --show-missing --skip-covered --fail-under=100

bench: setup ## how fast the bot is beside a bare discord.py bot (two minutes)
	$(BIN)/python -m bench.measure

simulate: setup ## two days of every simulated upstream, twenty seeds each (an hour or two)
	$(BIN)/python -m bench.simulate

mutants: setup ## the heart with one thing wrong at a time; a survivor fails (five minutes)
	$(BIN)/python tests/mutants.py

format: setup ## put the code into its one style
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

pictures: setup ## make the README's pictures anew (needs Chromium)
	$(BIN)/python docs/take_pictures.py

lock: ## make requirements.lock anew from pyproject.toml (needs uv)
	@.ci/lock

clean: ## remove what can be made again; data/ and .env stay
	rm -rf .venv build dist out .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis
	find bot cogs tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
