# The project's commands; CONTRIBUTING.md says when to use which. `make demo` and `make test` do all their own set-up.
.PHONY: demo test setup setup-browser lint format pictures look bench fresh lock help
.DEFAULT_GOAL := help

PORT ?= 8000
DEMO ?= small
WORKERS ?= 2
python := .venv/bin/python
runtime := .venv/runtime.stamp static/vendor/stamp
export PORT DEMO

help:
	@echo "make demo           the portal with a demo county at http://127.0.0.1:$(PORT)/  (PORT=8000, DEMO=small|county)"
	@echo "make test           the whole suite"
	@echo "make setup          virtual environment, packages and assets only"
	@echo "make setup-browser  Chromium and a Chinese font for the browser tests (apt, as root)"
	@echo "make lint           ruff, order of imports, migrations, templates;  make format mends what can be"
	@echo "make pictures       a PNG of every page;  make bench  the ratios of docs/performance.md"
	@echo "make look           axe, width and console of every page of the demo, and of every form refused (minutes)"
	@echo "make fresh          drop the embedded data;  make lock  pin newer packages"

demo: $(runtime)
	@exec $(python) -m partyportal.demo

test: setup
	$(python) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

setup: $(runtime) .venv/dev.stamp

.venv/runtime.stamp: requirements.txt
	@bin/setup runtime

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	@bin/setup dev

static/vendor/stamp: package-lock.json .venv/runtime.stamp
	@bin/setup assets

setup-browser:
	@bin/setup-browser

lint: setup
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	.venv/bin/lint-imports
	$(python) manage.py makemigrations --check --dry-run
	$(python) manage.py check_templates

format: setup
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

pictures: setup
	$(python) -m tests.pictures $(ARGS)

look: setup
	LOOK=1 $(python) -m pytest tests/test_look_demo.py $(ARGS)

bench: setup
	$(python) -m bench $(ARGS)

fresh: $(runtime)
	@$(python) manage.py embedded drop

# Needs uv: it alone writes one lock for every Python from 3.11 on. No index is named, so each machine asks its own.
lock:
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements-node.in -o requirements-node.txt
	npm update --package-lock-only --ignore-scripts
