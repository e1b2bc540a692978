"""From what a person writes for a result to the loaded result.

Understood are a ``result.yaml`` or its folder, ``DIR::<analysis>/<result>[@version]`` with a catalogue
folder, a built site or a repository (without ``DIR::`` the current folder), and the https address of a
record, of its page, or ``SITE::...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from fairport.contract.constants import ANALYSIS_FILE, RESULT_FILE, RESULTS_DIR
from fairport.contract.errors import DocumentError, FairportError, UsageError
from fairport.contract.files import inside
from fairport.contract.loading import load_json, load_yaml
from fairport.results.loaded import LoadedResult
from fairport.results.planes import Planes
from fairport.results.remote import fetch_record
from fairport.results.store import load_result

INDEX: Final = "catalog.json"
MAX_DEPTH: Final = 6
MAX_RECORDS: Final = 20_000
_NAME: Final = re.compile(
    r"(?P<analysis>[a-z0-9][a-z0-9-]{0,79})/(?P<result>[a-z0-9][a-z0-9-]{0,79})"
    r"(?:@(?P<version>[0-9A-Za-z.+-]{1,40}))?\Z"
)
_PAGE: Final = re.compile(
    r"/r/([a-z0-9-]+)/([a-z0-9-]+)(?:/v/([0-9A-Za-z.+-]+))?/?(?:index\.html|result\.yaml)?\Z"
)


@dataclass(frozen=True, slots=True)
class Name:
    """A global identifier of a result."""

    analysis: str
    result: str
    version: str | None = None

    def __str__(self) -> str:
        return f"{self.analysis}/{self.result}" + (f"@{self.version}" if self.version else "")


def resolve(text: str, *, planes: Planes | None = None) -> LoadedResult:
    """Load the result that ``text`` names; see the module for what is understood.

    Raises:
        UsageError: the text names nothing that can be a result.
        DocumentError: the record is missing or invalid.
    """
    place, separator, rest = text.partition("::")
    if separator:
        name = parse_name(rest)
        if place.startswith(("https://", "http://")):
            base = place.removesuffix(INDEX).rstrip("/")
            version = f"v/{name.version}/" if name.version else ""
            return _remote(f"{base}/r/{name.analysis}/{name.result}/{version}{RESULT_FILE}", name, planes)
        return _from_folder(Path(place or "."), name, planes)
    if text.startswith(("https://", "http://")):
        page = _PAGE.search(text.partition("#")[0].partition("?")[0])
        known = Name(page[1], page[2], page[3]) if page else None
        address = text if text.endswith((".yaml", ".yml", ".json")) else f"{_folder_of(text)}/{RESULT_FILE}"
        return _remote(address, known, planes)
    path = Path(text)
    if not path.exists():
        if _NAME.match(text):
            return _from_folder(Path(), parse_name(text), planes)
        raise UsageError(f'there is no result "{text}"', mend="give a result.yaml or its folder")
    if path.is_dir() and not (path / RESULT_FILE).is_file():
        raise UsageError(
            f'the folder "{text}" holds no {RESULT_FILE}',
            mend=f"{_known(path)}give the folder of one result, or {text}::analysis/result",
        )
    return load_result(path, planes=planes)


def resolve_all(texts: Iterable[str], *, planes: Planes | None = None) -> list[LoadedResult]:
    """Load several results."""
    return [resolve(text, planes=planes) for text in texts]


def parse_name(text: str) -> Name:
    """Read ``<analysis>/<result>[@version]``.

    Raises:
        UsageError: it is none.
    """
    match = _NAME.match(text)
    if match is None:
        raise UsageError(
            f'"{text[:80]}" is no identifier of a result', mend="write analysis/result[@version]"
        )
    return Name(match["analysis"], match["result"], match["version"])


def results_below(folder: Path) -> list[Path]:
    """Return the result records of a repository, a catalogue or a folder of results, sorted."""
    return sorted(path for path in _walk(folder) if path.name == RESULT_FILE)


def _from_folder(folder: Path, name: Name, planes: Planes | None) -> LoadedResult:
    if not folder.is_dir():
        raise UsageError(f'there is no catalogue "{folder}"', mend="give a folder before ::")
    own = planes or Planes(*([folder / "planes"] if (folder / "planes").is_dir() else []))
    for site in (folder, folder / "site", folder / "public", folder / "_site"):
        version = f"/v/{name.version}" if name.version else ""
        record = site / "r" / name.analysis / f"{name.result}{version}" / RESULT_FILE
        if record.is_file():
            labels = _labels(site, name)
            return load_result(
                record,
                planes=own,
                analysis=name.analysis,
                experiment=labels.get("experiment"),
                collaboration=labels.get("collaboration"),
            )
    candidates = list(_records_of(folder, name))
    for record in candidates:
        loaded = load_result(record, planes=own)
        if name.version in {None, loaded.record.version}:
            return loaded
    if candidates:
        raise UsageError(f'"{folder}" holds {name.analysis}/{name.result}, but not version {name.version}')
    raise UsageError(
        f'"{folder}" has no result {name}',
        mend=f"{_known(folder)}give a result.yaml, its folder, or CATALOGUE::analysis/result",
    )


def _records_of(folder: Path, name: Name) -> Iterator[Path]:
    for path in _walk(folder):
        if path.name != ANALYSIS_FILE or _id_of(path) != name.analysis:
            continue
        wanted = inside(path.parent, f"{RESULTS_DIR}/{name.result}/{RESULT_FILE}")
        if wanted is not None and wanted.is_file():
            yield wanted


def _id_of(path: Path) -> str | None:
    try:
        data = load_yaml(path).data
    except FairportError:
        return None
    return str(data.get("id")) if isinstance(data, dict) else None


def _walk(folder: Path) -> Iterator[Path]:
    """Yield files down to :data:`MAX_DEPTH`, without following links or looking into ``.git``."""
    count = 0
    stack: list[tuple[Path, int]] = [(folder, 0)]
    while stack:
        current, depth = stack.pop()
        try:
            entries = sorted(current.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.is_symlink() or entry.name in {".git", ".venv", "node_modules"}:
                continue
            if entry.is_dir():
                if depth < MAX_DEPTH:
                    stack.append((entry, depth + 1))
            elif entry.name in {RESULT_FILE, ANALYSIS_FILE}:
                count += 1
                if count > MAX_RECORDS:
                    raise UsageError(f'"{folder}" holds more than {MAX_RECORDS:,} records')
                yield entry


def _known(folder: Path) -> str:
    names = sorted({path.parent.name for path in results_below(folder)})[:8]
    return f"results there: {', '.join(names)}; " if names else ""


def _labels(site: Path, name: Name) -> dict[str, str]:
    """Return experiment and collaboration of an analysis from the index of a built site."""
    try:
        data = load_json(site / INDEX).data
    except FairportError:
        return {}
    entries: Sequence[Any] = data.get("analyses", []) if isinstance(data, dict) else []
    for entry in entries:
        if isinstance(entry, dict) and entry.get("id") == name.analysis:
            found = {key: entry.get(key) for key in ("experiment", "collaboration")}
            return {key: value for key, value in found.items() if isinstance(value, str) and value}
    return {}


def _folder_of(address: str) -> str:
    bare = address.partition("#")[0].partition("?")[0]
    return bare.removesuffix("index.html").rstrip("/")


def _remote(address: str, name: Name | None, planes: Planes | None) -> LoadedResult:
    if PurePosixPath(address).name == INDEX:
        raise UsageError(
            f"{address} is a whole catalogue", mend=f"name the result: {address}::analysis/result[@version]"
        )
    if not address.endswith((".yaml", ".yml")):
        raise UsageError(f"{address} is no record", mend=f"give the page of a result or its {RESULT_FILE}")
    record = fetch_record(address)
    try:
        return load_result(record, planes=planes, analysis=name.analysis if name else None, name=address)
    except DocumentError as error:
        raise DocumentError(
            error.what, where=error.where or address, why=error.why, mend=error.mend
        ) from None
