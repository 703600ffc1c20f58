"""Ranked lists, against pytrec_eval (trec_eval's own code) and ranx."""

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import pytrec_eval
import ranx

from oracle import both, close, zhida  # noqa: F401

pytestmark = pytest.mark.usefixtures("both")

CUTS = [1, 2, 3, 5, 7, 10, 20, 100]
# Our name → the name pytrec_eval takes, and the one it gives back.
TREC = {
    "num_ret": ("num_ret", "num_ret"),
    "num_rel": ("num_rel", "num_rel"),
    "num_rel_ret": ("num_rel_ret", "num_rel_ret"),
    "AP": ("map", "map"),
    "RR": ("recip_rank", "recip_rank"),
    "Rprec": ("Rprec", "Rprec"),
    "bpref": ("bpref", "bpref"),
    "nDCG": ("ndcg", "ndcg"),
    "P": ("set_P", "set_P"),
    "R": ("set_recall", "set_recall"),
}
for _ours, _theirs in [
    ("P", "P"), ("R", "recall"), ("nDCG", "ndcg_cut"), ("AP", "map_cut"), ("success", "success"),
]:  # fmt: skip
    for _cut in CUTS:
        TREC[f"{_ours}@{_cut}"] = (f"{_theirs}.{_cut}", f"{_theirs}_{_cut}")

COUNTS = {"num_ret", "num_rel", "num_rel_ret"}


def judgments(random, queries, documents, levels):
    """Judgments of some documents; the last query has nothing relevant."""
    qrels = {}
    for query in range(queries):
        judged = random.choice(documents, random.integers(1, documents), replace=False)
        found = {f"d{d}": int(random.choice(levels)) for d in judged}
        if query == queries - 1:
            found = {document: min(level, 0) for document, level in found.items()}
        qrels[f"q{query}"] = found
    return qrels


def returned(random, queries, documents, score):
    """A run over some documents, also such as nobody judged."""
    run = {}
    for query in range(queries):
        found = random.choice(2 * documents, random.integers(1, 2 * documents), replace=False)
        run[f"q{query}"] = {f"d{d}": float(score()) for d in found}
    return run


def write(folder, qrels, run, tag="run"):
    """Both files in TREC format, lines in no order."""
    lines = [f"{q} 0 {d} {level}" for q, found in qrels.items() for d, level in found.items()]
    (folder / "qrels").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = [f"{q} Q0 {d} 0 {score!r} {tag}" for q, found in run.items() for d, score in found.items()]
    (folder / tag).write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    return folder / "qrels", folder / tag


def compare_with_trec(qrels, run, found, names):
    evaluator = pytrec_eval.RelevanceEvaluator(qrels, {TREC[name][0] for name in names})
    expected = evaluator.evaluate(run)
    rows = {row["query"]: row["values"] for row in found["queries"]}
    assert set(rows) == set(expected)
    for name in names:
        theirs = TREC[name][1]
        for query, values in expected.items():
            close(rows[query][name], values[theirs], f"{name} of {query}")
        column = [values[theirs] for values in expected.values()]
        whole = sum(column) if name in COUNTS else float(np.mean(column))
        close(found["all"][name], whole, f"{name} over all")


# Scores that tie in double precision, in single precision only, hardly, never.
SCORES = {
    "few": lambda random: lambda: random.integers(0, 4),
    "single": lambda random: lambda: 1 + random.integers(0, 8) * 2.0**-26,
    "signs": lambda random: lambda: random.choice([-0.0, 0.0, -1e-300, 1e300, -5.5]),
    "all": lambda random: lambda: 7,
    "none": lambda random: random.normal,
}


@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("seed", range(4))
def test_every_measure_is_that_of_trec_eval(tmp_path, seed, scores):
    random = np.random.default_rng([seed, list(SCORES).index(scores)])
    qrels = judgments(random, 12, 30, [-1, 0, 0, 0, 1, 1, 2, 3])
    run = returned(random, 14, 30, SCORES[scores](random))
    del run["q3"]
    names = list(TREC)
    files = write(tmp_path, qrels, run)
    found = zhida("ranking", "--qrels", files[0], "--run", files[1],
                  "--measures", ",".join(names), "--per-query")["runs"][0]  # fmt: skip
    compare_with_trec(qrels, run, found, names)
    seen = found["seen"]
    assert seen["queries"] == 11 and seen["not_returned"] == 1 and seen["not_judged"] == 2
    assert seen["judgments"] == sum(map(len, qrels.values()))
    assert seen["returned"] == sum(map(len, run.values()))


@pytest.mark.parametrize("seed", range(4))
def test_gain_of_two_to_the_relevance_is_linear_gain_of_such_judgments(tmp_path, seed):
    random = np.random.default_rng([seed, 77])
    qrels = judgments(random, 9, 20, [-1, 0, 0, 1, 2, 3, 4])
    run = returned(random, 9, 20, SCORES["few"](random))
    steep = {q: {d: 2**r - 1 if r > 0 else r for d, r in found.items()} for q, found in qrels.items()}
    files = write(tmp_path, qrels, run)
    names = ["nDCG", *(f"nDCG@{cut}" for cut in CUTS)]
    steep_names = [name.replace("nDCG", "nDCG_exp") for name in names]
    found = zhida("ranking", "--qrels", files[0], "--run", files[1],
                  "--measures", ",".join(steep_names), "--per-query")["runs"][0]  # fmt: skip
    for values in [found["all"], *(row["values"] for row in found["queries"])]:
        for name, steep_name in zip(names, steep_names, strict=True):
            values[name] = values.pop(steep_name)
    compare_with_trec(steep, run, found, names)


