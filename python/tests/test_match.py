"""Matching tables equals ``zhida match``, whatever library holds the table."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

import duckdb
import polars
import pyarrow as pa
import pytest
from conftest import DAY, Town

import zhida

KINDS = ["enterprise", "citizen"]


def match(policies: zhida.Policies, table: Any, kind: Any, **more: Any) -> pa.Table:
    return pa.table(policies.match(table, as_of=DAY, known_at=DAY, kind=kind, **more))


def match_town(policies: zhida.Policies, town: Town, kind: str, table: Any = None) -> pa.Table:
    return match(
        policies,
        town.dossiers[kind] if table is None else table,
        kind,
        other=town.other(kind),
        relations=town.relations[kind],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_is_matched_as_the_command_line_does(
    policies: zhida.Policies, town: Town, kind: str
) -> None:
    wanted = town.matches_of(kind)
    assert wanted.num_rows > 100
    assert match_town(policies, town, kind).equals(wanted)


def test_a_snapshot_is_matched_as_the_command_line_does(town: Town) -> None:
    snapshot = zhida.Snapshot.open(town.data)
    assert pa.table(snapshot.match(as_of=DAY)).equals(town.matches)
    assert pa.table(snapshot.match(kind="citizen")).equals(town.matches_of("citizen"))
    assert snapshot.rows("citizen") == town.dossiers["citizen"].num_rows


def as_duckdb(dossiers: pa.Table) -> Any:
    return duckdb.sql("from dossiers")


def small_batches(table: pa.Table) -> pa.Table:
    return pa.Table.from_batches(table.to_batches(max_chunksize=7))


def from_the_middle(table: pa.Table) -> pa.Table:
    """Rows that begin in the middle of a byte of bits."""
    return pa.concat_tables([table.slice(0, 3), table]).combine_chunks().slice(3)


def plainer(table: pa.Table) -> pa.Table:
    """Large texts instead of dictionaries, and narrow numbers."""

    def cast(field: pa.Field) -> pa.Field:
        if pa.types.is_dictionary(field.type):
            return field.with_type(pa.large_string())
        if pa.types.is_string(field.type):
            return field.with_type(pa.string_view())
        if field.name in ("employees", "household_size"):
            return field.with_type(pa.int16())
        return field

    return table.cast(pa.schema([cast(field) for field in table.schema]))


class OnlyArray:
    """A record batch that offers ``__arrow_c_array__`` alone."""

    def __init__(self, table: pa.Table) -> None:
        [self.batch] = table.combine_chunks().to_batches()

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        return self.batch.__arrow_c_array__(requested_schema)


@pytest.mark.parametrize(
    "form",
    [polars.DataFrame, as_duckdb, small_batches, from_the_middle, plainer, OnlyArray],
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_table_changes_nothing(
    policies: zhida.Policies, town: Town, kind: str, form: Callable[[pa.Table], Any]
) -> None:
    table = form(town.dossiers[kind])
    assert match_town(policies, town, kind, table).equals(town.matches_of(kind))


def test_the_result_is_read_by_everybody(town: Town) -> None:
    matches = zhida.Snapshot.open(town.data).match()
    assert len(matches) == town.matches.num_rows
    assert matches.column_names == town.matches.column_names
    frame = polars.DataFrame(matches)
    assert frame.equals(polars.DataFrame(town.matches))
    assert polars.from_arrow(matches).struct.unnest().equals(frame)  # type: ignore[union-attr]
    counted = duckdb.sql("select count(*), sum(score) from matches")
    assert counted is not None
    [(rows, scores)] = counted.fetchall()
    assert rows == len(matches)
    assert scores == pytest.approx(frame["score"].sum())
    assert set(matches.timings) == {"convert_in", "match", "convert_out"}


@pytest.mark.parametrize("kind", KINDS)
def test_less_data_never_makes_a_verdict_surer(
    policies: zhida.Policies, town: Town, kind: str
) -> None:
    table = town.dossiers[kind]
    rng = random.Random(5)

    def pairs(found: pa.Table, verdicts: set[str]) -> set[tuple[str, ...]]:
        rows = found.filter(pa.array(v in verdicts for v in found["verdict"].to_pylist()))
        return {
            (row["subject"], row["policy"], row["version"], row["case"])
            for row in rows.to_pylist()
        }

    everything = {"eligible", "likely", "unknown"}
    full = match_town(policies, town, kind)
    for _ in range(6):
        names = [name for name in table.column_names if name != "subject"]
        dropped = set(rng.sample(names, len(names) // 8))
        less = table.drop_columns(
            sorted(name for name in names if name.removesuffix("__reason") in dropped)
        )
        found = match_town(policies, town, kind, less)
        assert pairs(found, everything) >= pairs(full, everything)
        assert pairs(found, {"eligible"}) <= pairs(full, {"eligible"})


def test_relations_that_are_not_given_are_not_empty(
    policies: zhida.Policies, town: Town
) -> None:
    """`children__complete` is true for many, but without edges it says nothing."""
    table = town.dossiers["citizen"]
    assert any(table["children__complete"].to_pylist())
    alone = match(policies, table, "citizen")
    verdicts = {
        row["verdict"]
        for row in alone.to_pylist()
        if row["policy"] == "child-education-deduction" and row["unit"] is None
    }
    assert verdicts <= {"unknown"}


def test_a_member_without_a_dossier_leaves_the_list_open(
    policies: zhida.Policies, town: Town
) -> None:
    """Edges to the other kind lead nowhere unless its dossiers are given."""
    citizens = town.dossiers["citizen"]
    without = match(policies, citizens, "citizen", relations=town.relations["citizen"])
    assert without.num_rows >= town.matches_of("citizen").num_rows


def test_rows_without_keys_are_numbered(policies: zhida.Policies, town: Town) -> None:
    table = town.dossiers["enterprise"].drop_columns(["subject"])
    found = match(policies, table, "enterprise")
    assert {int(key, 16) for key in found["subject"].to_pylist()} <= set(range(table.num_rows))


def test_no_rows_are_no_matches(policies: zhida.Policies, town: Town) -> None:
    table = town.dossiers["enterprise"].slice(0, 0)
    assert match(policies, table, "enterprise").num_rows == 0


def test_other_threads_go_on_while_it_matches(policies: zhida.Policies, town: Town) -> None:
    part = town.dossiers["citizen"].drop_columns(["subject"])
    table = pa.concat_tables([part] * 100).combine_chunks()
    ticks: list[float] = []
    done = threading.Event()

    def count() -> None:
        while not done.wait(0.001):
            ticks.append(time.perf_counter())

    thread = threading.Thread(target=count)
    thread.start()
    began = time.perf_counter()
    policies.match(table, as_of=DAY, known_at=DAY, kind="citizen")
    ended = time.perf_counter()
    done.set()
    thread.join()
    third = (ended - began) / 3
    within = sum(began + third < tick < ended - third for tick in ticks)
    assert ended - began > 0.05
    assert within >= 5


def test_threads_share_policies(policies: zhida.Policies, town: Town) -> None:
    results: list[pa.Table] = []
    threads = [
        threading.Thread(
            target=lambda: results.append(match_town(policies, town, "enterprise"))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(found.equals(town.matches_of("enterprise")) for found in results)
