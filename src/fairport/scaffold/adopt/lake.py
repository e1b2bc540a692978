"""Data that the files speak of: Rucio identifiers and addresses in shell, Python, YAML and prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from fairport.scaffold.adopt.model import Confidence, clean
from fairport.scaffold.adopt.tree import Tree, place

_TEXTS: Final = (
    ".sh",
    ".bash",
    ".py",
    ".yaml",
    ".yml",
    ".md",
    ".rst",
    ".txt",
    ".ipynb",
    ".cwl",
    ".smk",
    "snakefile",
    "makefile",
)
_DID: Final = r"([A-Za-z0-9][\w.-]{1,29}:[A-Za-z0-9/][\w./*-]{1,248})"
_COMMAND: Final = re.compile(
    rf"\brucio\s+(?:-\S+\s+)*(get|download|list-files|list-dids|list-content|list-file-replicas|stat|upload|attach|did\s+\w+)\b"
    rf"([^\n|;&\"']{{0,200}}?)(?<![\w:/.])({_DID})"
)
_ASSIGNED: Final = re.compile(rf"\bdids?\b['\"]?\s*[:=]\s*\[?\s*['\"]{_DID}['\"]", re.I)
_FETCH: Final = re.compile(
    r"(?:\bwget\b|\bcurl\b|urlretrieve\(|urlopen\(|requests\.get\()[^\n]{0,200}?(https?://[^\s'\"\\)<>`]+)"
)
_XROOT: Final = re.compile(r"\broot://[\w.-]+/+[^\s'\"<>\\,)]+")
_ASSIGNED_URL: Final = re.compile(
    r"\b(?:\w*(?:url|link|remote|address|download)\w*)\s*[:=]\s*\\?['\"](https?://[^\s'\"\\)<>`]+)", re.I
)
_LIKE_DATA: Final = re.compile(
    r"/$|\.(?:root|fits?|csv|dat|txt|h5|hdf5|t?gz|tar|zip|parquet|npz?|json|ya?ml|lhe|hepmc)$"
    r"|/(?:ftp|data|downloads?|files?|archive|records?)/",
    re.I,
)
_NO_DATA: Final = re.compile(
    r"(?:^|/)(?:tests?/|\.github|\.gitlab|\.circleci|\.travis|\.gitlab-ci|appveyor|conda-lock|codemeta|setup\.py|conf\.py)"
    r"|install",
    re.I,
)
"""Files whose addresses are of software, not of data."""

_SOFTWARE: Final = re.compile(
    r"miniconda|mambaforge|miniforge|/archive/|/dist/|/releases?/download/|\.(?:sh|pyz?|deb|rpm|whl|git|html?|pdf|png|svg|zip\.asc)(?:$|[?#])"
    r"|codecov|//(?:www\.)?(?:github|gitlab)\.com/[^/]+/[^/]+/?$|pypi\.org|raw\.github\S+/install|launchpad\.net",
    re.I,
)
_SCOPE: Final = re.compile(r"\bscope\s*=\s*['\"]([A-Za-z0-9][\w.-]{1,29})['\"]")
_DATASET: Final = re.compile(r"\bdataset\w*\s*=\s*['\"]([A-Za-z0-9][\w./-]{1,248})['\"]")
_SCHEMES: Final = frozenset(
    "http https root ftp file docker git ssh gs s3 xrootd davs gsiftp doi arxiv".split()
)
_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class DataSource:
    """A DID or an address of data.

    Attributes:
        kind: ``did`` or ``url``.
        value: the DID (``scope:name``) or address.
        role: ``input`` or ``output``.
        source: ``file:line``.
        confidence: ``sure`` when a command fetches it, else ``guess``.
    """

    kind: Literal["did", "url"]
    value: str
    role: Literal["input", "output"]
    source: str
    confidence: Confidence = "sure"


def data_sources(tree: Tree) -> list[DataSource]:
    """Return every data identifier and address, each once, in the order of the files."""
    found: dict[str, DataSource] = {}
    for name in tree.ending(*_TEXTS):
        text = tree.text(name) or ""
        if _NO_DATA.search(name):
            continue
        if not re.search(r"rucio|\bdid|wget|curl|url|requests|root://", text, re.I):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > 20_000 or (
                name.endswith((".yaml", ".yml", ".sh", ".py")) and line.lstrip().startswith("#")
            ):
                continue
            for item in _in_line(line, place(name, number)):
                if item.value not in found or found[item.value].confidence == "guess" != item.confidence:
                    found[item.value] = item
            if len(found) >= _MAX:
                return list(found.values())
        for item in _by_scope(name, text):
            found.setdefault(item.value, item)
    return list(found.values())


def _by_scope(name: str, text: str) -> list[DataSource]:
    """Return the data sets that a program names in variables beside the one scope that it names."""
    scopes = set(_SCOPE.findall(text))
    if len(scopes) != 1 or not name.endswith((".py", ".ipynb")):
        return []
    return [
        item
        for number, line in enumerate(text.splitlines(), 1)
        for match in _DATASET.finditer(line[:20_000])
        for item in _did(f"{next(iter(scopes))}:{match[1]}", "input", place(name, number))
    ]


def _in_line(line: str, where: str) -> list[DataSource]:
    found: list[DataSource] = []
    for match in _COMMAND.finditer(line):
        role: Literal["input", "output"] = "output" if match[1] in ("upload", "attach") else "input"
        found += _did(match[3], role, where)
    for match in _ASSIGNED.finditer(line):
        found += _did(match[1], "input", where)
    for pattern, group in ((_FETCH, 1), (_XROOT, 0)):
        for match in pattern.finditer(line):
            address = re.sub(r"://[^/@]*@", "://", clean(match[group], 500)).rstrip(".,;`\\n")
            if _is_data(address):
                found.append(DataSource("url", address, "input", where))
    for match in _ASSIGNED_URL.finditer(line):
        address = re.sub(r"://[^/@]*@", "://", clean(match[1], 500)).rstrip(".,;")
        if _is_data(address) and _LIKE_DATA.search(address):
            found.append(DataSource("url", address, "input", where, "guess"))
    return found


def _is_data(address: str) -> bool:
    path = address.partition("://")[2].partition("/")[2].strip("/")
    unset = re.search(r"[${}<>]|localhost|127\.0\.0\.1", address)
    return bool(path) and unset is None and _SOFTWARE.search(address) is None


def _did(text: str, role: Literal["input", "output"], where: str) -> list[DataSource]:
    scope, _, name = text.rstrip(".,").partition(":")
    if (
        scope.lower() in _SCHEMES
        or name.startswith("//")
        or scope.lower() in ("scope", "user.jdoe")
        or "*" in name
    ):
        return []
    return [DataSource("did", f"{scope}:{name}", role, where)]
