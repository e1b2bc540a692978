"""The boundary to Copier: answers in, files out.

The template is always rendered from plain files, without trust: no tasks, no extensions, no network. From a
git checkout Copier would take the last tag instead of what lies there, so the files are first copied to a
folder without git; folders of other kinds of analysis, which would render to nothing, stay behind. The
recorded source of the template is its public address and the version of this release, wherever the files came
from.

The hooks of Cookiecutter use this module too, so it needs Copier and nothing else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from fairport.contract.constants import ANSWERS_FILE, TEMPLATE_URL
from fairport.contract.errors import ConfigurationError, UsageError
from fairport.scaffold.bundles import unreleased

_REFUSAL = re.compile(
    r"(Validation error for question|Invalid choice for) '(?P<name>\w+)': (?P<text>.*)", re.DOTALL
)

UNRELEASED = "# Not a released template: "
"""Begins the comment in the answers file of a repository that was made between two releases."""

KIND_FOLDER = re.compile(r"\{% if kind == '(\w+)' %\}\.\{% endif %\}")
"""Name of the folder of a starter; Copier renders it to ``.`` or to nothing."""


def render(
    destination: Path,
    answers: Mapping[str, Any],
    *,
    template: Path,
    version: str,
    ask: bool = False,
    suggestions: Mapping[str, Any] | None = None,
    source: str = TEMPLATE_URL,
    exported: bool = False,
) -> str | None:
    """Render the template into a folder.

    Args:
        destination: folder to write to; it is made when missing.
        answers: answers that are given; with ``kind`` among them rendering is faster.
        template: folder that holds ``copier.yml`` and ``template/``.
        version: release that the files belong to, recorded for updates.
        ask: ask for the other answers on the terminal instead of taking the defaults.
        suggestions: defaults that go before those of the template.
        source: address of the template, recorded for updates.
        exported: ``template`` is a plain copy of that release and is taken as it is.

    Returns:
        In what the files differ from those of the release, which is recorded as a comment.

    Raises:
        UsageError: an answer is refused by its validator.
        ConfigurationError: Copier is not installed.
    """
    copier, errors = _copier()
    kind = None if ask else answers.get("kind")
    with nullcontext(template) if exported else _plain_copy(template, kind) as copy:
        try:
            copier.run_copy(
                str(copy),
                str(destination),
                data=dict(answers),
                user_defaults=dict(suggestions or {}),
                defaults=not ask,
                overwrite=True,
                quiet=True,
                unsafe=False,
            )
        except errors.InteractiveSessionError:
            raise UsageError(
                "there is no terminal to ask on",
                mend="add --defaults, and --data NAME=VALUE for the answers you know",
            ) from None
        except ValueError as error:
            raise _refused(error) from None
    note = None if exported else _unreleased(template, version)
    record_source(destination, version, source=source, note=note)
    return note


def record_source(
    destination: Path, version: str, *, source: str = TEMPLATE_URL, note: str | None = None
) -> None:
    """Put the address and version of the template into the answers file, for the local path.

    Args:
        destination: the rendered folder.
        version: release that the files belong to.
        source: public address of the template.
        note: in what the files differ from those of the release.
    """
    path = destination / ANSWERS_FILE
    text = path.read_text(encoding="utf-8")
    lines = f"_commit: v{version}\n_src_path: {source}\n"
    if note:
        lines = f"{UNRELEASED}{note}\n{lines}"
    text = re.sub(r"^_commit: .*\n", "", text, flags=re.MULTILINE)
    path.write_text(
        re.sub(r"^_src_path: .*\n", lambda _: lines, text, count=1, flags=re.MULTILINE), encoding="utf-8"
    )


def _unreleased(template: Path, version: str) -> str | None:
    """Nothing ever fails because of it: where git cannot tell there is no note."""
    try:
        return unreleased(template, version)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def _copier() -> tuple[Any, Any]:
    try:
        import copier
        import copier.errors
    except ImportError as error:
        raise ConfigurationError(
            "Copier, which renders the template, is not installed",
            why=str(error),
            mend="install it where this program runs: python -m pip install 'copier>=9.17.2'",
        ) from None
    return copier, copier.errors


@contextmanager
def _plain_copy(template: Path, kind: str | None) -> Iterator[Path]:
    """Give a copy of the template without git and, if the kind is known, without the folders of others."""

    def unused(folder: str, names: list[str]) -> set[str]:
        kinds = {name: KIND_FOLDER.fullmatch(name) for name in names}
        return {
            n for n, match in kinds.items() if n == "__pycache__" or (kind and match and match[1] != kind)
        }

    with tempfile.TemporaryDirectory(prefix="fairport-template-") as folder:
        copy = Path(folder)
        shutil.copy(template / "copier.yml", copy / "copier.yml")
        shutil.copytree(template / "template", copy / "template", ignore=unused, copy_function=shutil.copy)
        yield copy


def _refused(error: ValueError) -> UsageError:
    match = _REFUSAL.search(str(error))
    if match is None:
        return UsageError("an answer cannot be used", why=" ".join(str(error).split()))
    name, text = match["name"], " ".join(match["text"].split())
    return UsageError(f'the answer to "{name}" cannot be used: {text}', mend=f"--data {name}=...")
