"""Off-policy estimates, against their formulas written out with numpy."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scipy import stats

from oracle import both, close, csv, drawn, plain, zhida  # noqa: F401

pytestmark = pytest.mark.usefixtures("both")

SAMPLES = 500


def made(seed, n=300):
    """A log over five actions whose propensities are known."""
    random = np.random.default_rng([seed, 21])
    logging = random.dirichlet(np.full(5, 0.7), n).clip(1e-4)
    logging /= logging.sum(1, keepdims=True)
    target = random.dirichlet(np.ones(5), n)
    target[:, 0] = 0
    target /= target.sum(1, keepdims=True)
    q = random.random((n, 5))
    shown = np.array([random.choice(5, p=p / p.sum()) for p in logging])
    rows = np.arange(n)
    return {
        "propensity": logging[rows, shown],
        "target": target[rows, shown],
        "reward": (random.random(n) < 0.3 + 0.4 * q[rows, shown]) * random.exponential(size=n),
        "q_logged": q[rows, shown] + 0.1,
        "q_target": (q * target).sum(1) + 0.1,
        "list": random.integers(0, n // 3, n),
    }


def terms(log, clip, switch):
    """Numerator and denominator of every estimator, by row."""
    raw = log["target"] / log["propensity"]
    w = raw if clip is None else np.minimum(raw, clip)
    one, r = np.ones(len(w)), log["reward"]
    dr = log["q_target"] + w * (r - log["q_logged"])
    found = {
        "ips": (w * r, one),
        "snips": (w * r, w),
        "dm": (log["q_target"], one),
        "dr": (dr, one),
    }
    if switch is not None:
        found["switch_dr"] = (np.where(raw <= switch, dr, log["q_target"]), one)
    return raw, w, found


def by_list(values, lists):
    return np.array([values[lists == name].sum() for name in np.unique(lists)])


@pytest.mark.parametrize("lists", [False, True])
@pytest.mark.parametrize(("clip", "switch"), [(None, None), (None, 2.0), (3.0, 5.0), (0.5, 0.1)])
@pytest.mark.parametrize("seed", range(3))
def test_every_estimator_by_its_formula(tmp_path, seed, clip, switch, lists):
    log = made(seed)
    columns = {name: plain(column) for name, column in log.items() if lists or name != "list"}
    options = ["--samples", SAMPLES, "--seed", 40 + seed, "--level", 0.9]
    options += ["--clip", clip] if clip else []
    options += ["--switch", switch] if switch else []
    found = zhida("counterfactual", "--file", csv(tmp_path / "log.csv", columns), *options)
    raw, w, expected = terms(log, clip, switch)
    assert (found["switch_dr"] is None) == (switch is None)
    for name, (above, below) in expected.items():
        if lists:
            # The command numbers lists as it meets them; the order of the
            # drawn units follows.
            seen = {}
            number = np.array([seen.setdefault(name_, len(seen)) for name_ in log["list"]])
            above, below = by_list(above, number), by_list(below, number)
        count, value = len(above), above.sum() / below.sum()
        close(found[name]["value"], value, name)
        squares = ((above - value * below) ** 2).sum()
        error = np.sqrt(squares * count / (count - 1)) / below.sum()
        close(found[name]["error"], error, f"{name}, error")
        reach = stats.norm.ppf(0.95) * error
        close(found[name]["normal"]["low"], value - reach, f"{name}, normal")
        close(found[name]["normal"]["high"], value + reach, f"{name}, normal")
        rows = drawn(40 + seed, SAMPLES, count)
        replicates = above[rows].sum(1) / below[rows].sum(1)
        low, high = np.quantile(replicates, [0.05, 0.95])
        close(found[name]["bootstrap"]["low"], low, f"{name}, bootstrap")
        close(found[name]["bootstrap"]["high"], high, f"{name}, bootstrap")
        assert (found["units"], found[name]["replicates"]) == (count, SAMPLES)
    weights = found["weights"]
    close(weights["mean"], raw.mean())
    close(weights["max"], raw.max())
    close(weights["effective"], w.sum() ** 2 / (w**2).sum())
    assert weights["clipped"] == (0 if clip is None else int((raw > clip).sum()))
    assert weights["switched"] == (0 if switch is None else int((raw > switch).sum()))
    assert weights["zero"] == int((raw == 0).sum()) > 0
    close(found["logged"], log["reward"].mean())


def test_the_error_of_a_plain_mean_is_that_of_scipy(tmp_path):
    log = made(9)
    columns = {name: plain(column) for name, column in log.items() if name != "list"}
    found = zhida("counterfactual", "--file", csv(tmp_path / "log.csv", columns), "--samples", 5000)
    values = log["target"] / log["propensity"] * log["reward"]
    close(found["ips"]["error"], stats.sem(values))
    close(found["dm"]["error"], stats.sem(log["q_target"]))
    # Another generator, so only as near as 5,000 replicates come: an end has an
    # error of 0.04 standard errors, the bound is four times that of both.
    theirs = stats.bootstrap((log["q_target"],), np.mean, n_resamples=5000, method="percentile", rng=1)
    for end in ("low", "high"):
        expected = getattr(theirs.confidence_interval, end)
        assert abs(found["dm"]["bootstrap"][end] - expected) < 0.22 * stats.sem(log["q_target"])


def test_the_truth_is_covered_where_it_is_known(tmp_path):
    """Doubly robust, with rewards whose mean under the target is known."""
    random = np.random.default_rng(17)
    n, chance = 20_000, np.array([0.1, 0.5, 0.8])
    logging, target = np.array([0.6, 0.3, 0.1]), np.array([0.1, 0.2, 0.7])
    shown = random.choice(3, n, p=logging)
    q = np.array([0.2, 0.4, 0.7])
    log = {
        "propensity": logging[shown],
        "target": target[shown],
        "reward": (random.random(n) < chance[shown]).astype(int),
        "q_logged": q[shown],
        "q_target": np.full(n, (q * target).sum()),
    }
    file = csv(tmp_path / "log.csv", {name: plain(column) for name, column in log.items()})
    found = zhida("counterfactual", "--file", file, "--level", 0.999, "--samples", 100)
    truth = (chance * target).sum()
    for name in ["ips", "snips", "dr"]:
        assert found[name]["normal"]["low"] < truth < found[name]["normal"]["high"], name
    assert found["dm"]["normal"]["high"] < truth, "the wrong prediction shows"


def test_parquet_gives_the_same_figures(tmp_path):
    log = {name: plain(column) for name, column in made(2).items()}
    log["list"] = [f"list {name}" for name in log["list"]]
    text = zhida("counterfactual", "--file", csv(tmp_path / "log.csv", log), "--samples", 100)
    pq.write_table(pa.table(log), tmp_path / "log.parquet")
    parquet = zhida("counterfactual", "--file", tmp_path / "log.parquet", "--samples", 100)
    assert parquet == text
