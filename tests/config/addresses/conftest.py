"""The world that is walked."""

from tests.config.addresses.world import procedures, world

__all__ = ["procedures", "world"]
