"""The commands that look at what was built and deliver it: review."""

from rkreport.cli.app import app, open_session
from rkreport.cli.options import DEFAULT_CONFIG, AsJson, ConfigPath, PeriodText, Quiet, Verbose
from rkreport.cli.review_outcome import burst_table, review_document, review_rows
from rkreport.errors import EXIT_DONE, EXIT_GAPS
from rkreport.run.reviewing import review_step
from rkreport.run.steps import opened_store

# ---- review


@app.command()
def review(
    config: ConfigPath = DEFAULT_CONFIG,
    period: PeriodText = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show who would get what.

    Looks at the newest workbooks of the month: the burst list here, as CSV and as an HTML page with charts, what stops
    the sending, and what send will do. Nothing is sent.
    """
    session = open_session("review", as_json=as_json, quiet=quiet, verbose=verbose)
    settings, world = session.configured(config)
    with opened_store(settings, world) as database:
        reviewed = review_step(settings, database, world, period)
    session.screen.table(*burst_table(reviewed.review))
    session.screen.result("Review.", review_rows(reviewed), review_document(reviewed))
    return EXIT_DONE if reviewed.is_complete else EXIT_GAPS
