"""The result of simulate."""

from typing import Any

from rkreport.core.words import counted
from rkreport.run.setup.simulating import Simulation
from rkreport.sentence import Sentence


def simulation_rows(simulation: Simulation) -> list[tuple[str, str]]:
    """Word a simulated LMS for the terminal: its address and contents."""
    truth = simulation.truth
    rows = [
        ("Address", simulation.base_url),
        ("Figures", f"{simulation.base_url}/_stats"),
        ("Users", Sentence("{users:,}", users=truth.users)),
        (
            "Courses",
            Sentence(
                "{courses:,} with {batches}",
                courses=len(truth.courses),
                batches=counted(len(truth.batches), "batch", "batches"),
            ),
        ),
        ("Assignments", Sentence("{assignments:,}", assignments=truth.assignments)),
        (
            "Online courses",
            Sentence(
                "{online:,} with {assignments}",
                online=len(truth.online),
                assignments=counted(truth.online_assignments, "assignment"),
            ),
        ),
        ("Learning plans", Sentence("{plans:,}", plans=len(truth.plans))),
    ]
    if simulation.config:
        rows.append(("Config", str(simulation.config)))
    return rows


def simulation_document(simulation: Simulation) -> dict[str, Any]:
    """Return a simulated LMS for other programs."""
    return {
        "base_url": simulation.base_url,
        "users": simulation.truth.users,
        "courses": len(simulation.truth.courses),
        "batches": len(simulation.truth.batches),
        "assignments": simulation.truth.assignments,
        "online_courses": len(simulation.truth.online),
        "online_assignments": simulation.truth.online_assignments,
        "learning_plans": len(simulation.truth.plans),
        "config": str(simulation.config) if simulation.config else None,
    }
