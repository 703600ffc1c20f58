"""Times `zhida build` beside the same dossiers made with SQL in DuckDB.

Both run as whole processes, in turn, on the same tables; afterwards their
results are held against each other, and any difference fails the bench. What
is equal and what differs is told in peers/build.md. A million citizens need
about 10 GB in the folder for temporary files (TMPDIR).
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PEER = HERE / "peers" / "build_duckdb.py"
KNOWN_AT = "2026-03-31"
# To reach: no slower than one and a half times the peer, under 6 GB.
SLOWER, GIGABYTES = 1.5, 6.0


def timed(command):
    """Runs a command: seconds by the clock, seconds of processor, peak in GB."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{told.decode(errors='replace')}")
    seconds = time.perf_counter() - begun
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e9


def row(name, runs):
    """A line of the table; the median of the seconds."""
    seconds, processor, peak = zip(*runs)
    middle = statistics.median(seconds)
    print(f"  {name:<16}{middle:>9.1f}{min(seconds):>8.1f}{max(seconds):>8.1f}"
          f"{statistics.median(processor):>14.1f}{max(peak):>10.2f}", flush=True)
    return middle, max(peak)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("zhida", type=pathlib.Path, help="the program, built with --release")
    parser.add_argument("--citizens", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    zhida = arguments.zhida.resolve()
    with tempfile.TemporaryDirectory(prefix="zhida-build-bench-") as folder:
        folder = pathlib.Path(folder)
        tables, utf8, ours, theirs = (folder / name for name in ("tables", "utf8", "ours", "peer"))
        enterprises = arguments.citizens // 10
        subprocess.run([zhida, "synth", "--citizens", str(arguments.citizens), "--enterprises",
                        str(enterprises), "--form", "csv", "--out", tables], check=True)
        subprocess.run([sys.executable, PEER, "--recode", tables, utf8], check=True)
        key = folder / "key"
        key.write_text("00112233445566778899aabbccddeeff" * 2)
        build = [zhida, "build", "--tables", tables, "--out", ours, "--known-at", KNOWN_AT,
                 "--key-file", key, "--definitions", HERE.parent / "data-samples"]
        peer = [sys.executable, PEER, utf8, theirs, "--known-at", KNOWN_AT]
        runs = {"zhida build": [], "duckdb": []}
        for _ in range(arguments.runs):
            runs["zhida build"].append(timed(build))
            runs["duckdb"].append(timed(peer))
        print(f"\n{arguments.citizens} citizens and {enterprises} enterprises, "
              f"{arguments.runs} runs each in turn")
        print(f"  {'':<16}{'seconds':>9}{'min':>8}{'max':>8}{'processor s':>14}{'peak GB':>10}")
        own, peak = row("zhida build", runs["zhida build"])
        other, _ = row("duckdb", runs["duckdb"])
        print(f"  {own / other:.2f} times the peer's time (to reach: {SLOWER}), "
              f"{peak:.1f} GB (to reach: {GIGABYTES:.0f})")
        # The snapshots of a run stay beside the tables; the last one counts.
        subprocess.run([sys.executable, PEER, "--compare", ours, theirs], check=True)
        return 1 if own > SLOWER * other or peak > GIGABYTES else 0


if __name__ == "__main__":
    sys.exit(main())
