"""How good an answer is: the measures of ``zhida evaluate``, on what Python holds.

Columns are lists, or anything with ``tolist`` or ``to_pylist``: numpy arrays,
polars and pandas Series, pyarrow arrays. Everything is computed in double
precision, sums are compensated, and what is drawn at random comes from a seed,
so that a figure is the figure of the command line, digit for digit. Where rows
can be left out, the result says how many were seen.

>>> from zhida import metrics
>>> metrics.auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])["value"]
0.75

What cannot be measured raises ``zhida.MeasureError`` with the row, counted from
one, and the remedy.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import zhida._native as _native
from zhida import _columns as given
from zhida._errors import MeasureError

__all__ = [
    "auc",
    "average_precision",
    "brier",
    "calibration",
    "compare",
    "counterfactual",
    "coverage",
    "diversity",
    "evaluate_run",
    "exposure",
    "fairness",
    "gini",
    "grouped_auc",
    "log_loss",
    "ndcg",
    "novelty",
    "precision",
    "recall",
    "reciprocal_rank",
    "reliability",
]

Column: TypeAlias = Any
"""A list of values, or anything with ``tolist`` or ``to_pylist``."""


class Interval(TypedDict):
    """An interval that covers the true value with the level asked for."""

    low: float
    high: float


class Seen(TypedDict):
    """What a run was measured on."""

    judgments: int
    returned: int
    queries: int
    without_relevant: int
    not_returned: int
    not_returned_count: bool
    not_judged: int


class RunReport(TypedDict):
    """A run, measured: over all queries, and by query."""

    all: dict[str, float]
    queries: dict[str, dict[str, float]]
    seen: Seen


class Auc(TypedDict):
    """An area; ``None`` where all rows have one label."""

    value: float | None
    rows: int
    positive: int


class GroupedAuc(TypedDict):
    """The mean of the areas within groups; groups of one label are left out."""

    value: float | None
    groups: int
    rows: int
    one_class_groups: int
    one_class_rows: int


class Bin(TypedDict):
    """One bin of a reliability curve."""

    low: float
    high: float
    rows: int
    weight: float
    predicted: float
    observed: float


class Calibration(TypedDict):
    """Expected calibration error, the largest distance, and the curve."""

    binning: str
    bins: int
    empty: int
    ece: float
    max: float
    curve: list[Bin]


class Estimate(TypedDict):
    """An estimate of the mean reward of a row."""

    value: float
    error: float | None
    normal: Interval | None
    bootstrap: Interval | None
    replicates: int


class Weights(TypedDict):
    """The weights, target by propensity."""

    mean: float
    max: float
    clipped: int
    switched: int
    zero: int
    effective: float


class Counterfactual(TypedDict):
    """All estimates, with what could not be estimated and why."""

    rows: int
    units: int
    logged: float
    weights: Weights
    ips: Estimate
    snips: Estimate | None
    dm: Estimate | None
    dr: Estimate | None
    switch_dr: Estimate | None
    left_out: list[str]


class Test(TypedDict):
    """A permutation test."""

    p: float
    patterns: int
    exact: bool


class Comparison(TypedDict):
    """Two systems, compared; ``alone`` counts subjects in one only."""

    subjects: int
    alone: int
    difference: float
    interval: Interval | None
    better: int
    worse: int
    equal: int
    test: Test


class Coverage(TypedDict):
    """How much of the catalogue is in at least one list."""

    lists: int
    empty: int
    items: int
    shown: int
    share: float


class Mean(TypedDict):
    """A mean, with how many items or lists are in it and how many are not."""

    value: float | None
    counted: int
    left_out: int


class Group(TypedDict):
    """What a group gets, and what it is entitled to, as shares."""

    group: str
    rows: int
    exposure: float
    entitlement: float
    ratio: float | None


class Fairness(TypedDict):
    """Exposure and entitlement of all groups."""

    rows: int
    groups: list[Group]
    misplaced: float
    lowest_by_highest: float | None


# Ranked lists


def evaluate_run(
    qrels: Mapping[str, Mapping[str, int]] | Any,
    run: Mapping[str, Mapping[str, float]] | Any,
    measures: Iterable[str] | str,
    *,
    complete: bool = False,
    scores: Literal["single", "double"] = "single",
) -> RunReport:
    """Measures ranked lists as trec_eval does.

    ``qrels`` maps queries to documents to whole relevances, ``run`` maps queries
    to documents to scores; or both are Arrow tables with ``query``, ``document``
    and ``relevance`` or ``score``. ``measures`` are names such as ``P@5``,
    ``R@10``, ``AP``, ``RR``, ``nDCG@10``, ``nDCG_exp@10`` (gain 2^r − 1),
    ``Rprec``, ``bpref``, ``success@1``, ``judged@10``.

    Higher scores come first, equal ones by the name of the document, last first.
    Scores are compared in single precision, as trec_eval keeps them, unless
    ``scores="double"``. Queries that were judged and not returned are left out,
    or count as 0 with ``complete=True``.

    >>> from zhida import metrics
    >>> qrels = {"q": {"a": 2, "b": 0, "c": 1}}
    >>> run = {"q": {"a": 0.9, "b": 0.8, "c": 0.7}}
    >>> metrics.evaluate_run(qrels, run, ["P@2", "RR"])["all"]
    {'P@2': 0.5, 'RR': 1.0}
    """
    given.one_of("scores", scores, ("single", "double"))
    wanted = measures if isinstance(measures, str) else ",".join(measures)
    found: dict[str, Any] = _native._evaluate_run(
        given.triples("qrels", qrels), given.triples("run", run), wanted, complete, scores == "double"
    )
    names: list[str] = found["measures"]
    rows = {row["query"]: dict(zip(names, row["values"])) for row in found["queries"]}
    return {"all": dict(zip(names, found["all"])), "queries": rows, "seen": found["seen"]}


def _one(qrels: Any, run: Any, name: str, k: int | None, options: dict[str, Any]) -> float:
    asked = name if k is None else f"{name}@{k}"
    [value] = evaluate_run(qrels, run, asked, **options)["all"].values()
    return value


def ndcg(
    qrels: Any,
    run: Any,
    k: int | None = None,
    *,
    gain: Literal["linear", "exponential"] = "linear",
    **options: Any,
) -> float:
    """Discounted gain of the first ``k`` by that of the ideal order; gain is the
    relevance r, or 2^r − 1. Everything else as in ``evaluate_run``."""
    given.one_of("gain", gain, ("linear", "exponential"))
    return _one(qrels, run, "nDCG" if gain == "linear" else "nDCG_exp", k, options)


def precision(qrels: Any, run: Any, k: int | None = None, **options: Any) -> float:
    """Share of relevant documents among the first ``k``; see ``evaluate_run``."""
    return _one(qrels, run, "P", k, options)


def recall(qrels: Any, run: Any, k: int | None = None, **options: Any) -> float:
    """Share of the relevant documents that are among the first ``k``; see ``evaluate_run``."""
    return _one(qrels, run, "R", k, options)


def average_precision(qrels: Any, run: Any, k: int | None = None, **options: Any) -> float:
    """Mean over relevant documents of the precision where each stands; see ``evaluate_run``."""
    return _one(qrels, run, "AP", k, options)


def reciprocal_rank(qrels: Any, run: Any, k: int | None = None, **options: Any) -> float:
    """One by the rank of the first relevant document; see ``evaluate_run``."""
    return _one(qrels, run, "RR", k, options)


# Predicted probabilities


def auc(labels: Column, scores: Column, *, weights: Column | None = None) -> Auc:
    """Area under the ROC curve of any scores; equal scores count one half."""
    columns = (given.labels(labels), given.numbers("score", scores), given.weights(weights))
    found: Auc = _native._auc(*columns)
    return found


def grouped_auc(
    labels: Column, scores: Column, groups: Column, *, weights: Column | None = None
) -> GroupedAuc:
    """Mean of the areas within groups, such as the lists of subjects, weighted by
    their size; groups whose rows all have one label are left out."""
    columns = (given.labels(labels), given.numbers("score", scores), given.numbered(groups))
    found: GroupedAuc = _native._grouped_auc(*columns, given.weights(weights))
    return found


def log_loss(labels: Column, probabilities: Column, *, weights: Column | None = None) -> float:
    """Mean of −ln of the probability given to what came."""
    columns = (given.labels(labels), given.numbers("probability", probabilities), given.weights(weights))
    found: float = _native._log_loss(*columns)
    return found


def brier(labels: Column, probabilities: Column, *, weights: Column | None = None) -> float:
    """Mean squared distance of probability and label."""
    columns = (given.labels(labels), given.numbers("probability", probabilities), given.weights(weights))
    found: float = _native._brier(*columns)
    return found


def calibration(
    labels: Column,
    probabilities: Column,
    *,
    weights: Column | None = None,
    bins: int = 10,
    binning: Literal["equal_width", "equal_mass"] = "equal_width",
) -> Calibration:
    """Expected calibration error, with the curve it comes from.

    Bins are of equal width, or hold equal mass; an edge belongs to the bin below.
    """
    given.one_of("binning", binning, ("equal_width", "equal_mass"))
    columns = (given.labels(labels), given.numbers("probability", probabilities), given.weights(weights))
    found: Calibration = _native._calibration(*columns, given.count("bins", bins), binning == "equal_mass")
    return found


def reliability(
    labels: Column,
    probabilities: Column,
    *,
    weights: Column | None = None,
    bins: int = 10,
    binning: Literal["equal_width", "equal_mass"] = "equal_mass",
) -> list[Bin]:
    """The reliability curve: in each bin what was predicted and what came."""
    of = calibration(labels, probabilities, weights=weights, bins=bins, binning=binning)
    return of["curve"]


# Other ways of showing, and differences


def counterfactual(
    propensity: Column,
    target: Column,
    reward: Column,
    *,
    q_logged: Column | None = None,
    q_target: Column | None = None,
    lists: Column | None = None,
    clip: float | None = None,
    switch: float | None = None,
    level: float = 0.95,
    samples: int = 10_000,
    seed: int = 1,
) -> Counterfactual:
    """What another way of showing would have earned a row: IPS, SNIPS, and with
    predictions DM, DR and, with a threshold ``switch``, Switch-DR.

    ``propensity`` is the probability with which something was shown, ``target``
    that with which the other way would show it, ``reward`` what came of it;
    ``q_logged`` the predicted reward of what was shown and ``q_target`` the mean
    prediction over what the other way would show. Rows of one of ``lists``
    depend on each other and are resampled together. Weights above ``clip`` are
    lowered to it.

    >>> from zhida import metrics
    >>> metrics.counterfactual([0.5, 0.5], [1.0, 0.0], [1.0, 0.0])["ips"]["value"]
    1.0
    """
    found: Counterfactual = _native._counterfactual(
        given.numbers("propensity", propensity),
        given.numbers("target", target),
        given.numbers("reward", reward),
        None if q_logged is None else given.numbers("q_logged", q_logged),
        None if q_target is None else given.numbers("q_target", q_target),
        None if lists is None else given.numbered(lists),
        clip,
        switch,
        given.resampling(level, samples, seed),
    )
    return found


def compare(
    first: Column | Mapping[str, float],
    second: Column | Mapping[str, float],
    *,
    level: float = 0.95,
    samples: int = 10_000,
    seed: int = 1,
) -> Comparison:
    """Whether the second of two systems differs from the first by more than chance.

    Both are columns of the same subjects, or mappings from subjects to values,
    of which only those in both count. The interval of the mean difference is a
    percentile bootstrap, the test flips signs: all of them up to 20 subjects,
    else as many as ``samples``.

    >>> from zhida import metrics
    >>> metrics.compare([0.1, 0.2, 0.3], [0.2, 0.4, 0.4])["test"]
    {'p': 0.25, 'patterns': 8, 'exact': True}
    """
    resampling = given.resampling(level, samples, seed)
    found: Comparison
    alone = 0
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        pairs = [
            list(zip(map(str, side), given.numbers(name, side.values())))
            for name, side in (("first", first), ("second", second))
        ]
        found, alone = _native._compare_subjects(*pairs, resampling)
    else:
        columns = given.numbers("first", first), given.numbers("second", second)
        found = _native._compare(*columns, resampling)
    found["alone"] = alone
    return found


# Apart from being right


def exposure(lists: Iterable[Iterable[Hashable]], catalogue: int | Sequence[Hashable]) -> list[float]:
    """How much each item of the catalogue is exposed: the sum of the worth of its
    places, 1 / log₂(1 + r) at rank r.

    ``catalogue`` holds all items, or is their number where lists hold whole
    numbers from 0; so it is for ``coverage``, ``novelty`` and ``diversity``.
    """
    found: list[float] = _native._exposure(*given.items(lists, catalogue))
    return found


def coverage(lists: Iterable[Iterable[Hashable]], catalogue: int | Sequence[Hashable]) -> Coverage:
    """The share of the catalogue that is in at least one list.

    >>> from zhida import metrics
    >>> metrics.coverage([["a", "b"], ["a"]], ["a", "b", "c", "d"])["share"]
    0.5
    """
    found: Coverage = _native._coverage(*given.items(lists, catalogue))
    return found


def gini(exposure: Column) -> float:
    """Gini coefficient of exposure: 0 where all items are equal, 1 − 1/n where one
    has everything."""
    found: float = _native._gini(given.numbers("exposure", exposure))
    return found


def novelty(
    lists: Iterable[Iterable[Hashable]], popularity: Mapping[Any, float] | Column
) -> Mean:
    """Mean of −log₂ of the popularity of what is shown, in bits.

    ``popularity`` is the share of subjects that had to do with an item: a mapping
    from items, or a column where lists hold whole numbers from 0. Items of
    popularity 0 are left out.
    """
    named = isinstance(popularity, Mapping)
    shares = given.numbers("popularity", popularity.values() if named else popularity)
    numbers, _ = given.items(lists, list(popularity) if named else len(shares))
    found: Mean = _native._novelty(numbers, shares)
    return found


def diversity(
    lists: Iterable[Iterable[Hashable]],
    similarity: Any,
    catalogue: Sequence[Hashable] | None = None,
) -> Mean:
    """Mean over lists of the mean of 1 − similarity over all pairs of a list.

    ``similarity`` is a square matrix of numbers from −1 to 1, in the order of the
    catalogue. Lists of fewer than two items are left out.
    """
    rows = [given.numbers("similarity", row) for row in given.plain(similarity)]
    count = len(rows) if catalogue is None else len(catalogue)
    if len(rows) != count or any(len(row) != count for row in rows):
        message = f"`similarity` is not a matrix of {count} rows and columns: give one of each an item"
        raise MeasureError(message)
    numbers, items = given.items(lists, count if catalogue is None else catalogue)
    flat = [value for row in rows for value in row]
    found: Mean = _native._diversity(numbers, items, flat)
    return found


def fairness(groups: Column, exposure: Column, entitlement: Column) -> Fairness:
    """Compares the share of exposure of every group with what it is entitled to.

    A row is a subject, or a subject and a policy: its group, the exposure it got
    and its entitlement, in whatever unit.

    >>> from zhida import metrics
    >>> metrics.fairness(["x", "y"], [3.0, 1.0], [1.0, 1.0])["misplaced"]
    0.25
    """
    names = [str(group) for group in given.plain(groups)]
    columns = given.numbers("exposure", exposure), given.numbers("entitlement", entitlement)
    found: Fairness = _native._fairness(names, *columns)
    return found
