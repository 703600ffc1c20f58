"""What it costs to hand tables over: a million citizens from an Arrow table,
judged by every policy, and back as an Arrow table.

The library says itself how long each part took (``Matches.timings``): from the
table to dossiers, matching, and from matches to columns. The share is the first
and the last together over the middle; asked is less than a tenth.

    python/.venv/bin/python benches/python.py target/release/zhida

The citizens are those of a small built town, repeated under new keys together
with their relations, so that every rule finds what it finds in the town.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import zhida

DAY = "2026-03-31"
ROOT = Path(__file__).parent.parent


def build(program: str, folder: Path, citizens: int) -> Path:
    """A town with so many citizens."""
    data = folder / "data"
    size = ["--citizens", str(citizens), "--enterprises", str(citizens // 5)]
    commands = [
        ["synth", "--out", str(folder / "tables"), *size],
        ["build", "--tables", str(folder / "tables"), "--out", str(data), "--known-at", DAY,
         "--key-file", str(folder / "key.hex")],
    ]  # fmt: skip
    for command in commands:
        subprocess.run([Path(program).absolute(), *command], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    return data


def renamed(table: pa.Table, columns: list[str], copy: int) -> pa.Table:
    """The table with the first eight digits of its keys replaced by a number."""
    for name in columns:
        at = table.column_names.index(name)
        keys = pc.binary_join_element_wise(f"{copy:08x}", pc.utf8_slice_codeunits(table[name], 8), "")
        table = table.set_column(at, table.schema.field(name), keys)
    return table


def repeated(table: pa.Table, columns: list[str], copies: int) -> pa.Table:
    parts = [renamed(table, columns, copy) for copy in range(copies)]
    return pa.concat_tables(parts).combine_chunks()


def measure(name: str, policies: zhida.Policies, table: Any, **more: Any) -> None:
    began = time.perf_counter()
    matches = policies.match(table, as_of=DAY, known_at=DAY, kind="citizen", **more)
    called = time.perf_counter() - began
    began = time.perf_counter()
    rows = pa.table(matches).num_rows
    taken = time.perf_counter() - began
    parts = matches.timings
    cost = parts["convert_in"] + parts["convert_out"]
    print(
        f"{name:20} {called:7.2f} s  in {parts['convert_in']:6.3f}  match {parts['match']:7.3f}"
        f"  out {parts['convert_out']:6.3f}  pyarrow.table {taken:6.3f}"
        f"  conversion {cost / parts['match']:6.1%} of matching  {rows:,} matches"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program", help="the built command line")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--town", type=int, default=10_000, help="citizens of the town")
    arguments = parser.parse_args()
    copies = -(-arguments.rows // arguments.town)
    with tempfile.TemporaryDirectory() as folder:
        data = build(arguments.program, Path(folder), arguments.town)
        citizens = pq.read_table(data / "dossiers" / "citizen.parquet")
        enterprises = pq.read_table(data / "dossiers" / "enterprise.parquet")
        relations = {}
        for path in sorted((data / "relations").glob("citizen_*.parquet")):
            edges = pq.read_table(path)
            inside = set(edges["target"].to_pylist()) <= set(citizens["subject"].to_pylist())
            columns = ["subject", "target"] if inside else ["subject"]
            relations[path.stem.removeprefix("citizen_")] = repeated(edges, columns, copies)
    table = repeated(citizens, ["subject"], copies)
    policies = zhida.Policies.load(ROOT / "data-samples")
    size = table.nbytes / 2**30
    print(f"{table.num_rows:,} citizens × {len(policies)} policy versions, {size:.2f} GiB")
    more = {"other": enterprises, "relations": relations}
    measure("pyarrow", policies, table, **more)
    measure("pyarrow", policies, table, **more)
    batches = pa.Table.from_batches(table.to_batches(max_chunksize=50_000))
    measure("pyarrow, in batches", policies, batches, **more)
    measure("polars", policies, polars.DataFrame(table), **more)
    measure("without relations", policies, table)


if __name__ == "__main__":
    main()
