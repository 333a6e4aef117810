"""A Dask cluster as a pool: finds it, and checks that its workers can do our work. Knows no workbook."""

import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from rkreport import __version__
from rkreport.errors import ConfigError, OutputError
from rkreport.run.pool import AHEAD, Pool
from rkreport.sentence import Sentence

_PATIENCE_SECONDS = 10


@contextmanager
def dask_cluster(scheduler: str) -> Iterator[Pool]:
    """Connect to the scheduler of a cluster; what is unfinished at the end is cancelled.

    Raises:
        ConfigError: the extra is not installed, no scheduler answers there, it has no workers, or a worker lacks this
            version of rkreport.
        OutputError: the cluster was lost.
    """
    try:
        distributed: Any = import_module("distributed")  # an extra, without types
    except ImportError as error:
        raise ConfigError(
            "build.executor = \"dask\" needs one more package; install it with: pip install 'rkreport[dask]'."
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the sentences below say it
    try:
        client = distributed.Client(scheduler, timeout=_PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConfigError(
            "No Dask scheduler answers at {scheduler} (build.scheduler); start it there, or"
            " leave out [build]: then this machine makes the workbooks.",
            scheduler=scheduler,
        ) from error
    with client:
        threads = _checked_threads(client, scheduler)
        executor = client.get_executor(pure=False)
        try:
            yield Pool(executor, AHEAD * threads, is_elsewhere=True)
        except (distributed.KilledWorker, distributed.comm.CommClosedError, CancelledError) as error:
            raise OutputError(
                "The Dask cluster at {scheduler} was lost while it made workbooks; look after it and"
                " build again, or leave out [build]: then this machine makes the workbooks.",
                scheduler=scheduler,
            ) from error
        finally:
            executor.shutdown(wait=False)


def _checked_threads(client: Any, scheduler: str) -> int:  # noqa: ANN401 - an extra without types
    """Count the workers' threads."""
    installed: dict[str, object] = client.run(version, "rkreport", on_error="return")
    if not installed:
        raise ConfigError(
            "The Dask scheduler at {scheduler} has no workers; start some and build again.", scheduler=scheduler
        )
    for address, found in installed.items():
        if found != __version__:
            has = (
                Sentence("no rkreport")
                if isinstance(found, PackageNotFoundError)
                else Sentence("rkreport {found}", found=found)
            )
            raise ConfigError(
                "The Dask worker at {address} has {has}; install rkreport {version} there, and build again.",
                address=address,
                has=has,
                version=__version__,
            )
    return sum(client.nthreads().values())
