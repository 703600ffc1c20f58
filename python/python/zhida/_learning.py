"""Fitting a plain logistic model, as training does for each step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import zhida._native as _native
from zhida._columns import plain
from zhida._errors import ArgumentError


def fit_logistic(
    x: Iterable[Iterable[float]] | Any,
    targets: Iterable[float] | Any,
    weights: Iterable[float] | Any = None,
    penalty: float = 1.0,
) -> tuple[float, list[float]]:
    """Fits a weighted logistic model with L-BFGS: intercept, and a weight a feature.

    ``x`` holds rows of features, standardised by the caller if they should be
    penalised alike. A row of weight w, target t and log-odds z costs
    w·(ln(1 + e^z) − t·z), and the penalty is ½·penalty·|β|², without the
    intercept. A target may lie above 1: a click where a place is looked at with
    probability θ stands for 1/θ clicks, at weight θ.

    >>> import zhida
    >>> intercept, [weight] = zhida.fit_logistic([[0.0], [1.0], [0.0], [1.0]], [0, 1, 1, 1])
    >>> weight > 0
    True

    Raises ArgumentError for no rows, rows of unequal length, and values that are
    no finite numbers.
    """
    rows = [[float(value) for value in row] for row in plain(x)]
    wanted = [float(value) for value in plain(targets)]
    weigh = [1.0] * len(rows) if weights is None else [float(value) for value in plain(weights)]
    if not rows or not rows[0]:
        raise ArgumentError("there are no rows, or no features: give at least one of each")
    if len(wanted) != len(rows) or len(weigh) != len(rows):
        raise ArgumentError(
            f"{len(rows)} rows, {len(wanted)} targets and {len(weigh)} weights: give one of each a row"
        )
    infinity = float("inf")
    for number, (row, target, weight) in enumerate(zip(rows, wanted, weigh), 1):
        if len(row) != len(rows[0]):
            raise ArgumentError(f"row {number} has {len(row)} features, the first {len(rows[0])}")
        if not all(-infinity < value < infinity for value in (*row, target, weight)):
            raise ArgumentError(f"row {number} has a value that is no finite number")
        if weight < 0 or target < 0:
            raise ArgumentError(f"row {number} has a weight or target below 0")
    if not 0 <= penalty < infinity:
        raise ArgumentError(f"penalty {penalty} is not a number from 0 on")
    flat = [value for row in rows for value in row]
    found: tuple[float, list[float]] = _native._fit_logistic(flat, wanted, weigh, float(penalty))
    return found
