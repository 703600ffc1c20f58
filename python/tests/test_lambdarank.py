"""The bench beside LightGBM, on a small ranking task made here."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """``benches/lambdarank.py``."""
    spec = importlib.util.spec_from_file_location("lambdarank", ROOT / "benches" / "lambdarank.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lambdarank"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels that follow two of six features; zeros are not written."""
    folder = tmp_path_factory.mktemp("lambdarank")
    random = np.random.default_rng(12)
    for name, queries in [("train", 80), ("test", 25)]:
        lines, counts = [], []
        for _ in range(queries):
            counts.append(int(random.integers(5, 25)))
            for _ in range(counts[-1]):
                x = random.random(6) * (random.random(6) < 0.8)
                worth = 2.2 * x[1] + 1.2 * x[4] + random.normal() * 0.25
                pairs = [f"{at}:{value:.6g}" for at, value in enumerate(x, 1) if value]
                lines.append(f"{int(np.clip(worth, 0, 3))} {' '.join(pairs)}")
        (folder / f"rank.{name}").write_text("\n".join(lines) + "\n")
        (folder / f"rank.{name}.query").write_text("\n".join(map(str, counts)) + "\n")
    return folder


def test_rows_are_read_as_they_are_written(bench: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "rank.train").write_text("2 1:0.5 3:-2e-1 # a remark\n0\n1 2:7\n")
    (tmp_path / "rank.train.query").write_text("2\n1\n")
    part = bench.read(tmp_path, "train")
    assert part.x.tolist() == [[0, 0.5, 0, -0.2], [0, 0, 0, 0], [0, 0, 7, 0]]
    assert part.labels.tolist() == [2, 0, 1]
    assert part.queries.tolist() == [0, 0, 1]
    assert bench.read(tmp_path, "train", 2).x.tolist() == [[0, 0.5], [0, 0], [0, 0]]


def test_what_is_not_of_the_form_is_told(bench: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "rank.train").write_text("1 1:0.5\n1 2=7\n")
    (tmp_path / "rank.train.query").write_text("2\n")
    with pytest.raises(bench.Malformed, match="line 2"):
        bench.read(tmp_path, "train")
    (tmp_path / "rank.train").write_text("1 1:0.5\n")
    with pytest.raises(bench.Malformed, match="counts 2 lines, `rank.train` has 1"):
        bench.read(tmp_path, "train")


def test_both_are_better_than_no_order(
    bench: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.main([str(folder)])
    told = capsys.readouterr().out.splitlines()
    logistic, lightgbm, nothing = ([float(one) for one in line.split()[-3:]] for line in told[-3:])
    assert told[1].split() == ["nDCG@1", "nDCG@3", "nDCG@5"]
    for at in range(3):
        assert 1 >= logistic[at] > nothing[at] + 0.1
        assert 1 >= lightgbm[at] > nothing[at] + 0.1
