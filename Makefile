# Everything a newcomer runs. GNU make 3.81 and Python are enough; .venv is made on the way.
PYTHON ?= python3
BIN = .venv/bin
# One process of tests a core; a test may not depend on being alone.
PARALLEL = -n auto --maxprocesses 8 --dist worksteal

.PHONY: help demo install test quick lint types fuzz flips mutate hostile images torture load idle docker-test roundtrip bench bench-quality bench-detect bench-detect-quick golden site platforms lock wheel-test pythons clean

help:
	@echo "make demo      hide an image, push it to a real daemon, look at the result"
	@echo "               (COVER=... SECRET=... make demo for your own files)"
	@echo "make install   the commands underpaint and underpaintd in .venv/bin"
	@echo "make test      lint, types and tests"
	@echo "make pythons   the quick tests on every Python 3.11+ of this machine"
	@echo "make wheel-test  build the wheel and run the end-to-end tests against it"
	@echo "make fuzz      arbitrary bytes into every reader, SECONDS=10 each"
	@echo "make flips     every single bit of a recorded session, flipped: each is refused"
	@echo "make mutate    20,000 changed stego images (UNDERPAINT_MUTATIONS=...): never a wrong secret"
	@echo "make roundtrip  CASES=10000 random covers and payloads from seed FIRST=0 on, each hidden and revealed"
	@echo "make hostile   every hostile file as cover, as secret and as stego image"
	@echo "make images    hide and reveal over all shared images, as covers and as secrets"
	@echo "make torture   kill the daemon at random moments, ROUNDS=20 times"
	@echo "make load      a daemon under 1 to CLIENTS=8 clients, SECONDS=10 each"
	@echo "make docker-test  build the image, run two nodes, kill one, restart (Docker and Compose)"
	@echo "make golden    renew help texts and example that tests compare with, after a change of options"
	@echo "make idle      what CONNECTIONS=5000 idle clients cost, and a push among them"
	@echo "make bench     measure against memcpy and against peers"
	@echo "make bench-quality  rate and distortion of every mode on all Kodak images, table and plot"
	@echo "make bench-detect  how often detectors find what was embedded, by mode and payload"
	@echo "               (bench-detect-quick: on a small sample, in two minutes)"
	@echo "make site      docs/ as a site in build/site"
	@echo "make platforms every locked package is a wheel for amd64 and arm64 (downloads them)"
	@echo "make lock      renew the locked dependencies"
	@echo "make clean     remove everything that was made here"

demo:
	@$(PYTHON) tools/environment.py runtime
	@$(BIN)/python -m underpaint_client demo

install:
	@$(PYTHON) tools/environment.py development

test: lint types
	@$(BIN)/python -m pytest $(PARALLEL)

lint: install
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: install
	@$(BIN)/python -m mypy
	@MYPYPATH=config/container:server:client:common $(BIN)/python -m mypy \
		--explicit-package-bases config/container/*.py

quick: install
	@$(BIN)/python -m pytest $(PARALLEL) -m "not end_to_end"

pythons: install
	@$(BIN)/python tools/every_python.py $(PARALLEL)

wheel-test: install
	@$(BIN)/python tools/wheel_test.py $(PARALLEL)

fuzz: install
	@$(BIN)/python tools/fuzzer.py
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),10)

flips: install
	@UNDERPAINT_FLIPS=all $(BIN)/python -m pytest -q tests/common/wire/test_session.py -k flipped_bit

mutate: install
	@$(BIN)/python -W error -m tests.mutations

hostile: install
	@UNDERPAINT_HOSTILE=all $(BIN)/python -m pytest -s tests/end_to_end/test_hostile.py tests/common/pictures/test_hostile.py

images: install
	@UNDERPAINT_IMAGES=all $(BIN)/python -m pytest tests/end_to_end/test_images.py

torture: install
	@$(BIN)/python -m tests.torture $(or $(ROUNDS),20)

load: install
	@$(BIN)/python -m tests.load $(or $(CLIENTS),8) $(or $(SECONDS),10)

docker-test: install
	@$(BIN)/python -m tests.docker

golden: install
	@UNDERPAINT_GOLDEN=update $(BIN)/python -m pytest -q tests/golden tests/config/test_examples.py

idle: install
	@$(BIN)/python -m tests.load.idle $(or $(CONNECTIONS),5000)

roundtrip: install
	@$(BIN)/python -m tests.roundtrip $(or $(CASES),10000) $(or $(FIRST),0)

bench-quality: install
	@$(BIN)/python -m tests.benchmarks.quality

bench: install
	@$(BIN)/python -m tests.benchmarks

bench-detect: install
	@$(BIN)/python -m tests.benchmarks.detect --package

bench-detect-quick: install
	@$(BIN)/python -m tests.benchmarks.detect --quick

site: install
	@$(BIN)/python -m mkdocs build --strict --quiet

platforms: install
	@$(BIN)/python tools/other_platforms.py

lock: install
	@$(BIN)/python tools/lock.py

clean:
	@$(PYTHON) tools/clean.py
