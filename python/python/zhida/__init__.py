"""Policies find the people they were written for.

Types and documentation of everything stand in ``__init__.pyi`` beside this
file; ``help`` shows them in editors that read stubs.
"""

from zhida import metrics
from zhida._errors import (
    ArgumentError,
    FileError,
    InternalError,
    MeasureError,
    PolicyError,
    RankerError,
    SearchError,
    SnapshotError,
    TableError,
    ZhidaError,
)
from zhida._learning import fit_logistic
from zhida._native import (
    Catalogue,
    Examples,
    Field,
    Finding,
    Matches,
    Policies,
    Ranker,
    Snapshot,
    examples,
    extract,
    search,
    synth_feedback,
    train,
)

__all__ = [
    "ArgumentError",
    "Catalogue",
    "Examples",
    "Field",
    "FileError",
    "Finding",
    "InternalError",
    "Matches",
    "MeasureError",
    "Policies",
    "PolicyError",
    "Ranker",
    "RankerError",
    "SearchError",
    "Snapshot",
    "SnapshotError",
    "TableError",
    "ZhidaError",
    "examples",
    "extract",
    "fit_logistic",
    "metrics",
    "search",
    "synth_feedback",
    "train",
]
