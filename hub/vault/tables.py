"""The vault's tables: who has which data key, and who had one and is forgotten."""

import sqlalchemy as sa

from hub.database import INT8

metadata = sa.MetaData()

subjects = sa.Table(
    "subjects",
    metadata,
    sa.Column("key", INT8, primary_key=True, autoincrement=False, comment="handle of the data key"),
    sa.Column("token", sa.LargeBinary(32), nullable=False, unique=True, comment="t2, never t1"),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("subject", sa.LargeBinary(16), nullable=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False, comment="nonce and data key"),
)
given = sa.Table("given", metadata, sa.Column("last", INT8, primary_key=True, autoincrement=False))
"""The last handle that was given, in one row. It never goes back: events of a forgotten subject keep their handle."""

aliases = sa.Table(
    "aliases",
    metadata,
    sa.Column("token", sa.LargeBinary(32), primary_key=True, comment="t2 of the next epoch"),
    sa.Column("key", INT8, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Where subjects will stand in the next epoch of their domain: of those who were seen while its window is open."""

made = sa.Table(
    "made",
    metadata,
    sa.Column("first", INT8, primary_key=True, autoincrement=False),
    sa.Column("last", INT8, nullable=False),
    sa.Column("domain", sa.String(64), nullable=False),
)
"""Whose tokens the subjects with handles from `first` to `last` are found by: one row for all that a chunk made."""

domains = sa.Table(
    "domains",
    metadata,
    sa.Column("domain", sa.String(64), primary_key=True),
    sa.Column("epoch", sa.Integer, nullable=False),
)
"""The epoch of each domain's rows in `subjects`; a domain that never rotated has none here, and is in the first."""

layers = sa.Table(
    "layers",
    metadata,
    sa.Column("country", sa.String(2), primary_key=True),
    sa.Column("layers", sa.Integer, nullable=False),
)
"""How many keys K2 lie over a country's tokens, the newest outermost; a country that never rolled has none here."""

unswept = sa.Table("unswept", metadata, sa.Column("what", sa.String(80), primary_key=True))
"""Rotations after which the vault's files still hold what was destroyed."""

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("request", sa.String(32), primary_key=True, comment="the delivery by which a partner asked"),
    sa.Column("swept", sa.Boolean, nullable=False, comment="no file of the vault holds the destroyed keys any more"),
)
"""Requests that were carried out here."""

forgotten_keys = sa.Table(
    "forgotten_keys",
    metadata,
    sa.Column("key", INT8, primary_key=True, autoincrement=False),
    sa.Column("request", sa.String(32), nullable=False),
)
"""Handles whose data key was destroyed."""

forgotten_records = sa.Table(
    "forgotten_records",
    metadata,
    sa.Column("record", sa.LargeBinary(20), primary_key=True),
    sa.Column("request", sa.String(32), nullable=False),
    sqlite_with_rowid=False,
)
"""Records of forgotten persons, by their keyed hash: a backfill that states them again is not believed. Of records,
never of persons: a woman who returns is served as somebody new."""
