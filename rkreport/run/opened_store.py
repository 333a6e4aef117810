"""Opens the data folder for one run. Must not know what the run does."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rkreport.config.load import Config
from rkreport.config.secrets import STORE_KEY
from rkreport.core.rules_digest import rules_digest_1
from rkreport.errors import RkreportError
from rkreport.run.world import World
from rkreport.store.audit_log import AuditLog
from rkreport.store.database import Database
from rkreport.store.lock import exclusive_run
from rkreport.store.results import Results
from rkreport.store.store_key import unlock


@contextmanager
def opened_store(config: Config, world: World) -> Iterator[Database]:
    """Open the data folder, lock it for this run, and give the store its key.

    Raises:
        AlreadyRunning: another run holds the lock.
        ConfigError: the pages shall be encrypted, and the key is missing or another.
        StoreError: the data folder cannot be used.
    """
    since = world.utc_now().astimezone(config.zone).strftime("%Y-%m-%d %H:%M")
    with exclusive_run(config.data_dir, since):
        database = Database(config.data_dir)
        try:
            wants_key = config.settings.privacy.encrypt_store
            unlock(database, world.secrets.get(STORE_KEY, ""), is_wanted=wants_key)
            Results(database, world.utc_now).rename_rules(rules_digest_1(config.rules), config.rules_sha256)
            yield database
        finally:
            try:
                with suppress(RkreportError):  # the error that ended the run matters more; the next run looks again
                    AuditLog(database).confirm()
            finally:
                database.close()
