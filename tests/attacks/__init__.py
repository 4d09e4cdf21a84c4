"""Attacks on what the hub promises. `python -m tests.attacks` is the whole campaign; tests run it small."""
