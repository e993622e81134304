# Everything runs in .venv, made on first use. `make help` lists the commands.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: help run test lint check browser bench screenshot clean
help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Care Manager needs Python 3.11 or newer.") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv .venv

.venv/runtime: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch .venv/runtime $@

run: .venv/runtime ## Install what is missing, add the sample practice to an empty store, serve the dashboard (PORT=8501)
	@$(BIN)/python manage.py sample --if-empty --address http://127.0.0.1:$(PORT)
	@echo "Care Manager is at http://127.0.0.1:$(PORT)  (Ctrl+C stops it)"
	@$(BIN)/streamlit run app.py --server.port $(PORT)

# The browser tests need Debian's Chromium: installed where this user may, else those tests say that they are skipped.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		(apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-liberation) >/dev/null 2>&1 \
		|| echo "Chromium could not be installed."; \
	else echo "Chromium is not here and only root may install it: apt-get install chromium"; fi

test: .venv/dev chromium ## Install what is missing, then every test
	$(BIN)/python -m pytest -n 2 -m "not browser"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

lint: .venv/dev ## Lint, format, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## As lint, and the fast tests
	$(BIN)/python -m pytest -n 2 -m "not browser"

browser: .venv/dev chromium ## The browser flows alone
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

bench: .venv/dev ## The figures of docs/performance.md
	$(BIN)/python -m benchmarks

screenshot: .venv/dev chromium ## Take docs/opportunities.png from the running app
	$(BIN)/python -m docs.screenshot

clean: ## Remove the environment and the caches; the store stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
