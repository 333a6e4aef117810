"""How often Python looks for garbage. Knows nothing of a run."""

import gc

_GARBAGE = 100_000, 20, 100  # new objects, then younger collections, between two collections


def collect_garbage_rarely() -> None:
    """Let Python look for circles of objects less often: a snapshot has millions of objects and none."""
    gc.freeze()  # imported modules are never garbage
    gc.set_threshold(*_GARBAGE)
