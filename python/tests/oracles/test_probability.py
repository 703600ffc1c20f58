"""Predicted probabilities, against scikit-learn, scipy and numpy."""

import warnings
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from oracle import both, close, csv, plain, zhida  # noqa: F401

pytestmark = pytest.mark.usefixtures("both")

# Probabilities that are smooth, tied, extreme, on the edges of bins, all equal.
KINDS = {
    "smooth": lambda random, n: random.random(n),
    "tied": lambda random, n: random.integers(0, 6, n) / 7,
    "extreme": lambda random, n: random.choice([0.0, 1.0, 1e-18, 1 - 1e-16, 1e-300, 0.5], n),
    "edges": lambda random, n: random.integers(0, 11, n) * 0.1 % 1.0000000001,
    "equal": lambda random, n: np.full(n, 0.3),
}
WEIGHTS = {
    "none": lambda random, n: None,
    "whole": lambda random, n: random.integers(0, 4, n).astype(float) + (np.arange(n) < 2),
    "real": lambda random, n: random.exponential(size=n),
}


def made(seed, kind, weighing, n=400):
    random = np.random.default_rng([seed, list(KINDS).index(kind), list(WEIGHTS).index(weighing)])
    probability = np.clip(KINDS[kind](random, n), 0, 1)
    label = (random.random(n) < 0.2 + 0.6 * probability).astype(int)
    label[:2] = [0, 1]
    return label, probability, WEIGHTS[weighing](random, n)


def columns(label, probability, weights, group=None):
    found = {"label": plain(label), "probability": plain(probability)}
    if weights is not None:
        found["weight"] = plain(weights)
    if group is not None:
        found["group"] = [f"g{g}" for g in group]
    return found


