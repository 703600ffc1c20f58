"""Polars: two sums per rule in one eager `select`, in chunks of rules."""

import functools
import operator
import os

import task

os.environ["POLARS_MAX_THREADS"] = str(task.THREADS)

import polars as pl  # noqa: E402

COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def term_expr(term):
    if "in" in term:
        return pl.col(term["col"]).is_in(term["in"])
    if "is" in term:
        column = pl.col(term["col"])
        return column if term["is"] else ~column
    compare = COMPARE[term["op"]]
    if "num" in term:
        num, den = term["value"]
        divisor = pl.when(pl.col(term["den"]) != 0).then(pl.col(term["den"]))
        wide = pl.col(term["num"]).cast(pl.Int128) * den
        return compare(wide, divisor.cast(pl.Int128) * num)
    return compare(pl.col(term["col"]), term["value"])


def rule_expr(rule):
    join = operator.or_ if rule["any"] else operator.and_
    # Without a term everybody passes; a bare literal would count as one row.
    terms = list(map(term_expr, rule["terms"])) or [pl.col("region").is_null() | True]
    truth = functools.reduce(join, terms)
    if rule["region"]:
        low, high = rule["region"]
        truth = pl.col("region").is_between(low, high) & truth
    return truth


def count(frame, rules, positions):
    """True and false rows of each rule."""
    columns = []
    for position in positions:
        truth = rule_expr(rules[position])
        columns.append(truth.sum().alias(f"t{position}"))
        columns.append((~truth).sum().alias(f"f{position}"))
    row = frame.select(columns).row(0, named=True)
    return {position: (row[f"t{position}"], row[f"f{position}"]) for position in positions}


def main():
    options = task.arguments(chunk=50)
    rules = task.read_rules(options.rules)
    clock = task.Clock()
    frame = pl.read_parquet(options.table)
    frame = frame.with_columns(pl.col(pl.Date).to_physical())
    if options.prefilter:
        frame = frame.sort("region", nulls_last=True)
        regions = frame["region"].drop_nulls()
        frame = frame.rechunk()
    clock.load_done()
    counts = [None] * len(rules)
    groups = task.by_region(rules) if options.prefilter else {None: list(range(len(rules)))}
    for region, positions in groups.items():
        parts = [frame]
        if region:
            start = regions.search_sorted(region[0], side="left")
            end = regions.search_sorted(region[1], side="right")
            parts = [frame.slice(start, end - start), frame.slice(len(regions))]
        outside = frame.height - sum(part.height for part in parts)
        for chunk in task.chunks(positions, options.chunk):
            found = [count(part, rules, chunk) for part in parts if part.height]
            for position in chunk:
                true = sum(part[position][0] for part in found)
                false = outside + sum(part[position][1] for part in found)
                counts[position] = task.verdicts(rules[position], frame.height, true, false)
    clock.report("polars", pl.__version__, options, frame.height, rules, counts)


if __name__ == "__main__":
    main()
