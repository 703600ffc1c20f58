# What a developer does here. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := benches/peers/.venv
PYTHON := python/.venv
# Where cargo puts what it builds; the Python package goes there too.
TARGET = $(shell cargo metadata --no-deps --format-version 1 \
  | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')
ADDRESS ?= 127.0.0.1:8080

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

.PHONY: demo
demo: cargo ## Make sample data, build dossiers, match, push and serve on 127.0.0.1:8080
	cargo run -- demo --bind $(ADDRESS)

.PHONY: test
test: cargo peers ## Run every test, with the SQL proof in DuckDB, the Python package and the measures beside their oracles
	ZHIDA_REQUIRE_PEERS=1 cargo test --workspace --no-fail-fast
	$(MAKE) --no-print-directory python

.PHONY: python
python: cargo $(PYTHON)/.ready ## Build the Python package into python/.venv and test it
	cargo build --workspace
	cd python && CARGO_TARGET_DIR="$(TARGET)" .venv/bin/maturin develop --quiet
	CARGO_TARGET_DIR="$(TARGET)" ZHIDA="$(TARGET)/debug/zhida" \
	  $(PYTHON)/bin/python -m pytest -q -p no:cacheprovider python/tests

.PHONY: check
check: cargo $(PYTHON)/.ready ## Formatting, lints, and the policies with their cases
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run --quiet -- check
	cd python && cargo fmt --check && CARGO_TARGET_DIR="$(TARGET)" cargo clippy -- -D warnings
	$(PYTHON)/bin/mypy --config-file python/pyproject.toml python/python python/tests/*.py

.PHONY: bench
bench: cargo peers $(PYTHON)/.ready ## Measure the engine and the build beside their peers, the service, Python
	cargo bench -p zhida-model --bench engine
	cargo bench -p zhida-model --bench office
	cargo bench -p zhida --bench serve
	cargo build --release
	$(VENV)/bin/python benches/build.py "$(TARGET)/release/zhida"
	cd python && CARGO_TARGET_DIR="$(TARGET)" .venv/bin/maturin develop --release
	$(PYTHON)/bin/python benches/python.py "$(TARGET)/release/zhida"

.PHONY: peers
peers: $(VENV)/.ready ## Install the engines we are compared with into a Python of their own

# A Python of its own in $(@D), with the packages of the first prerequisite.
define venv
@if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then \
  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
    apt-get update -qq && apt-get install -y -qq python3 python3-venv; \
  else \
    echo 'python3 with venv is missing: install the packages python3 and python3-venv' >&2; exit 1; \
  fi; \
fi
python3 -m venv $(@D)
$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
@touch $@
endef

$(VENV)/.ready: benches/peers/requirements.txt
	$(venv)

$(PYTHON)/.ready: python/tests/requirements.txt
	$(venv)

.PHONY: oracles
oracles: cargo $(PYTHON)/.ready ## Compare every measure with trec_eval, ranx, scikit-learn and scipy
	cargo build
	cd python && CARGO_TARGET_DIR="$(TARGET)" .venv/bin/maturin develop --quiet
	ZHIDA="$(TARGET)/debug/zhida" \
	  $(PYTHON)/bin/python -m pytest -q -p no:cacheprovider python/tests/oracles

FUZZ_TARGETS := parse extract segment html docx pdf query
FUZZ_SECONDS ?= 600

.PHONY: fuzz
fuzz: cargo ## Fuzz every parser for ten minutes each (FUZZ_SECONDS=60 for less); needs nightly Rust
	@command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz
	cd fuzz && for target in $(FUZZ_TARGETS); do \
	  mkdir -p corpus/$$target && tar -C corpus/$$target -xzf corpora/$$target.tar.gz && \
	  cargo +nightly fuzz run -s none $$target corpus/$$target seeds/$$target -- \
	    -max_total_time=$(FUZZ_SECONDS) -timeout=20 -max_len=4096; \
	done

.PHONY: docs
docs: cargo ## Build the reference of every crate (target/doc/zhida_model)
	cargo doc --workspace --no-deps

.PHONY: cargo
cargo:
	@command -v cargo >/dev/null || { echo 'cargo is missing: install Rust 1.95 or newer, see https://www.rust-lang.org/tools/install' >&2; exit 1; }
	@command -v cc >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq gcc libc6-dev; \
	  else \
	    echo 'a C compiler is missing: install the packages gcc and libc6-dev' >&2; exit 1; \
	  fi; }
