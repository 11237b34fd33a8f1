# make help         what there is
# make demo         set everything up and show a training
# make test         set everything up and run the tests; TRAIN=1 also trains (needs torch, about 1 GB),
#                   LATEST=1 takes the newest versions instead of the tested ones
# make slow         those that take long: kills, a team's load, whole demonstrations, trainings
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test slow lint docs browser lighthouse bench fuzz chaos attack soak sbom audit mutants screens constraints clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check
# pip's own steps as it takes them, without what was there already: the first time takes minutes on a busy machine.
TOLD := | awk '/^(Collecting|Building|Preparing) / {print "  " $$0; fflush()} \
	/^Installing collected/ {print "  unpacking " NF - 3 " packages"; fflush()} /^Successfully inst/ {print "  done"}'
TORCH := torch==2.13.0
SHIPPED := build/shipped
SUPPLY := build/supply
SUPPLY_TOOLS := cyclonedx-bom==7.5.0 pip-audit==2.10.1
ATHERIS := atheris==3.0.0
LIGHTHOUSE := build/lighthouse
LIGHTHOUSE_TOOL := lighthouse@12.2.3
CONSTRAINTS := .ci/constraints.txt
TRAIN ?= 0
LATEST ?= 0
NEWEST := $(filter 1,$(LATEST))
# Eager, so that what the constraints held back before is renewed too.
VERSIONS := $(if $(NEWEST),--upgrade --upgrade-strategy eager,--constraint $(CONSTRAINTS))
# Named after the answer: another one is a file that is not there yet, so everything is installed anew.
ASKED := $(VENV)/.versions-$(if $(NEWEST),newest,tested)
# What it can install, every newer one can: the oldest Python that pyproject.toml allows.
OLDEST ?= python3.11
PYTEST_ARGS ?=
# One more than the two cores that are counted on: half of a test's time is waiting for servers and pages.
WORKERS ?= 3
AND_NO_TRAINING := $(if $(filter 1,$(TRAIN)),, and not train)
# Tests start hundreds of processes: each would compile our modules again.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make demo           set everything up and show a training on http://127.0.0.1:8050; PORT takes another port"
	@echo "make test           set everything up, then format check, lint, types and the tests"
	@echo "make test TRAIN=1   the same and the trainer tests (installs $(TORCH))"
	@echo "make test LATEST=1  the same with the newest versions that pyproject.toml allows, not those of $(CONSTRAINTS)"
	@echo "make constraints    renew $(CONSTRAINTS) with the newest versions that pyproject.toml allows"
	@echo "make slow           the tests that take long: kills, load, whole demonstrations; TRAIN=1 trains too (installs transformers, lightning)"
	@echo "make lint           format check, lint and types only"
	@echo "make lighthouse     install $(LIGHTHOUSE_TOOL) for the slow tests and the figures, where Node is"
	@echo "make docs           make the made parts of README and docs/ anew; CHECK=1 only says which are stale"
	@echo "make screens        pictures of every scene in five sizes and both themes, in build/screens/"
	@echo "make bench          print the figures, measured side by side; PEER names a Python that has tensorboard"
	@echo "make fuzz           any bytes in any file, by chance, for FUZZ_SECONDS (300)"
	@echo "make chaos          CHAOS_KILLS (2000) kills of the writer, and faults at each of its system calls"
	@echo "make soak           SOAK_SECONDS (7200) of trainings, pages, restarts and faults; what grows after SOAK_WARMUP (1800)?"
	@echo "make attack         fuzzers, requests, flips, kills in mid-write, racing links, with counts; INPUTS (200000), REQUESTS (20000), KILLS (2000), LINKS (100000); ONLY takes a part of one's name"
	@echo "make sbom           what the image installs, as CycloneDX, in build/sbom.cdx.json"
	@echo "make audit          known weaknesses of what the image installs, where their list can be had"
	@echo "make mutants        MUTANTS (250) small changes to the core (one AREA, a SEED): does a test notice?"
	@echo "make clean          remove what was made here, $(VENV) included"

# A stamp is newer than what it was made from: a second run installs nothing.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found; name one: make PYTHON=/path/to/python3"; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) --version)"
	$(PYTHON) -m venv $(VENV)
	touch $@

$(ASKED): $(VENV)/.made $(if $(NEWEST),,$(CONSTRAINTS))
	rm -f $(VENV)/.versions-*
	touch $@

