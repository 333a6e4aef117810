"""What the ledger says of the messages of one revision, to be looked at. Changes nothing."""

from collections.abc import Mapping

from rkreport.core.delivery import LEFT_THE_HOUSE, DeliveryState
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database


def delivery_states(
    database: Database, period: str, revision: int, contents: Mapping[ManagerId, str]
) -> tuple[dict[ManagerId, DeliveryState], frozenset[ManagerId]]:
    """Where each manager's message is, and who has the same content from an earlier revision.

    Nobody is named before anything was planned. Where it is in doubt whether a manager has the same content already,
    their message is `unknown`.

    Args:
        database: the store.
        period: such as 2026-10.
        revision: the one that is looked at.
        contents: `content_sha256` of each manager's workbook in it.

    Raises:
        StoreError: a state is none that there is.
    """
    rows = database.read(
        "SELECT manager_id, revision, state, content_sha256 FROM delivery WHERE period = ? AND revision <= ?"
        " ORDER BY revision",
        period,
        revision,
    )
    states: dict[ManagerId, DeliveryState] = {}
    earlier: dict[ManagerId, tuple[DeliveryState, str]] = {}
    for manager_id, number, text, content in rows:
        state = _state(database, text)
        if number == revision:
            states[ManagerId(manager_id)] = state
        elif state in LEFT_THE_HOUSE:
            earlier[ManagerId(manager_id)] = state, content
    same = {
        manager_id: state for manager_id, (state, content) in earlier.items() if contents.get(manager_id) == content
    }
    unchanged = frozenset(manager_id for manager_id, state in same.items() if state is DeliveryState.SENT)
    doubtful = {manager_id: DeliveryState.UNKNOWN for manager_id in same if manager_id not in unchanged}
    return doubtful | states, unchanged - states.keys()


def _state(database: Database, text: str) -> DeliveryState:
    try:
        return DeliveryState(text)
    except ValueError as error:
        raise StoreError(
            f"The ledger in {database.path} is damaged; restore the file from a backup, or choose another data_dir."
        ) from error
