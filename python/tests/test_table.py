"""A table that cannot be read says which column, which row, and what to do."""

from __future__ import annotations

import datetime
import decimal
import pickle
import re
from typing import Any

import pyarrow as pa
import pytest
from conftest import DAY, DEFINITIONS

import zhida

D = decimal.Decimal
FACT = pa.struct(
    [("code", pa.string()), ("from", pa.date32()), ("to", pa.date32()), ("amount", pa.int64())]
)


def refused(policies: zhida.Policies, columns: dict[str, Any], kind: str) -> zhida.TableError:
    with pytest.raises(zhida.TableError) as caught:
        policies.match(pa.table(columns), as_of=DAY, known_at=DAY, kind=kind)  # type: ignore[arg-type]
    error = caught.value
    assert isinstance(error, zhida.ZhidaError)
    assert error.table == "table"
    assert error.remedy and error.remedy in str(error)
    if error.row is not None:
        assert f"row {error.row}" in str(error)
    return error


@pytest.mark.parametrize(
    ("kind", "column", "values", "row", "words"),
    [
        ("enterprise", "revenue", [1.5, 2.5], None, "type Float64.*whole fen"),
        ("enterprise", "revenue", pa.array([D("1.50")]), None, "Decimal128.*whole fen"),
        ("enterprise", "employees", ["ten"], None, "type Utf8.*whole numbers"),
        ("enterprise", "employees", pa.array([1, 2**63], pa.uint64()), 1, "64 bits"),
        ("enterprise", "layoff_rate", [0.05], None, r"type Float64.*decimal\(18, 6\)"),
        ("enterprise", "layoff_rate", [D("0.05"), D("0.1234567")], 1, "cannot be held exactly"),
        ("enterprise", "established_on", ["2020-01-01"], None, "type Utf8.*cast it to a date"),
        ("enterprise", "listed", [1, 0], None, "type Int64.*true and false"),
        ("enterprise", "registration_status", [None, "activ"], 1, "did you mean `active`"),
        ("enterprise", "registration_region", [330100, 999999], 1, "`999999` is not in regions"),
        ("enterprise", "registration_region", ["330100", "Hangzhou"], 1, "`Hangzhou`"),
        ("enterprise", "industry", ["C39", "ZZ"], 1, "GB/T 4754"),
        ("enterprise", "enterprise_name", [1], None, "type Int64.*text"),
        ("enterprise", "industries", [["C39"], ["C39", None]], 1, "a member is null"),
        ("enterprise", "industries", ["C39"], None, "type Utf8.*lists of codes"),
        ("enterprise", "certificates", [["high_tech"]], None, "its facts|is of type"),
        ("enterprise", "revenue__reason", ["lost"], 0, "`lost` is no reason"),
        ("enterprise", "employes", [1], None, "did you mean `employees`"),
        ("citizen", "revenue", [1], None, "no such field of kind citizen"),
        ("enterprise", "subject", ["0" * 32, "12"], 1, "`12` is no key"),
        ("enterprise", "subject", ["0" * 32, None], 1, "the key is null"),
        ("enterprise", "subject", ["0" * 32, "1" * 32, "0" * 32], 2, "stands there twice"),
        ("enterprise", "hires__complete", ["yes"], None, "true and false"),
    ],
)
def test_what_cannot_be_read_is_told(
    policies: zhida.Policies, kind: str, column: str, values: Any, row: int | None, words: str
) -> None:
    columns = {column: values}
    field = column.removesuffix("__reason")
    if field != column:
        columns[field] = pa.array([None], pa.int64())
    error = refused(policies, columns, kind)
    assert (error.column, error.row) == (field, row)
    assert re.search(words, str(error)), str(error)


def test_an_error_travels_between_processes(policies: zhida.Policies) -> None:
    error = refused(policies, {"employes": [1]}, "enterprise")
    same = pickle.loads(pickle.dumps(error))
    assert (str(same), same.column, same.remedy) == (str(error), error.column, error.remedy)


def test_rows_count_over_batches(policies: zhida.Policies) -> None:
    parts = [pa.table({"registration_status": ["active"] * 10}) for _ in range(3)]
    parts.append(pa.table({"registration_status": ["active", "closed?"]}))
    with pytest.raises(zhida.TableError, match="row 31"):
        policies.match(pa.concat_tables(parts), as_of=DAY, known_at=DAY, kind="enterprise")


def test_a_derived_field_has_no_column(policies: zhida.Policies) -> None:
    catalogue = zhida.Catalogue.load(DEFINITIONS)
    derived = next(field for field in catalogue.fields("enterprise") if field.derived)
    error = refused(policies, {derived.name: [1]}, "enterprise")
    assert "derives it" in str(error)


