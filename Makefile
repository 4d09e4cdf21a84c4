# Everything that is done with this repository, by a person or by a machine. `make` alone lists it.
# Needs: make, git, and a Python >= 3.11 with venv. All else goes into .venv, from the lock in deploy/.

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench growth faults attacks inputs schemas clean
MAKEFLAGS += --no-print-directory
# Bytecode is kept even where the environment says not to: hundreds of processes of a test run import the same.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
export PIP_NO_INPUT = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

PYTHONS = python3.13 python3.12 python3.11 python3 python
VENV := .venv
BIN := $(VENV)/bin
LOCK := deploy/requirements.txt
READY := $(VENV)/.ready
BUSY := $(VENV)/.unfinished

# A .venv is good when its Python starts, knows its place, and no setup was killed in it. Else it is made anew.
GOOD := $(shell test ! -e $(BUSY) && $(BIN)/python -c 'import pip, sys, os; \
	sys.exit(sys.version_info < (3, 11) or not os.path.samefile(sys.prefix, "$(VENV)"))' 2>/dev/null && echo yes)
# Marked before it is removed, and bin/ first: what a killed removal leaves cannot pass for good.
DROP = if [ -d $(VENV) ]; then touch $(BUSY); rm -rf $(BIN); rm -rf $(VENV); fi
ifneq ($(GOOD),yes)
.PHONY: $(READY)
endif

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## make .venv with the locked packages (done once; the others call it)
	@echo "setup: ready"

demo: $(READY) ## generate partner files, ingest, build, release, show the pages (SERVE=0: stop after the release)
	@$(BIN)/hub demo $(if $(filter 0 no false,$(SERVE)),--no-serve)

test: check ## check, then run every test, a worker for each core (ARGS="-k words" for some, ARGS="-n 0" in one process)
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(READY) ## ruff, formatting, types
	@echo "ruff" && $(BIN)/ruff check --quiet
	@echo "ruff format" && $(BIN)/ruff format --check --quiet
	@echo "mypy" && $(BIN)/mypy --no-error-summary

bench: $(READY) ## every section of the pipe, its controls beside it (ROWS=20000: short; ARGS=--million, ARGS=warehouse)
	@$(BIN)/python -m benchmarks $(if $(ROWS),--rows $(ROWS)) $(ARGS)

growth: $(READY) ## a log of up to ten million events: time, memory and size as it grows (SCALE=0.01: short)
	@$(BIN)/python -m benchmarks growth $(if $(SCALE),--scale $(SCALE)) $(ARGS)

faults: $(READY) ## kill -9 at random and at every step, and attacks on the stored log (ARGS="--points 5 --tamperings 100": short)
	@$(BIN)/python -m tests.campaigns $(ARGS)

attacks: $(READY) ## who has stolen the database, or writes numbers in odd ways, finds nobody (ARGS="--scale 0.02": short)
	@$(BIN)/python -m tests.attacks $(ARGS)

inputs: $(READY) ## damaged, endless and real files through all readers; docs/inputs.md (ARGS="--files 900": short)
	@$(BIN)/python -m tests.inputs $(ARGS)

schemas: $(READY) ## write schemas/, indicators' models, docs/ of events, rules, partners, indicators, and warehouse.svg
	@$(BIN)/hub schemas
	@$(BIN)/python -m hub.events.catalogue docs/events.md
	@$(BIN)/python -m hub.adapters.page docs/partners
	@$(BIN)/python -m hub.adapters.rules docs/rules.md
	@$(BIN)/python -m hub.indicators.written .
	@$(BIN)/python -m hub.cli.seeds warehouse/seeds
	@$(BIN)/python -m hub.cli.picture docs/warehouse.svg

clean: ## remove .venv, caches and build output (never var/: the data stays)
	@$(DROP)
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis warehouse/target warehouse/logs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip's own lines become a counter. What pip says on stderr is shown, and its end is tested, as a pipe hides it.
COUNT = awk -v all="$$(grep -c '^[a-z]' $(LOCK))" '/^Collecting|^Requirement already/ { \
	if (++n % 10 == 0) { printf "  %d of %d\n", n, all; fflush() } } /^Installing/ { print "  installing"; fflush() }'

$(READY): $(LOCK) pyproject.toml
	@set -e; \
	if [ "$(GOOD)" != yes ]; then \
		for each in $(PYTHONS); do \
			if "$$each" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
			then python=$$each; break; fi; \
		done; \
		if [ -z "$${python:-}" ]; then \
			echo "No Python >= 3.11 with venv was found (looked for: $(PYTHONS))." >&2; \
			echo "On Debian or Ubuntu: apt install python3 python3-venv. Or name one: make PYTHONS=/path/to/python3.12" >&2; \
			exit 1; \
		fi; \
		echo "setup: $(VENV) with $$("$$python" --version)"; \
		$(DROP); mkdir $(VENV); touch $(BUSY); \
		"$$python" -m venv $(VENV); \
	fi; \
	rm -f $(READY); touch $(BUSY); \
	echo "setup: locked packages, each checked against its hash"; \
	{ $(BIN)/python -u -m pip install --require-hashes -r $(LOCK) && rm $(BUSY); } | $(COUNT); \
	test ! -e $(BUSY); touch $(BUSY); \
	echo "setup: the hub itself"; \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	rm $(BUSY); touch $(READY)