@pytest.mark.parametrize("weighing", WEIGHTS)
@pytest.mark.parametrize("kind", KINDS)
def test_figures_are_those_of_scikit_learn(tmp_path, kind, weighing):
    label, probability, weights = made(1, kind, weighing)
    found = zhida("probability", "--file", csv(tmp_path / "f.csv", columns(label, probability, weights)))
    close(found["auc"]["value"], roc_auc_score(label, probability, sample_weight=weights), "AUC")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        close(found["log_loss"], log_loss(label, probability, sample_weight=weights), "log loss")
    close(found["brier"], brier_score_loss(label, probability, sample_weight=weights), "Brier")
    close(found["base_rate"], np.average(label, weights=weights), "base rate")
    close(found["mean_probability"], np.average(probability, weights=weights), "mean")
    assert (found["rows"], found["positive"]) == (len(label), int(label.sum()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_area_is_that_of_the_rank_sum(tmp_path, kind):
    label, probability, _ = made(2, kind, "none")
    found = zhida("probability", "--file", csv(tmp_path / "f.csv", columns(label, probability, None)))
    up, down = probability[label == 1], probability[label == 0]
    close(found["auc"]["value"], stats.mannwhitneyu(up, down).statistic / (len(up) * len(down)))


@pytest.mark.parametrize("weighing", WEIGHTS)
@pytest.mark.parametrize("kind", KINDS)
def test_grouped_areas_are_weighted_and_one_class_is_left_out(tmp_path, kind, weighing):
    label, probability, weights = made(3, kind, weighing)
    group = np.random.default_rng(9).integers(0, 25, len(label))
    label[group == 3], label[group == 4] = 1, 0
    file = csv(tmp_path / "f.csv", columns(label, probability, weights, group))
    found = zhida("probability", "--file", file)["grouped_auc"]
    total, size, left_out = 0.0, 0.0, 0
    for name in np.unique(group):
        rows = group == name
        weight = np.ones(rows.sum()) if weights is None else weights[rows]
        if len(np.unique(label[rows][weight > 0])) < 2:
            left_out += 1
            continue
        area = roc_auc_score(label[rows], probability[rows], sample_weight=weight)
        total, size = total + area * weight.sum(), size + weight.sum()
    close(found["value"], total / size, "grouped AUC")
    assert (found["one_class_groups"], found["groups"]) == (left_out, len(np.unique(group)) - left_out)
    assert left_out >= 2
    assert found["rows"] + found["one_class_rows"] == len(label)


@pytest.mark.parametrize("bins", [1, 2, 8, 10, 33])
@pytest.mark.parametrize("kind", KINDS)
def test_the_reliability_curve_is_that_of_scikit_learn(tmp_path, kind, bins):
    label, probability, _ = made(4, kind, "none")
    file = csv(tmp_path / "f.csv", columns(label, probability, None))
    found = zhida("probability", "--file", file, "--bins", bins)["equal_width"]
    observed, predicted = calibration_curve(label, probability, n_bins=bins, strategy="uniform")
    assert len(found["curve"]) == len(observed) == bins - found["empty"]
    for row, o, p in zip(found["curve"], observed, predicted, strict=True):
        close(row["observed"], o)
        close(row["predicted"], p)


def expected_error(label, probability, weights, upper):
    """ECE and largest distance, with the upper edges of the bins."""
    place = np.searchsorted(upper[:-1], probability, side="left")
    total, largest = 0.0, 0.0
    for bin_ in np.unique(place[weights > 0]):
        weight = weights * (place == bin_)
        distance = abs(np.average(probability, weights=weight) - np.average(label, weights=weight))
        total, largest = total + distance * weight.sum(), max(largest, distance)
    return total / weights.sum(), largest


@pytest.mark.parametrize("bins", [1, 8, 10, 15])
@pytest.mark.parametrize("weighing", WEIGHTS)
@pytest.mark.parametrize("kind", KINDS)
def test_calibration_error_by_its_formula(tmp_path, kind, weighing, bins):
    label, probability, weights = made(5, kind, weighing)
    file = csv(tmp_path / "f.csv", columns(label, probability, weights))
    found = zhida("probability", "--file", file, "--bins", bins)
    weights = np.ones(len(label)) if weights is None else weights
    width = np.linspace(0, 1, bins + 1)[1:]
    ece, largest = expected_error(label, probability, weights, width)
    close(found["equal_width"]["ece"], ece, "equal width")
    close(found["equal_width"]["max"], largest, "equal width, largest")
    if weighing == "real":
        # numpy's own weighted quantile; no sum meets an edge exactly.
        edges = np.quantile(probability, np.arange(1, bins + 1) / bins,
                            weights=weights, method="inverted_cdf")  # fmt: skip
    else:
        # In fractions, since a sum of whole weights may meet an edge exactly.
        order = np.argsort(probability, kind="stable")
        below = [Fraction(int(w)) for w in np.cumsum(weights[order])]
        share = [Fraction(i * int(weights.sum()), bins) for i in range(1, bins + 1)]
        first = [next(i for i, b in enumerate(below) if b >= s) for s in share]
        edges = probability[order][first]
    ece, largest = expected_error(label, probability, weights, edges)
    close(found["equal_mass"]["ece"], ece, "equal mass")
    close(found["equal_mass"]["max"], largest, "equal mass, largest")


def test_one_class_has_no_area(tmp_path):
    found = zhida("probability", "--file", csv(tmp_path / "f.csv", {"label": [1, 1], "probability": [0.25, 1.0]}))
    assert found["auc"] == {"value": None, "rows": 2, "positive": 2}
    close(found["log_loss"], log_loss([1, 1], [0.25, 1.0], labels=[0, 1]))


def test_parquet_gives_the_same_figures(tmp_path):
    label, probability, weights = made(6, "smooth", "real")
    group = np.arange(len(label)) % 7
    named = columns(label, probability, weights, group)
    text = zhida("probability", "--file", csv(tmp_path / "f.csv", named))
    for kind in [pa.int8(), pa.bool_(), pa.float64(), pa.string()]:
        table = pa.table(named).set_column(0, "label", pa.array(named["label"]).cast(kind))
        pq.write_table(table, tmp_path / "f.parquet")
        assert zhida("probability", "--file", tmp_path / "f.parquet") == text
