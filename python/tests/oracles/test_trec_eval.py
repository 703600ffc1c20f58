"""What trec_eval itself printed for its sample data, at the printed precision."""

import re
from pathlib import Path

import pytest

from oracle import zhida

DATA = Path(__file__).parent / "trec_eval"
NAMES = {
    "num_ret": "num_ret",
    "num_rel": "num_rel",
    "num_rel_ret": "num_rel_ret",
    "map": "AP",
    "recip_rank": "RR",
    "Rprec": "Rprec",
    "bpref": "bpref",
    "ndcg": "nDCG",
    "set_P": "P",
    "set_recall": "R",
}
CUTS = {"P": "P", "recall": "R", "ndcg_cut": "nDCG", "map_cut": "AP", "success": "success"}


def ours(name):
    """Our name of a measure of trec_eval, None where we have none."""
    if name in NAMES:
        return NAMES[name]
    found = re.fullmatch(r"(\w+)_(\d+)", name)
    if found and found[1] in CUTS:
        return f"{CUTS[found[1]]}@{found[2]}"
    return None


def printed(path):
    """Measure, query and printed value of every line we have a measure for."""
    for line in path.read_text().splitlines():
        name, query, value = line.split(None, 2)
        if ours(name):
            yield ours(name), query, value.strip()


@pytest.mark.parametrize(
    ("out", "run", "options", "least"),
    [
        ("out.test.aq", "results.test.gz", [], 160),
        ("out.test.aqc", "results.trunc.gz", ["--complete"], 120),
        ("out.test.meas_params", "results.test.gz", [], 40),
    ],
)
def test_printed_figures_are_ours(out, run, options, least):
    expected = list(printed(DATA / out))
    assert len(expected) >= least
    measures = sorted({measure for measure, _, _ in expected})
    found = zhida(
        "ranking", "--qrels", DATA / "qrels.test.gz", "--run", DATA / run,
        "--measures", ",".join(measures), "--per-query", *options,
    )["runs"][0]  # fmt: skip
    values = {row["query"]: row["values"] for row in found["queries"]}
    values["all"] = found["all"]
    for measure, query, value in expected:
        shown = f"{values[query][measure]:.{len(value.partition('.')[2])}f}"
        assert shown == value, f"{out}: {measure} of {query}"
