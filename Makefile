# make run    the whole service, with a demo            make test   lint and all tests
# make test-quick   tests that need no browser, no recorded data and less than ten seconds
# make lint   check the tree                            make format formats it
# make clean  removes the environment and all data
# make messages   gather what can be translated into gtcrowd/locale and compile it: docs/languages.md
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
# Three for two cores: while one waits for a page, two have something to do.
PROCESSES ?= 3
BIN := .venv/bin
ENV := .venv/.installed
FRONT_END := 'gtcrowd/**/*.js' 'gtcrowd/**/*.css' 'dashboards/**/*.js' 'dashboards/**/*.css'
TEMPLATES := gtcrowd/*/templates

.PHONY: run test test-quick lint lint-types lint-django lint-python lint-front-end lint-imports format messages clean env

run: $(ENV)
	@exec $(BIN)/gtcrowd serve --demo --host $(HOST) --port $(PORT)

test: lint
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal $(ARGS)

test-quick: .venv/.tested
	$(BIN)/python -m pytest -n $(PROCESSES) --dist worksteal -m "not browser and not long and not data" $(ARGS)

# All at once; the order of what they print is not fixed.
lint: .venv/.tested
	@$(MAKE) --no-print-directory -j $(PROCESSES) lint-types lint-django lint-python lint-front-end lint-imports

lint-types:
	$(BIN)/mypy gtcrowd dashboards

lint-django:
	$(BIN)/python manage.py makemigrations --check --dry-run
	GTCROWD_URL=https://crowd.example.org GTCROWD_HOSTS=crowd.example.org $(BIN)/python manage.py check --deploy --fail-level WARNING

lint-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lint-front-end:
	$(BIN)/oxfmt --check $(FRONT_END)
	$(BIN)/oxlint gtcrowd dashboards
	$(BIN)/djangofmt --check --indent-width 2 $(TEMPLATES)
	$(BIN)/djangofmt check $(TEMPLATES)

lint-imports:
	$(BIN)/lint-imports

# Formats Python, JavaScript, CSS and templates as `make lint` wants them.
format: .venv/.tested
	$(BIN)/ruff format .
	$(BIN)/oxfmt $(FRONT_END)
	$(BIN)/djangofmt check --fix --quiet $(TEMPLATES)
	$(BIN)/djangofmt --indent-width 2 $(TEMPLATES)

# Needs GNU gettext (apt-get install gettext), as the test of the catalogues does; nothing else here does.
messages: $(ENV)
	$(BIN)/python manage.py messages

env: $(ENV)

# uv where it is there, plain venv and pip otherwise; the same pinned files in both.
$(ENV): requirements/run.txt pyproject.toml
	@if command -v uv >/dev/null; then \
		test -d .venv || uv venv -q --python "$$(command -v $(PYTHON))" .venv; \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements/run.txt && \
		uv pip install -q --python $(BIN)/python --no-build-isolation --no-deps -e .; \
	else \
		test -x $(BIN)/python || $(PYTHON) -m venv .venv; \
		$(BIN)/python -m pip install -q --require-hashes -r requirements/run.txt && \
		$(BIN)/python -m pip install -q --no-build-isolation --no-deps -e .; \
	fi
	@touch $@

.venv/.tested: $(ENV) requirements/test.txt
	@if command -v uv >/dev/null; then \
		uv pip install -q --python $(BIN)/python --require-hashes -r requirements/test.txt; \
	else \
		$(BIN)/python -m pip install -q --require-hashes -r requirements/test.txt; \
	fi
	@touch $@

clean:
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
