# Everything a newcomer needs: `make demo` to look, `make test` to be sure. `make help` lists the rest.
# Needs Python 3.11 or newer and git; the rest comes into .venv. Works from any folder: make -C path/to/tenantline test
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: bench bench-writers bench-import bench-runs faults revocation-report revocation-train help setup demo check test checks lint types contracts test-sqlite test-postgres chromium screenshots format lock clean

BIN := .venv/bin
PORT ?= 8000
DATA_DIR ?=
# How many tests run at once: one more than there are cores, since many of them wait now and then
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
# tests/conftest.py chooses the settings, after it has set what they read
unexport DJANGO_SETTINGS_MODULE
# Where this is set, each process of each run would compile all that it loads again
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest --numprocesses $(JOBS)

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: ## install all that developing and testing need into .venv
	@scripts/setup.sh development

demo: ## a trial on http://localhost:8000 with invented people (PORT=, DATA_DIR=)
	@scripts/setup.sh production
	$(BIN)/tenantline demo --port $(PORT) $(if $(DATA_DIR),--data-dir "$(DATA_DIR)")

check: setup lint types contracts ## the quick look before a commit: about 3 minutes
	TENANTLINE_TEST_DATABASE=sqlite $(PYTEST) -m "not browser and not process and not slow"

test: chromium checks test-sqlite test-postgres ## everything, on both databases, with a browser
	@echo "make test: all passed"

# Of two cores one would be idle: it compiles what tests load, else each of their processes would
checks: setup
	@$(BIN)/python -m pytest --collect-only --quiet >/dev/null 2>&1 & \
		$(MAKE) --no-print-directory lint types contracts && wait

lint: setup ## style, suspicious code, templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/djlint --check --lint src

types: export TENANTLINE_SECRET_KEY := read by the type checker, which looks at settings but runs nothing
types: setup ## mypy, strict
	$(BIN)/mypy

contracts: setup ## who may import whom
	$(BIN)/lint-imports

test-sqlite: setup ## the whole suite on SQLite
	TENANTLINE_TEST_DATABASE=sqlite $(PYTEST)

test-postgres: setup ## the whole suite on PostgreSQL (TEST_DATABASE_URL, or a server of its own)
	TENANTLINE_TEST_DATABASE=postgres $(PYTEST) -m "not once"

chromium: setup ## make sure that there is a browser to test with
	@$(BIN)/python scripts/ensure_chromium.py

screenshots: chromium ## take the pictures in docs/pictures/ anew, from a true demo
	$(BIN)/python -m scripts.screenshots
	$(BIN)/python -m scripts.proof_pictures

format: setup ## put code and templates into shape
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/djlint --quiet --reformat src

faults: setup ## kill, suspend, cut off and mislead true processes at random; writes docs/reliability.md (ROUNDS=, MINUTES=, SEED=)
	$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),60) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SEED),--seed $(SEED)) --write docs/reliability.md

bench: setup ## the benchmark, about a quarter of an hour; writes docs/performance.md
	@rm -rf test-results/bench.json && mkdir -p test-results
	$(BIN)/tenantline bench --json test-results/bench.json
	$(BIN)/python scripts/performance.py test-results/bench.json

bench-import: setup ## how fast 100,000 tenants go in, with webhooks beside them (ROWS=)
	$(BIN)/python scripts/bench_import.py $(ROWS)

bench-runs: setup ## how long a run for 10,000 tenants takes: prepared, issued, set as PDF; writes docs/runs.md (TENANTS=)
	$(BIN)/python scripts/bench_runs.py $(TENANTS) --write docs/runs.md

bench-writers: setup ## how long writers of one SQLite file wait for each other, with and without a queue
	$(BIN)/python scripts/bench_writers.py

revocation-report: setup ## how well revocations are told from ordinary texts, by kind, into docs/revocation.md
	$(BIN)/python scripts/revocation_report.py

revocation-train: setup ## learn the weights of words anew from the development texts
	$(BIN)/python scripts/train_revocation.py

lock: setup ## pin anew what pyproject.toml asks for (UPGRADE=1 for newer versions)
	scripts/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove what these targets made (not a demo's data)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov test-results dist
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
