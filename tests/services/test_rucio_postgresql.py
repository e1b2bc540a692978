"""The self-test of the lab on PostgreSQL: every step of the lake room against another database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fairport.contract.progress import SilentProgress
from fairport.interop.cache import cache_root
from fairport.interop.toolenvs import ToolStore
from fairport.lake.lab import postgres
from fairport.lake.lab.sample import selftest

pytestmark = [pytest.mark.services, pytest.mark.slow]

# Read before the session's fixture moves the cache away: `make services` filled the one of the user.
TOOLS = cache_root() / "tools"


def test_everything_holds_on_postgresql(require_service: Callable[[str, object, str], None]) -> None:
    require_service("PostgreSQL", postgres.find_programs(), "initdb and postgres are not installed")
    states = [item for item in ToolStore(TOOLS).status() if item.name in ("rucio-clients", "rucio-server")]
    ready = all(item.state == "present" for item in states)
    require_service("the environment of Rucio", ready, "its client and server are not installed")
    here = cache_root() / "tools"
    here.mkdir(parents=True, exist_ok=True)
    for item in states:
        if not (here / item.path.name).exists():
            (here / item.path.name).symlink_to(item.path)
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
