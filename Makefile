# What a developer does here. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VENV := benches/peers/.venv
ADDRESS ?= 127.0.0.1:8080

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

.PHONY: demo
demo: cargo ## Make sample data, build dossiers, match, push and serve on 127.0.0.1:8080
	cargo run -- demo --bind $(ADDRESS)

.PHONY: test
test: cargo peers ## Run every test, with the SQL proof in DuckDB
	ZHIDA_REQUIRE_PEERS=1 cargo test --workspace --no-fail-fast

.PHONY: check
check: cargo ## Formatting, lints, and the policies with their cases
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo run --quiet -- check

.PHONY: bench
bench: cargo peers ## Measure the engine and the build beside their peers, and the service
	cargo bench -p zhida-model --bench engine
	cargo bench -p zhida-model --bench office
	cargo bench -p zhida --bench serve
	cargo build --release
	$(VENV)/bin/python benches/build.py "$$(cargo metadata --no-deps --format-version 1 \
	  | python3 -c 'import json,sys; print(json.load(sys.stdin)["target_directory"])')/release/zhida"

.PHONY: peers
peers: $(VENV)/.ready ## Install the engines we are compared with into a Python of their own

$(VENV)/.ready: benches/peers/requirements.txt
	@if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && apt-get install -y -qq python3 python3-venv; \
	  else \
	    echo 'python3 with venv is missing: install the packages python3 and python3-venv' >&2; exit 1; \
	  fi; \
	fi
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

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
