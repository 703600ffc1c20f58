"""Our pointwise logistic beside LightGBM's lambdarank, on LightGBM's own public
example of a ranking task.

    python/.venv/bin/python benches/lambdarank.py FOLDER

FOLDER holds the files of ``examples/lambdarank`` of LightGBM, which are not part
of this project: ``rank.train``, ``rank.test`` in SVMLight form (``label
index:value …``, what is not written being 0), and ``rank.train.query``,
``rank.test.query`` with the number of lines of each query.

Both see the same rows. The logistic predicts whether the label is at least 1,
over standardised features, its penalty chosen on the last fifth of the training
queries, as ``zhida train`` does; LightGBM has the settings of the example's
``train.conf``. Both are measured by ``zhida.metrics``: nDCG with gain 2^r - 1,
ties by name, queries without a relevant document counted as 0 (LightGBM itself
counts them as 1).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import zhida
from zhida import metrics

CUTS = (1, 3, 5)
PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
ROUNDS = 100


class Malformed(ValueError):
    """A line that is not of the form; says the file and the line."""


@dataclass(frozen=True)
class Part:
    """Rows of features with their labels, and the query of each."""

    x: NDArray[np.float64]
    labels: NDArray[np.int64]
    queries: NDArray[np.int64]


def rows(path: Path) -> tuple[list[dict[int, float]], list[int]]:
    """Features by index, and labels, of a file in SVMLight form."""
    found, labels = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        label, *pairs = line.split("#")[0].split() or [""]
        if not label:
            continue
        try:
            labels.append(int(float(label)))
            found.append({int(at): float(value) for at, value in (pair.split(":") for pair in pairs)})
        except ValueError:
            raise Malformed(f"`{path}` line {number}: write `label index:value …`") from None
    return found, labels


def read(folder: Path, name: str, width: int | None = None) -> Part:
    """``rank.<name>`` with its queries; ``width`` is the number of features."""
    found, labels = rows(folder / f"rank.{name}")
    path = folder / f"rank.{name}.query"
    counts = [int(line) for line in path.read_text(encoding="utf-8").split()]
    if sum(counts) != len(labels):
        raise Malformed(f"`{path}` counts {sum(counts)} lines, `rank.{name}` has {len(labels)}")
    width = width or 1 + max((at for row in found for at in row), default=0)
    x = np.zeros((len(found), width))
    for at, row in enumerate(found):
        for index, value in row.items():
            if index < width:
                x[at, index] = value
    return Part(x, np.array(labels), np.repeat(np.arange(len(counts)), counts))


def logistic(train: Part, test: Part) -> NDArray[np.float64]:
    """Log-odds of the test rows, by our fit."""
    mean, deviation = train.x.mean(0), train.x.std(0)
    deviation[deviation < 1e-9] = 1.0
    x, y = (train.x - mean) / deviation, (train.labels >= 1).astype(float)
    early = train.queries < 0.8 * (train.queries.max() + 1)
    best = min(PENALTIES, key=lambda penalty: cost(x[early], y[early], x[~early], y[~early], penalty))
    intercept, weights = zhida.fit_logistic(x, y, penalty=best)
    return np.asarray(intercept + (test.x - mean) / deviation @ np.array(weights))


def cost(x: Any, y: Any, later: Any, came: Any, penalty: float) -> float:
    """Log loss on later queries."""
    intercept, weights = zhida.fit_logistic(x, y, penalty=penalty)
    z = intercept + later @ np.array(weights)
    return metrics.log_loss(came, 1 / (1 + np.exp(-z)))


def lambdarank(train: Part, test: Part) -> NDArray[np.float64]:
    """Scores of the test rows, by LightGBM with the settings of its example."""
    import lightgbm

    sizes = np.unique(train.queries, return_counts=True)[1]
    settings = {
        "objective": "lambdarank", "learning_rate": 0.1, "num_leaves": 31, "feature_fraction": 1.0,
        "bagging_freq": 1, "bagging_fraction": 0.9, "min_data_in_leaf": 50,
        "min_sum_hessian_in_leaf": 5.0, "verbose": -1, "seed": 1, "deterministic": True,
    }  # fmt: skip
    data = lightgbm.Dataset(train.x, label=train.labels, group=sizes)
    return np.asarray(lightgbm.train(settings, data, num_boost_round=ROUNDS).predict(test.x))


def measured(test: Part, scores: NDArray[np.float64]) -> dict[str, float]:
    """nDCG of the test rows in the order of scores."""
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for row, (query, label) in enumerate(zip(test.queries, test.labels)):
        qrels.setdefault(f"q{query}", {})[f"d{row:06}"] = int(label)
        run.setdefault(f"q{query}", {})[f"d{row:06}"] = float(scores[row])
    return metrics.evaluate_run(qrels, run, [f"nDCG_exp@{cut}" for cut in CUTS], scores="double")["all"]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description="zhida's pointwise logistic beside LightGBM's lambdarank")
    parser.add_argument("folder", type=Path, help="with rank.train, rank.test and their .query files")
    folder = parser.parse_args(arguments).folder
    train = read(folder, "train")
    test = read(folder, "test", train.x.shape[1])
    print(f"{len(train.labels):,} rows to train on, {len(test.labels):,} of {test.queries.max() + 1:,} queries to test on, "
          f"{train.x.shape[1]} features")  # fmt: skip
    print(f"{'':<28}" + "".join(f"{f'nDCG@{cut}':>10}" for cut in CUTS))
    nothing = np.zeros(len(test.labels))
    for name, scores in [
        ("zhida, pointwise logistic", logistic(train, test)),
        (f"LightGBM, {ROUNDS} rounds", lambdarank(train, test)),
        ("no order (ties by name)", nothing),
    ]:
        print(f"{name:<28}" + "".join(f"{value:>10.4f}" for value in measured(test, scores).values()))


if __name__ == "__main__":
    main(sys.argv[1:])
