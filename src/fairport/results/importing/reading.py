"""Which reader takes a foreign file: the one that the call names, or what suffix and first bytes say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fairport.contract.constants import MAX_TABLE_BYTES
from fairport.contract.errors import FairportError, RefusedError, UsageError
from fairport.contract.files import decode_text, read_bytes
from fairport.contract.loading import parse_json, parse_yaml
from fairport.interop.formats import (
    digitizer,
    ecsv,
    gadf,
    glike,
    hepdata,
    limitplotter,
    planetable,
    pyhfjson,
    rootfile,
    text,
    votable,
)
from fairport.interop.formats.layouts import laid_out
from fairport.interop.formats.neutral import ImportedTable
from fairport.results.importing.options import ImportOptions

SOURCES: Final = (
    text.FORMAT,
    ecsv.FORMAT,
    hepdata.FORMAT,
    glike.FORMAT,
    rootfile.FORMAT,
    gadf.FORMAT,
    pyhfjson.FORMAT,
    digitizer.FORMAT,
    votable.FORMAT,
    limitplotter.FORMAT,
    planetable.FORMAT,
)
"""Formats that are read; text tables with TOML metadata are text, files of fermipy and gammapy are gadf."""

ALIASES: Final[dict[str, str]] = {
    "csv": text.FORMAT,
    "lklcom": glike.FORMAT,
    "fermipy": gadf.FORMAT,
    "gammapy": gadf.FORMAT,
    "fits": gadf.FORMAT,
    "combine": rootfile.FORMAT,
    "wpd": digitizer.FORMAT,
    "dmtools": limitplotter.FORMAT,
}
"""Other names under which a format is known."""

SUFFIXES: Final[dict[str, str]] = {
    ".ecsv": ecsv.FORMAT,
    ".yaml": hepdata.FORMAT,
    ".yml": hepdata.FORMAT,
    ".json": hepdata.FORMAT,
    ".root": rootfile.FORMAT,
    ".fits": gadf.FORMAT,
    ".fit": gadf.FORMAT,
    ".tar": digitizer.FORMAT,
    ".vot": votable.FORMAT,
}
"""Suffixes that name a format; any other file is a text table, unless its first bytes say otherwise."""

_MAGIC: Final[dict[bytes, str]] = {
    b"# %ECSV ": ecsv.FORMAT,
    rootfile.MAGIC: rootfile.FORMAT,
    gadf.MAGIC: gadf.FORMAT,
    b"\x1f\x8b": "gzip",
    b"\x93NUMPY": "npy",
    b"\x80": "pickle",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"PK\x03\x04": "zip",
    b"\x89HDF": "HDF5",
}
_NOT_READ: Final[dict[str, tuple[str, str]]] = {
    "gzip": ("it is compressed", "unpack it (gunzip), then import what is inside"),
    "zip": ("it is an archive", "unpack it, then import the files inside"),
    "npy": (
        "arrays of Python objects can run any program when they are read, and plain ones state nothing",
        "write the numbers as text; for fermipy give the .fits file that stands beside it",
    ),
    "pickle": ("reading a pickle runs the program inside it", "ask for the numbers as text"),
    "PDF": ("it is a document", "read its figure off with WebPlotDigitizer and import the project"),
    "PNG": ("it is a picture", "read it off with WebPlotDigitizer and import the project"),
    "HDF5": ("HDF5 is a container that says nothing of its layout", "write the table as text or ECSV"),
}

Progress = Callable[[str], None]


def source_of(path: Path, content: bytes, options: ImportOptions) -> str:
    """Return the format of a file.

    Raises:
        UsageError: the call names a format that there is none of.
        RefusedError: the first bytes are those of something that is never read; says why.
    """
    if options.source is not None:
        source = ALIASES.get(options.source.lower(), options.source.lower())
        if source not in SOURCES:
            raise UsageError(
                f'there is no format "{options.source}"', mend=f"use one of {', '.join([*SOURCES, *ALIASES])}"
            )
        return source
    magic = next((kind for mark, kind in _MAGIC.items() if content.startswith(mark)), None)
    if magic in _NOT_READ and not (magic == "gzip" and path.suffix.lower() in {".tgz", ".gz"} and _tar(path)):
        why, mend = _NOT_READ[magic]
        raise RefusedError(f"a file of the kind {magic} is not read", where=str(path), why=why, mend=mend)
    if magic == "gzip":
        return digitizer.FORMAT
    if votable.is_votable(content):
        return votable.FORMAT
    if limitplotter.is_limit(content):
        return limitplotter.FORMAT
    if planetable.is_plane_table(content):
        return planetable.FORMAT
    return magic or SUFFIXES.get(path.suffix.lower(), text.FORMAT)


def parts(path: Path, options: ImportOptions) -> list[str]:
    """Return the results of a file that is read as several: the table of a plane, unless one is named.

    Nothing is returned for any other file, or for one that cannot be read: its reader says why.
    """
    if options.object is not None or options.source not in {None, planetable.FORMAT}:
        return []
    try:
        content = read_bytes(path, limit=MAX_TABLE_BYTES)
        if not planetable.is_plane_table(content):
            return []
        return planetable.results_of(decode_text(content, str(path)), str(path))
    except FairportError:
        return []


def _tar(path: Path) -> bool:
    return path.name.lower().endswith((".tgz", ".tar.gz"))


def read(
    path: Path, content: bytes, options: ImportOptions, *, progress: Progress | None = None
) -> ImportedTable:
    """Read a foreign file with the reader that the call names, or else the one that fits the file.

    Args:
        path: the file; its suffix tells the format.
        content: what is in it.
        options: what the caller states.
        progress: called with a sentence now and then where reading is long (limits of pyhf).

    Raises:
        DocumentError: with file and line, or file and object.
        UsageError: there is no such format, or it is not clear which object is meant.
        RefusedError: a file that is never read.
    """
    name, chosen = str(path), options.object
    source = source_of(path, content, options)
    if source == rootfile.FORMAT:
        return rootfile.read(content, name, path=chosen)
    if source == gadf.FORMAT and not content.startswith(b"# %ECSV "):
        return gadf.read(content, name, extension=chosen)
    if source == votable.FORMAT:
        return votable.read(content, name, table=chosen)
    if source == digitizer.FORMAT and content.lstrip()[:1] != b"{":
        return digitizer.read_tar(content, name, dataset=chosen)
    words = decode_text(content, name)
    if source in {ecsv.FORMAT, gadf.FORMAT}:
        header = words[: words.find("\n# schema")] if "\n# schema" in words else words[:20_000]
        if source == gadf.FORMAT or gadf.is_sed(header):
            return gadf.read_text(words, name)
        return ecsv.read(words, name, repair=options.repair)
    if source == limitplotter.FORMAT:
        return limitplotter.read(words, name, label=chosen)
    if source == planetable.FORMAT:
        return planetable.read(words, name, result=chosen)
    if source == glike.FORMAT:
        return glike.read(words, name, target=options.target)
    if source == text.FORMAT:
        table = text.read(words, name, delimiter=options.delimiter, names=options.names, skip=options.skip)
        return laid_out(table, options.layout)
    return _tree(words, name, path.suffix.lower(), source, options, progress)


def _tree(
    words: str, name: str, suffix: str, source: str, options: ImportOptions, progress: Progress | None
) -> ImportedTable:
    """Read JSON and YAML, whose keys tell HEPData, pyhf and WebPlotDigitizer apart."""
    if source == pyhfjson.FORMAT or (options.source is None and _looks_like_pyhf(words, suffix)):
        background = None
        if options.background is not None:
            other = str(options.background)
            content = read_bytes(options.background, limit=MAX_TABLE_BYTES)
            background = pyhfjson.parse(decode_text(content, other), other)
        return pyhfjson.read(
            pyhfjson.parse(words, name),
            name,
            background=background,
            patch=options.object,
            cl=options.cl,
            repair=options.repair,
            progress=progress,
        )
    if suffix != ".json":
        hepdata.refuse_submission(words, name)
    document = (
        parse_json(words, name)
        if suffix == ".json" or source == digitizer.FORMAT
        else parse_yaml(words, name)
    )
    if source == digitizer.FORMAT or (options.source is None and digitizer.is_project(document.data)):
        return digitizer.read(document, name, dataset=options.object)
    return hepdata.read(document, name)


def _looks_like_pyhf(words: str, suffix: str) -> bool:
    if suffix != ".json":
        return False
    return all(f'"{key}"' in words for key in ("channels", "measurements", "observations")) or all(
        f'"{key}"' in words for key in ("patches", "metadata", "digests")
    )
