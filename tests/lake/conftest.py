"""A lab for the session, made from the tool environments that `make services` prepared."""

from __future__ import annotations

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fairport.contract.progress import SilentProgress
from fairport.interop.cache import cache_root
from fairport.interop.toolenvs import ToolStore
from fairport.lake.access import Access, find_access
from fairport.lake.lab.layout import Lab
from fairport.lake.lab.server import start_lab, stop_lab
from fairport.lake.link import LakeLink
from fairport.lake.workspace import Workspace

# Read before the session's fixture moves the cache away: `make services` filled the one of the user.
TOOLS = cache_root() / "tools"
NAMES = ("rucio-clients", "rucio-server")
_NUMBERS = itertools.count(1)


def link_tools(target: Path) -> bool:
    """Show the prepared tool environments in the cache of the session; tells whether all were there."""
    states = {item.name: item for item in ToolStore(TOOLS).status() if item.name in NAMES}
    if any(item.state != "present" for item in states.values()):
        return False
    target.mkdir(parents=True, exist_ok=True)
    for item in states.values():
        link = target / item.path.name
        if not link.exists():
            link.symlink_to(item.path)
    return True


@pytest.fixture(scope="session")
def lake_tools(isolated_environment: None, require_service: Callable[[str, object, str], None]) -> None:
    """The isolated environments of Rucio's clients and server."""
    ready = link_tools(cache_root() / "tools")
    require_service("the environment of Rucio", ready, "its client and server are not installed")


@pytest.fixture(scope="session")
def lab(lake_tools: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running lab on SQLite."""
    folder = tmp_path_factory.mktemp("lake") / "lab"
    made = start_lab(folder, SilentProgress())
    yield made
    stop_lab(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def access(lab: Lab) -> Access:
    """Access to the lab with its own credentials."""
    from fairport.lake.lab.sample import lab_access

    return lab_access(lab)


@pytest.fixture(scope="session")
def link(access: Access) -> Iterator[LakeLink]:
    """A link to the lab that stays open; keep the server running while it is used."""
    with LakeLink(access, SilentProgress(), patience=20) as opened:
        yield opened


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the user's Rucio."""
    for name in list(os.environ):
        if name.startswith(("RUCIO_", "X509_")):
            monkeypatch.delenv(name)


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> str:
    """A name for datasets that no other test uses."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name).strip("-")[:60]
    return f"{name}-{next(_NUMBERS)}"


@pytest.fixture
def repository_of(tmp_path: Path) -> Callable[..., Workspace]:
    """Return ``make(datasets, lake=..., injection=..., name=...)`` that writes a repository with a manifest."""

    def make(datasets: str, *, lab: Lab | None = None, injection: str = "", name: str = "repo") -> Workspace:
        root = tmp_path / name
        (root / "data").mkdir(parents=True, exist_ok=True)
        lake = f'lake: {{rucio_host: "{lab.url}", auth_host: "{lab.url}"}}\n' if lab else ""
        text = f'schema_version: "1.0"\n{lake}datasets:{datasets or " []"}\n{injection}'
        (root / "data" / "manifest.yaml").write_text(text, encoding="utf-8")
        return Workspace(root)

    return make


def dataset_line(
    identifier: str, did: str, *, role: str = "input", more: str = "", kind: str = "dataset"
) -> str:
    """Return one data set of a manifest as a line of YAML."""
    fields = (
        f'id: {identifier}, did: "{did}", type: {kind}, role: {role}, licence: CC0-1.0, access: open access'
    )
    return f"\n  - {{{fields}{', ' + more if more else ''}}}"


__all__ = ["dataset_line", "find_access", "link_tools"]
