"""All that a company holds, read without HTTP."""

import json
from collections.abc import Iterator
from typing import Any

from rkreport.simulator.company import Company


def users(of: Company) -> list[dict[str, Any]]:
    """All user records."""
    return [json.loads(of.people.user(place)) for place in range(of.people.listed)]


def assignments(of: Company) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """All assignments with their course and batch."""
    for (course, batch), rows in of.batches.items():
        for key in range(len(rows)):
            yield course, batch, json.loads(rows.record(key))


def online(of: Company) -> Iterator[tuple[str, dict[str, Any]]]:
    """All assignments of online courses with their course."""
    for course, rows in of.online.items():
        for key in range(len(rows)):
            yield course, json.loads(rows.record(key))


def members(of: Company, plan: str) -> list[dict[str, Any]]:
    """All users of a learning plan."""
    return [json.loads(of.plans[plan].record(key)) for key in range(len(of.plans[plan]))]
