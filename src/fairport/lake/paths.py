"""``fairport data paths``: where the data of each DID lie, for notebooks, workflows and REANA."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Final

from fairport.contract.errors import UsageError
from fairport.contract.manifest import LockedFile
from fairport.lake.lockfile import open_lock
from fairport.lake.proofs import chosen_sets
from fairport.lake.workspace import Workspace

_PINNED: Final = re.compile(r".+(:[^:/@]+|@sha256:[0-9a-f]{64})$")


def data_paths(workspace: Workspace, only: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return for each data set its id, DID, type and paths.

    ``path`` is one path for a file and a list of paths for anything else, as the Rucio extension of
    JupyterLab gives them to a notebook; ``missing`` counts files that are not there yet.

    Raises:
        UsageError: a named data set is not in the lock.
    """
    with open_lock(workspace.lock) as lock:
        chosen = chosen_sets(lock, only)
        found: dict[str, dict[str, Any]] = {
            item.id: {"id": item.id, "did": item.did, "type": item.type or "file", "files": [], "missing": 0}
            for item in lock.head.datasets
            if item.id in chosen
        }
        for dataset, file in lock.files():
            if dataset in chosen:
                place = workspace.place(file.path)
                found[dataset]["files"].append(
                    {"did": file.did or file.url, "path": file.path, "absolute": str(place)}
                )
                found[dataset]["missing"] += not place.is_file()
    for entry in found.values():
        paths = [item["absolute"] for item in entry["files"]]
        entry["path"] = paths[0] if entry["type"] == "file" and len(paths) == 1 else paths
    return list(found.values())


def reana_step(workspace: Workspace, image: str, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return a step of a serial REANA workflow that stages exactly the files of the lock.

    The step asks REANA for a Rucio configuration and a VOMS proxy (``rucio: true``, ``voms_proxy: true``),
    fetches each DID to its path, and proves it: the step fails when a checksum differs.

    Args:
        workspace: the repository.
        image: container image with the Rucio client, tag or digest pinned.
        only: ids or DIDs of data sets.

    Raises:
        UsageError: the image is not pinned, or a file has no DID or no checksum.
    """
    _check_image(image)
    commands = _staging_commands(_files(workspace, only))
    step = {"name": "stage-data", "environment": image, "compute_backend": "kubernetes"}
    return {**step, "rucio": True, "voms_proxy": True, "commands": commands}


def reana_tool(workspace: Workspace, image: str, only: Sequence[str] = ()) -> dict[str, Any]:
    """Return the same step as a CWL CommandLineTool with REANA's hints; see :func:`reana_step`."""
    _check_image(image)
    files = _files(workspace, only)
    outputs = {
        f"file{number}": {"type": "File", "outputBinding": {"glob": file.path}}
        for number, file in enumerate(files, start=1)
    }
    return {
        "cwlVersion": "v1.2",
        "class": "CommandLineTool",
        "doc": "Stages the files of data/manifest.lock.json from the lake and proves their checksums.",
        "hints": {
            "DockerRequirement": {"dockerPull": image},
            "reana": {"compute_backend": "kubernetes", "rucio": True, "voms_proxy": True},
        },
        "baseCommand": ["sh"],
        "arguments": ["-c", " && ".join(["set -e", *_staging_commands(files)])],
        "inputs": {},
        "outputs": outputs,
    }


def _check_image(image: str) -> None:
    if not _PINNED.fullmatch(image) or image.endswith(":latest"):
        raise UsageError(
            f"the image {image!r} is not pinned",
            mend="name one with the Rucio client and a tag or digest, such as your VRE has: --image NAME:TAG",
        )


def _files(workspace: Workspace, only: Sequence[str]) -> list[LockedFile]:
    with open_lock(workspace.lock) as lock:
        chosen = chosen_sets(lock, only)
        files = [file for dataset, file in lock.files() if dataset in chosen]
    without = next((file for file in files if not file.did or not (file.sha256 or file.md5)), None)
    if without is not None:
        raise UsageError(
            f"{without.path} has no DID or no checksum that a shell can prove",
            mend="stage it in another way, or pull once so that its sha256 is known",
        )
    return files


def _staging_commands(files: Sequence[LockedFile]) -> list[str]:
    commands = []
    for file in files:
        folder = str(PurePosixPath(file.path).parent)
        target, did = shlex.quote(file.path), shlex.quote(file.did or "")
        scope, _, name = (file.did or "").partition(":")
        fetched = f".stage/{scope}/{name.lstrip('/')}"
        # the client makes the folder of the scope, but none below it
        commands.append(f"mkdir -p {shlex.quote(folder)} {shlex.quote(str(PurePosixPath(fetched).parent))}")
        commands.append(f"rucio download --dir .stage {did}")
        commands.append(f"mv {shlex.quote(fetched)} {target}")
        kind, value = ("sha256", file.sha256) if file.sha256 else ("md5", file.md5)
        commands.append(f"echo {shlex.quote(f'{value}  {file.path}')} | {kind}sum -c -")
    return commands
