"""Settings of the property tests."""

from __future__ import annotations

from hypothesis import settings

# Machines that run several suites at once are slow now and then.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
