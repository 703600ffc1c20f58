"""Paired comparison of runs, against scipy."""

import numpy as np
import pytest
from scipy import stats

from oracle import both, close, drawn, zhida  # noqa: F401
from test_ranking import judgments, returned, write

pytestmark = pytest.mark.usefixtures("both")

SAMPLES = 400


def compared(folder, seed, queries, score, *options):
    """Two runs compared by three measures, and the values of their queries."""
    random = np.random.default_rng([seed, queries])
    qrels = judgments(random, queries, 12, [0, 1, 2])
    first = returned(random, queries, 12, score(random))
    second = returned(random, queries, 12, score(random))
    names = ["AP", "nDCG@5", "success@1"]
    qrels_file, first_file = write(folder, qrels, first, "first")
    _, second_file = write(folder, qrels, second, "second")
    found = zhida("ranking", "--qrels", qrels_file, "--run", first_file, second_file,
                  "--measures", ",".join(names), "--compare", "--per-query",
                  "--seed", 6, *(options if "--samples" in options else ["--samples", SAMPLES, *options]))  # fmt: skip
    values = [
        {row["query"]: row["values"] for row in run["queries"]} for run in found["runs"]
    ]
    for row in found["comparisons"]:
        name = row["measure"]
        ordered = sorted(values[0])
        pairs = [(values[0][query][name], values[1][query][name]) for query in ordered]
        yield row["comparison"], np.array(pairs)


TIES = {"tied": lambda random: lambda: random.integers(0, 3), "smooth": lambda random: random.normal}


@pytest.mark.parametrize("score", TIES)
@pytest.mark.parametrize("queries", [1, 2, 5, 11])
@pytest.mark.parametrize("seed", range(2))
def test_exact_tests_are_those_of_scipy(tmp_path, seed, queries, score):
    for found, pairs in compared(tmp_path, seed, queries, TIES[score]):
        difference = pairs[:, 1] - pairs[:, 0]
        close(found["difference"], difference.mean())
        assert found["test"]["exact"] and found["subjects"] == queries
        if queries > 1:
            expected = stats.permutation_test(
                (pairs[:, 1], pairs[:, 0]), lambda a, b, axis: np.mean(a - b, axis=axis),
                permutation_type="samples", vectorized=True, n_resamples=np.inf,
            )  # fmt: skip
            close(found["test"]["p"], float(expected.pvalue), "p")
        else:
            assert found["test"]["p"] == 1.0 and found["interval"] is None
        signs = [found["better"], found["worse"], found["equal"]]
        assert signs == [int((difference > 0).sum()), int((difference < 0).sum()), int((difference == 0).sum())]


@pytest.mark.parametrize("seed", range(2))
def test_drawn_tests_come_near_scipy(tmp_path, seed):
    for found, pairs in compared(tmp_path, seed, 60, TIES["smooth"], "--samples", 20_000):
        expected = stats.permutation_test(
            (pairs[:, 1], pairs[:, 0]), lambda a, b, axis: np.mean(a - b, axis=axis),
            permutation_type="samples", vectorized=True, n_resamples=20_000, rng=3,
        )  # fmt: skip
        if not found["test"]["exact"]:
            # Both are drawn: five standard errors of their difference.
            p = float(expected.pvalue)
            bound = 5 * np.sqrt(2 * max(p * (1 - p), 1e-4) / 20_000)
            assert abs(found["test"]["p"] - p) < bound
            assert found["test"]["patterns"] == 20_001


@pytest.mark.parametrize("score", TIES)
def test_intervals_are_percentiles_of_means_of_drawn_subjects(tmp_path, score):
    for found, pairs in compared(tmp_path, 4, 23, TIES[score], "--level", 0.8):
        difference = pairs[:, 1] - pairs[:, 0]
        means = difference[drawn(6, SAMPLES, len(difference))].mean(1)
        low, high = np.quantile(means, [0.1, 0.9])
        close(found["interval"]["low"], low, "low")
        close(found["interval"]["high"], high, "high")
