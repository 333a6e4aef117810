"""The command doctor."""

import asyncio
from typing import Annotated

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import open_command_run
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, Verbose
from rkreport.cli.results.checks import check_document, check_indent, check_lines
from rkreport.config.os_keyring import read_keyring
from rkreport.config.secrets import environment, read_secrets
from rkreport.errors import ConfigError
from rkreport.run.setup.checks.value import verdict
from rkreport.run.setup.doctoring import DoctorOrder, doctor_step


@app.command()
def doctor(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    offline: Annotated[bool, typer.Option("--offline", help="Ask neither the LMS nor the mail server.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Check everything a run needs, and say how to mend it.

    Config, credentials, LMS, courses, folders, disk, templates, mail. Changes nothing and sends nothing. The exit code
    is 0 when a run would go through.
    """
    command_run = open_command_run(context, "doctor", as_json=as_json, quiet=quiet, verbose=verbose)
    known = environment()
    secrets, problem = {}, ""
    try:
        secrets = read_secrets(known, read_keyring)
    except ConfigError as error:
        problem = error.sentence
    order = DoctorOrder(config, offline, known, problem)
    checks = asyncio.run(doctor_step(order, command_run.world(secrets)))
    encoding = command_run.screen.encoding
    tell = command_run.screen.tell
    command_run.screen.listing(
        check_lines(checks, encoding, tell), check_document(checks), check_indent(encoding, tell)
    )
    return verdict(checks)
