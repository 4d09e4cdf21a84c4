"""The readers' pages: they read the release file and nothing else, in the reader's language."""
