"""DATA006 to DATA011: data are accounted for, citable, licensed, open in format and reachable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from fairport.check.documents import Documents, manifest_paths
from fairport.check.identifiers import check_identifier
from fairport.check.inputs import FileReference, file_references, manifest_destinations
from fairport.check.issue import Issue, quoted, shown
from fairport.check.parsed import InputsFile, ManifestFile, ReanaFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.check.rules.meta_identifiers import identifier_issue
from fairport.check.rules.meta_licences import licence_issues

_MANIFEST: Final = "data/manifest.yaml"


@rule(
    "DATA006",
    "error",
    "correctness",
    "Every input file of the workflow is in the repository or in the manifest",
    fair=("I3",),
    rda=("I3-02M",),
    fuji=("FsF-F3-01M",),
    after=("WF005",),
    good={},
    bad={"workflow/inputs.yaml": "events:\n  class: File\n  location: ▸../data/raw/other.csv\n"},
)
def accounted(documents: Documents, repository: Repository) -> Iterator[Issue]:
    """An input that is neither tracked by git nor listed in the manifest exists on one computer only. An
    entry of the manifest that no workflow uses is fetched for nothing."""
    destinations = manifest_destinations(documents)
    used: set[str] = set()
    for file in (*documents.all(InputsFile), *documents.all(ReanaFile)):
        for reference in file_references(file):
            if reference.path is not None:
                used.add(reference.path)
            if reference.listed:
                continue  # WF005
            if reference.path is None:
                if reference.problem:
                    yield file.issue(reference.pointer, reference.problem, found=reference.text)
            elif not is_known(reference, repository, destinations):
                yield file.issue(
                    reference.pointer,
                    f"{shown(reference.path)} is neither in the repository nor in the manifest",
                    found=reference.text,
                    expected="a file of the repository, or the destination of a data set",
                    help="add the file to git, or a data set with this destination to the manifest",
                    cause=("DATA001", manifest_paths(documents)[0]),
                )
    if used:
        yield from _unused(documents, used)


def _unused(documents: Documents, used: set[str]) -> Iterator[Issue]:
    for manifest in documents.all(ManifestFile):
        for pointer, entry in manifest.select("datasets/*"):
            if not isinstance(entry, dict) or entry.get("role") != "input":
                continue
            place = entry.get("destination")
            if isinstance(place, str) and not any(_within(path, place) for path in used):
                yield manifest.issue(
                    pointer,
                    f"no workflow input uses {quoted(entry.get('id'), 60)}",
                    severity="warning",
                    help="use it in workflow/inputs.yaml, or remove the entry",
                )


def is_known(reference: FileReference, repository: Repository, destinations: list[str]) -> bool:
    """Tell whether an input is a file of the repository or comes from a data set."""
    path = reference.path or ""
    if path in repository or (reference.folder and path.rstrip("/") in repository.folders):
        return True
    return any(_within(path, place) for place in destinations)


def _within(path: str, place: str) -> bool:
    place = place.removeprefix("./").rstrip("/")
    path = path.rstrip("/")
    return path == place or path.startswith(f"{place}/") or place.startswith(f"{path}/")


@rule(
    "DATA007",
    "warning",
    "completeness",
    "Every external data set can be cited",
    fair=("R1.2",),
    rda=("I3-02D", "R1.2-01M"),
    fuji=("FsF-I3-01M",),
    good={
        _MANIFEST: "datasets:\n  - id: events\n    did: toy:events\n    role: input\n    licence: CC0-1.0\n"
        "    access: open access\n"
        "    citation: https://doi.org/10.5281/zenodo.7654321\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - ▸id: events\n    did: toy:events\n    role: input\n    licence: CC0-1.0\n"
        "    access: open access\n"
    },
)
def citable(manifest: ManifestFile) -> Iterator[Issue]:
    """Who uses data cites them; whoever made them counts on it. A DOI is best, the address of a paper or
    record will do. Data that this analysis makes get theirs when they are published."""
    for pointer, entry in manifest.select("datasets/*"):
        if isinstance(entry, dict) and "citation" not in entry and entry.get("role") != "output":
            yield manifest.issue(
                (*pointer, "citation"),
                f"data set {quoted(entry.get('id'), 60)} cannot be cited",
                help="add `citation: https://doi.org/...`",
            )
    for pointer, text in manifest.texts("datasets/*/citation"):
        flaw = check_identifier(text)
        if flaw is not None:
            yield identifier_issue(manifest, pointer, text, flaw)


@rule(
    "DATA008",
    "error",
    "correctness",
    "Every data set has a licence by SPDX",
    fair=("R1.1",),
    rda=("R1.1-01M",),
    fuji=("FsF-R1.1-01M", "FsF-A1-01M"),
    fix="safe",
    good={
        _MANIFEST: "datasets:\n  - {id: a, did: 'toy:a', role: input, licence: CC0-1.0, access: open "
        "access}\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - {id: a, did: 'toy:a', role: input, licence: ▸CC0, access: open access}\n"
    },
)
def licensed(manifest: ManifestFile, repository: Repository) -> Iterator[Issue]:
    """Each data set has its own owner and its own terms, which need not be those of the analysis."""
    for pointer, text in manifest.texts("datasets/*/licence"):
        yield from licence_issues(manifest, pointer, text, repository)


_CLOSED: Final = {
    ".pkl": "executable and bound to one version of Python",
    ".pickle": "executable and bound to one version of Python",
    ".joblib": "executable and bound to one version of Python",
    ".rds": "executable and bound to one program",
    ".rdata": "executable and bound to one program",
    ".mat": "bound to one program; HDF5 holds the same",
    ".xls": "a closed format; CSV holds the same",
    ".xlsx": "meant for people; CSV holds the same",
    ".doc": "a closed format",
    ".docx": "meant for people",
    ".sav": "bound to one program",
    ".nb": "bound to one program",
    ".mx": "bound to one program",
    ".qdp": "bound to one program",
}
_MEDIA: Final = re.compile(
    r"(?:application|audio|font|image|message|model|multipart|text|video)/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
)
_CLOSED_MEDIA: Final = re.compile(
    r"application/(?:x-)?(?:pickle|python-pickle|vnd\.ms-excel|msword|x-matlab-data|vnd\.openxmlformats\S*)"
)


@rule(
    "DATA009",
    "warning",
    "correctness",
    "Data are in an open or community format",
    fair=("R1.3",),
    rda=("R1.3-01D", "R1.3-02D"),
    fuji=("FsF-R1.3-02D", "FRSM-10-I1"),
    good={
        _MANIFEST: "datasets:\n  - {id: a, did: 'toy:a.parquet', role: input, licence: CC0-1.0, access: "
        "open access}\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - {id: a, did: ▸'toy:a.pkl', role: input, licence: CC0-1.0, access: open "
        "access}\n"
    },
)
def open_format(manifest: ManifestFile) -> Iterator[Issue]:
    """FITS, HDF5, ROOT, Parquet, CSV, ECSV, VOTable, JSON and YAML can be read without the program that
    wrote them. A pickle runs code when it is opened, and only the Python that wrote it is sure to read it."""
    for pointer, text in manifest.texts("datasets/*/media_type"):
        if not _MEDIA.fullmatch(text):
            yield manifest.issue(
                pointer, f"{quoted(text, 60)} is no media type", expected="for example text/csv"
            )
        elif _CLOSED_MEDIA.fullmatch(text):
            yield manifest.issue(
                pointer,
                f"{text} is not an open format",
                found=text,
                expected="FITS, HDF5, ROOT, Parquet, CSV, ...",
            )
    for pointer, text in manifest.texts(
        "datasets/*/did", "datasets/*/sources/*/url", "datasets/*/destination", "datasets/*/filter"
    ):
        suffix = PurePosixPath(re.split(r"[?#]", text)[0]).suffix.lower()
        if suffix in _CLOSED:
            yield manifest.issue(
                pointer,
                f"{suffix} is {_CLOSED[suffix]}",
                found=shown(text),
                expected="FITS, HDF5, ROOT, Parquet, CSV, ECSV, VOTable, JSON or YAML",
            )


_SCHEMES: Final = frozenset({"https", "http", "davs", "root", "srm", "gsiftp", "s3s", "ftp"})
_HOME: Final = re.compile(
    r"^(?:/(?:home|Users|afs|eos|root|scratch|data|mnt|media|tmp|private|nfs|lustre|gpfs)\b|~|[A-Za-z]:[\\/])"
)


@rule(
    "DATA010",
    "error",
    "correctness",
    "Data are reached by standard protocols, not by paths of one computer",
    fair=("A1", "A1.1"),
    rda=("A1-04D", "A1.1-01D", "A1-05D"),
    fuji=("FsF-A1.1-01MD",),
    good={
        _MANIFEST: "datasets:\n  - id: a\n    sources: [{url: 'https://example.org/a.csv', sha256: '"
        + "0" * 64
        + "'}]\n"
        "    role: input\n    licence: CC0-1.0\n    access: open access\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - id: a\n    sources:\n      - url: ▸/home/ada/a.csv\n        sha256: '"
        + "0" * 64
        + "'\n"
        "    role: input\n    licence: CC0-1.0\n    access: open access\n"
    },
)
def reachable(manifest: ManifestFile) -> Iterator[Issue]:
    """`/home/ada/x.root` exists on one computer. `https`, `davs`, `root` and `srm+https` reach data from
    anywhere, with access control where it is needed."""
    for pointer, text in manifest.texts("datasets/*/sources/*/url", "injection/*/source/listing"):
        yield from _url_issues(manifest, pointer, text)
    for pointer, text in manifest.texts("lake/rucio_host", "lake/auth_host"):
        if url_scheme(text) != "https" and "://localhost" not in text and "://127.0.0.1" not in text:
            yield manifest.issue(
                pointer, f"{quoted(text, 80)} is not reached by https", expected="https://..."
            )
    for pointer, text in manifest.texts("datasets/*/destination"):
        if _HOME.match(text) or text.startswith("/") or ".." in PurePosixPath(text).parts:
            yield manifest.issue(
                pointer,
                f"{quoted(text, 80)} leaves the repository",
                expected="a path in the repository, for example data/raw",
            )


def _url_issues(manifest: ManifestFile, pointer: tuple[str | int, ...], text: str) -> Iterator[Issue]:
    if _HOME.match(text) or text.startswith(("/", "file:")):
        yield manifest.issue(
            pointer,
            f"{shown(text, 80)} works only on your computer",
            found=text,
            expected="an address such as https://...",
        )
        return
    scheme = url_scheme(text)
    if scheme is None or not all(part in _SCHEMES for part in scheme.split("+")):
        yield manifest.issue(
            pointer,
            f"{quoted(text, 80)} is not reached by a standard protocol",
            found=text,
            expected=", ".join(sorted(_SCHEMES)),
        )
    elif re.match(r"[^/]*//[^/@]*:[^/@]*@", text):
        yield manifest.issue(
            pointer, "the address holds a password", help="remove it and change the password"
        )


def url_scheme(text: str) -> str | None:
    """Return the scheme of an address, lower-case, or ``None``."""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://[^/\s]", text)
    return match[1].lower() if match else None


@rule(
    "DATA011",
    "warning",
    "completeness",
    "It is stated how long data are kept",
    fair=("A2",),
    rda=("A2-01M",),
    good={
        _MANIFEST: "datasets:\n  - id: events\n    did: toy:events\n    role: input\n    licence: CC0-1.0\n"
        "    access: open access\n"
        "    retention: Ten years; the metadata stay.\n"
    },
    bad={
        _MANIFEST: "datasets:\n  - ▸id: events\n    did: toy:events\n    role: input\n    licence: CC0-1.0\n"
        "    access: open access\n"
    },
)
def retention(manifest: ManifestFile) -> Iterator[Issue]:
    """Data are deleted one day; that they existed, and what they were, must stay known. Say how long the
    bytes are kept and that the description outlives them."""
    for pointer, entry in manifest.select("datasets/*"):
        if isinstance(entry, dict) and "retention" not in entry:
            yield manifest.issue(
                (*pointer, "retention"),
                f"no retention statement for {quoted(entry.get('id'), 60)}",
                help="add `retention`",
            )
