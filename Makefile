# make demo    the product with its example year, on http://127.0.0.1:8000 (make demo PORT=9000)
# make test    every test, on SQLite and PostgreSQL and in a browser (make test ARGS="-k agreements")
# make check   style, layers, types, templates, migrations, translations
# make bench   measurements (make bench ARGS=...)
# make load    two hundred people at work on two workers (make load ARGS="--size 100000 --minutes 3")
# make lock    requirements/*.in → requirements/*.txt, with hashes
# make messages  collect the strings to translate into the Georgian catalogue

PORT ?= 8000
ARGS ?=
PYTHON ?=
BIN := .venv/bin
export PYTHON

.PHONY: help demo test check bench load lock messages setup setup-dev clean

help:
	@sed -n 's/^# //p' Makefile

setup:
	@bash scripts/setup.sh base

setup-dev:
	@bash scripts/setup.sh dev

demo: setup
	@$(BIN)/gegma demo --port $(PORT)

test: setup-dev
	@bash scripts/system.sh
	@$(BIN)/python scripts/test.py $(ARGS)

check: setup-dev
	@bash scripts/system.sh
	@$(BIN)/python scripts/check.py

bench: setup-dev
	@$(BIN)/python -m bench $(ARGS)

load: setup-dev
	@$(BIN)/python -m bench.load $(ARGS)

# uv, and this form of the files, because they carry hashes and no address of a registry.
lock: setup-dev
	@for part in base dev; do \
		$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header \
			requirements/$$part.in -o requirements/$$part.txt || exit 1; \
	done

messages: setup-dev
	@mkdir -p src/gegma/locale
	@cd src/gegma && env -u DJANGO_SETTINGS_MODULE ../../$(BIN)/python -m django \
		makemessages --locale ka --add-location file --no-wrap
	@$(BIN)/python scripts/compile_messages.py

clean:
	@rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .import_linter_cache
	@find src tests -name __pycache__ -prune -exec rm -rf {} +
