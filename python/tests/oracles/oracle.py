"""Runs the `zhida` named by the environment variable ZHIDA, and compares.

Every test makes its input from a seed, writes it as a user would, and reads
the JSON of the command; those marked with ``both`` do the same with the
functions of ``zhida.metrics``. What is left out: anything that is no measure.
"""

import json
import os
import subprocess

import numpy as np
import package
import pytest

TOLERANCE = 1e-9
ASKED = {"by": "command"}


@pytest.fixture(params=["command", "package"])
def both(request):
    """Runs a test by the command and by the package."""
    ASKED["by"] = request.param
    yield
    ASKED["by"] = "command"


def zhida(*arguments):
    """The JSON of `zhida evaluate …`, or the same from the package."""
    if ASKED["by"] == "package":
        return package.answer(arguments[0], arguments[1:])
    program = os.environ.get("ZHIDA")
    if not program:
        pytest.exit("name the program in the environment variable ZHIDA: run `make oracles`")
    command = [program, "evaluate", *map(str, arguments), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def close(found, expected, what=""):
    """Equal to 1e-9, absolutely and relatively; None stands for no number."""
    if expected is None or (isinstance(expected, float) and np.isnan(expected)):
        assert found is None, f"{what}: {found} where nothing is expected"
        return
    assert found is not None, f"{what}: nothing where {expected} is expected"
    bound = TOLERANCE * max(1.0, abs(expected))
    assert abs(found - expected) <= bound, f"{what}: {found} is not {expected}"


def csv(path, columns):
    """Writes columns as CSV, numbers with all their digits."""
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(names)]
    lines += [",".join(c if isinstance(c, str) else repr(c) for c in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def plain(array):
    """A numpy array as numbers of Python."""
    return np.asarray(array).tolist()


GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mix(value):
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def drawn(seed, replicates, size):
    """The rows each bootstrap replicate draws: SplitMix64, written once more.

    A replicate has a stream of its own; a row is the upper half of the product
    of 64 bits and the number of rows.
    """
    with np.errstate(over="ignore"):
        index = np.arange(replicates, dtype=np.uint64)
        state = _mix(np.uint64(seed) + _mix(index + GOLDEN))
        steps = np.arange(1, size + 1, dtype=np.uint64)
        bits = _mix(state[:, None] + steps[None, :] * GOLDEN)
        count, half = np.uint64(size), np.uint64(32)
        low = (bits & np.uint64(0xFFFFFFFF)) * count >> half
        return ((bits >> half) * count + low >> half).astype(np.int64)
