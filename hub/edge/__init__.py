"""Runs beside the adapter, at the partner: canonicalise, tokenise, generalise, seal. Nothing that identifies leaves."""
