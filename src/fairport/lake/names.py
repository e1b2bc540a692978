"""DIDs, and the one place that turns a DID into a path without being led astray.

Rucio allows names such as ``../../x``, ``a/../b`` and ``/etc/passwd``. A path made here always stays below
the folder it is for, and never names a file that git or Fairport would act on.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from fairport.contract.errors import RefusedError, UsageError

_SCOPE: Final = re.compile(r"[A-Za-z0-9_.\-]{1,255}")
_UPLOAD: Final = re.compile(r"/[A-Za-z0-9][/A-Za-z0-9._\-]{0,249}")
_GUARDED: Final = frozenset(
    ".git .fairport .github .gitlab-ci.yml .pre-commit-config.yaml .gitattributes .gitmodules".split()
)
_MAX_NAME: Final = 500


class Did(NamedTuple):
    """A data identifier."""

    scope: str
    name: str

    def __str__(self) -> str:
        return f"{self.scope}:{self.name}"


def parse_did(text: str) -> Did:
    """Split ``scope:name``.

    Raises:
        UsageError: it is not of that form.
    """
    scope, colon, name = text.partition(":")
    if (
        not colon
        or not name
        or not _SCOPE.fullmatch(scope)
        or len(name) > _MAX_NAME
        or not name.isprintable()
    ):
        raise UsageError(f"{text[:120]!r} is not a DID", mend="write it as scope:name")
    return Did(scope, name)


def safe_name(name: str, *, did: str) -> str:
    """Return the relative path for a name: no leading slash, one slash between parts.

    Args:
        name: name of a file in the lake, or the part of it below its dataset.
        did: what an error calls it.

    Raises:
        RefusedError: a part is ``..`` or ``.``, holds a backslash or a control character, is too long for
            a file system, or would be a file that git, a forge or Fairport acts on.
    """
    parts = [part for part in name.split("/") if part]
    if not parts:
        raise _refused(did, "its name is empty")
    for part in parts:
        if part in (".", ".."):
            raise _refused(did, f'its name holds the part "{part}", which leads out of the folder')
        if "\\" in part or not part.isprintable():
            raise _refused(did, "its name holds a backslash or a control character")
        if len(part.encode()) > 240:
            raise _refused(did, "a part of its name is longer than file systems take")
        if part.lower() in _GUARDED:
            raise _refused(did, f'its name holds the part "{part}", which git, a forge or Fairport acts on')
    return "/".join(parts)


def name_below(file_name: str, dataset_name: str | None) -> str:
    """Return the name of a file without the name of its dataset in front, where it is a folder there."""
    if not dataset_name:
        return file_name
    name, prefix = file_name.lstrip("/"), dataset_name.lstrip("/") + "/"
    return name.removeprefix(prefix) if len(name) > len(prefix) else file_name


def single_path(destination: str | None, file_name: str, dataset_id: str, *, did: str) -> str:
    """Return where a data set that is one file lies.

    ``destination`` is the file itself when it ends in the name or in the extension of the file, else the
    folder for it; without one the folder is ``data/raw/<id>``.
    """
    base = PurePosixPath(safe_name(file_name, did=did)).name
    folder = (destination or f"data/raw/{dataset_id}").rstrip("/")
    last, extension = PurePosixPath(folder).name, PurePosixPath(base).suffix
    names_file = last == base or (extension != "" and PurePosixPath(last).suffix == extension)
    if destination and not destination.endswith("/") and names_file:
        return safe_name(folder, did=did)
    return safe_name(f"{folder}/{base}", did=did)


def member_path(destination: str | None, name: str, dataset_id: str, *, did: str) -> str:
    """Return where a file of a dataset or container lies; see :func:`single_path` for the folder."""
    folder = (destination or f"data/raw/{dataset_id}").rstrip("/")
    return safe_name(f"{folder}/{safe_name(name, did=did)}", did=did)


def upload_name(dataset: str, relative: str) -> str | None:
    """Return the name that a local file gets in the lake, or ``None`` when Rucio would not take it.

    It is ``/<dataset>/<relative>``: unique in its scope, and with the slash in front Rucio's own client
    can fetch the dataset too (names with an inner slash only send it to folders that are not there).
    """
    name = f"/{dataset.lstrip('/')}/{relative}"
    return name if _UPLOAD.fullmatch(name) and not {"..", "."} & set(name.split("/")) else None


def _refused(did: str, why: str) -> RefusedError:
    return RefusedError(
        f"{did[:200]} cannot be placed in the repository",
        why=why,
        mend="ask its owner for a dataset without it, or leave it out with a filter",
    )
