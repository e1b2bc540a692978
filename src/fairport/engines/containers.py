"""Which container engine a run uses.

An engine counts as usable only if its ``info`` succeeds and every image of the workflow is there or can be
pulled; otherwise ``auto`` means none, and the user is told once.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fairport.contract.errors import ToolError
from fairport.contract.result import Image
from fairport.interop.probes import answer, container_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairport.contract.progress import Progress

CHOICES: Final = ("auto", "none", "docker", "podman", "singularity")
_PULL_SECONDS: Final = 3600.0
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Container:
    """The choice for one run.

    Attributes:
        engine: ``none``, ``docker``, ``podman`` or ``singularity``.
        image: the image that is recorded, None without containers.
        notice: one sentence when ``auto`` found images but no usable engine.
    """

    engine: str = "none"
    image: Image | None = None
    notice: str | None = None


def choose_container(requested: str, images: Sequence[str], progress: Progress) -> Container:
    """Choose the container engine for a workflow that names ``images``.

    Raises:
        ToolError: the engine that was asked for by name cannot be used.
    """
    if requested == "none" or (requested == "auto" and not images):
        return Container()
    if requested != "auto":
        reason = _unusable(requested, images, progress)
        if reason:
            raise ToolError(
                f"{requested} cannot run this workflow",
                why=reason,
                mend="fairport doctor shows what works here; --container none runs without containers",
            )
        return Container(requested, _image(requested, images))
    reasons = []
    for engine in CHOICES[2:]:
        reason = _unusable(engine, images, progress)
        if reason is None:
            return Container(engine, _image(engine, images))
        if not reason.endswith("not on PATH"):
            reasons.append(reason)
    why = "; ".join(reasons) or "neither docker, podman nor singularity is installed"
    return Container(notice=f"running without containers: {why}")


def docker_shim(engine: str, folder: Path) -> bool:
    """Write a ``docker`` that calls podman, where cwltool's own podman mode does not work (as root).

    Returns:
        Whether it was written; cwltool is then told that the engine is docker and finds it in ``folder``.
    """
    if engine != "podman" or os.geteuid() != 0:
        return False
    path = shutil.which("podman") or "podman"
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / "docker"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(path)} "$@"\n', "utf-8")
    script.chmod(0o755)
    return True


def split_image(name: str, digest: str | None = None) -> Image:
    """Return ``name[:tag][@digest]`` as name with tag, and digest."""
    plain, _, own = name.partition("@")
    return Image(plain, own if _DIGEST.fullmatch(own) else digest)


def _unusable(engine: str, images: Sequence[str], progress: Progress) -> str | None:
    """Return why ``engine`` cannot run ``images``; None when it can."""
    program = _program(engine)
    probe = container_engine(program)
    if probe.state != "ok":
        return f"{program}: {probe.detail}"
    if engine == "singularity":  # it has no list of local images; cwltool pulls into its cache
        return None
    for image in images:
        if answer([program, "image", "inspect", image], 30.0)[0]:
            continue
        progress.step(f"pulling {image.partition('@')[0]}")
        reason = _pull(program, image)
        if reason:
            return f"{program} has no image {image.partition('@')[0]} and cannot pull it ({reason})"
    return None


def _pull(program: str, image: str) -> str | None:
    try:
        done = subprocess.run(
            [program, "pull", "--quiet", image],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PULL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)[:200]
    return (
        None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no reason given"])[-1][:200]
    )


def _program(engine: str) -> str:
    if engine == "singularity" and not shutil.which("singularity") and shutil.which("apptainer"):
        return "apptainer"
    return engine


def _image(engine: str, images: Sequence[str]) -> Image | None:
    """Return the first image with its digest, as named or as the engine knows it."""
    if not images:
        return None
    named = split_image(images[0])
    if named.digest or engine == "singularity":
        return named
    works, text = answer(
        [engine, "image", "inspect", "--format", "{{range .RepoDigests}}{{.}} {{end}}", images[0]], 30.0
    )
    found = _DIGEST.search(text) if works else None
    return split_image(images[0], found.group() if found else None)
