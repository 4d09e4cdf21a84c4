"""Damaged, endless and hostile files, and the real ones: what the readers make of them."""
