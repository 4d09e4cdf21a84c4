"""The SQL that a definition may hold: an expression over the columns of its fact, for DuckDB and PostgreSQL alike."""

import re

WORDS = frozenset({
    "and", "or", "not", "in", "is", "null", "case", "when", "then", "else", "end", "between", "like", "distinct",
    "from", "cast", "as", "varchar", "date", "integer", "bigint", "double", "precision", "boolean", "interval", "true",
    "false", "any", "array", "coalesce", "nullif", "least", "greatest", "abs", "round", "floor", "substr", "length",
    "array_length", "extract", "month", "day",
})  # fmt: skip
"""Words of SQL that are no columns."""
TEXTS = re.compile(r"'[^']*'")
FORBIDDEN = re.compile(r";|--|/\*|\{|\}|\$|\"|\b(?:select|union|with|insert|delete|update|drop)\b", re.IGNORECASE)
UNPORTABLE = re.compile(r"::|//|\blist_\w+|\b(?:arg_max|any_value|quantile|strftime|date_diff|try_cast|read_\w+)\b")


def checked(expression: str) -> str:
    """The expression on one line. Raises ValueError when it is more than an expression, or runs on one engine only."""
    said = " ".join(expression.split())
    bare = TEXTS.sub("''", said)
    if not said or FORBIDDEN.search(bare) or UNPORTABLE.search(bare):
        raise ValueError("an expression is one piece of portable SQL over columns, without a query inside")
    if bare.count("(") != bare.count(")") or bare.count("'") % 2:
        raise ValueError("a bracket or a quotation mark has no other half")
    return said


def columns_of(expression: str) -> frozenset[str]:
    """The columns that an expression reads."""
    return frozenset(re.findall(r"\b[a-z_][a-z0-9_]*\b", TEXTS.sub("", expression))) - WORDS
