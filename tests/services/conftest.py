"""Isolated tools for tests: those of the user's own cache, since making one takes the network."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairport.interop.cache import cache_root
from fairport.interop.toolenvs import ToolEnv, ToolStore

_place = Path(__file__).parent.parent / "flows" / "conftest.py"
_spec = importlib.util.spec_from_file_location("tiny_analysis_of_the_flows", _place)
assert _spec is not None
assert _spec.loader is not None
_flows = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_flows)

tiny_analysis = pytest.fixture(name="tiny_analysis")(_flows.make_analysis.__wrapped__)
"""The analysis of the tests of flows: ``make(name="tiny", files={}, git=False, **record)``."""

Tool = Callable[[str], ToolEnv]


_USER_CACHE = cache_root()  # before the tests get a cache of their own


@pytest.fixture(scope="session")
def tool_cache() -> Path:
    """The cache that holds tool environments: ``$FAIRPORT_TEST_CACHE``, else that of the user."""
    named = os.environ.get("FAIRPORT_TEST_CACHE")
    return Path(named) if named else _USER_CACHE


@pytest.fixture(scope="session")
def tool(tool_cache: Path, require_service: Any) -> Tool:
    """Return ``tool(name)``: its environment, which ``make services`` made; tests install nothing."""
    states = {item.name: item for item in ToolStore(tool_cache / "tools").status()}

    def get(name: str) -> ToolEnv:
        require_service(f"the isolated tool {name}", states[name].state == "present", "")
        return ToolEnv(name, states[name].path)

    return get


@pytest.fixture
def linked_tools(tool_cache: Path) -> Callable[[ToolEnv], None]:
    """Let fairport find a tool environment in the private cache of the tests."""

    def link(environment: ToolEnv) -> None:
        place = Path(os.environ["FAIRPORT_CACHE"]) / "tools" / environment.path.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(environment.path)

    return link