$(VENV)/.run: $(ASKED) pyproject.toml
	@echo "installing what the page needs into $(VENV); this is done once"
	@$(PIP) install $(VERSIONS) --editable . $(TOLD)
	touch $@

$(VENV)/.test: $(ASKED) pyproject.toml
	@echo "installing what the page and its tests need into $(VENV); this is done once"
	@$(PIP) install $(VERSIONS) --editable '.[test]' $(TOLD)
	touch $@ $(VENV)/.run

# torch first and by its exact version: anything looser may fetch a build for graphics cards.
$(VENV)/.train: $(VENV)/.test
	@echo "installing $(TORCH) and what the trainers need into $(VENV); this is done once"
	@$(PIP) install $(VERSIONS) '$(TORCH)' $(TOLD)
	@$(PIP) install $(VERSIONS) --editable '.[train]' $(TOLD)
	touch $@

# Other people's trainers, for the live trainings among the slow tests alone.
$(VENV)/.live: $(VENV)/.train
	$(PIP) install $(VERSIONS) --editable '.[live]'
	touch $@

# From a virtual environment of its own, thrown away after; names and versions only, without a machine's own builds.
constraints:
	@echo "renewing $(CONSTRAINTS) with $$($(OLDEST) --version)"
	@home=$$(mktemp -d); trap 'rm -rf "$$home"' EXIT; \
	$(OLDEST) -m venv "$$home"; \
	pip() { "$$home/bin/python" -m pip -q --disable-pip-version-check "$$@"; }; \
	pip install '$(TORCH)'; \
	pip install --editable '.[test,server,train,live]'; \
	pip freeze --all --exclude pip --exclude-editable | sed -E 's/[+].*//' | LC_ALL=C sort -f > "$$home/found"; \
	if grep -vE '^[A-Za-z0-9._-]+==[0-9A-Za-z.!]+$$' "$$home/found"; then echo "no exact versions: see above"; exit 1; fi; \
	mv "$$home/found" $(CONSTRAINTS)

demo: $(VENV)/.run
	$(BIN)/python -m dash_app --demo $(if $(PORT),--port $(PORT)) $(DEMO)

lint: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m docs --check

docs: $(VENV)/.run
	$(BIN)/python -m docs $(if $(filter 1,$(CHECK)),--check)

READY := $(VENV)/.test $(if $(filter 1,$(TRAIN)),$(VENV)/.train) browser
RUN_TESTS := mkdir -p build && $(BIN)/python -m pytest --numprocesses=$(WORKERS)

test: $(READY) lint
	$(RUN_TESTS) --dist=worksteal -m 'not slow$(AND_NO_TRAINING)' --junitxml=build/junit.xml $(PYTEST_ARGS)
	@test "$(TRAIN)" = 1 || echo "The trainer tests were left out; \`make test TRAIN=1\` installs torch and runs them."
	@echo "The slow tests were left out; \`make slow\` runs them."

slow: $(READY) lighthouse $(if $(filter 1,$(TRAIN)),$(VENV)/.live)
	$(RUN_TESTS) --dist=loadfile -m 'slow$(AND_NO_TRAINING)' --junitxml=build/slow.xml $(PYTEST_ARGS)

