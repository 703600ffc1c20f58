"""Copies the docstrings of the compiled module into the stubs, where editors
look for them. ``python tests/stubs.py`` writes; a test compares.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import zhida

STUBS = Path(__file__).parent.parent / "python" / "zhida" / "__init__.pyi"

Definition = ast.ClassDef | ast.FunctionDef


def documented(text: str) -> str:
    """The stubs with the docstrings that the module has now."""
    lines = text.splitlines()
    for node, thing in reversed(_definitions(ast.parse(text))):
        doc = inspect.getdoc(thing)
        first = node.body[0]
        held = first.value.value if isinstance(first, ast.Expr) else None  # type: ignore[attr-defined]
        if doc is None:
            continue
        quoted = f'"""{doc}"""' if "\n" not in doc else f'"""{doc}\n"""'
        indent = " " * (node.col_offset + 4)
        body = textwrap.indent(quoted, indent).splitlines()
        start, end = first.lineno - 1, first.end_lineno or first.lineno
        if held is ...:
            # `def f(self) -> int: ...` opens a block for its docstring.
            body.insert(0, lines[start][: first.col_offset].rstrip())
        elif not isinstance(held, str):
            start = end = node.lineno
        lines[start:end] = body
    return "\n".join(lines) + "\n"


def _definitions(module: ast.Module) -> list[tuple[Definition, Any]]:
    """Classes, functions and methods with what they stand for, in order."""
    found: list[tuple[Definition, Any]] = []
    for node in module.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and hasattr(zhida, node.name):
            thing = getattr(zhida, node.name)
            found.append((node, thing))
            for inner in node.body if isinstance(node, ast.ClassDef) else ():
                # What the interpreter says of special methods tells nobody anything.
                if isinstance(inner, ast.FunctionDef) and not inner.name.startswith("__"):
                    found.append((inner, getattr(thing, inner.name)))
    return found


if __name__ == "__main__":
    STUBS.write_text(documented(STUBS.read_text(encoding="utf-8")), encoding="utf-8")
