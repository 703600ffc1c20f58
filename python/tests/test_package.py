"""Checks, explanations, search, extraction and errors, beside the command line."""

from __future__ import annotations

import ast
import doctest
import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import stubs
from conftest import DAY, DEFINITIONS, ROOT, Run, Town, Trained

import zhida
import zhida._native

Say = Callable[..., Any]

BROKEN = """\
id: broken
version: "1"
"""


def subjects(town: Town, policy: str, count: int = 4) -> list[str]:
    rows = town.matches.to_pylist()
    return [row["subject"] for row in rows if row["policy"] == policy][:count]


def some_policies(town: Town, kind: str) -> list[str]:
    return sorted(set(town.matches_of(kind)["policy"].to_pylist()))[:8]


@pytest.mark.parametrize("kind", ["enterprise", "citizen"])
def test_explanations_are_those_of_the_command_line(
    policies: zhida.Policies, town: Town, say: Say, kind: Any
) -> None:
    snapshot = zhida.Snapshot.open(town.data)
    for policy in some_policies(town, kind):
        key = subjects(town, policy)[0]
        told = say("explain", key, policy, "--data", town.data, "--as-of", DAY)
        assert told
        assert snapshot.explain(key, policy, as_of=DAY) == told
        found = policies.explain(
            key,
            policy,
            as_of=DAY,
            known_at=DAY,
            kind=kind,
            table=town.dossiers[kind],
            other=town.other(kind),
            relations=town.relations[kind],
        )
        assert [plain(one) for one in found] == [plain(one) for one in told]


def plain(explanation: dict[str, Any]) -> dict[str, Any]:
    """Without what the exported dossiers do not hold: day and source of single values."""

    def condition(one: dict[str, Any]) -> dict[str, Any]:
        left_out = {"observed", "source", "department"}
        evidence = [
            {key: value for key, value in datum.items() if key not in left_out}
            for datum in one["evidence"]
        ]
        return {**one, "evidence": evidence, "members": [condition(m) for m in one["members"]]}

    return {**explanation, "conditions": [condition(one) for one in explanation["conditions"]]}


def test_a_row_is_explained_as_its_table(policies: zhida.Policies, town: Town) -> None:
    days: Any = {"as_of": DAY, "known_at": DAY, "kind": "enterprise"}
    table = town.dossiers["enterprise"]
    for policy in some_policies(town, "enterprise"):
        for at in (0, 7):
            row = table.slice(at, 1)
            [cells] = row.to_pylist()
            assert policies.explain(cells, policy, **days) == policies.explain(row, policy, **days)


def test_what_cannot_be_explained_is_told(policies: zhida.Policies, town: Town) -> None:
    days: Any = {"as_of": DAY, "known_at": DAY}
    with pytest.raises(zhida.ArgumentError, match="did you mean .*minimum-living"):
        policies.explain({}, "minimum-livng", kind="citizen", **days)
    with pytest.raises(zhida.ArgumentError, match="has no version `1999`; it has"):
        policies.explain({}, "minimum-living", kind="citizen", version="1999", **days)
    with pytest.raises(zhida.ArgumentError, match="is for citizen subjects"):
        policies.explain({}, "minimum-living", kind="enterprise", **days)
    with pytest.raises(zhida.ArgumentError, match="give `table=`"):
        policies.explain("0" * 32, "minimum-living", kind="citizen", **days)
    with pytest.raises(zhida.ArgumentError, match="has 300 rows|has [0-9]+ rows"):
        policies.explain(town.dossiers["citizen"], "minimum-living", kind="citizen", **days)
    with pytest.raises(zhida.ArgumentError, match="is no key"):
        zhida.Snapshot.open(town.data).explain("me", "minimum-living")


