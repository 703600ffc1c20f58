"""What the peers share: reading rules, counting verdicts, printing results."""

import argparse
import json
import time

THREADS = 2


def arguments(**options):
    """Command line of a peer; `options` are further flags and their defaults."""
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("rules")
    parser.add_argument("--prefilter", action="store_true")
    for name, default in options.items():
        if default is False:
            parser.add_argument(f"--{name}", action="store_true")
        else:
            parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


def read_rules(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)["rules"]


def by_region(rules):
    """Positions of rules by their region, so that one slice serves them all."""
    groups = {}
    for position, rule in enumerate(rules):
        region = tuple(rule["region"]) if rule["region"] else None
        groups.setdefault(region, []).append(position)
    return groups


def chunks(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


def verdicts(rule, rows, true, false):
    """Eligible, likely, unknown, ineligible from the rows that are true or false."""
    eligible, likely = (0, true) if rule["manual"] else (true, 0)
    return [eligible, likely, rows - true - false, false]


class Clock:
    """Seconds of loading and of evaluation."""

    def __init__(self):
        self.start = time.perf_counter()
        self.loaded = self.start

    def load_done(self):
        self.loaded = time.perf_counter()

    def report(self, engine, version, options, rows, rules, counts):
        seconds = time.perf_counter() - self.loaded
        pairs = rows * len(rules)
        print(
            json.dumps(
                {
                    "engine": engine,
                    "version": version,
                    "threads": THREADS,
                    "prefilter": options.prefilter,
                    "seconds": round(seconds, 4),
                    "load_seconds": round(self.loaded - self.start, 4),
                    "rows": rows,
                    "rules": len(rules),
                    "pairs": pairs,
                    "pairs_per_second": round(pairs / seconds),
                    "counts": counts,
                }
            )
        )
