"""Coverage, Gini, novelty, diversity and fairness, against their formulas
written out with numpy."""

import numpy as np
import pytest
from oracle import close

import zhida
from zhida import metrics

ITEMS = 30


def made(seed):
    """Lists of any length, also empty ones, over items of which some are never shown."""
    random = np.random.default_rng([seed, 8])
    lists = [
        random.permutation(ITEMS - 4)[: random.integers(0, 9)].tolist() for _ in range(40)
    ]
    return random, [*lists, [], [3]]


def exposed(lists):
    found = np.zeros(ITEMS)
    for shown in lists:
        for rank, item in enumerate(shown, 1):
            found[item] += 1 / np.log2(1 + rank)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_coverage_exposure_and_gini(seed):
    _, lists = made(seed)
    shown = np.unique(np.concatenate([np.array(one, int) for one in lists]))
    found = metrics.coverage(lists, ITEMS)
    close(found["share"], len(shown) / ITEMS)
    assert (found["shown"], found["items"], found["lists"]) == (len(shown), ITEMS, len(lists))
    assert found["empty"] == sum(not one for one in lists) > 0
    exposure = exposed(lists)
    for ours, theirs in zip(metrics.exposure(lists, ITEMS), exposure, strict=True):
        close(ours, theirs)
    # Half the mean absolute difference of all pairs by the mean.
    pairs = np.abs(exposure[:, None] - exposure[None, :])
    close(metrics.gini(exposure), pairs.mean() / 2 / exposure.mean())
    names = [f"政策{item}" for item in range(ITEMS)]
    named = [[names[item] for item in one] for one in lists]
    assert metrics.coverage(named, names) == found
    assert metrics.exposure(named, names) == metrics.exposure(lists, ITEMS)


def test_gini_at_its_ends():
    assert metrics.gini([2.0] * 7) == 0
    close(metrics.gini([0.0] * 7 + [5.0]), 1 - 1 / 8)


@pytest.mark.parametrize("seed", range(3))
def test_novelty(seed):
    random, lists = made(seed)
    popularity = random.random(ITEMS) * (random.random(ITEMS) < 0.8)
    places = np.concatenate([np.array(one, int) for one in lists])
    known = popularity[places][popularity[places] > 0]
    found = metrics.novelty(lists, popularity)
    close(found["value"], float(-np.log2(known).mean()))
    assert (found["counted"], found["left_out"]) == (len(known), len(places) - len(known))
    assert found["left_out"] > 0
    by_name = {f"p{item}": share for item, share in enumerate(popularity.tolist())}
    assert metrics.novelty([[f"p{item}" for item in one] for one in lists], by_name) == found


@pytest.mark.parametrize("seed", range(3))
def test_diversity(seed):
    random, lists = made(seed)
    similarity = random.uniform(-1, 1, (ITEMS, ITEMS))
    similarity = (similarity + similarity.T) / 2
    means = []
    for one in lists:
        if len(one) > 1:
            upper = np.triu_indices(len(one), 1)
            means.append((1 - similarity[np.ix_(one, one)][upper]).mean())
    found = metrics.diversity(lists, similarity)
    close(found["value"], float(np.mean(means)))
    assert (found["counted"], found["left_out"]) == (len(means), len(lists) - len(means))


@pytest.mark.parametrize("seed", range(3))
def test_fairness(seed):
    random, _ = made(seed)
    groups = random.choice(["东", "西", "南", "北"], 200)
    exposure, due = random.exponential(size=200), random.exponential(size=200)
    due[groups == "北"] = 0
    found = metrics.fairness(groups, exposure, due)
    shares, ratios = [], []
    for row in found["groups"]:
        of = groups == row["group"]
        got, owed = exposure[of].sum() / exposure.sum(), due[of].sum() / due.sum()
        close(row["exposure"], got)
        close(row["entitlement"], owed)
        close(row["ratio"], got / owed if owed > 0 else None)
        assert row["rows"] == of.sum()
        shares.append(abs(got - owed))
        ratios += [got / owed] if owed > 0 else []
    assert [row["group"] for row in found["groups"]] == sorted(set(groups.tolist()))
    close(found["misplaced"], sum(shares) / 2)
    close(found["lowest_by_highest"], min(ratios) / max(ratios))


