# Everything a person needs: `make` lists it. Wants Python 3.11 or newer with venv, make and git; nothing else.
PYTHON ?= python3
BIN := .venv/bin
# Two cores are the size of machine the suite is planned for; more are used where they are.
WORKERS ?= auto
# Each worker goes through files that lie together, so that what a file sets up is set up once, and takes over at the end.
XDIST := -n $(WORKERS) --dist worksteal
# The suite starts clerk some hundred times: compiled anew each time, that would be a second of CPU each.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help env demo test check format figures bench scale soak mediawiki mariadb mediawiki-1.43 discussiontools lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9.-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp files make the environment once, and again when a lock file changes.
.venv/made: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

env: .venv/made  ## the virtual environment, with the command .venv/bin/clerk

demo: .venv/made  ## the whole main job on an embedded wiki; leaves demo.html
	$(BIN)/clerk demo --out demo.html

check: .venv/made  ## fast: lint, types, tests that need no server
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q $(XDIST) -m "not wiki"

mediawiki: .venv/made  ## see to a real MediaWiki (Debian's package, where root and apt are at hand)
	sh tests/mediawiki/provide.sh

mariadb:  ## see to a MariaDB server (Debian's package, where root and apt are at hand)
	sh tests/mariadb/provide.sh

mediawiki-1.43: mediawiki  ## unpack MediaWiki 1.43 with DiscussionTools; MEDIAWIKI_ROOT=build/mediawiki-1.43 selects it
	sh tests/mediawiki/fetch-1.43.sh

# Without apt the tests that ask DiscussionTools are skipped, loudly; with CI=true they fail there.
discussiontools: mediawiki
	@sh tests/mediawiki/fetch-1.43.sh || { echo "** NO DISCUSSIONTOOLS: tests that ask it will be SKIPPED **" >&2; \
		[ "$$CI" != true ]; }

test: mediawiki discussiontools mariadb  ## everything: lint, types, all tests, the real MediaWiki among them
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest $(XDIST)

soak: mediawiki discussiontools mariadb  ## the proofs in their full stated size (long)
	CLERK_SOAK=1 $(BIN)/pytest $(XDIST)

figures: .venv/made  ## how much of what MediaWiki and DiscussionTools write is read right
	$(BIN)/pytest -q -s -n0 -p no:cacheprovider tests/test_signatures.py tests/test_board_corpus.py

bench: .venv/made  ## speed, side by side, as ratios; writes bench.json
	$(BIN)/python -m tests.bench

scale: mariadb .venv/made  ## 900 wikis on a virtual clock, runners sharing a MariaDB; writes scale.json (an hour)
	$(BIN)/python -m tests.scale

format: .venv/made  ## let ruff set the layout
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:  ## pin the dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## remove what the targets made
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis demo.html bench.json
