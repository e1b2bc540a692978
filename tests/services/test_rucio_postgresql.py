"""The self-test of the lab on PostgreSQL: every step of the lake room against another database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fairport.contract.progress import SilentProgress
from fairport.interop.toolenvs import ToolEnv
from fairport.lake.lab import postgres
from fairport.lake.lab.sample import selftest

pytestmark = [pytest.mark.services, pytest.mark.slow]


def test_everything_holds_on_postgresql(
    require_service: Callable[[str, object, str], None],
    tool: Callable[[str], ToolEnv],
    linked_tools: Callable[[ToolEnv], None],
) -> None:
    require_service("PostgreSQL", postgres.find_programs(), "initdb and postgres are not installed")
    for name in ("rucio-clients", "rucio-server"):
        linked_tools(tool(name))
    steps = selftest(SilentProgress(), database="postgresql")
    assert [step.name for step in steps if not step.held] == []
    assert [step.name for step in steps] == [
        "push",
        "push again",
        "lock",
        "pull",
        "verify",
        "notice damage",
        "inject",
        "inject again",
        "pull offline",
    ]