def test_what_cannot_be_measured_is_told():
    cases = [
        (lambda: metrics.coverage([[1, 30]], ITEMS), "list 1 shows `30`.*count items from 0"),
        (lambda: metrics.coverage([["a"]], ["b"]), "list 1 shows `'a'`.*name it there"),
        (lambda: metrics.coverage([[1, 1]], ITEMS), "list 1 shows item 1 twice"),
        (lambda: metrics.coverage([], ITEMS), "there are no lists"),
        (lambda: metrics.gini([0.0, 0.0]), "sum of `exposure` is zero"),
        (lambda: metrics.gini([1.0, None]), "row 2, field `exposure`: `None`"),
        (lambda: metrics.novelty([[0]], [2.0]), "row 1, field `popularity`: `2`"),
        (lambda: metrics.diversity([[0, 1]], [[1, 2], [2, 1]]), "row 1, field `similarity`: `2`"),
        (lambda: metrics.diversity([[0, 1]], [[1, 0]]), "not a matrix of 1 rows"),
        (lambda: metrics.fairness(["a"], [1.0, 2.0], [1.0]), "`exposure` has 2 rows"),
        (lambda: metrics.auc([0, 2], [0.1, 0.2]), "row 2, field `label`: `2`"),
        (lambda: metrics.auc([], []), "there are no predictions"),
        (lambda: metrics.brier([1], [1.5]), "row 1, field `probability`"),
        (lambda: metrics.calibration([1], [0.5], bins=0), "`bins` is 0"),
        (lambda: metrics.calibration([1], [0.5], binning="odd"), "`binning` is"),
        (lambda: metrics.counterfactual([0.0], [1.0], [1.0]), "row 1, field `propensity`"),
        (lambda: metrics.counterfactual([0.5], [1.0], [1.0], samples=5), "`samples` is 5"),
        (lambda: metrics.compare([1.0], [1.0, 2.0]), "`second` has 2 rows"),
        (lambda: metrics.compare({"a": 1.0}, {"b": 1.0}), "no subjects measured in both"),
        (lambda: metrics.evaluate_run({"q": {"d": 1}}, {"q": {"d": 1.0}}, "loudness"), "no measure"),
        (lambda: metrics.evaluate_run({"q": {"d": 0.5}}, {"q": {"d": 1.0}}, "AP"), "not a whole number"),
        (lambda: metrics.evaluate_run({"q": {"d": 1}}, {"x": {"d": 1.0}}, "AP"), "none of the 1 queries"),
        (lambda: metrics.evaluate_run({"q": {"d": 1}}, {"q": {"d": float("nan")}}, "AP"), "run, row 1"),
        (lambda: metrics.evaluate_run(7, {}, "AP"), "`qrels` is a `int`"),
    ]  # fmt: skip
    for work, message in cases:
        with pytest.raises(zhida.MeasureError, match=message):
            work()


def test_a_run_may_be_a_table():
    import polars
    import pyarrow as pa

    qrels = {"q1": {"a": 2, "b": 0}, "q2": {"a": 1}}
    run = {"q1": {"a": 0.25, "b": 0.75}, "q2": {"c": 0.5}}

    def columns(nested, name):
        rows = [(q, d, value) for q, found in nested.items() for d, value in found.items()]
        return dict(zip(("query", "document", name), map(list, zip(*rows, strict=True)), strict=True))

    wanted = metrics.evaluate_run(qrels, run, ["AP", "nDCG@5", "bpref"])
    judged, returned = columns(qrels, "relevance"), columns(run, "score")
    for table in (pa.table, polars.DataFrame):
        assert metrics.evaluate_run(table(judged), table(returned), ["AP", "nDCG@5", "bpref"]) == wanted
    coded = pa.table(judged).set_column(0, "query", pa.array(judged["query"]).dictionary_encode())
    assert metrics.evaluate_run(coded, run, "AP")["all"] == {"AP": wanted["all"]["AP"]}
    assert metrics.ndcg(qrels, run, 5) == wanted["all"]["nDCG@5"]
    assert metrics.average_precision(qrels, run) == wanted["all"]["AP"]
    assert metrics.precision(qrels, run, 1) == metrics.recall(qrels, run, 1) == 0.0
    assert metrics.reciprocal_rank(qrels, run) == 0.25
    with pytest.raises(zhida.TableError, match="column `relevance`: is missing"):
        metrics.evaluate_run(pa.table({"query": ["q"], "document": ["d"]}), run, "AP")
