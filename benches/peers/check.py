"""Every peer against plain Python on a drawn table: the counts must be equal."""

import datetime
import json
import operator
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
ROWS, RULES = 3_000, 120
EPOCH = datetime.date(1970, 1, 1)
OPERATORS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
REGIONS = [330102, 330105, 330106, 330502, 440103, 440305]


def maybe(draw, value):
    return None if draw.random() < 0.2 else value


def table(draw):
    return {
        "region": [maybe(draw, draw.choice(REGIONS)) for _ in range(ROWS)],
        "listed": [maybe(draw, draw.random() < 0.5) for _ in range(ROWS)],
        "kind": [maybe(draw, draw.randrange(6)) for _ in range(ROWS)],
        "revenue": [maybe(draw, draw.randrange(6) * 10**9) for _ in range(ROWS)],
        "cost": [maybe(draw, draw.randrange(6) * 10**8) for _ in range(ROWS)],
        "born": [maybe(draw, draw.randrange(-3, 4)) for _ in range(ROWS)],
    }


def term(draw):
    symbol = draw.choice(list(OPERATORS))
    forms = [
        {"col": "listed", "is": draw.random() < 0.5},
        {"col": "kind", "in": draw.sample(range(6), 2)},
        {"col": "revenue", "op": symbol, "value": draw.randrange(6) * 10**9},
        {"col": "born", "op": symbol, "value": draw.randrange(-3, 4)},
        {"num": "cost", "den": "revenue", "op": symbol, "value": [draw.randrange(1, 6), 10]},
    ]
    return draw.choice(forms)


def rules(draw):
    return [
        {
            "region": draw.choice([None, [330100, 330199], [440000, 449999]]),
            "any": draw.random() < 0.4,
            "terms": [term(draw) for _ in range(draw.randrange(4))],
            "manual": draw.random() < 0.3,
        }
        for _ in range(RULES)
    ]


def holds(term, row):
    """True, False or None."""
    if "num" in term:
        top, bottom = row[term["num"]], row[term["den"]]
        if top is None or not bottom:
            return None
        num, den = term["value"]
        return OPERATORS[term["op"]](top * den, bottom * num)
    value = row[term["col"]]
    if value is None:
        return None
    if "in" in term:
        return value in term["in"]
    if "is" in term:
        return value == term["is"]
    return OPERATORS[term["op"]](value, term["value"])


def both(values):
    values = list(values)
    return False if False in values else None if None in values else True


def either(values):
    values = list(values)
    return True if True in values else None if None in values else False


def verdict(rule, row):
    values = [holds(term, row) for term in rule["terms"]]
    truth = either(values) if rule["any"] and values else both(values)
    if rule["region"]:
        region = row["region"]
        inside = None if region is None else rule["region"][0] <= region <= rule["region"][1]
        truth = both([truth, inside])
    if truth is None:
        return 2
    return (1 if rule["manual"] else 0) if truth else 3


def main():
    draw = random.Random(7)
    columns, ruleset = table(draw), rules(draw)
    rows = [dict(zip(columns, values)) for values in zip(*columns.values())]
    expected = [[0] * 4 for _ in ruleset]
    for position, rule in enumerate(ruleset):
        for row in rows:
            expected[position][verdict(rule, row)] += 1
    types = {"region": pa.int32(), "kind": pa.int32(), "revenue": pa.int64(), "cost": pa.int64()}
    arrays = {name: pa.array(values, types.get(name)) for name, values in columns.items()}
    arrays["born"] = pa.array(columns["born"], pa.int32()).cast(pa.date32())
    with tempfile.TemporaryDirectory() as directory:
        data, text = Path(directory, "table.parquet"), Path(directory, "rules.json")
        pq.write_table(pa.table(arrays), data)
        text.write_text(json.dumps({"rules": ruleset}), encoding="utf-8")
        for peer in ["duckdb_peer.py", "polars_peer.py", "numpy_peer.py"]:
            for flags in [[], ["--prefilter"]]:
                command = [sys.executable, str(HERE / peer), str(data), str(text), *flags]
                output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                found = json.loads(output)
                wrong = [at for at in range(RULES) if found["counts"][at] != expected[at]]
                if wrong:
                    at = wrong[0]
                    sys.exit(
                        f"{peer} {flags}: {len(wrong)} rules differ, the first is {ruleset[at]}: "
                        f"{found['counts'][at]} instead of {expected[at]}"
                    )
                print(f"{peer} {' '.join(flags)}: {RULES} rules agree on {ROWS} rows")


if __name__ == "__main__":
    main()
