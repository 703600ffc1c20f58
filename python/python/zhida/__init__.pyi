import datetime
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, final

from zhida import metrics as metrics
from zhida._errors import (
    ArgumentError as ArgumentError,
    FileError as FileError,
    InternalError as InternalError,
    MeasureError as MeasureError,
    PolicyError as PolicyError,
    RankerError as RankerError,
    SearchError as SearchError,
    SnapshotError as SnapshotError,
    TableError as TableError,
    ZhidaError as ZhidaError,
)
from zhida._learning import fit_logistic as fit_logistic

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

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: Any = None) -> Any: ...

_Table: TypeAlias = _ArrowStream | _ArrowArray
_Path: TypeAlias = str | os.PathLike[str]
_Day: TypeAlias = datetime.date | str
_Kind: TypeAlias = Literal["enterprise", "citizen"]
_Extra: TypeAlias = Literal["error", "ignore"]

@final
class Catalogue:
    """What every field of a dossier means, with the tables of regions and industries."""
    @staticmethod
    def load(path: _Path) -> Catalogue:
        """Reads a folder with `catalogue.yaml`, `regions.csv` and `industries.csv`, or
        the catalogue file in such a folder.

        >>> import zhida
        >>> catalogue = zhida.Catalogue.load("data-samples")
        >>> [field.label for field in catalogue.fields("enterprise") if field.name == "employees"]
        ['从业人数']

        Raises PolicyError with its findings where the catalogue has errors, and
        FileError where a file cannot be read.
        """
    @property
    def version(self) -> str:
        """The version its file gives itself."""
    def fields(self, kind: _Kind) -> list[Field]:
        """The fields of `"enterprise"` or `"citizen"` dossiers, in the order of the file."""

