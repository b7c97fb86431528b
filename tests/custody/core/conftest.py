"""How the core's property tests run."""

from hypothesis import settings

# A busy machine must not turn a slow example into a failure.
settings.register_profile("core", deadline=None)
settings.load_profile("core")
