"""Folders that travel with the package: template, schemas, catalogue content and site.

In a wheel they lie under ``fairport/_data/``; in a source tree they are the top-level folders of the
repository.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from fairport.contract.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def data_root() -> Path:
    """Return the folder that holds ``template/``, ``schemas/``, ``catalog/``, ``site/`` and ``copier.yml``.

    Raises:
        ConfigurationError: the installation is incomplete.
    """
    for candidate in (_PACKAGE / "_data", _PACKAGE.parent.parent):
        if (candidate / "schemas" / "common.schema.json").is_file():
            return candidate
    raise ConfigurationError(
        "the data files of Fairport are missing",
        where=_PACKAGE / "_data",
        why="the installation is incomplete",
        mend="install Fairport again from its wheel",
    )


def schemas_root() -> Path:
    """Return the folder of JSON Schemas and their examples."""
    return data_root() / "schemas"


def template_root() -> Path:
    """Return the folder that is a Copier template (it holds ``copier.yml`` and ``template/``)."""
    return data_root()


def catalog_root() -> Path:
    """Return the catalogue content that ships with the package (registry entries and planes)."""
    return data_root() / "catalog"


def site_root() -> Path:
    """Return the MkDocs project that ships with the package."""
    return data_root() / "site"


def is_source_tree() -> bool:
    """Tell whether this is a source checkout (editable install) rather than an installed wheel."""
    return data_root() != _PACKAGE / "_data"
