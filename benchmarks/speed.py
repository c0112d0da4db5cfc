"""How long one escalation takes, beside Papermill and nbconvert alone on the same notebook. Prints ratios of one run.

    python benchmarks/speed.py [--repeats 3]

Both sides run as commands, one after the other, on the same source and notebook:

* ours: ``rca run`` to two audiences, as HTML and PDF (four reviews, with the gate, the record and the manifest);
* theirs: ``papermill`` and then ``jupyter nbconvert --to html`` (one page).

Then, in one process, the time to render one more audience from a notebook that is already executed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ESCALATION = "ESC-0042"
SOURCE = "examples/lert"


def timed(*command: str) -> float:
    """Run a command from the project's root and return its seconds."""
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def ours(out: Path) -> float:
    """Two audiences, HTML and PDF, from the source."""
    started = time.perf_counter()
    command = [BIN / "rca", "run", ESCALATION, "--source", SOURCE, "--out", out]
    for name in ("leadership", "specialists"):
        command += ["--audience", name]
    done = subprocess.run([*map(str, command)], cwd=ROOT, capture_output=True, check=False)
    # The example holds planted flaws, so the run ends with 1: done, with problems that were named.
    if done.returncode not in (0, 1) or not (out / ESCALATION / "specialists.pdf").is_file():
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - started


def theirs(out: Path) -> float:
    """Papermill, then nbconvert to one HTML page."""
    executed = out / "executed.ipynb"
    notebook = ROOT / "notebooks" / "case_review.ipynb"
    run = timed(
        str(BIN / "papermill"), str(notebook), str(executed), "--no-progress-bar", "-p", "escalation_id", ESCALATION
    )
    return run + timed(str(BIN / "jupyter"), "nbconvert", "--to", "html", str(executed))


def one_more_audience(folder: Path) -> dict[str, float]:
    """Seconds to render one audience from an executed notebook, once everything is warm."""
    import nbformat

    from rca_lib.render.findings import read_findings
    from rca_lib.run.review import render

    executed = nbformat.read(folder / "case_review.ipynb", as_version=4)
    findings = read_findings(executed)
    found = {}
    for kind in ("html", "pdf"):
        render(executed, "leadership", kind, findings)
        render(executed, "specialists", kind, findings)
        times = []
        for _ in range(5):
            started = time.perf_counter()
            render(executed, "specialists", kind, findings)
            times.append(time.perf_counter() - started)
        found[kind] = statistics.median(times)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    os.chdir(ROOT)
    if not (ROOT / SOURCE / "source.toml").is_file():
        from rca_lib.data.example import make_example

        started = time.perf_counter()
        make_example(ROOT / SOURCE)
        print(f"example data made in {time.perf_counter() - started:.1f} s")
    folder = Path(tempfile.mkdtemp(prefix="rca-speed-"))
    try:
        ours(folder), theirs(folder)  # once unmeasured: file cache, byte code, fonts
        a, b = [], []
        for _ in range(repeats):  # in turn, so that a busy machine weighs on both alike
            a.append(ours(folder))
            b.append(theirs(folder))
        mine, other = statistics.median(a), statistics.median(b)
        print(f"rca run, two audiences, HTML and PDF     {mine:6.2f} s  (runs: {', '.join(f'{t:.2f}' for t in a)})")
        print(f"papermill + jupyter nbconvert --to html  {other:6.2f} s  (runs: {', '.join(f'{t:.2f}' for t in b)})")
        print(f"ratio ours / theirs                      {mine / other:6.2f}    (goal: 1.00 or less)")
        warm = one_more_audience(folder / ESCALATION)
        for kind, seconds in warm.items():
            print(f"one more audience, warm, {kind:4}            {seconds:6.3f} s  (goal: under 0.3 for both)")
        print(f"one more audience, warm, both            {sum(warm.values()):6.3f} s")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