# Browser tests fail without a browser, so it is looked for first and installed where that is possible.
browser:
	@if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing Chromium and its driver"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver >/dev/null; \
	else \
		echo "The browser tests need Chromium and its driver. Install the packages chromium and"; \
		echo "chromium-driver (Debian, Ubuntu), so that \`chromium\` and \`chromedriver\` are found."; \
		exit 1; \
	fi

# Without Node, or where it cannot be had, its tests are skipped and say so.
lighthouse:
	@if [ -e $(LIGHTHOUSE)/.$(LIGHTHOUSE_TOOL) ]; then exit 0; fi; \
	if ! command -v npm >/dev/null; then echo "no npm found: the Lighthouse tests are left out"; exit 0; fi; \
	echo "installing $(LIGHTHOUSE_TOOL) into $(LIGHTHOUSE); this is done once"; mkdir -p $(LIGHTHOUSE); \
	if npm install --silent --no-audit --no-fund --prefix $(LIGHTHOUSE) $(LIGHTHOUSE_TOOL); then \
		touch $(LIGHTHOUSE)/.$(LIGHTHOUSE_TOOL); \
	else echo "$(LIGHTHOUSE_TOOL) cannot be had here: the Lighthouse tests are left out"; fi

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Figures, printed as ratios measured in one run; PEER names a Python that has tensorboard installed.
bench: $(VENV)/.test lighthouse
	$(BIN)/python tests/bench/bench_collect.py
	$(BIN)/python tests/bench/bench_events.py $(if $(PEER),--peer $(PEER))
	$(BIN)/python tests/bench/bench_change.py $(if $(PEER),--peer $(PEER))
	for figures in $(wildcard $(addprefix tests/bench/bench_,$(addsuffix .py,recognise history fleet server crowd page lighthouse decisions access curves))); do $(BIN)/python $$figures || exit 1; done

# What failed is kept in .hypothesis/ and tried first the next time.
fuzz: $(VENV)/.test
	$(BIN)/python tests/property/fuzz.py $(or $(FUZZ_SECONDS),300)

chaos: $(VENV)/.test
	CHAOS_KILLS=$(or $(CHAOS_KILLS),2000) $(BIN)/python -m pytest tests/chaos -q -rs $(PYTEST_ARGS)

soak: $(VENV)/.test browser
	PYTHONPATH=tests $(BIN)/python -m soak $(or $(SOAK_SECONDS),7200) --warm-up $(or $(SOAK_WARMUP),1800)
# By coverage where atheris installs (Linux, some versions of Python), else by chance; kills need strace.
attack: $(VENV)/.test
	$(PIP) install -q '$(ATHERIS)' 2>/dev/null || echo "$(ATHERIS) does not install here: inputs are drawn by chance"
	@command -v strace >/dev/null || { echo "strace is missing: it holds the writers that are killed"; exit 1; }
	PYTHONPATH=tests $(BIN)/python -m attack $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only '$(ONLY)') \
		--inputs $(or $(INPUTS),200000) --requests $(or $(REQUESTS),20000) --kills $(or $(KILLS),2000) \
		--links $(or $(LINKS),100000)

# The image's own environment, without the image: the same extra, the same exact versions.
$(SHIPPED)/.made: $(VENV)/.made $(CONSTRAINTS) pyproject.toml
	rm -rf $(SHIPPED)
	$(BIN)/python -m venv --without-pip $(SHIPPED)
	$(BIN)/python -m pip --disable-pip-version-check --python $(SHIPPED)/bin/python install -q \
		--constraint $(CONSTRAINTS) '.[server]'
	touch $@

# Tools in a virtual environment of their own: they need other versions of what is looked at.
$(SUPPLY)/.made: $(VENV)/.made
	$(BIN)/python -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip --disable-pip-version-check install -q $(SUPPLY_TOOLS)
	touch $@

sbom: $(SHIPPED)/.made $(SUPPLY)/.made
	$(SUPPLY)/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
		--output-file build/sbom.cdx.json $(SHIPPED)/bin/python
	@echo "build/sbom.cdx.json: $$(grep -c '"purl"' build/sbom.cdx.json) packages"

# Ends with 1 where a weakness is known, and with 2 where a package could not be asked about: that is no clean bill.
audit: $(SHIPPED)/.made $(SUPPLY)/.made
	@$(SUPPLY)/bin/pip-audit --path $$(echo $(SHIPPED)/lib/python*/site-packages) --progress-spinner off --timeout 30 \
		> build/audit.txt 2>&1; code=$$?; cat build/audit.txt; \
	unasked=$$(grep 'could not be audited' build/audit.txt | grep -vc 'training-dashboard' || true); \
	if [ "$$unasked" != 0 ] || ! grep -qE 'No known vulnerabilities|Found [0-9]+ known' build/audit.txt; then \
		echo "not a clean bill: of $${unasked:-all} packages no list of known weaknesses can be had here"; exit 2; \
	fi; exit $$code

# The suite is run once with coverage first; what that finds is kept in build/mutants/ until a source changes.
mutants: $(VENV)/.test
	PYTHONPATH=tests $(BIN)/python -m mutants $(if $(SEED),--seed $(SEED)) --mutants $(or $(MUTANTS),250) $(if $(AREA),--area '$(AREA)')

# For somebody to look at; nothing is judged. SCENES and SIZES take a few of them, with commas.
screens: $(VENV)/.test browser
	$(BIN)/python tests/support/screen_scenes.py build/screens $(if $(SCENES),--only $(SCENES)) $(if $(SIZES),--sizes $(SIZES))