def test_queries_not_returned_count_as_zero_where_asked(tmp_path):
    random = np.random.default_rng(3)
    qrels = judgments(random, 8, 12, [0, 1, 2])
    run = returned(random, 8, 12, random.normal)
    for query in ["q1", "q4"]:
        del run[query]
    files = write(tmp_path, qrels, run)
    found = zhida("ranking", "--qrels", files[0], "--run", files[1], "--complete",
                  "--measures", "AP,nDCG,num_rel", "--per-query")["runs"][0]  # fmt: skip
    # pytrec_eval measures an empty list as trec_eval does with -c.
    compare_with_trec(qrels, run | {"q1": {}, "q4": {}}, found, ["AP", "nDCG", "num_rel"])


def test_documents_may_have_any_name(tmp_path):
    """Ties are broken by bytes, so that names in Chinese have an order too."""
    names = ["政策", "政", "高新", "高新技术", "a", "Z", "é", "😀", "d:1", "中小#2"]
    random = np.random.default_rng(8)
    qrels = {"企业1": {name: int(random.integers(0, 3)) for name in names}}
    run = {"企业1": dict.fromkeys(names, 1.0)}
    files = write(tmp_path, qrels, run)
    wanted = ["AP", "RR", "nDCG@3", "bpref"]
    found = zhida("ranking", "--qrels", files[0], "--run", files[1],
                  "--measures", ",".join(wanted), "--per-query")["runs"][0]  # fmt: skip
    compare_with_trec(qrels, run, found, wanted)


# Our name → ranx's. By definition ranx differs from trec_eval in this: it
# compares scores in double precision and leaves the order of ties open, so
# that only scores without ties are given; bpref divides by zero where no
# document is judged non-relevant, so that every query has one.
RANX = {
    "P@3": "precision@3",
    "P@10": "precision@10",
    "P": "precision",
    "R@5": "recall@5",
    "AP": "map",
    "AP@5": "map@5",
    "RR": "mrr",
    "RR@3": "mrr@3",
    "nDCG": "ndcg",
    "nDCG@5": "ndcg@5",
    "nDCG_exp": "ndcg_burges",
    "nDCG_exp@5": "ndcg_burges@5",
    "Rprec": "r-precision",
    "bpref": "bpref",
    "success@2": "hit_rate@2",
}


@pytest.mark.parametrize("seed", range(3))
def test_every_measure_is_that_of_ranx(tmp_path, seed):
    random = np.random.default_rng([seed, 5])
    qrels = judgments(random, 10, 25, [0, 0, 1, 2, 3])
    for found in qrels.values():
        found["dx"], found["dy"] = 0, 1
    # Distinct in double precision, equal in single precision now and then.
    scores = iter(1 + random.permutation(5000) * 2.0**-30)
    run = returned(random, 10, 25, lambda: next(scores))
    files = write(tmp_path, qrels, run)
    found = zhida("ranking", "--qrels", files[0], "--run", files[1], "--scores", "double",
                  "--measures", ",".join(RANX), "--per-query")["runs"][0]  # fmt: skip
    theirs = ranx.Run(run)
    expected = ranx.evaluate(
        ranx.Qrels(qrels), theirs, list(RANX.values()), make_comparable=True
    )
    rows = {row["query"]: row["values"] for row in found["queries"]}
    for ours, name in RANX.items():
        close(found["all"][ours], float(expected[name]), name)
        for query, value in theirs.scores[name].items():
            close(rows[query][ours], float(value), f"{name} of {query}")


def test_every_form_of_a_file_gives_the_same_figures(tmp_path):
    random = np.random.default_rng(11)
    qrels = judgments(random, 6, 15, [0, 1, 2])
    run = returned(random, 6, 15, random.normal)
    text = write(tmp_path, qrels, run)
    for path in text:
        gz = path.with_name(path.name + ".gz")
        gz.write_bytes(gzip.compress(path.read_bytes()))
    for name, last, nested in [("qrels", "relevance", qrels), ("run", "score", run)]:
        rows = [(q, d, value) for q, found in nested.items() for d, value in found.items()]
        query, document, values = map(list, zip(*rows, strict=True))
        table = pa.table({"extra": query, last: values, "document": document, "query": query})
        pq.write_table(table, tmp_path / f"{name}.parquet")
        coded = table.set_column(3, "query", table["query"].dictionary_encode())
        pq.write_table(coded, tmp_path / f"{name}.coded.parquet", compression="zstd")
        lines = ["query,document," + last] + [f"{q},{d},{v!r}" for q, d, v in rows]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
        packed = gzip.compress("\ufeff".encode() + "\r\n".join(lines).encode())
        (tmp_path / f"{name}.csv.gz").write_bytes(packed)
    found = []
    for ending in ["", ".gz", ".csv", ".csv.gz", ".parquet", ".coded.parquet"]:
        pair = [tmp_path / f"{name}{ending}" for name in ("qrels", "run")]
        answer = zhida("ranking", "--qrels", pair[0], "--run", pair[1], "--per-query")["runs"][0]
        found.append((answer["all"], answer["queries"], answer["seen"]))
    assert all(other == found[0] for other in found[1:])
