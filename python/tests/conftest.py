"""A small town, made and judged by the command line that the package must equal."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import zhida

ROOT = Path(__file__).parent.parent.parent
DEFINITIONS = ROOT / "data-samples"
DAY = "2026-03-31"

Run = Callable[..., str]


def _program() -> Path:
    """The built command line: ``ZHIDA_PROGRAM``, or where cargo puts it."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = Path(os.environ.get("ZHIDA_PROGRAM", target / "debug" / "zhida"))
    if not program.is_file():
        pytest.exit(f"`{program}` is not there: run `cargo build`, or `make python`", 1)
    return program


@pytest.fixture(scope="session")
def run() -> Run:
    """Runs the command line and gives what it printed."""
    program = _program()

    def call(*arguments: str | Path, fails: bool = False) -> str:
        done = subprocess.run(
            [program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode != 0) == fails, done.stderr
        return done.stdout

    return call


@pytest.fixture(scope="session")
def say(run: Run) -> Callable[..., Any]:
    """As ``run``, with what it printed read as JSON."""
    return lambda *arguments, **options: json.loads(
        run(*arguments, "--format", "json", **options)
    )


@dataclass(frozen=True)
class Town:
    """Where it lies, and its dossiers and relations as tables."""

    data: Path
    matches: pa.Table
    dossiers: dict[str, pa.Table]
    relations: dict[str, dict[str, pa.Table]]

    def matches_of(self, kind: str) -> pa.Table:
        """What the command line matched for subjects of a kind."""
        return self.matches.filter(pa.array(k == kind for k in self.matches["kind"].to_pylist()))

    def other(self, kind: str) -> pa.Table:
        """The dossiers of the other kind."""
        return self.dossiers["citizen" if kind == "enterprise" else "enterprise"]


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, run: Run) -> Town:
    """300 citizens and 60 enterprises, built and matched."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "data-samples").symlink_to(DEFINITIONS)
    home = folder / "town"
    data = home / "data"
    run("synth", "--out", home / "tables", "--citizens", "300", "--enterprises", "60")
    run("build", "--tables", home / "tables", "--out", data, "--known-at", DAY,
        "--key-file", home / "key.hex")  # fmt: skip
    run("match", "--data", data, "--as-of", DAY)
    kinds = ("enterprise", "citizen")
    relations: dict[str, dict[str, pa.Table]] = {kind: {} for kind in kinds}
    for path in sorted((data / "relations").glob("*.parquet")):
        kind, name = path.stem.split("_", 1)
        relations[kind][name] = pq.read_table(path)
    return Town(
        data=data,
        matches=pq.read_table(data / "matches.parquet"),
        dossiers={kind: pq.read_table(data / "dossiers" / f"{kind}.parquet") for kind in kinds},
        relations=relations,
    )


@dataclass(frozen=True)
class Trained:
    """The same town with invented feedback and an order learned from it."""

    data: Path
    key_file: Path


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, run: Run, town: Town) -> Trained:
    """A copy of the town, with feedback and a ranker by the command line."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "data-samples").symlink_to(DEFINITIONS)
    home, data = folder / "town", folder / "town" / "data"
    shutil.copytree(town.data, data, symlinks=True)
    shutil.copy(town.data.parent / "key.hex", home)
    run("synth", "feedback", "--data", data)
    run("train", "--data", data, "--trained-on", DAY)
    return Trained(data=data, key_file=home / "key.hex")


@pytest.fixture(scope="session")
def policies() -> zhida.Policies:
    """The policies of the samples."""
    return zhida.Policies.load(DEFINITIONS)
