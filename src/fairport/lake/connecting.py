"""From a repository to a link: whose credentials, and the lab of this user as the easy case."""

from __future__ import annotations

import os
from collections.abc import Callable

from fairport.contract.errors import UsageError
from fairport.contract.manifest import Lake
from fairport.contract.progress import Progress
from fairport.lake.access import Access, find_access
from fairport.lake.lab.layout import default_folder, read_lab
from fairport.lake.link import PATIENCE, LakeLink
from fairport.lake.workspace import MANIFEST_FILE, Workspace

_OWN: tuple[str, ...] = ("RUCIO_CONFIG", "RUCIO_USERNAME", "RUCIO_PASSWORD", "RUCIO_AUTH_TYPE")


def access_for(lake: Lake) -> Access:
    """Return how to reach a lake; the lab of this user needs no set-up where the environment says nothing."""
    if not any(name in os.environ for name in _OWN):
        lab = read_lab(default_folder())
        if lab is not None and lake.rucio_host.rstrip("/") == lab.url == lake.auth_host.rstrip("/"):
            return find_access(lake, {"RUCIO_CONFIG": str(lab.client_config)})
    return find_access(lake)


def connector(
    workspace: Workspace,
    progress: Progress,
    *,
    jobs: int,
    detail: Callable[[str], None] | None = None,
    ask: Callable[[str], None] | None = None,
) -> Callable[[], LakeLink] | None:
    """Return what makes a link to the lake of the manifest, or ``None`` when it names none.

    ``detail`` and ``ask`` are those of :class:`LakeLink`.
    ``FAIRPORT_LAKE_PATIENCE`` says for how many seconds a lake that went away is waited for.

    Raises:
        DocumentError: the manifest is not valid.
    """
    lake = workspace.load_manifest().lake
    if lake is None:
        return None
    return lambda: LakeLink(
        access_for(lake), progress, jobs=jobs, patience=patience(), detail=detail, ask=ask
    )


def required(make: Callable[[], LakeLink] | None) -> LakeLink:
    """Return a link, or say that the manifest names no lake.

    Raises:
        UsageError: it names none.
    """
    if make is None:
        raise UsageError(
            "the manifest names no lake",
            where=MANIFEST_FILE,
            mend="add lake: {rucio_host: ..., auth_host: ...}",
        )
    return make()


def patience() -> float:
    """Return the seconds for which a lake that went away is waited for.

    Raises:
        UsageError: ``FAIRPORT_LAKE_PATIENCE`` is no number.
    """
    text = os.environ.get("FAIRPORT_LAKE_PATIENCE", "")
    try:
        return max(0.0, float(text)) if text else PATIENCE
    except ValueError:
        raise UsageError(f"FAIRPORT_LAKE_PATIENCE is {text!r}", mend="give a number of seconds") from None
