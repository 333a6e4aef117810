"""Rows of the ledger as a sending would have left them."""

import json
from dataclasses import asdict, fields

from rkreport.core.mail.delivery import Delivery
from rkreport.store.database import Database

_NAMES = [field.name for field in fields(Delivery)]


def put(database: Database, *deliveries: Delivery) -> None:
    """Write rows, whatever their state."""
    for row in deliveries:
        values = asdict(row) | {
            "cc": json.dumps(row.cc),
            "figures": json.dumps(asdict(row.figures)),
            "planned_at": row.planned_at.isoformat() if row.planned_at else "",
            "changed_at": row.changed_at.isoformat() if row.changed_at else "",
        }
        places = ", ".join("?" * len(_NAMES))
        database.write(
            f"INSERT INTO delivery ({', '.join(_NAMES)}) VALUES ({places})",  # noqa: S608 - names of a dataclass
            *(values[name] for name in _NAMES),
        )
