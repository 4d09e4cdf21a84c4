"""Subject ids and data keys, in a database of their own. Who holds only the log or only the vault knows nothing."""
