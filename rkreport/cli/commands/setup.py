"""The commands for the first setup: init, login, lists, courses."""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rkreport.cli.app import app
from rkreport.cli.command_run import CommandRun, open_command_run
from rkreport.cli.interview import Given, Interview, LogIn
from rkreport.cli.login_prompt import LoginPrompt
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, Quiet, Verbose
from rkreport.cli.results.login import deleted_secrets, kept_secrets
from rkreport.cli.results.plans import plan_blocks, plan_document, plan_lines
from rkreport.cli.results.setup import (
    course_blocks,
    course_document,
    course_lines,
    init_document,
    init_rows,
    lists_document,
    lists_rows,
    lists_sentences,
)
from rkreport.config.inspection import read_lms_and_report
from rkreport.config.load import load_config
from rkreport.config.os_keyring import INSTEAD, clear_keyring, keyring_name, read_keyring, write_keyring
from rkreport.config.secrets import ALL, environment, has_lms_login, overridden, read_secrets
from rkreport.core.words import LANGUAGES
from rkreport.errors import EXIT_DATA, EXIT_DONE, ConfigError, OutputError
from rkreport.run.fetch.browsing import browse_plans_step, browse_step
from rkreport.run.setup.initializing import BRAND, InitOrder, init_step, refuse_to_overwrite
from rkreport.run.setup.lists import lists_step
from rkreport.run.world import World
from rkreport.sentence import Sentence


