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
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fairport.contract.constants import ANSWERS_FILE, TEMPLATE_URL
from fairport.contract.errors import ConfigurationError, UsageError

_REFUSAL = re.compile(
    r"(Validation error for question|Invalid choice for) '(?P<name>\w+)': (?P<text>.*)", re.DOTALL
)

_KIND_FOLDER = re.compile(r"\{% if kind == '(\w+)' %\}\.\{% endif %\}")
"""Name of the folder of a starter; Copier renders it to ``.`` or to nothing."""


def render(
    destination: Path,
    answers: Mapping[str, Any],
    *,
    template: Path,
    version: str,
    ask: bool = False,
    suggestions: Mapping[str, Any] | None = None,
) -> None:
    """Render the template into a folder.

    Args:
        destination: folder to write to; it is made when missing.
        answers: answers that are given; with ``kind`` among them rendering is faster.
        template: folder that holds ``copier.yml`` and ``template/``.
        version: release that the files belong to, recorded for updates.
        ask: ask for the other answers on the terminal instead of taking the defaults.
        suggestions: defaults that go before those of the template.

    Raises:
        UsageError: an answer is refused by its validator.
        ConfigurationError: Copier is not installed.
    """
    copier, errors = _copier()
    with _plain_copy(template, None if ask else answers.get("kind")) as source:
        try:
            copier.run_copy(
                str(source),
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
    record_source(destination, version)


def record_source(destination: Path, version: str) -> None:
    """Put the public address and version of the template into the answers file, for the local path."""
    path = destination / ANSWERS_FILE
    text = path.read_text(encoding="utf-8")
    source = f"_commit: v{version}\n_src_path: {TEMPLATE_URL}\n"
    text = re.sub(r"^_commit: .*\n", "", text, flags=re.MULTILINE)
    path.write_text(
        re.sub(r"^_src_path: .*\n", lambda _: source, text, count=1, flags=re.MULTILINE), encoding="utf-8"
    )


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
        kinds = {name: _KIND_FOLDER.fullmatch(name) for name in names}
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