@final
class Field:
    """One field of the catalogue: the name and type of a column.

    `type` is `bool`, `int`, `decimal`, `money` (in fen), `date`, `region`,
    `industry`, `code`, `text`, `set` or `facts`; `codes` lists what a `code`,
    and a `set` or `facts` of codes, may hold; a `derived` field is computed and
    has no column.
    """
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> _Kind: ...
    @property
    def type(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def codes(self) -> list[str] | None: ...
    @property
    def derived(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Finding:
    """Something found in a file.

    `severity` is `"error"`, `"warning"` or `"note"`; `line` and `column` count
    from 1, and `line` is 0 where the whole file is meant; `rule` is a short name
    that stays the same; `subject` the condition, field or case concerned;
    `remedy` what to do next.
    """
    @property
    def severity(self) -> Literal["error", "warning", "note"]: ...
    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Policies:
    """Policies, ready to be checked, matched and explained.

    `len` counts their versions. It may be shared between threads.
    """
    @staticmethod
    def load(
        path: _Path,
        *,
        catalogue: Catalogue | _Path | None = None,
        parameters: _Path | None = None,
    ) -> Policies:
        """Reads policies: a folder of definitions as `zhida check` reads it, a folder
        of policy files, or one file.

        `catalogue` is a Catalogue or the path of one; by default that of the
        folder, or of the folder above. `parameters` is a file of dated local
        parameters; by default `parameters.yaml` beside the catalogue. A policy
        with errors is told by `check`, and stops `match` and `explain`.

        >>> import zhida
        >>> policies = zhida.Policies.load("data-samples")
        >>> "minimum-living" in policies.ids
        True

        Raises PolicyError where catalogue or parameters have errors, and FileError
        where a file cannot be read.
        """
    @property
    def ids(self) -> list[str]:
        """The ids of all policies, each once, in order."""
    def check(self, *, deep: bool = False) -> list[Finding]:
        """What `zhida check` finds in the policies and in the cases beside them; with
        `deep` also what can be proved about the rules, which takes longer.

        >>> import zhida
        >>> zhida.Policies.load("data-samples").check()
        []
        """
    def match(
        self,
        table: _Table,
        *,
        as_of: _Day,
        known_at: _Day,
        kind: _Kind,
        other: _Table | None = None,
        relations: Mapping[str, _Table] | None = None,
        extra: _Extra = "error",
    ) -> Matches:
        """Judges every row of a table by every policy version of the day.

        `table` is anything with `__arrow_c_stream__` or `__arrow_c_array__`: a
        pyarrow Table, a polars DataFrame, a DuckDB result. It has one row a
        subject of `kind`, `"enterprise"` or `"citizen"`; columns are named by the
        catalogue, as `zhida build` writes them to `dossiers/`:

        - `subject`: the key, 32 hexadecimal digits; without it, the row number;
        - `<field>`: the value, null where it is not known;
        - `<field>__reason`: why it is not known; for facts also whether the list
          is complete (null), without which an absent fact means nothing;
        - `<relation>__complete`: whether the list of that relation is complete.

        A field without a column is unknown, never false or zero. A column that the
        catalogue does not know is an error, or left out with `extra="ignore"`.

        `as_of` is the day judged and `known_at` the day up to which the data are
        known: dates, or text such as `"2026-03-31"`. `relations` maps names of
        relations to tables of edges with `subject`, `target`, `since`, `until`;
        `other` holds dossiers of the other kind, for edges that lead there.

        The result has the rows and scores that `zhida match` writes.

        >>> import datetime, polars, zhida
        >>> policies = zhida.Policies.load("data-samples")
        >>> table = polars.DataFrame({"birth_date": [datetime.date(1950, 3, 1), None]})
        >>> matches = policies.match(
        ...     table, as_of="2026-03-31", known_at="2026-03-31", kind="citizen"
        ... )
        >>> matches.column_names[:3]
        ['subject', 'kind', 'policy']
        >>> polars.DataFrame(matches).height == len(matches)
        True

        Raises TableError with column, row and remedy where the table cannot be
        read, and PolicyError where the policies have errors.
        """
    def explain(
        self,
        subject: Mapping[str, Any] | _Table | str,
        policy: str,
        *,
        as_of: _Day,
        known_at: _Day,
        kind: _Kind,
        table: _Table | None = None,
        other: _Table | None = None,
        relations: Mapping[str, _Table] | None = None,
        version: str | None = None,
        extra: _Extra = "error",
    ) -> list[dict[str, Any]]:
        """Why a policy does or does not fit: the explanations that
        `zhida explain --format json` prints, one for each unit of the policy.

        `subject` is a row: a dict, or a table of one row; or it is a key, and
        `table` the table that holds it. In a dict, facts are lists of dicts, money
        is whole fen, decimals are `decimal.Decimal`. Everything else as in `match`.

        >>> import datetime, zhida
        >>> policies = zhida.Policies.load("data-samples")
        >>> day = datetime.date(2026, 3, 31)
        >>> row = {"birth_date": datetime.date(1940, 5, 1)}
        >>> [why] = policies.explain(
        ...     row, "minimum-living", as_of=day, known_at=day, kind="citizen"
        ... )
        >>> why["verdict"], why["verdict_label"]
        ('unknown', '信息不足')

        Raises ArgumentError for a policy, version or key that is not there.
        """
    def __len__(self) -> int: ...

@final
class Matches:
    """A table of matches, one row a subject, policy and unit, best first within
    each subject.

    Any Arrow library takes it: `pyarrow.table(matches)`,
    `polars.DataFrame(matches)`, `duckdb.sql("from matches")`.
    """
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """The matches as a stream of Arrow batches; it can be asked for again."""
    @property
    def timings(self) -> dict[str, float]:
        """Seconds that went into the parts: `convert_in` from the table to dossiers
        (0 for a snapshot), `match`, and `convert_out` from matches to columns.
        """
    @property
    def column_names(self) -> list[str]:
        """Names of the columns, those of `matches.parquet`."""
    def __len__(self) -> int: ...

@final
class Snapshot:
    """Everybody's dossiers on one day, with the policies they were built with.

    It is mapped into memory, so that opening costs next to nothing.
    """
    @staticmethod
    def open(path: _Path) -> Snapshot:
        """Opens the current snapshot below the folder that `zhida build` was given,
        or the snapshot in a folder.

        >>> import zhida
        >>> snapshot = zhida.Snapshot.open("town/data")
        >>> snapshot.known_at
        datetime.date(2026, 3, 31)

        Raises SnapshotError where there is none, or it is damaged.
        """
    @property
    def known_at(self) -> datetime.date:
        """The data cut-off."""
    @property
    def policies(self) -> Policies:
        """The policies it was built with."""
    def rows(self, kind: _Kind) -> int:
        """Number of dossiers of `"enterprise"` or `"citizen"`."""
    def match(
        self,
        *,
        as_of: _Day | None = None,
        kind: _Kind | None = None,
        ranked: bool | Ranker = True,
    ) -> Matches:
        """Judges everybody, or all of one kind, as `zhida match` does. `as_of` is
        the day judged, by default the data cut-off; no earlier day is accepted.

        The order of each subject's policies, and their scores, are those of the
        folder's `ranker.json` where it has one, with what its `feedback.parquet`
        says was shown before; `ranked=False` keeps the first order, as
        `zhida match --plain` does, and a Ranker as `ranked` takes that one.

        >>> import zhida
        >>> matches = zhida.Snapshot.open("town/data").match(as_of="2026-03-31")
        >>> len(matches) > 0
        True
        """
    def explain(
        self,
        subject: str,
        policy: str,
        *,
        as_of: _Day | None = None,
        version: str | None = None,
        ranked: bool | Ranker = True,
    ) -> list[dict[str, Any]]:
        """Why a policy does or does not fit the subject of a key: the explanations
        that `zhida explain --format json` prints, one for each unit of the policy.
        `ranked` as in `match`: under `order` stands why it has its place in a
        learned order.

        Raises ArgumentError for a key, policy or version that is not there.
        """
    def search(
        self,
        words: str,
        *,
        limit: int = 10,
        region: str | None = None,
        below: bool = False,
        theme: str | None = None,
        life_event: str | None = None,
        kind: _Kind | None = None,
        issuer: str | None = None,
        on: _Day | None = None,
        pinyin: bool = False,
    ) -> dict[str, Any]:
        """Finds policies of the snapshot by words; see `zhida.search`."""

@final
class Ranker:
    """An order of policies learned from a feedback log.

    `json()` is what `ranker.json` holds. It is refused where it weighs other
    features than this version computes.
    """
    @staticmethod
    def load(path: _Path) -> Ranker:
        """Reads a `ranker.json`, as `zhida train` and `save` write it.

        >>> import zhida
        >>> ranker = zhida.Ranker.load("town/data/ranker.json")
        >>> ranker.features[0]
        'text_relevance'

        Raises FileError where it cannot be read, and RankerError where it is none
        of this version.
        """
    @staticmethod
    def from_json(text: str) -> Ranker:
        """Reads a ranker from its JSON, with the same checks as `load`."""
    def save(self, path: _Path) -> None:
        """Writes it. As `ranker.json` of a data folder it orders what `zhida match`,
        the service and `Snapshot.match` find there.
        """
    def json(self) -> str:
        """All of it as JSON text."""
    @property
    def features(self) -> list[str]:
        """Names of the features, in the order of the weights."""
    @property
    def kinds(self) -> list[str]:
        """Kinds of subjects it orders policies for."""
    @property
    def figures(self) -> dict[str, float]:
        """Figures of the training, by `kind.step.name`."""
    @property
    def until(self) -> datetime.date:
        """Day before which everything it learned from had happened."""
    @property
    def trained_on(self) -> datetime.date:
        """Day of the training, for the record."""
    def weights(self, kind: _Kind, step: Literal["open", "apply", "approve"]) -> dict[str, float]:
        """The weight of every feature in a step, `"open"`, `"apply"` or `"approve"`:
        log-odds for one standard deviation. Empty where the log had too few rows
        of the step, and only its rate is known.
        """
    def portraits(self, kind: _Kind) -> list[dict[str, Any]]:
        """The portraits of a kind, largest first: name, share of the subjects, and
        the mean of each trait (1 has it, 0 has not, 0.5 unknown).
        """
    def predict(
        self, kind: _Kind, rows: Sequence[Mapping[str, float] | Sequence[float]]
    ) -> list[tuple[float, float, float]]:
        """The calibrated probabilities of opening, of applying once opened and of
        approval once applied, for rows of features: mappings from name to value,
        or all values in the order of `features`.
        """

@final
class Examples:
    """A table of the entries of a feedback log with their features, in order of day.

    Any Arrow library takes it, as `Matches`.
    """
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any: ...
    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
    @property
    def left_out(self) -> int:
        """Entries without a row: their subject is not in the snapshot, their policy
        does not match on their day, or their day lies before the data cut-off.
        """
    def __len__(self) -> int: ...

def train(
    snapshot: Snapshot,
    feedback: _Path | None = None,
    *,
    until: _Day | None = None,
    holdout: float = 0.2,
    seed: int = 2026,
    trained_on: _Day | None = None,
) -> Ranker:
    """Learns an order from a feedback log, as `zhida train` does.

    `feedback` is the log, by default `feedback.parquet` of the data folder. Only
    what had happened before `until` is learned from; by default a share of
    `holdout` of the log's days is left for `zhida evaluate ranker`. `trained_on`
    is for the record, by default today. Nothing is written: see `Ranker.save`.

    >>> import zhida
    >>> snapshot = zhida.Snapshot.open("town/data")
    >>> ranker = zhida.train(snapshot, trained_on="2026-11-01")
    >>> ranker.kinds
    ['citizen', 'enterprise']

    Raises RankerError where the log is too short, or no feedback log.
    """
def synth_feedback(snapshot: Snapshot, out: _Path, *, seed: int = 2026) -> dict[str, int]:
    """Invents half a year of lists and what became of them, for the dossiers of a
    snapshot, as `zhida synth feedback` does.

    Writes `feedback.parquet` and, with what every offer was truly worth,
    `truth.parquet` into the folder `out`, and returns how many lists, entries
    and outcomes there are.
    """
def examples(snapshot: Snapshot, ranker: Ranker, feedback: _Path | None = None) -> Examples:
    """The entries of a feedback log with the features they had on their day.

    Columns: those of the log, its `unit` as `unit_key`; `examination`, the probability that a place is
    looked at; every feature of `ranker.features` by its name; and `p_open`,
    `p_apply`, `p_approve`, what the ranker predicts. Portraits come from the
    ranker. Up to its `until`, uptake grows from day to day as it did in training;
    from then on it is that of the ranker, as in service. Histories hold only
    what had happened before the day.

    >>> import polars, zhida
    >>> snapshot = zhida.Snapshot.open("town/data")
    >>> ranker = zhida.Ranker.load("town/data/ranker.json")
    >>> table = polars.DataFrame(zhida.examples(snapshot, ranker))
    >>> set(ranker.features) <= set(table.columns)
    True
    """
def extract(
    text: str, doc: str = "", *, catalogue: Catalogue | None = None, region: str | None = None
) -> list[dict[str, Any]]:
    """The statements of a text as `zhida extract` prints them: conditions,
    benefits, deadlines and other quantities, each with the words it came from
    and their place, counted in characters.

    `doc` is what the statements call the document. With a `catalogue`, places
    are recognised; `region` is where the document holds, six digits.

    >>> import zhida
    >>> items = zhida.extract("企业职工人数不少于50人的，给予10万元奖励。", doc="notice")
    >>> [(item["kind"], item["value"]) for item in items]
    [('condition', '50'), ('benefit', '100000')]
    """
def search(
    words: str,
    within: Policies | _Path,
    *,
    limit: int = 10,
    region: str | None = None,
    below: bool = False,
    theme: str | None = None,
    life_event: str | None = None,
    kind: _Kind | None = None,
    issuer: str | None = None,
    on: _Day | None = None,
    pinyin: bool = False,
) -> dict[str, Any]:
    """Finds policies by words, as `zhida search --format json` prints them.

    `within` is Policies, or the path of an index that `zhida search index`
    wrote. `region` keeps what reaches that region, with `below` also what holds
    in parts of it; `theme`, `life_event`, `kind`, `issuer` and `on`, a day in
    force, narrow further. With `pinyin`, letters stand for Chinese words.

    >>> import zhida
    >>> found = zhida.search("残保金", zhida.Policies.load("data-samples"), limit=1)
    >>> found["hits"][0]["rank"]
    1
    """
