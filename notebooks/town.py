"""What every notebook opens with: a small invented town, the `zhida` command,
and figures that look alike.

The town is made once by `zhida demo` and reused: in the folder that the
environment variable ZHIDA_TOWN names, else in `demo` of the repository, where
`make demo` has it too and git ignores it. Nothing in it is about anybody.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager

ROOT = Path(__file__).resolve().parent.parent
DEFINITIONS = ROOT / "data-samples"
DAY = "2026-03-31"

BLUE, AMBER, RED, GREEN = "#1f6f8b", "#d98324", "#b5413c", "#4f8a5b"
PURPLE, GREY = "#6c5b9e", "#a9b4bb"
CYCLE = [BLUE, AMBER, GREEN, RED, PURPLE, GREY]
# In order of liking; any of them has the Chinese characters of the samples.
FONTS = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Hiragino Sans GB",
    "SimHei",
]


def program() -> str:
    """The command: ZHIDA, or on the PATH, or where cargo puts it."""
    named = os.environ.get("ZHIDA") or shutil.which("zhida")
    if named:
        return named
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    for build in ("release", "debug"):
        if (target / build / "zhida").is_file():
            return str(target / build / "zhida")
    raise SystemExit("the `zhida` command is not there: run `cargo build`, or name it in ZHIDA")


def zhida(*arguments: object, fails: bool = False) -> Any:
    """What a command prints with `--format json`. A command that should fail,
    because it finds something, prints its findings all the same."""
    command = [program(), *map(str, arguments), "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if (done.returncode != 0) != fails:
        raise RuntimeError(done.stderr or done.stdout)
    return json.loads(done.stdout)


def town() -> Path:
    """The folder of the town: `tables` as departments hand them over, and `data`
    with dossiers, matches, feedback and a trained order."""
    folder = Path(os.environ.get("ZHIDA_TOWN", ROOT / "demo"))
    if not (folder / "data" / "matches.parquet").is_file() or not (
        folder / "data" / "ranker.json"
    ).is_file():
        command = [program(), "demo", "--no-serve", "--out", str(folder), "--known-at", DAY]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
    return folder


def style() -> None:
    """Figures of one hand, with a font that has Chinese characters."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in FONTS if name in known]
    if not chinese:
        print("No font with Chinese characters: install one, such as Debian's fonts-noto-cjk.")
    matplotlib.rcParams.update(
        {
            "font.family": ["DejaVu Sans", *chinese[:1]],
            "font.size": 9.5,
            "figure.dpi": 110,
            "figure.figsize": (7.6, 3.8),
            "figure.constrained_layout.use": True,
            "axes.prop_cycle": matplotlib.cycler(color=CYCLE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": "#77838a",
            "axes.labelcolor": "#3a444a",
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.titlepad": 10,
            "axes.axisbelow": True,
            "axes.grid": True,
            "grid.color": "#e6eaec",
            "xtick.color": "#3a444a",
            "ytick.color": "#3a444a",
            "ytick.major.size": 0,
            "legend.frameon": False,
            "axes.unicode_minus": False,
        }
    )
