"""Victim Support Hub: partner records become pseudonymised events, a warehouse, and protected releases."""

__version__ = "0.1.0"
