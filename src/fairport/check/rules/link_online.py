"""LINK002: addresses on the network answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from fairport.check.documents import Documents, Skip, Supply, provides
from fairport.check.issue import Issue, shown
from fairport.check.parsed import AnalysisFile, ManifestFile, Parsed, ResultFile
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.contract.errors import DocumentError
from fairport.contract.loading import Pointer

_URL: Final = re.compile(r"https?://[^\s<>\"'`\\^{}|\[\]]{3,1000}")
_DOI: Final = re.compile(r"(?:doi:)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV: Final = re.compile(r"(?:arxiv:)?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)")
_MOST: Final = 300
_PLACEHOLDERS: Final = re.compile(
    r"https?://(?:[^/]*\.)?(?:example\.(?:org|com|net)|localhost|my-collaboration\b|github\.com/my-collaboration)"
)


class Online:
    """Stands for the network, when it may be asked."""


@provides(Online)
def _supply_online(documents: Documents) -> Supply:
    if documents.online:
        return Supply((Online(),))
    return Supply((), (Skip("not-applicable", "the network is asked with --online only"),))


@dataclass(frozen=True, slots=True)
class _Mention:
    """Where an address stands."""

    url: str
    issue: Issue


@rule(
    "LINK002",
    "warning",
    "correctness",
    "Identifiers and addresses on the network answer",
    fair=("A1",),
    rda=("A1-02M", "A1-02D", "A1-03M", "A1-03D"),
    fuji=("FsF-A1-02MD",),
    scope="online",
    good={"fairport.yaml": "identifiers:\n  doi: https://doi.org/10.5281/zenodo.3820\n"},
    bad={"fairport.yaml": "repository:\n  url: https://github.com/an-owner/that-is-not-there\n"},
)
def answering(online: Online, documents: Documents, repository: Repository) -> Iterator[Issue]:
    """An identifier that leads nowhere cannot be cited, and data behind a dead address are lost. The
    records, the manifest and the Markdown files are looked through for addresses, DOIs and arXiv numbers;
    each is asked once, politely, and an answer holds for a day. A server that does not let programs in (401,
    403, 429) or does not answer now is a note, since it may answer others. Private networks are never
    asked."""
    from fairport.check.online import ask_all, without_fragment
    from fairport.interop.cache import cache_root

    mentions = list(islice(_mentions(documents, repository), _MOST))
    urls = [without_fragment(item.url) for item in mentions]
    answers = ask_all(urls, store=cache_root() / "check" / "links")
    for item, url in zip(mentions, urls, strict=True):
        answer = answers[url]
        if answer.verdict == "answers":
            continue
        told, severity = {
            "missing": (f"gives {answer.status or answer.detail}", None),
            "refuses": (f"answers {answer.status}: it cannot be checked by a program", "note"),
            "silent": (f"does not answer: {answer.detail}", "note"),
            "private": ("is in a private network: nobody outside can reach it", None),
            "unasked": ("was not asked: no time was left", "note"),
        }[answer.verdict]
        gone = answer.detail == "there is no such host"
        yield replace(
            item.issue,
            message=f"{shown(item.url, 100)} {told}",
            severity=None if gone else severity,  # type: ignore[arg-type]
        )


def _mentions(documents: Documents, repository: Repository) -> Iterator[_Mention]:
    """Yield the addresses of a repository, each where it stands first."""
    seen: set[str] = set()
    for mention in (*_of_documents(documents), *_of_texts(repository)):
        if mention.url not in seen and not _PLACEHOLDERS.match(mention.url) and ":" not in _user(mention.url):
            seen.add(mention.url)
            yield mention


def _user(url: str) -> str:
    """Return the part of an address that names a user; DATA010 and REPO008 tell of passwords."""
    host = url.split("/")[2] if url.count("/") >= 2 else ""
    return host.rpartition("@")[0]


def _of_documents(documents: Documents) -> Iterator[_Mention]:
    files: list[Parsed] = [
        *documents.all(AnalysisFile),
        *documents.all(ManifestFile),
        *documents.all(ResultFile),
    ]
    for file in files:
        for pointer, text in _texts(file.data):
            url = _address(str(pointer[-1]) if pointer else "", text)
            if url is not None:
                yield _Mention(url, file.issue(pointer, "", found=shown(text), subject=url))


def _texts(data: object, pointer: Pointer = ()) -> Iterator[tuple[Pointer, str]]:
    """Yield every text of a document with its place."""
    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _texts(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*pointer, index))


def _address(key: str, text: str) -> str | None:
    if _URL.fullmatch(text):
        return text
    if match := _DOI.fullmatch(text):
        return f"https://doi.org/{match[1]}"
    if key == "arxiv" and (match := _ARXIV.fullmatch(text)):
        return f"https://arxiv.org/abs/{match[1]}"
    return None


def _of_texts(repository: Repository) -> Iterator[_Mention]:
    for path in repository.glob("**/*.md")[:100]:
        try:
            text = repository.text(path, limit=1_000_000)
        except DocumentError:
            continue
        for match in _URL.finditer(text):
            url = match.group().rstrip(".,;:!?)*_")
            url += ")" * (url.count("(") - url.count(")") > 0)
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            yield _Mention(url, Issue("", path=path, line=line, column=column, subject=url))
