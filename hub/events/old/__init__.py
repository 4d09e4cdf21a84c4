"""Versions that logs and older edges still hold: one frozen file each, never opened again. See docs/evolution.md."""
