"""numpy: boolean arrays of what is true and what is false, block by block.

Every distinct term is evaluated once a block, which is the best one can do by
hand; two threads share the blocks, numpy lets go of the interpreter lock.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import task

BLOCK = 65_536

COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def load(path):
    """Values and what is known of each column."""
    table = pq.read_table(path).combine_chunks()
    columns = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if pa.types.is_date(column.type):
            column = column.cast(pa.int32())
        empty = pa.scalar(False if pa.types.is_boolean(column.type) else 0, column.type)
        known = ~column.is_null().to_numpy(zero_copy_only=False)
        columns[name] = (column.fill_null(empty).to_numpy(zero_copy_only=False), known)
    return columns, table.num_rows


class Block:
    """Some rows, with the terms evaluated so far."""

    def __init__(self, columns, start, end):
        self.columns = {name: (v[start:end], k[start:end]) for name, (v, k) in columns.items()}
        self.rows = end - start
        self.terms = {}

    def term(self, term):
        key = repr(term)
        if key not in self.terms:
            self.terms[key] = self.evaluate(term)
        return self.terms[key]

    def evaluate(self, term):
        if "num" in term:
            num, den = term["value"]
            (top, top_known), (bottom, bottom_known) = (
                self.columns[term["num"]],
                self.columns[term["den"]],
            )
            known = top_known & bottom_known & (bottom != 0)
            holds = COMPARE[term["op"]](top * den, bottom * num)
        else:
            values, known = self.columns[term["col"]]
            if "in" in term:
                holds = np.isin(values, term["in"])
            elif "is" in term:
                holds = values == term["is"]
            else:
                holds = COMPARE[term["op"]](values, term["value"])
        return holds & known, ~holds & known

    def rule(self, rule):
        """How many rows are true, and how many false."""
        true = np.full(self.rows, not rule["any"] or not rule["terms"])
        false = ~true
        for term in rule["terms"]:
            yes, no = self.term(term)
            if rule["any"]:
                true, false = true | yes, false & no
            else:
                true, false = true & yes, false | no
        if rule["region"]:
            low, high = rule["region"]
            region, known = self.columns["region"]
            inside = (region >= low) & (region <= high)
            true, false = true & inside & known, false | (known & ~inside)
        return np.count_nonzero(true), np.count_nonzero(false)


def count(columns, rules, positions, start, end):
    """True and false rows of each rule over a slice."""

    def block(at):
        rows = Block(columns, at, min(at + BLOCK, end))
        return [rows.rule(rules[position]) for position in positions]

    with ThreadPoolExecutor(task.THREADS) as pool:
        parts = list(pool.map(block, range(start, end, BLOCK)))
    return np.sum(parts, axis=0) if parts else np.zeros((len(positions), 2), dtype=int)


def main():
    options = task.arguments()
    rules = task.read_rules(options.rules)
    clock = task.Clock()
    columns, rows = load(options.table)
    if options.prefilter:
        region, known = columns["region"]
        order = np.lexsort((region, ~known))
        columns = {name: (v[order], k[order]) for name, (v, k) in columns.items()}
        told = columns["region"][0][: np.count_nonzero(known)]
    clock.load_done()
    counts = [None] * len(rules)
    groups = task.by_region(rules) if options.prefilter else {None: list(range(len(rules)))}
    for region, positions in groups.items():
        slices = [(0, rows)]
        if region:
            start = int(np.searchsorted(told, region[0], side="left"))
            end = int(np.searchsorted(told, region[1], side="right"))
            slices = [(start, end), (len(told), rows)]
        outside = rows - sum(end - start for start, end in slices)
        found = sum(count(columns, rules, positions, start, end) for start, end in slices)
        for position, (true, false) in zip(positions, found.tolist()):
            counts[position] = task.verdicts(rules[position], rows, true, false + outside)
    clock.report("numpy", np.__version__, options, rows, rules, counts)


if __name__ == "__main__":
    main()
