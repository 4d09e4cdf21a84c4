"""Indicators as data: one YAML file each in warehouse/indicators/, from which models, schemas and pages are written."""
