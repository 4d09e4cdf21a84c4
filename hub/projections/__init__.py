"""Views of the log. Each keeps its place in the transaction of its rows, so that no event counts twice or never."""
