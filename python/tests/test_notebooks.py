"""Every notebook runs, and is kept without outputs. Run as a program, this
file strips them.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, _program
from nbclient import NotebookClient

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Seconds a cell may take; a whole notebook needs about twenty.
LONGEST = 120


def stripped(text: str) -> str:
    """A notebook without outputs, counts, and what an editor notes in it."""
    notebook = nbformat.reads(text, 4)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": kernel, "language_info": {"name": "python"}}
    )
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    return str(nbformat.writes(notebook)) + "\n"


def test_there_are_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == [f"{n:02d}" for n in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) >= 6
    told = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in told for path in NOTEBOOKS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == stripped(text), "run `python python/tests/test_notebooks.py`"


@pytest.fixture(scope="module")
def town_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the notebooks make their town."""
    return tmp_path_factory.mktemp("notebooks") / "town"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(
    path: Path, town_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIDA", str(_program()))
    monkeypatch.setenv("ZHIDA_TOWN", str(town_folder))
    notebook = nbformat.read(path, 4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=LONGEST, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.output_type == "error"]
    # What warns of missing glyphs, or of anything else, is told on the error stream.
    warned = [output.text for output in outputs if output.get("name") == "stderr"]
    assert not warned, warned[0]
    assert any("image/png" in output.get("data", {}) for output in outputs), "no figure"


if __name__ == "__main__":
    for one in NOTEBOOKS:
        before = one.read_text(encoding="utf-8")
        after = stripped(before)
        if after != before:
            one.write_text(after, encoding="utf-8")
            sys.stdout.write(f"stripped {one.name}\n")
