"""The log's own tables, beside the library's `stored_events`. A stream is a number here, 32 hex digits in an event."""

import sqlalchemy as sa

from hub.database import INT8

metadata = sa.MetaData()

records = sa.Table(
    "records",
    metadata,
    sa.Column("record", sa.LargeBinary(20), primary_key=True, comment="keyed hash of dataset, then of source key"),
    sa.Column("stream", INT8, nullable=False),
    sqlite_with_rowid=False,
)
"""Where a partner record's stream is. The one table that is found by random keys: it holds nothing else."""

heads = sa.Table(
    "heads",
    metadata,
    sa.Column("stream", INT8, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("scope", sa.Integer, nullable=False, index=True),
    sa.Column("key", INT8, comment="handle of the subject's data key; none: about nobody"),
    sa.Column("facts", sa.LargeBinary, nullable=False, comment="MessagePack, see reconcile.py"),
    postgresql_with={"fillfactor": 80},  # a head moves on in its own page
)
"""What a stream says now."""

scopes = sa.Table(
    "scopes",
    metadata,
    sa.Column("scope", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("partner", sa.String, nullable=False),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("period", sa.String, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.UniqueConstraint("partner", "dataset", "period"),
)
"""What a complete delivery covers: one partner's dataset in one period."""

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("delivery", sa.String, nullable=False, unique=True),
    sa.Column("partner", sa.String, nullable=False),
    sa.Column("country", sa.String, nullable=False),
    sa.Column("dataset", sa.String, nullable=False, index=True),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("received_at", sa.String, nullable=False),
    sa.Column("digest", sa.String, comment="of the delivery as it came"),
    sa.Column("receipt", sa.LargeBinary, comment="JSON, as it was given; none: the hub's own statement"),
)

handed = sa.Table("handed", metadata, sa.Column("last", INT8, primary_key=True, autoincrement=False))
"""The last key handle that the vault had given when something was appended, in one row: one behind was put back."""

refusals = sa.Table(
    "refusals",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.String, nullable=False),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("place", sa.String, nullable=False),
    sqlite_with_rowid=False,
)
"""Broken rules of refused rows, in the order they were found."""

refused_rows = sa.Table(
    "refused_rows",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False, comment="to the partner's own key: the hub cannot open it"),
)

edges = sa.Table(
    "edges",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("version", sa.String, nullable=False, comment="of the hub at the partner"),
    sa.Column("mapping", sa.String, nullable=False, comment="its adapter's digest; empty: one of the hub's own"),
    sa.Column("replays", sa.String, nullable=False, comment="the delivery whose refused rows it states; or empty"),
)
"""What made a delivery."""

passed = sa.Table(
    "passed",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("position", sa.String, primary_key=True),
    sa.Column("replay", sa.String, nullable=False, comment="the delivery that stated the row after all"),
    sqlite_with_rowid=False,
)
"""Refused rows that a replay stated."""

put_aside = sa.Table(
    "put_aside",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("version", sa.String, nullable=False, comment="of the hub that refused it"),
    sa.Column("month", sa.String, nullable=False),
)
"""Deliveries that the hub's own check refused as a whole. Their files are in the folder of those."""

tiles = sa.Table(
    "tiles",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tile", INT8, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False, comment="up to 256 hashes of 32 bytes"),
)
"""The Merkle tree's nodes, see tiles.py."""

checkpoints = sa.Table(
    "checkpoints",
    metadata,
    sa.Column("size", INT8, primary_key=True, autoincrement=False),
    sa.Column("note", sa.String, nullable=False),
)
"""Signed checkpoints of the tree, by its size."""

heard = sa.Table(
    "heard",
    metadata,
    sa.Column("mark", sa.LargeBinary(32), primary_key=True, comment="keyed hash of a chunk's tokens and rows"),
    sa.Column("partner", sa.String, nullable=False),
    sa.Column("dataset", sa.String, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False, comment="of the delivery that stated it"),
    sa.Column("stated", sa.Integer, nullable=False, comment="its rows with facts"),
    sa.Column("periods", sa.String, nullable=False),
    sa.Column("streams", sa.LargeBinary, nullable=False, comment="of its records, see heard.py"),
    sa.Index("heard_of", "partner", "dataset", "ordinal"),
)
"""Chunks whose records say just what they state: nothing needs to be looked up when they come again."""

purges = sa.Table(
    "purges",
    metadata,
    sa.Column("purge", sa.String(32), primary_key=True),
    sa.Column("position", INT8, nullable=False, comment="of the statement in the log; 0: nothing was due"),
    sa.Column("country", sa.String(2), nullable=False),
    sa.Column("until", sa.Integer, nullable=False, comment="a year"),
    sa.Column("emptied", sa.Boolean, nullable=False, comment="no purged event has content any more"),
    sa.Column("swept", sa.Boolean, nullable=False, comment="no file of the log holds what was purged any more"),
)
"""Purges, and how far they are. See purging.py."""

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("topic", sa.String, primary_key=True),
    sa.Column("partition", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("next", INT8, nullable=False, comment="all before this offset is in the log, or was put aside"),
)
"""How far the log is in each place of a broker. See sources.py."""

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("delivery", sa.String, primary_key=True),
    sa.Column("partner", sa.String, nullable=False),
    sa.Column("answer_to", sa.LargeBinary(32), nullable=False, comment="the partner's public key"),
    sa.Column("rule", sa.String, nullable=False, comment="by which it was refused; empty: it was received"),
)
"""What partners have not been told yet of deliveries that came by a broker."""
