"""`python -m examples.programmes FOLDER`"""

import argparse
from pathlib import Path

from examples.programmes import write

parser = argparse.ArgumentParser(prog="python -m examples.programmes", description="Write the programmes' plan files.")
parser.add_argument("folder", type=Path, help="where to write")

if __name__ == "__main__":
    for path in write(parser.parse_args().folder):
        print(path)
