"""The log: what partners said, append-only, sealed a subject at a time; reconciled so that nothing is said twice."""
