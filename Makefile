# `make help` lists what there is. Everything runs from .venv, which `make setup` makes.
PY := .venv/bin/python
SERVERS ?= mariadb
# the tests wait for servers about as long as they compute; each process has servers of its own, in 1 to 1.5 GB
WORKERS ?= $(shell n=$$(nproc); echo $$((n < 4 ? 2 * n : 8)))

.PHONY: help osc setup test demo bench faults fuzz clients soak corpus types pairs weaknesses
.DEFAULT_GOAL := help

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## install what is missing: system packages when root, Python packages into .venv
	@tools/setup.sh

# the tests start processes by the thousand: each would compile the package anew
test: export PYTHONDONTWRITEBYTECODE :=
test: setup ## set up, then every check; SERVERS=mariadb,mysql fails where a named server is absent (else: skipped)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy --strict
	.venv/bin/lint-imports
	@$(PY) -m tests.fetch mysql mysql-client percona-toolkit galera || true
	$(PY) -m pytest -rs --servers=$(SERVERS) -n $(WORKERS) --dist loadfile --no-loadscope-reorder

demo: setup ## audit, execute and roll back real batches on private servers; KEEP=1 leaves them running
	@$(PY) -m tests.demo $(if $(KEEP),--keep)

bench: setup ## a PASS or FAIL line for each figure we promise
	$(PY) -m benchmarks.wire
	@$(PY) -m tests.fetch mariadb-client || true
	$(PY) -m benchmarks.rollback
	$(PY) -m benchmarks.audit
	$(PY) -m benchmarks.progress

faults: setup ## kill gateway, workers and servers at random during executions: ROUNDS=n SEED=n TARGET=mysql ASSIGN_GTID=1
	$(PY) -m tests.faults --rounds $(or $(ROUNDS),200) --target $(or $(TARGET),mariadb) $(if $(SEED),--seed $(SEED)) \
		$(if $(ASSIGN_GTID),--assign-gtid)

fuzz: setup ## garbage in, for SECONDS=n
	$(PY) -m tests.wire.fuzz --seconds=$(or $(SECONDS),60)
	$(PY) -m tests.batch.fuzz --seconds=$(or $(SECONDS),60)

clients: setup ## clients of other languages against the gateway, and the table of them in docs; REQUIRE=java,go,… fails where one is missing
	$(PY) -m tests.wire.clients
	CLIENTS_TABLE=1 REQUIRE=$(REQUIRE) $(PY) -m pytest -rs tests/wire/test_clients.py

soak: setup ## 200 clients that check, some of which vanish, for minutes: nothing is kept of them
	SOAK=1 $(PY) -m pytest -q tests/end_to_end/test_soak.py

corpus: setup ## the SQL of MariaDB's own tests, read by us and by a server; fails below the floors of tests/corpus
	$(PY) -m tests.corpus

osc: setup ## online schema changes of 500,000 rows while others write, both versions of the tool on both kinds of server
	@$(PY) -m tests.fetch mysql percona-toolkit galera || true
	OSC=1 $(PY) -m pytest -rs tests/osc tests/end_to_end/osc

types: setup ## every column type of every server that can be had, there and back; EXAMPLES=n random tables each
	@for server in mysql mariadb-11.8 mariadb-10.5; do $(PY) -m tests.fetch $$server || true; done
	EXAMPLES=$(or $(EXAMPLES),100) $(PY) -m pytest -rs tests/binlog/test_types.py tests/binlog/test_random.py tests/binlog/test_values.py

pairs: setup ## every pair of actions in one ALTER TABLE, and what takes it back, on every server that can be had
	@for server in mysql mariadb-11.8 mariadb-10.5; do $(PY) -m tests.fetch $$server || true; done
	PAIRS=all $(PY) -m pytest -rs -s tests/schema/test_pairs.py

weaknesses: setup ## pip-audit: known weaknesses of what is installed with the package; exit code 2 where that can't be asked; SERVICE=osv
	$(PY) -m tests.weaknesses --service $(or $(SERVICE),pypi)