def test_columns_nobody_knows_can_be_left_out(policies: zhida.Policies) -> None:
    table = pa.table({"employees": [5], "note": ["x"]})
    with pytest.raises(zhida.TableError, match="`note`"):
        policies.match(table, as_of=DAY, known_at=DAY, kind="enterprise")
    found = policies.match(table, as_of=DAY, known_at=DAY, kind="enterprise", extra="ignore")
    without = table.drop_columns(["note"])
    same = policies.match(without, as_of=DAY, known_at=DAY, kind="enterprise")
    assert pa.table(found).equals(pa.table(same))


def evidence(policies: zhida.Policies, row: Any, field: str) -> dict[str, Any]:
    """What an explanation says about a field of an enterprise."""
    for policy in policies.ids:
        try:
            found = policies.explain(row, policy, as_of=DAY, known_at=DAY, kind="enterprise")
        except zhida.ArgumentError:
            continue
        stack = [condition for one in found for condition in one["conditions"]]
        while stack:
            condition = stack.pop()
            stack.extend(condition["members"])
            for datum in condition["evidence"]:
                if datum["field"] == field:
                    return dict(datum)
    raise AssertionError(f"no policy reads `{field}`")


def test_unknown_has_a_reason(policies: zhida.Policies) -> None:
    assert evidence(policies, {}, "employees")["reason"] == "missing"
    assert evidence(policies, {"employees": None}, "employees")["reason"] == "missing"
    stale = {"employees": None, "employees__reason": "stale"}
    assert evidence(policies, stale, "employees")["reason"] == "stale"
    known = evidence(policies, {"employees": 7}, "employees")
    assert known.get("reason") is None and known["value"].startswith("7")


def test_a_value_with_a_reason_is_not_known(policies: zhida.Policies) -> None:
    row = {"employees": 7, "employees__reason": "disputed"}
    found = evidence(policies, row, "employees")
    assert (found["reason"], found["value"]) == ("disputed", None)


def test_facts_are_incomplete_unless_they_say_so(policies: zhida.Policies) -> None:
    assert evidence(policies, {"blacklists": []}, "blacklists")["reason"] == "not_covered"
    complete: dict[str, Any] = {"blacklists": [], "blacklists__reason": None}
    found = evidence(policies, complete, "blacklists")
    assert found.get("reason") is None and found["value"] == "无记录"


def test_facts_come_from_dicts_and_from_arrow(policies: zhida.Policies) -> None:
    day = datetime.date(2025, 1, 1)
    fact = {"code": "high_tech_enterprise", "from": day, "to": None}
    catalogue = zhida.Catalogue.load(DEFINITIONS)
    [field] = [one for one in catalogue.fields("enterprise") if one.name == "certificates"]
    assert field.codes
    fact["code"] = field.codes[0]
    row = {"certificates": [fact], "certificates__reason": None}
    told = evidence(policies, row, "certificates")["value"]
    assert "2025-01-01" in told
    table = pa.table({
        "certificates": pa.array([[fact]], pa.list_(FACT)),
        "certificates__reason": pa.array([None], pa.string()),
    })
    assert evidence(policies, table, "certificates")["value"] == told


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ({"code": None, "from": None, "to": None}, "no code"),
        ({"code": "nothing", "from": None, "to": None}, "`nothing` is no code"),
        ({"from": None, "to": None}, "no code|of type"),
        ({"code": "x", "begin": None}, "no `begin`"),
    ],
)
def test_wrong_facts_are_told(
    policies: zhida.Policies, fact: dict[str, Any], words: str
) -> None:
    with pytest.raises(zhida.ZhidaError, match=words):
        policies.explain(
            {"certificates": [fact]}, policies.ids[0], as_of=DAY, known_at=DAY, kind="enterprise"
        )


def test_what_is_no_table_is_told(policies: zhida.Policies) -> None:
    with pytest.raises(zhida.TableError, match="`int` is no table"):
        policies.match(5, as_of=DAY, known_at=DAY, kind="citizen")  # type: ignore[arg-type]
    numbers = pa.array([1, 2])
    with pytest.raises(zhida.TableError):
        policies.match(numbers, as_of=DAY, known_at=DAY, kind="citizen")


def test_relations_nobody_knows_are_told(policies: zhida.Policies) -> None:
    table = pa.table({"employees": [1]})
    with pytest.raises(zhida.TableError, match="choose among .*hires"):
        policies.match(
            table, as_of=DAY, known_at=DAY, kind="enterprise", relations={"friends": table}
        )
    with pytest.raises(zhida.TableError, match="relation `hires`, column `subject`"):
        policies.match(
            table, as_of=DAY, known_at=DAY, kind="enterprise", relations={"hires": table}
        )
