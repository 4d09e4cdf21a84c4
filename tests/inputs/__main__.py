"""`make inputs`: damaged, endless and real files through all readers. Tables, build/inputs.json, docs/inputs.md."""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from benchmarks.report import Finding, show_tries, write
from tests.conftest import INPUTS
from tests.inputs import careless
from tests.inputs.page import page
from tests.inputs.readers import READERS, Reader
from tests.inputs.trying import Tried, bombs, damage

FILES = 50_000
AT_ONCE = 2
CONTROLS = 200
PAGE = Path("docs/inputs.md")


def main() -> None:
    """Try all of them."""
    parser = argparse.ArgumentParser(prog="make inputs", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES, help="damaged files, over all readers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page-only", action="store_true", help="only write docs/inputs.md")
    asked = parser.parse_args()
    found: list[Finding] = []
    if not asked.page_only:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            found = list(threads.map(lambda reader: _tried(reader, asked.files // len(READERS), asked.seed), READERS))
        show_tries("reader", "got through", found, ".0%")
        print(f"\n{write('inputs', found)}")
    if INPUTS.is_dir():
        PAGE.write_text(page(INPUTS), "utf-8")
        print(PAGE)
    sys.exit(any(each["met"] != "yes" for each in found))


def _tried(reader: Reader, files: int, seed: int) -> Finding:
    """A reader's files and bombs, and what the same do to a careless one."""
    begun = perf_counter()
    ours = _added(damage(reader, range(seed, seed + files)), bombs(reader))
    control = careless.BY_KIND[reader.kind]
    theirs = _added(damage(control, range(seed, seed + min(files, CONTROLS))), bombs(control))
    print(f"{reader.name}: {ours.tries:,} files, {perf_counter() - begun:,.0f} s", file=sys.stderr, flush=True)
    for line in ours.first:
        print(f"{reader.name}: {line}", file=sys.stderr, flush=True)
    return finding(reader, ours, theirs)


def finding(reader: Reader, ours: Tried, theirs: Tried) -> Finding:
    """A line: `successes` of whoever made the files, for us and for a careless reader."""
    return Finding(
        name=reader.name,
        tries=ours.tries,
        successes=ours.bad,
        control=f"a careless reader: {theirs.crashed} crashed, {theirs.hung} hung, {theirs.leaked} told",
        figure=ours.bad / max(ours.tries, 1),
        against=theirs.bad / max(theirs.tries, 1),
        ratio=(ours.bad / ours.tries) / (theirs.bad / theirs.tries) if theirs.bad and ours.tries else 0.0,
        target="none crashes, hangs or tells, and some do in the control",
        met="yes" if ours.tries and not ours.bad and theirs.bad else "no",
    )


def _added(one: Tried, other: Tried) -> Tried:
    counts = ("tries", "crashed", "hung", "leaked", "refused")
    return Tried(*(getattr(one, name) + getattr(other, name) for name in counts), [*one.first, *other.first])


if __name__ == "__main__":
    main()
