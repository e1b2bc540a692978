"""Keeping the derived metadata files in step with the analysis record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fairport.contract.constants import ANALYSIS_FILE
from fairport.contract.documents import load_analysis
from fairport.contract.errors import UsageError
from fairport.contract.files import write_atomic
from fairport.interop import reana_yaml
from fairport.interop.derived import render_all


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The derived files.

    Attributes:
        drifted: names of the files that differed from the record or were missing.
        written: whether they were written again.
    """

    drifted: tuple[str, ...]
    written: bool


def sync(path: Path, *, check: bool = False) -> SyncReport:
    """Make CITATION.cff, codemeta.json, .zenodo.json and ro-crate-metadata.json from ``fairport.yaml``, and
    bring inputs and workflow of ``reana.yaml`` in step.

    The first four belong wholly to the record: what somebody added to them by hand is lost. Of ``reana.yaml``
    see :mod:`fairport.interop.reana_yaml`.

    Args:
        path: folder of the analysis repository.
        check: only compare, write nothing.

    Raises:
        UsageError: there is no ``fairport.yaml``.
        DocumentError: it cannot be read or is not valid.
    """
    record = path / ANALYSIS_FILE
    if not record.exists():
        raise UsageError(
            "this is no analysis repository",
            where=path,
            why=f"there is no {ANALYSIS_FILE}",
            mend="fairport new makes one",
        )
    analysis = load_analysis(record)
    texts = render_all(analysis)
    specification = reana_yaml.render(path, analysis)
    if specification is not None:
        texts[specification[0]] = specification[1]
    drifted = tuple(name for name, text in texts.items() if not _equals(path / name, text))
    if not check:
        for name in drifted:
            write_atomic(path / name, texts[name])
    return SyncReport(drifted, written=not check)


def _equals(path: Path, text: str) -> bool:
    try:
        return not path.is_symlink() and path.read_bytes() == text.encode("utf-8")
    except OSError:
        return False
