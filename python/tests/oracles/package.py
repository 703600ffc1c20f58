"""What `zhida evaluate` answers, computed by `zhida.metrics`: so that the same
oracles judge both. Reads only the plainest form of each file."""

import csv

import pytest

from zhida import metrics


def answer(what, arguments):
    """The JSON of the command, from the package."""
    flags = ("--per-query", "--complete", "--compare")
    options, last = {}, None
    for argument in map(str, arguments):
        if argument.startswith("--"):
            last = argument
            options[last] = []
        elif last is not None and last not in flags:
            options[last].append(argument)
    return {"ranking": _ranking, "probability": _probability, "counterfactual": _counterfactual}[
        what
    ](options)


def _resampling(options):
    return {
        "level": float(options.get("--level", ["0.95"])[0]),
        "samples": int(options.get("--samples", ["10000"])[0]),
        "seed": int(options.get("--seed", ["1"])[0]),
    }


def _lists(path, number, last):
    """A file in TREC format as nested mappings."""
    if "." in path.rsplit("/", 1)[-1]:
        pytest.skip("forms of files are the command's")
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            fields = line.split()
            found.setdefault(fields[0], {})[fields[2]] = number(fields[last])
    return found


def _ranking(options):
    qrels = _lists(options["--qrels"][0], int, 3)
    names = options.get("--measures", ["nDCG@10"])[0].split(",")
    given = {
        "complete": "--complete" in options,
        "scores": options.get("--scores", ["single"])[0],
    }
    runs, comparisons = [], []
    for path in options["--run"]:
        found = metrics.evaluate_run(qrels, _lists(path, float, 4), names, **given)
        rows = [{"query": q, "values": values} for q, values in found["queries"].items()]
        runs.append({"all": found["all"], "queries": rows, "seen": found["seen"]})
    if "--compare" in options:
        for name in names:
            first, second = (
                {row["query"]: row["values"][name] for row in run["queries"]} for run in runs
            )
            comparison = metrics.compare(first, second, **_resampling(options))
            comparisons.append({"measure": name, "comparison": comparison})
    return {"runs": runs, "comparisons": comparisons}


def _columns(options):
    path = options["--file"][0]
    if not path.endswith(".csv"):
        pytest.skip("forms of files are the command's")
    with open(path, encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return {name: list(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)}


def _probability(options):
    columns = _columns(options)
    label = [int(value) for value in columns["label"]]
    probability = [float(value) for value in columns["probability"]]
    weights = [float(value) for value in columns["weight"]] if "weight" in columns else None
    bins = int(options.get("--bins", ["10"])[0])
    given = (label, probability)
    area = metrics.auc(*given, weights=weights)
    whole = metrics.reliability(*given, weights=weights, bins=1, binning="equal_width")[0]
    curves = {
        binning: metrics.calibration(*given, weights=weights, bins=bins, binning=binning)
        for binning in ("equal_width", "equal_mass")
    }
    grouped = "group" in columns
    return {
        "rows": area["rows"],
        "positive": area["positive"],
        "auc": area,
        "grouped_auc": metrics.grouped_auc(*given, columns["group"], weights=weights) if grouped else None,
        "log_loss": metrics.log_loss(*given, weights=weights),
        "brier": metrics.brier(*given, weights=weights),
        "base_rate": whole["observed"],
        "mean_probability": whole["predicted"],
        **curves,
    }


def _counterfactual(options):
    columns = _columns(options)
    lists = columns.pop("list", None)
    numbers = {name: [float(value) for value in column] for name, column in columns.items()}
    return metrics.counterfactual(
        **numbers,
        lists=lists,
        clip=float(options["--clip"][0]) if "--clip" in options else None,
        switch=float(options["--switch"][0]) if "--switch" in options else None,
        **_resampling(options),
    )
