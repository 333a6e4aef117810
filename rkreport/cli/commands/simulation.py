"""The command that serves a simulated LMS."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import open_command_run
from rkreport.cli.options import AsJson, Quiet, Seed
from rkreport.cli.results.simulation import simulation_document, simulation_rows
from rkreport.errors import EXIT_DONE
from rkreport.run.setup.simulating import Simulation, SimulationOrder, simulate_step


@app.command()
def simulate(
    context: typer.Context,
    port: Annotated[
        int, typer.Option("--port", help="The port on 127.0.0.1; 0 takes a free one.", min=0, max=65535, metavar="N")
    ] = 8800,
    people: Annotated[
        int, typer.Option("--people", help="How many people the company has.", min=1, max=200_000, metavar="N")
    ] = 250,
    courses: Annotated[int, typer.Option("--courses", help="How many courses with batches.", min=1, metavar="N")] = 6,
    batches: Annotated[int, typer.Option("--batches", help="How many batches in all.", min=1, metavar="N")] = 24,
    assignments: Annotated[
        int | None,
        typer.Option("--assignments", help="How many assignments; a fitting number if left out.", min=0, metavar="N"),
    ] = None,
    online: Annotated[int, typer.Option("--online", help="How many online courses.", min=0, metavar="N")] = 1,
    plans: Annotated[int, typer.Option("--plans", help="How many learning plans.", min=0, metavar="N")] = 1,
    seed: Seed = 1,
    serial: Annotated[bool, typer.Option(help="Whether user records have serials.")] = True,
    faults: Annotated[
        str, typer.Option("--faults", help="What goes wrong, such as 429=0.02,cut=0.01.", metavar="SPEC")
    ] = "",
    client_id: Annotated[str, typer.Option("--client-id", help="The client id it takes.", metavar="TEXT")] = "demo",
    client_secret: Annotated[
        str, typer.Option("--client-secret", help="The client secret it takes.", metavar="TEXT")
    ] = "demo-secret",  # noqa: S107 - of a made-up company
    write_config: Annotated[
        Path | None, typer.Option("--write-config", help="Write a config for it into this folder.", metavar="DIR")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Serve a simulated LMS on this machine, until Ctrl-C.

    It has the documented API, a made-up company, and whatever faults are asked for.
    """
    command_run = open_command_run(context, "simulate", as_json=as_json, quiet=quiet, verbose=False)
    order = SimulationOrder(
        port=port,
        people=people,
        courses=courses,
        batches=batches,
        assignments=assignments,
        online_courses=online,
        learning_plans=plans,
        seed=seed,
        serial_in_users=serial,
        faults=faults,
        client_id=client_id,
        client_secret=client_secret,
        config_folder=write_config,
    )

    def listening(simulation: Simulation) -> None:
        command_run.screen.result("Simulated LMS.", simulation_rows(simulation), simulation_document(simulation))
        command_run.screen.say("It answers until you press Ctrl-C.")

    asyncio.run(simulate_step(order, command_run.world({}), listening))
    return EXIT_DONE
