#!/usr/bin/env python3
"""Writes the table of docs/performance.md: our times joined with those of other libraries. Nothing but Python is needed.

  cargo bench -q --bench worklist -- --markdown > one.md
  cargo bench -q --bench worklist -- --markdown --threads 2 > two.md
  python3 benches/table.py one.md two.md others.json others2.json --note 'NumPy 2.4, PyTorch 2.15'

Files ending in .md are our side, one number of threads each; together they say how much faster several threads are, alone on the machine.
Files ending in .json hold runs in which our jobs took turns with other libraries' on the same inputs, one number of threads each:

  {"threads": 1, "rows": {"JOB": {"ours_ms": 1.5, "best": "NAME", "best_ms": 2.0, "agrees": true, ..}, ..}}

Rows come in the order of our side, and rows of jobs that no other library has say so. The page keeps all but what lies between its two
marks. With --print the table goes to standard output instead. A job whose answers disagree is an error, and nothing is written.
"""

import argparse
import json
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- table: written by benches/table.py -->", "<!-- table: end -->"
HEAD = re.compile(r"<!-- machine: (?P<machine>.*); threads: (?P<threads>\d+) -->")
ROW = re.compile(r"\| `(?P<job>[^`]+)` \| (?P<median>[\d.]+) \| (?P<least>[\d.]+) \|")


def ours(path):
    """The machine, the number of threads, and the median of every job in milliseconds."""
    text = path.read_text()
    head = HEAD.search(text) or sys.exit(f"{path}: no line that names the machine; was it printed with --markdown?")
    return head["machine"], int(head["threads"]), {row["job"]: float(row["median"]) for row in ROW.finditer(text)}


def others(path):
    """The number of threads, and the rows of a run that took turns."""
    run = json.loads(path.read_text())
    wrong = [job for job, row in run["rows"].items() if row.get("agrees") is False]
    if wrong:
        sys.exit(f"{path}: the answers disagree for {', '.join(wrong)}")
    return run["threads"], run["rows"]


def time(ms):
    """A time in milliseconds, to three digits; below a microsecond in nanoseconds."""
    if ms < 1e-3:
        return f"{ms * 1e6:.0f} ns"
    return f"{ms:.2f}" if ms < 100 else f"{ms:.0f}"


def table(alone, turns):
    """The lines of the table: `alone` has our medians by threads, `turns` the rows of interleaved runs by threads."""
    jobs = list(alone.get(1, {}))
    jobs += [job for job in turns.get(1, {}) if job not in jobs]
    columns = [("work", lambda job: f"`{job}`")]
    one = turns.get(1, {})

    def our_time(job):
        return one[job]["ours_ms"] if job in one else alone[1][job]

    columns.append(("ours, ms", lambda job: time(our_time(job))))
    if one:
        columns.append(("best other", lambda job: one[job]["best"] if job in one else "none"))
        columns.append(("its, ms", lambda job: time(one[job]["best_ms"]) if job in one else ""))
        columns.append(("ours / best", lambda job: f"{one[job]['ours_ms'] / one[job]['best_ms']:.2f}" if job in one else ""))
    for threads, rows in sorted(turns.items()):
        if threads > 1:
            say = lambda job, rows=rows: f"{rows[job]['ours_ms'] / rows[job]['best_ms']:.2f}" if job in rows else ""
            columns.append((f"{threads} threads, ours / best", say))
    for threads, medians in sorted(alone.items()):
        if threads > 1 and 1 in alone:
            gain = lambda job, m=medians: f"{alone[1][job] / m[job]:.2f}" if job in m and job in alone[1] else ""
            columns.append((f"{threads} threads, alone, times as fast", gain))
    lines = ["| " + " | ".join(name for name, _ in columns) + " |", "|" + " --- |" * len(columns)]
    return lines + ["| " + " | ".join(cell(job) for _, cell in columns) + " |" for job in jobs]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("files", nargs="+", type=pathlib.Path)
    arguments.add_argument("--note", help="the other libraries' versions, and what else belongs to the machine")
    arguments.add_argument("--page", type=pathlib.Path, default=PAGE)
    arguments.add_argument("--print", action="store_true")
    given = arguments.parse_args()
    machines, alone, turns = set(), {}, {}
    for path in given.files:
        if path.suffix == ".json":
            threads, rows = others(path)
            if turns.setdefault(threads, rows) is not rows:
                sys.exit(f"{path}: a second run with {threads} threads")
        else:
            machine, threads, medians = ours(path)
            machines.add(machine)
            if alone.setdefault(threads, medians) is not medians:
                sys.exit(f"{path}: a second list with {threads} threads")
    if 1 not in alone:
        sys.exit("no list of ours with one thread: it says the machine and the order of the rows")
    if len(machines) > 1:
        sys.exit(f"times of several machines do not go into one table: {', '.join(sorted(machines))}")
    said = f"Machine: {machines.pop()}. One thread unless a column says otherwise; medians." + (f" {given.note}." if given.note else "")
    lines = [BEGIN, "", said, "", *table(alone, turns), "", END]
    if given.print:
        print("\n".join(lines[2:-2]))
        return
    page = given.page.read_text()
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        sys.exit(f"{given.page}: the marks {BEGIN} and {END} must stand there once each")
    before, rest = page.split(BEGIN)
    given.page.write_text(before + "\n".join(lines) + rest.split(END)[1])


if __name__ == "__main__":
    main()
