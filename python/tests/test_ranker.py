"""The learned order: one score wherever it is asked for, and one ranker
whoever trains it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import DAY, Run, Town, Trained, _program

import zhida

# After all feedback, so that what was shown before counts.
LATER = "2026-10-12"
KINDS = ["enterprise", "citizen"]
SUBJECTS = 25

Rows = dict[str, list[tuple[str, str, str | None, float]]]


def rows(table: pa.Table) -> Rows:
    """Policy, version, unit and score of each subject, in order."""
    found: Rows = {}
    for row in table.to_pylist():
        one = (row["policy"], row["version"], row["unit"], row["score"])
        found.setdefault(row["subject"], []).append(one)
    return found


@pytest.fixture(scope="module")
def service(trained: Trained) -> Iterator[Any]:
    """Asks the service of the trained town for recommendations."""
    process = subprocess.Popen(
        [_program(), "serve", "--data", trained.data, "--bind", "127.0.0.1:0",
         "--state", f"sqlite://{trained.data.parent / 'state.db'}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    address = token = ""
    assert process.stdout is not None
    for line in process.stdout:
        address = line.split()[1] if line.startswith("open ") else address
        if line.startswith("token "):
            token = line.split()[1]
            break

    def ask(key: str) -> list[dict[str, Any]]:
        url = f"{address}v1/subjects/{key}/recommendations"
        url += f"?as_of={LATER}&k=200&include=unknown,suppressed"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=30) as response:
            found: list[dict[str, Any]] = json.load(response)["recommendations"]
        return found

    yield ask
    process.terminate()
    process.wait(timeout=30)


@pytest.mark.parametrize("kind", KINDS)
def test_one_score_in_batch_service_and_python(
    trained: Trained, run: Run, service: Any, tmp_path: Path, kind: Any
) -> None:
    run("match", "--data", trained.data, "--as-of", LATER, "--out", tmp_path)
    batch = pq.read_table(tmp_path / "matches.parquet")
    snapshot = zhida.Snapshot.open(trained.data)
    python = pa.table(snapshot.match(as_of=LATER, kind=kind))
    of_batch, of_python = rows(batch), rows(python)
    assert len(of_python) >= SUBJECTS
    for key in sorted(of_python)[:SUBJECTS]:
        assert of_python[key] == of_batch[key]
        told = [
            (one["id"], one["version"], one.get("unit"), one["score"]) for one in service(key)
        ]
        assert told == of_python[key], key
    whole = {key: found for key, found in of_batch.items() if key in of_python}
    assert of_python == whole
    assert any(len(found) > 5 for found in whole.values())
    # The learned order is another than the first one.
    assert rows(pa.table(snapshot.match(as_of=LATER, kind=kind, ranked=False))) != of_python


def test_the_first_order_is_kept_where_asked(trained: Trained, town: Town) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    plain = pa.table(snapshot.match(as_of=DAY, ranked=False))
    assert plain.equals(town.matches)
    assert not pa.table(snapshot.match(as_of=DAY)).equals(plain)


def test_an_explanation_tells_its_place(trained: Trained, say: Any) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    first = pa.table(snapshot.match(as_of=LATER)).slice(0, 1).to_pylist()[0]
    key, policy = first["subject"], first["policy"]
    told = say("explain", key, policy, "--data", trained.data, "--as-of", LATER)
    found = snapshot.explain(key, policy, as_of=LATER)
    assert found == told
    # The table keeps six decimals.
    assert round(found[0]["order"]["score"], 6) == first["score"]
    assert "order" not in snapshot.explain(key, policy, as_of=LATER, ranked=False)[0]


def test_training_is_that_of_the_command_line(trained: Trained, tmp_path: Path) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    told = (trained.data / "ranker.json").read_text(encoding="utf-8")
    ranker = zhida.train(snapshot, trained_on=DAY)
    assert ranker.json() == told
    assert str(ranker.trained_on) == DAY
    ranker.save(tmp_path / "ranker.json")
    assert (tmp_path / "ranker.json").read_text(encoding="utf-8") == told
    loaded = zhida.Ranker.load(tmp_path / "ranker.json")
    assert loaded.json() == zhida.Ranker.load(trained.data / "ranker.json").json()
    matches = pa.table(snapshot.match(as_of=LATER))
    assert pa.table(snapshot.match(as_of=LATER, ranked=ranker)).equals(matches)
    parsed = json.loads(told)
    assert ranker.features == parsed["features"]
    weights = parsed["kinds"]["citizen"]["steps"][0]["weights"]
    assert [ranker.weights("citizen", "open")[name] for name in ranker.features] == weights
    assert ranker.figures == parsed["figures"]
    assert [one["name"] for one in ranker.portraits("citizen")] == [
        one["name"] for one in parsed["kinds"]["citizen"]["portraits"]["groups"]
    ]


def test_training_leaves_other_threads_alone(trained: Trained) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    counted, done = [0], threading.Event()

    def count() -> None:
        while not done.is_set():
            counted[0] += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    began = time.monotonic()
    zhida.train(snapshot, trained_on=DAY)
    took = time.monotonic() - began
    done.set()
    thread.join()
    assert counted[0] > 50 * took


def test_a_ranker_that_is_replaced_is_read_anew(trained: Trained, tmp_path: Path) -> None:
    for name in ("snapshots", "feedback.parquet"):
        (tmp_path / name).symlink_to(trained.data / name)
    snapshot = zhida.Snapshot.open(tmp_path)
    plain = pa.table(snapshot.match(as_of=LATER))
    assert plain.equals(pa.table(snapshot.match(as_of=LATER, ranked=False)))
    zhida.Ranker.load(trained.data / "ranker.json").save(tmp_path / "ranker.json")
    ranked = pa.table(snapshot.match(as_of=LATER))
    assert ranked.equals(pa.table(zhida.Snapshot.open(trained.data).match(as_of=LATER)))
    assert not ranked.equals(plain)
    (tmp_path / "ranker.json").write_text("{}", encoding="utf-8")
    with pytest.raises(zhida.RankerError, match="ranker.json"):
        snapshot.match(as_of=LATER)


def test_feedback_is_that_of_the_command_line(trained: Trained, tmp_path: Path) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    report = zhida.synth_feedback(snapshot, tmp_path / "made")
    for name in ("feedback.parquet", "truth.parquet"):
        made = pq.read_table(tmp_path / "made" / name)
        assert made.equals(pq.read_table(trained.data / name))
    assert report["entries"] == pq.read_metadata(trained.data / "feedback.parquet").num_rows
    other = zhida.synth_feedback(snapshot, tmp_path / "other", seed=7)
    assert other != report


def test_examples_have_features_predictions_and_outcomes(trained: Trained) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    ranker = zhida.Ranker.load(trained.data / "ranker.json")
    examples = zhida.examples(snapshot, ranker)
    table = polars.DataFrame(examples)
    log = polars.read_parquet(trained.data / "feedback.parquet")
    assert examples.column_names == table.columns
    assert len(examples) + examples.left_out == log.height
    assert table["shown_on"].is_sorted()
    sample = table.filter(kind="citizen").head(50)
    three = ranker.predict("citizen", list(sample.select(ranker.features).iter_rows()))
    assert three == list(sample.select("p_open", "p_apply", "p_approve").iter_rows())
    assert three == ranker.predict("citizen", list(sample.select(ranker.features).iter_rows(named=True)))
    keys = ["subject", "policy", "version", "case", "unit_key", "shown_on", "position"]
    log = log.rename({"unit": "unit_key"})
    assert table.join(log, on=keys, how="semi", nulls_equal=True).height == table.height


def test_what_cannot_be_learned_or_ranked_is_told(trained: Trained, tmp_path: Path) -> None:
    snapshot = zhida.Snapshot.open(trained.data)
    ranker = zhida.Ranker.load(trained.data / "ranker.json")
    with pytest.raises(zhida.FileError, match="synth_feedback"):
        zhida.train(snapshot, tmp_path / "none.parquet")
    with pytest.raises(zhida.ArgumentError, match="holdout"):
        zhida.train(snapshot, holdout=1.0)
    with pytest.raises(zhida.RankerError, match="usable entries"):
        zhida.train(snapshot, until="2026-04-01")
    pq.write_table(pa.table({"subject": ["x"]}), tmp_path / "log.parquet")
    with pytest.raises(zhida.RankerError, match="column `kind` is missing"):
        zhida.train(snapshot, tmp_path / "log.parquet")
    with pytest.raises(zhida.FileError, match="cannot read"):
        zhida.Ranker.load(tmp_path / "none.json")
    with pytest.raises(zhida.RankerError, match="not a ranker"):
        zhida.Ranker.from_json("{}")
    wrong = json.loads(ranker.json())
    wrong["features"][0] = "star_sign"
    with pytest.raises(zhida.RankerError, match="other features"):
        zhida.Ranker.from_json(json.dumps(wrong))
    with pytest.raises(zhida.ArgumentError, match="no step `marry`"):
        ranker.weights("citizen", "marry")  # type: ignore[arg-type]
    with pytest.raises(zhida.ArgumentError, match="row 1: 2 values"):
        ranker.predict("citizen", [[1.0, 2.0]])
    with pytest.raises(zhida.ArgumentError, match="True, False or a Ranker"):
        snapshot.match(ranked="best")  # type: ignore[arg-type]


def test_a_logistic_model_is_that_of_scikit_learn() -> None:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    random = np.random.default_rng(4)
    x = random.normal(size=(500, 3))
    y = (random.random(500) < 1 / (1 + np.exp(-(x @ [1.0, -2.0, 0.0] + 0.3)))).astype(int)
    weight = random.integers(1, 4, 500)
    for penalty in (0.5, 20.0):
        intercept, weights = zhida.fit_logistic(x, y, weight, penalty)
        theirs = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=10_000)
        theirs.fit(x, y, sample_weight=weight)
        assert abs(intercept - theirs.intercept_[0]) < 1e-4
        assert np.abs(np.array(weights) - theirs.coef_[0]).max() < 1e-4
    with pytest.raises(zhida.ArgumentError, match="row 2 has 1 features"):
        zhida.fit_logistic([[1.0, 2.0], [1.0]], [0, 1])
