"""Replies in the documented shapes, as bytes; the people in them are made up."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "replies"


def reply(name: str) -> bytes:
    """A reply as it would come over the wire."""
    return (_FOLDER / f"{name}.json").read_bytes()


def document(name: str) -> dict[str, Any]:
    """A reply to make a variant of."""
    loaded: dict[str, Any] = json.loads(reply(name))
    return loaded


def page_of(rows: list[dict[str, Any]], *, page: int = 1, total: object = None, pages: object = 1) -> bytes:
    """A page with these rows."""
    data = {
        "currentPage": page,
        "totalItems": len(rows) if total is None else total,
        "totalPage": pages,
        "items": rows,
    }
    return json.dumps({"status": "success", "message": "Success", "data": data}).encode()