def test_findings_are_those_of_the_command_line(say: Say, tmp_path: Path) -> None:
    samples = sorted((DEFINITIONS / "policies").glob("minimum-living*.yaml"))
    for sample in samples:
        text = sample.read_text(encoding="utf-8")
        text = text.replace("household_income", "houshold_income")
        (tmp_path / sample.name).write_text(text, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    told = say("check", tmp_path, fails=True)["findings"]
    policies = zhida.Policies.load(tmp_path, catalogue=DEFINITIONS)
    found = policies.check()
    assert sorted((f.file, f.line, f.severity, f.rule, f.message, f.remedy) for f in found) == (
        sorted(
            (t["file"], t["place"]["line"], t["severity"], t["code"], t["message"], t["help"])
            for t in told
        )
    )
    assert any(finding.severity == "error" for finding in found)
    assert all(finding.file.startswith(str(tmp_path)) for finding in found)
    assert found[0] == policies.check()[0]
    assert str(found[0]).startswith(found[0].file)
    with pytest.raises(zhida.PolicyError, match="broken.yaml") as caught:
        policies.match(pa.table({"employees": [1]}), as_of=DAY, known_at=DAY, kind="enterprise")
    assert caught.value.findings[0].severity == "error"


def test_proofs_are_asked_for(policies: zhida.Policies, tmp_path: Path) -> None:
    one = DEFINITIONS / "policies" / "minimum-living.2014.yaml"
    one = one if one.is_file() else next((DEFINITIONS / "policies").glob("minimum-living*[0-9].yaml"))
    deep = zhida.Policies.load(one, catalogue=zhida.Catalogue.load(DEFINITIONS)).check(deep=True)
    assert all(finding.severity != "error" for finding in deep)


def test_search_is_that_of_the_command_line(
    policies: zhida.Policies, town: Town, say: Say, run: Run, tmp_path: Path
) -> None:
    told = say("search", "高新技术企业", "--definitions", DEFINITIONS)
    assert zhida.search("高新技术企业", policies) == told
    assert zhida.Snapshot.open(town.data).search("高新技术企业") == told
    narrowed = say("search", "补贴", "--region", "330100", "--kind", "citizen", "--on", DAY)
    assert zhida.search("补贴", policies, region="330100", kind="citizen", on=DAY) == narrowed
    run("search", "index", "--out", tmp_path / "index")
    assert zhida.search("高新技术企业", tmp_path / "index")["total"] == told["total"]
    with pytest.raises(zhida.SearchError):
        zhida.search("x", tmp_path)
    with pytest.raises(zhida.ArgumentError, match="region"):
        zhida.search("x", policies, region="999999")


def test_statements_are_those_of_the_command_line(run: Run, tmp_path: Path) -> None:
    text = "一、申报条件\n在杭州市注册满3年、职工人数不少于50人的企业，给予最高不超过20万元的补助。\n"
    path = tmp_path / "notice.txt"
    path.write_text(text, encoding="utf-8")
    lines = run("extract", path, "--format", "json", "--region", "330100").splitlines()
    told = [json.loads(line) for line in lines]
    catalogue = zhida.Catalogue.load(DEFINITIONS)
    assert told
    assert zhida.extract(text, str(path), catalogue=catalogue, region="330100") == told
    with pytest.raises(zhida.ArgumentError, match="catalogue="):
        zhida.extract(text, region="330100")


def test_errors_have_one_base(tmp_path: Path) -> None:
    with pytest.raises(zhida.SnapshotError, match="holds no snapshot"):
        zhida.Snapshot.open(tmp_path)
    with pytest.raises(zhida.FileError, match="cannot read"):
        zhida.Catalogue.load(tmp_path)
    with pytest.raises(zhida.FileError, match="does not exist"):
        zhida.Policies.load(tmp_path / "none", catalogue=DEFINITIONS)
    with pytest.raises(zhida.ArgumentError, match="catalogue"):
        zhida.Policies.load(tmp_path)
    classes = [getattr(zhida, name) for name in zhida.__all__ if name.endswith("Error")]
    assert len(classes) == 10
    assert all(issubclass(one, zhida.ZhidaError) for one in classes)


def test_a_broken_catalogue_tells_its_findings(tmp_path: Path) -> None:
    for name in ("regions.csv", "industries.csv", "parameters.yaml"):
        (tmp_path / name).symlink_to(DEFINITIONS / name)
    text = (DEFINITIONS / "catalogue.yaml").read_text(encoding="utf-8")
    broken = text.replace("type: money", "type: mony", 1)
    (tmp_path / "catalogue.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(zhida.PolicyError) as caught:
        zhida.Catalogue.load(tmp_path)
    assert caught.value.findings[0].line > 0


@pytest.mark.parametrize("day", ["31.3.2026", "2026-02-30", 20260331, None])
def test_days_are_checked(policies: zhida.Policies, day: Any) -> None:
    with pytest.raises(zhida.ArgumentError, match="day"):
        policies.match(pa.table({"employees": [1]}), as_of=day, known_at=DAY, kind="enterprise")


def test_the_past_is_not_judged_with_later_data(policies: zhida.Policies, town: Town) -> None:
    table = pa.table({"employees": [1]})
    with pytest.raises(zhida.ArgumentError, match="earlier day"):
        policies.match(table, as_of="2026-03-30", known_at=DAY, kind="enterprise")
    with pytest.raises(zhida.ArgumentError, match="earlier day"):
        zhida.Snapshot.open(town.data).match(as_of="2026-03-30")
    with pytest.raises(zhida.ArgumentError, match="`firm` is unknown"):
        policies.match(table, as_of=DAY, known_at=DAY, kind="firm")  # type: ignore[arg-type]


def test_a_panic_is_an_exception() -> None:
    with pytest.raises(zhida.InternalError, match="provoked"):
        zhida._native._provoke()


def test_a_damaged_snapshot_is_refused(town: Town, run: Run, tmp_path: Path) -> None:
    home = town.data.parent
    run("build", "--tables", home / "tables", "--out", tmp_path, "--known-at", DAY,
        "--key-file", home / "key.hex")  # fmt: skip
    [path] = (tmp_path / "snapshots").glob("2026*/citizen.arrow")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(content)
    with pytest.raises(zhida.SnapshotError, match="citizen.arrow"):
        zhida.Snapshot.open(tmp_path)


def test_the_examples_run(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(trained.data.parent.parent)
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner()
    count = 0
    for name in zhida.__all__:
        thing = getattr(zhida, name)
        parts = vars(thing) if isinstance(thing, type) else getattr(thing, "__all__", [])
        members = [getattr(thing, part) for part in parts]
        for documented in [thing, *members]:
            text = inspect.getdoc(documented) or ""
            if ">>>" in text:
                runner.run(parser.get_doctest(text, {}, name, None, None))
                count += 1
    assert count >= 18
    assert runner.summarize().failed == 0


@pytest.mark.parametrize("name", ["README.md", "docs/python.md"])
def test_what_documents_show_runs(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(trained.data.parent.parent)
    text = (ROOT / name).read_text(encoding="utf-8")
    parts = [part.split("```", 1)[0] for part in text.split("```python\n")[1:]]
    assert parts
    for part in parts:
        exec(compile(part, name, "exec"), {})


def test_the_stubs_say_what_the_module_says() -> None:
    text = stubs.STUBS.read_text(encoding="utf-8")
    assert stubs.documented(text) == text, "run `python tests/stubs.py`"
    names = {node.name for node in ast.parse(text).body if hasattr(node, "name")}
    # What is written in Python has its types and words in its own file.
    names |= {"fit_logistic", "metrics"}
    assert {name for name in zhida.__all__ if not name.endswith("Error")} <= names


def test_the_stubs_agree_with_the_module(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(r"zhida\._native", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "zhida", "--allowlist", allowed,
         "--ignore-unused-allowlist", "--mypy-config-file", ROOT / "python" / "pyproject.toml"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
