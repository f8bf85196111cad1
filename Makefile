# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.

PYTHON = .venv/bin/python
MANAGE = $(PYTHON) -m gamesched.local manage

.PHONY: help venv setup run reset demo screenshots test coverage faults scale soak bench lint check release-check audit manage messages requirements

help:
	@echo 'make run     start everything locally; Ctrl-C stops it'
	@echo 'make reset   forget the sandbox and its games, then start anew'
	@echo 'make demo    make the games of the demo that are missing, beside make run'
	@echo 'make setup   connect it to your own Discord application'
	@echo 'make test    run the unit tests and the main job with all processes; nothing is downloaded'
	@echo '             some tests with ARGS="tests/games -k roster"'
	@echo 'make coverage   the unit tests, with the share of lines they run'
	@echo 'make faults  break the running processes in the quick ways'
	@echo 'make scale   many processes and servers, all replaced under load; SCALE_GUILDS=1000'
	@echo 'make soak    break everything there is, with SEEDS=1,2,3; takes most of an hour'
	@echo 'make bench   measure speed and size, beside baselines; some with ARGS="joins clicks"'
	@echo 'make check   lint, types, import contracts, migrations, deploy check, audit, all tests: what CI runs'
	@echo 'make lint    make check without the tests'
	@echo 'make release-check   what is asked of a release alone: all translations, the changelog'
	@echo 'make audit   ask the advisory service for known faults in the libraries'
	@echo 'make screenshots   take the pictures of docs/images/ again'
	@echo 'make manage ARGS="createsuperuser"   manage.py on the local database'
	@echo 'make messages   bring the translations in locale/ up to date with the sources'
	@echo 'make requirements   lock the packages again after editing requirements*.in'

venv:
	@bin/venv

setup: venv
	@exec $(PYTHON) -m gamesched.setup $(ARGS)

run: venv
	@exec $(PYTHON) -m gamesched.local run

reset: venv
	@exec $(PYTHON) -m gamesched.local reset

demo: venv
	@exec $(MANAGE) demo

# A worker for each processor. What starts all processes has two at most, each with its own.
SPREAD = $(PYTHON) -m pytest --numprocesses logical --maxprocesses 8 --dist worksteal --ignore tests/faults --ignore tests/scale
UNIT = $(SPREAD) --ignore tests/e2e
STACKS = --numprocesses logical --maxprocesses 2

test: venv
ifdef ARGS
	$(PYTHON) -m pytest $(ARGS)
else
	$(SPREAD) -m '(not browser and not e2e and not release) or main_job'
endif

coverage: venv
	$(UNIT) --cov --cov-report term $(ARGS)

SEEDS ?= 1,2,3
MORE ?= beat-2,worker-2,worker-3

faults: venv
	$(PYTHON) -m pytest tests/faults $(STACKS) --dist worksteal

scale: venv
	@$(PYTHON) -m gamesched.local.browser
	$(PYTHON) -m pytest tests/scale -m scale -s $(ARGS)

soak: venv
	FAULT_SEEDS=$(SEEDS) FAULT_MORE=$(MORE) $(PYTHON) -m pytest tests/faults -m 'faults or soak' $(STACKS) --dist worksteal $(ARGS)

bench: venv
	$(PYTHON) -m bench $(ARGS)

lint: venv
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports
	$(MANAGE) makemigrations --check --dry-run
	$(PYTHON) -m gamesched.local deploy-check

# The rules of ruff named S, in `lint`, are the static security check. The audit says in a line when
# there is no network, and then fails nothing.
check: lint
	@$(PYTHON) -m gamesched.local audit
	@$(PYTHON) -m gamesched.local.browser
	$(UNIT)
	$(PYTHON) -m pytest tests/e2e $(STACKS) --dist loadfile
	$(PYTHON) -m pytest tests/faults $(STACKS) --dist worksteal

release-check: venv
	$(PYTHON) -m pytest -m release tests/gamesched tests/discordbot

audit: venv
	@$(PYTHON) -m gamesched.local audit --must-ask

screenshots: venv
	@$(PYTHON) -m gamesched.local.browser
	$(PYTHON) -m tests.screenshots

manage: venv
	@exec $(MANAGE) $(ARGS)

messages: venv
	@$(PYTHON) -m gamesched.local messages

requirements: venv
	.venv/bin/uv pip compile -q --universal --python-version 3.12 --generate-hashes requirements-dev.in -o requirements-dev.txt
	.venv/bin/uv pip compile -q --universal --python-version 3.12 --generate-hashes requirements.in -c requirements-dev.txt -o requirements.txt