@app.command()
def init(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    company: Annotated[
        str | None, typer.Option("--company", help="The company's name, as on the reports.", metavar="TEXT")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", help="Of the reports.", metavar="|".join(LANGUAGES))
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Of all dates, or such as Asia/Tokyo.", metavar="WIB|WITA|WIT")
    ] = None,
    base_url: Annotated[str | None, typer.Option("--base-url", help="The address of the LMS.", metavar="URL")] = None,
    course: Annotated[
        list[str] | None,
        typer.Option("--course", help="The serial of a mandatory course; say it for each.", metavar="SERIAL"),
    ] = None,
    fallback_email: Annotated[
        str | None,
        typer.Option("--fallback-email", help="Gets the people who belong to no manager.", metavar="ADDRESS"),
    ] = None,
    mail_domain: Annotated[
        list[str] | None,
        typer.Option("--mail-domain", help="A domain that may be mailed; say it for each.", metavar="DOMAIN"),
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--sender", help="Such as 'L&D <ld@contoh.test>'.", metavar="ADDRESS")
    ] = None,
    brand: Annotated[bool | None, typer.Option(help="Whether to copy the brand template.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take the default of what is not given.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write a first config, with its lists.

    Asks a few questions, each of which an option can answer. With a login to the LMS the courses can be ticked.
    Overwrites nothing.
    """
    command_run = open_command_run(context, "init", as_json=as_json, quiet=quiet, verbose=verbose)
    refuse_to_overwrite(config, with_brand=bool(brand))
    asks = not (yes or quiet) and sys.stdin.isatty()
    if company is None and not asks and not yes:
        raise ConfigError("There is nobody to ask; say --company NAME, or --yes for a sample to be changed later.")
    given = Given(
        company=company,
        language=language,
        timezone=timezone,
        base_url=base_url,
        courses=tuple(course or ()),
        fallback_email=fallback_email,
        mail_domains=",".join(mail_domain) if mail_domain else None,
        sender=sender,
        with_brand=brand,
        may_ask_for_brand=not (config.parent / BRAND).exists(),
    )
    world = command_run.world(read_secrets(environment(), read_keyring))
    interview = Interview(given, world, command_run.screen.ask if asks else None, _offered(command_run, world))
    draft, with_brand = interview.draft()
    paths = init_step(InitOrder(config, draft, with_brand=with_brand))
    rows = init_rows(paths, draft, has_login=has_lms_login(interview.world.secrets))
    command_run.screen.result("Ready to begin.", rows, init_document(paths, draft))
    return EXIT_DONE


@app.command()
def login(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    delete: Annotated[bool, typer.Option("--delete", help="Delete them from this computer's keyring.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Keep the secrets in this computer's keyring.

    Asks for the client id and secret, and what the mail server and encrypted workbooks need; tries them first. Nothing
    that is typed is shown.
    """
    command_run = open_command_run(context, "login", as_json=as_json, quiet=quiet, verbose=verbose)
    keyring = keyring_name()
    if delete:
        deleted = clear_keyring(ALL)
        command_run.screen.result(*deleted_secrets(deleted, keyring))
        return EXIT_DONE
    if not sys.stdin.isatty():
        raise ConfigError("There is nobody to ask; say rkreport login on a terminal, or {instead}.", instead=INSTEAD)
    lms, _ = read_lms_and_report(config)
    prompt = LoginPrompt(command_run.screen, command_run.world(read_secrets({}, read_keyring)), write_keyring)
    prompt.to_lms(lms)
    try:
        whole = load_config(config)
    except ConfigError as error:
        command_run.screen.say(Sentence("Of mail nothing was asked: {error}", error=error))
    else:
        prompt.to_mail(whole)
        if whole.settings.privacy.encrypt_workbooks:
            prompt.to_workbooks()
        if whole.settings.privacy.encrypt_store:
            prompt.to_store()
    command_run.screen.result(*kept_secrets(prompt.kept, keyring, overridden(environment())))
    return EXIT_DONE


@app.command()
def lists(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write or refresh managers.xlsx and exceptions.xlsx.

    Fills in the company's units and tags with their people counts, and the courses, to choose from. Keeps what was
    written in the lists; a list that is a .csv stays, and a workbook with its rows is written beside it.
    """
    command_run = open_command_run(context, "lists", as_json=as_json, quiet=quiet, verbose=verbose)
    _, report = read_lms_and_report(config)
    secrets = read_secrets(environment(), read_keyring)
    _log_beside(command_run, config.parent / report.data_dir, secrets)
    done = asyncio.run(lists_step(config, command_run.world(secrets)))
    command_run.screen.result("Lists written.", lists_rows(done), lists_document(done))
    for sentence in lists_sentences(done, config.name):
        command_run.screen.say(sentence)
    return EXIT_DONE if done.is_whole else EXIT_DATA


@app.command()
def courses(
    context: typer.Context,
    config: ConfigPath = DEFAULT_CONFIG,
    search: Annotated[
        str, typer.Option("--search", help="Only those with these words in name or serial.", metavar="TEXT")
    ] = "",
    plans: Annotated[bool, typer.Option("--plans", help="List the learning plans instead.")] = False,
    toml: Annotated[bool, typer.Option("--toml", help="Print blocks to paste into the config.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """List courses with their batches, or learning plans.

    Needs of the config no more than the sections [lms] and [report].
    """
    command_run = open_command_run(context, "courses", as_json=as_json, quiet=quiet, verbose=verbose)
    lms, report = read_lms_and_report(config)
    secrets = read_secrets(environment(), read_keyring)
    _log_beside(command_run, config.parent / report.data_dir, secrets)
    zone, world = ZoneInfo(report.timezone), command_run.world(secrets)
    ascii_only = command_run.screen.encoding.casefold().replace("-", "") != "utf8"
    as_toml = toml and not as_json
    if plans:
        found = asyncio.run(browse_plans_step(lms, world, search))
        is_whole, document = found.is_whole, plan_document(found, zone)
        lines = plan_blocks(found, ascii_only=ascii_only) if as_toml else plan_lines(found, search, zone)
    else:
        catalogue = asyncio.run(browse_step(lms, world, search))
        is_whole, document = catalogue.is_whole, course_document(catalogue, zone)
        blocks = course_blocks(catalogue, zone, ascii_only=ascii_only).splitlines() if as_toml else None
        lines = course_lines(catalogue, search, zone) if blocks is None else blocks
    command_run.screen.listing(lines, document)
    if not is_whole:
        command_run.screen.say("The LMS did not give all rows that it says it has; say it again later.")
        return EXIT_DATA
    return EXIT_DONE


def _offered(command_run: CommandRun, world: World) -> LogIn | None:
    """Return how the interview asks for the login to the LMS: not where it is known, or nothing could keep it."""
    if has_lms_login(world.secrets):
        return None
    try:
        keyring_name()
    except ConfigError:
        return None
    return LoginPrompt(command_run.screen, world, write_keyring).offered_to_lms


def _log_beside(command_run: CommandRun, folder: Path, secrets: dict[str, str]) -> None:
    """Log into the data folder if it exists; a command that only reads makes no folder."""
    if folder.is_dir():
        with contextlib.suppress(OutputError):
            command_run.log_to(folder, secrets)
