# Every habit of this project is one target. `make` alone explains them.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
PARALLEL ?= --numprocesses 2 --dist loadfile
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

# Each package has a program of its own name.
SYSTEM_PACKAGES := prometheus prometheus-alertmanager

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---- environment ---------------------------------------------------------------------------------------------

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "The hub needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.created pyproject.toml constraints.txt hatch_build.py $(wildcard src/hub/*/*.pyx src/hub/*/*.pxd)
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	$(PIP) --editable '.[dev]'
	@touch $@

.PHONY: setup
setup: $(VENV)/.run ## Make .venv with the `hub` command in it

.PHONY: setup-system
setup-system: ## Install the Debian packages that some tests use (as root; skipped elsewhere)
	@missing=; for name in $(SYSTEM_PACKAGES); do command -v $$name >/dev/null || missing="$$missing $$name"; done; \
	if [ -z "$$missing" ]; then echo "setup-system: $(SYSTEM_PACKAGES) are there"; \
	elif ! command -v apt-get >/dev/null; then echo "setup-system: skipped, no apt-get; install$$missing by hand"; \
	elif [ "$$(id -u)" != 0 ]; then echo "setup-system: skipped, not root; run: sudo make setup-system"; \
	else apt-get update --quiet=2 && \
		DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends $$missing; fi

# ---- run -----------------------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.run ## Show a city running; ARGS="--once" runs one simulated day and checks it
	$(BIN)/hub demo $(ARGS)

# ---- check ---------------------------------------------------------------------------------------------------

.PHONY: fmt
fmt: $(VENV)/.dev ## Format the code and fix what ruff can fix
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

.PHONY: check
check: $(VENV)/.dev ## Format, lint, types, layers and the fast tests
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(PARALLEL) -m "not broker and not soak" $(ARGS)

.PHONY: test
test: check ## Check, then the tests on a real broker, then those that kill, freeze and cut off
	$(BIN)/pytest $(PARALLEL) -m "broker and not soak" --ignore=tests/broker/faults $(ARGS)
	$(BIN)/pytest -m "broker and not soak" tests/broker/faults $(ARGS)

.PHONY: soak
soak: $(VENV)/.dev ## Long runs on a real broker
	$(BIN)/pytest -m soak --timeout 0 $(ARGS)

.PHONY: bench
bench: $(VENV)/.run ## Measure the hub against a raw client loop
	$(BIN)/python -m benchmarks $(ARGS)

# ---- generated files -----------------------------------------------------------------------------------------

.PHONY: schemas
schemas: $(VENV)/.run ## Write schemas/ from the contracts
	$(BIN)/hub schemas generate $(ARGS)

.PHONY: docs
docs: $(VENV)/.run ## Write docs/generated/ from the map and the contracts
	$(BIN)/hub map --out docs/generated $(ARGS)
	$(BIN)/hub settings --format env > .env.example

.PHONY: boards
boards: $(VENV)/.dev ## Write the Grafana boards in deploy/grafana/dashboards/ from their code
	$(BIN)/python -m deploy.grafana.boards.build

.PHONY: golden
golden: $(VENV)/.dev ## Rewrite the golden outputs after a wanted change; read the diff
	HUB_GOLDEN=write $(BIN)/pytest -m "not broker and not soak" -k golden $(ARGS)

.PHONY: clean
clean: ## Remove the environment, caches and the local broker's data
	@if [ -d .hub/kafka ] && [ -x $(BIN)/hub ]; then $(BIN)/hub broker down || true; fi
	rm -rf $(VENV) .hub build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
