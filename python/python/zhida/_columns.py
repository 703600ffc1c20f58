"""What the measures are given, checked and made plain: columns, lists over a
catalogue, nested mappings, options.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhida._errors import MeasureError


def plain(values: Any) -> list[Any]:
    """A column as a list."""
    for name in ("tolist", "to_list", "to_pylist"):
        if hasattr(values, name):
            found: list[Any] = getattr(values, name)()
            return found
    return list(values)


def wrong(row: int, field: str, value: object, wanted: str) -> MeasureError:
    return MeasureError(
        f"row {row}, field `{field}`: `{value!r}` is not {wanted}; correct the value or leave the row out"
    )


def numbers(field: str, values: Any) -> list[float]:
    column = plain(values)
    try:
        return [float(value) for value in column]
    except (TypeError, ValueError):
        for row, value in enumerate(column, 1):
            try:
                float(value)
            except (TypeError, ValueError):
                raise wrong(row, field, value, "a number") from None
        raise


def weights(values: Any) -> list[float] | None:
    return None if values is None else numbers("weight", values)


def labels(values: Any) -> list[int]:
    column = plain(values)
    for row, value in enumerate(column, 1):
        if value not in (0, 1):
            raise wrong(row, "label", value, "0 or 1")
    return [int(value) for value in column]


def numbered(values: Any) -> list[int]:
    """Names as numbers, in the order in which they come."""
    known: dict[Any, int] = {}
    return [known.setdefault(value, len(known)) for value in plain(values)]


def items(lists: Any, catalogue: Any) -> tuple[list[list[int]], int]:
    """Lists as places below that of the items."""
    named = not isinstance(catalogue, int)
    all_items = plain(catalogue) if named else range(catalogue)
    places = {item: number for number, item in enumerate(all_items)}
    if len(places) != len(all_items):
        raise MeasureError("the catalogue names an item twice: keep one")
    found = []
    for at, shown in enumerate(plain(lists), 1):
        shown = plain(shown)
        for item in shown:
            if item not in places:
                how = "name it there" if named else "count items from 0"
                message = f"list {at} shows `{item!r}`, which the catalogue of {len(all_items)} items has not: {how}"
                raise MeasureError(message)
        found.append([places[item] for item in shown])
    return found, len(all_items)


def triples(field: str, given: Any) -> Any:
    """Query, document and number of nested mappings; tables are left as they are."""
    if not isinstance(given, Mapping):
        if hasattr(given, "__arrow_c_stream__") or hasattr(given, "__arrow_c_array__"):
            return given
        kind = type(given).__name__
        raise MeasureError(f"`{field}` is a `{kind}`: give a mapping of mappings, or an Arrow table")
    found = []
    for query, documents in given.items():
        values = numbers(field, documents.values())
        found += [(str(query), str(name), number) for name, number in zip(documents, values)]
    return found


def count(option: str, value: int) -> int:
    if not isinstance(value, int) or value < 1:
        raise MeasureError(f"`{option}` is {value!r}: give a whole number from 1 on")
    return value


def resampling(level: float, samples: int, seed: int) -> tuple[float, int, int]:
    if not 0 <= seed < 2**64:
        raise MeasureError(f"`seed` is {seed!r}: give a whole number from 0 to below 2^64")
    return float(level), min(count("samples", samples), 2**32 - 1), seed


def one_of(option: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise MeasureError(f"`{option}` is `{value!r}`: give one of {', '.join(allowed)}")
