"""What the ledger says of the messages of one revision, to be looked at. Changes nothing."""

from rkreport.core.delivery import DeliveryState
from rkreport.core.models import ManagerId
from rkreport.errors import StoreError
from rkreport.store.database import Database


def delivery_states(database: Database, period: str, revision: int) -> dict[ManagerId, DeliveryState]:
    """Where each manager's message is; nobody is named before anything was planned.

    Raises:
        StoreError: a state is none that there is.
    """
    rows = database.read("SELECT manager_id, state FROM delivery WHERE period = ? AND revision = ?", period, revision)
    try:
        return {ManagerId(manager_id): DeliveryState(state) for manager_id, state in rows}
    except ValueError as error:
        raise StoreError(
            f"The ledger in {database.path} is damaged; restore the file from a backup, or choose another data_dir."
        ) from error
