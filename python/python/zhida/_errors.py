"""Everything that zhida raises: one base class, and what each error knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhida import Finding


class ZhidaError(Exception):
    """Whatever zhida raises is one of these."""


class PolicyError(ZhidaError):
    """A catalogue, parameters or policies have errors."""

    findings: list[Finding]
    """Every finding, with file, line, rule and remedy."""

    def __init__(self, message: str, findings: list[Finding]) -> None:
        super().__init__(message)
        self.findings = findings


class TableError(ZhidaError):
    """A table cannot be read as dossiers."""

    table: str
    """Which table: ``table``, ``other``, ``subject`` or the name of a relation."""
    column: str | None
    """The column, where it is about one."""
    row: int | None
    """The row, counted from 0, where it is about one."""
    remedy: str
    """What to do."""

    def __init__(
        self, message: str, table: str, column: str | None, row: int | None, remedy: str
    ) -> None:
        super().__init__(message)
        self.table = table
        self.column = column
        self.row = row
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[TableError], tuple[object, ...]]:
        """So that it reaches the parent of a worker process."""
        return TableError, (str(self), self.table, self.column, self.row, self.remedy)


class SnapshotError(ZhidaError):
    """A snapshot is not there, is damaged, or was written by another version."""


class SearchError(ZhidaError):
    """A search index is not there, is damaged, or cannot answer."""


class FileError(ZhidaError):
    """A file cannot be read."""


class RankerError(ZhidaError):
    """A ranker, or the feedback it should learn from, cannot be used."""


class MeasureError(ZhidaError, ValueError):
    """Something cannot be measured; the message says which row, and the remedy."""


class ArgumentError(ZhidaError, ValueError):
    """An argument means nothing; the message says what would."""


class InternalError(ZhidaError):
    """A fault in zhida itself."""
