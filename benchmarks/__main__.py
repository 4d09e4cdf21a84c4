"""`python -m benchmarks`, `... growth`, `... adapters`, `... kafka`, `... warehouse`.

It imports little: each process it starts would do so too."""

import sys


def main() -> None:
    """Hand over to the campaign, and show each line as it comes, also in a pipe."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if sys.argv[1:2] == ["growth"]:
        from benchmarks.growth import main as growth

        growth(sys.argv[2:])
    elif sys.argv[1:2] == ["adapters"]:
        from benchmarks.adapters import main as adapters

        adapters(sys.argv[2:])
    elif sys.argv[1:2] == ["kafka"]:
        from benchmarks.kafka import main as broker

        broker(sys.argv[2:])
    elif sys.argv[1:2] == ["warehouse"]:
        from benchmarks.warehouse import main as warehouse

        warehouse(sys.argv[2:])
    else:
        from benchmarks.pipe import main as pipe

        pipe(sys.argv[1:])


if __name__ == "__main__":
    main()
