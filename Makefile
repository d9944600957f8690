# Every command of the project. Each one installs first what it needs; the second time that is free.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON3 ?= python3
PYTHON := .venv/bin/python
UV := .tools/bin/uv
PORT ?= 5105
export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 2
export SQLALCHEMY_SILENCE_UBER_WARNING := 1
export PYTHONPATH := .

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: install
install: ## Set up .venv from requirements.lock (needs python3 and a package registry)
	@$(PYTHON3) scripts/install.py

.PHONY: run
run: install ## Start everything and print the addresses; Ctrl-C stops it all
	@$(PYTHON) -m scripts.run

.PHONY: test
test: install ## Run the tests (ARGS="tests/test_x.py -k name" for some of them)
	@$(PYTHON) -m pytest $(ARGS)

.PHONY: lint
lint: install ## Style and faults of the Python code
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

.PHONY: check
check: lint ## lint, the catalogue, and the training data
	@$(PYTHON) -m scripts.check_catalogue
	@$(PYTHON) -m rasa data validate --fail-on-warnings

.PHONY: train
train: install ## Train the model if its data changed (ARGS=--force: in any case)
	@$(PYTHON) -m scripts.train $(ARGS)

.PHONY: nlu-check
nlu-check: install ## Conflicts, copies, thin labels and leaks in the training data
	@$(PYTHON) -m scripts.nlu.check

.PHONY: nlu-report
nlu-report: install ## Train, test on held-out messages, write results/nlu/ (ARGS="--against FILE")
	@$(PYTHON) -m scripts.nlu.report $(ARGS)

.PHONY: shell
shell: install ## Talk to the bot in this terminal
	@$(PYTHON) -m scripts.shell

.PHONY: interactive
interactive: install ## Talk to the bot step by step, correct it, export what it should learn
	@$(PYTHON) -m scripts.shell --interactive $(ARGS)

.PHONY: serve-test
serve-test: install ## A bot for tests with the HTTP API on PORT (5105), gone when stopped
	@$(PYTHON) -m scripts.serve_test $(PORT)

.PHONY: admin
admin: install ## Make the first admin of the petugas console (NAMA=siti); prints the password once
	@test -n "$(NAMA)" || { echo 'Say whose login it is: make admin NAMA=siti'; exit 2; }
	@$(PYTHON) -m kelurahan.console admin $(NAMA)

.PHONY: bench
bench: install ## This bot beside a stock Rasa bot and a no-op one (ARGS="--replicas", "--profile ours")
	@$(PYTHON) -m bench.compare $(ARGS)

.PHONY: lock
lock: ## Resolve requirements.in anew into requirements.lock (hashed, names no registry)
	@test -x $(UV) || $(MAKE) --no-print-directory install
	@$(UV) pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
	  --override requirements.override $(ARGS) requirements.in \
	  --output-file requirements.lock

.PHONY: clean
clean: ## Remove models, caches and reports; databases, .env and the installed packages stay
	@rm -rf models/* results .rasa .pytest_cache .ruff_cache var/log
	@find . -path ./.venv -prune -o -path ./.tools -prune -o -name __pycache__ -type d -print | xargs rm -rf
