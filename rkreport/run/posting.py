"""Placeholder."""

from rkreport.config.load import Config
from rkreport.delivery.transport import Transport
from rkreport.run.world import World


def transport_of(config: Config, world: World) -> Transport:
    """Placeholder."""
    raise NotImplementedError
