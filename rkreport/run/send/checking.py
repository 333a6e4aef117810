"""The checks that may stop a sending: first the guards for an unusual month, then the leak test of the files.

Knows which of them a sending and a trial pass; must not know what they look for, nor what is sent afterwards.
`Checked` is an edition that passed, and messages are made of nothing else.
"""

from typing import NewType

from rkreport.core.review.guard import GuardCode
from rkreport.run.edition.guarding import Ask, guard, guards_for
from rkreport.run.edition.leak_testing import leak_test
from rkreport.run.edition.loading import Loaded
from rkreport.run.send.order import AgainOrder, SendOrder

Checked = NewType("Checked", Loaded)


def checked(loaded: Loaded, order: SendOrder | AgainOrder, ask: Ask | None) -> Checked:
    """Return the edition if all checks let it pass; `ask` asks a person on a terminal, None if there is none.

    A trial exists to look at what is unusual, so no guard stops it; a stranger in a file does.

    Raises:
        GuardStop: something is unusual, and neither the order nor a person accepts it.
        OutputError: a file holds what it must not, or is not the one that was built.
    """
    config, compliance = loaded.config, loaded.assessment.compliance
    if not order.is_trial:
        found = guards_for(config, compliance, loaded.last_sent, loaded.other_ledgers)
        incomplete = {GuardCode.INCOMPLETE.value} if order.allow_incomplete else frozenset[str]()
        guard(found, order.accepted | incomplete, ask)
    leak_test(config, loaded.world, compliance, loaded.manifest, loaded.folder)
    return Checked(loaded)
