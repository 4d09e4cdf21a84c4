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
