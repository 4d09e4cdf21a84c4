"""What reading FHIR costs, beside the library `fhir.resources`, in one run: `python -m benchmarks.fhir FILE.ndjson`.

Both check every line. The hub also finds keys that stand twice, puts versions and persons together, and makes events.
"""

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from fhir.resources.R4B import get_fhir_model_class

from hub.adapters.base import Rejected
from hub.adapters.fhir import adapter

RUNS = 5


def hub(raw: bytes) -> None:
    for record in adapter.read(io.BytesIO(raw)):
        try:
            adapter.translate(record)
        except Rejected:
            continue


def library(raw: bytes) -> None:
    for line in raw.splitlines():
        data = json.loads(line)
        get_fhir_model_class(data["resourceType"]).model_validate(data)


def rate(work: Callable[[bytes], None], raw: bytes) -> list[float]:
    """Resources a second of processor time, run by run."""
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        work(raw)
        found.append(raw.count(b"\n") / (time.process_time() - start))
    return found


def main(path: Path) -> None:
    """Print each one's median and range, and their ratio."""
    raw = path.read_bytes()
    rates = {}
    for name, work in (("hub", hub), ("fhir.resources", library)):
        work(raw)
        rates[name] = rate(work, raw)
        print(f"{name:15} {median(rates[name]):8,.0f}/s  ({min(rates[name]):,.0f} to {max(rates[name]):,.0f})")
    print(f"{'ratio':15} {median(rates['hub']) / median(rates['fhir.resources']):8.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
