"""How the analysis is identified: persistent and unique identifiers, versions, addresses."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from fairport.check.assess.facts import fact
from fairport.check.assess.model import Evidence
from fairport.check.assess.starter import is_example_doi, is_placeholder
from fairport.check.assess.view import Found, Missing, View, said
from fairport.check.cleaning import clean
from fairport.check.identifiers import bare_doi, check_doi, check_swhid
from fairport.check.parsed import CffFile
from fairport.check.rules.meta_release import is_version
from fairport.contract.errors import DocumentError

_RESERVED: Final = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org|edu))?|invalid|test|localhost|local)$")
_OWN: Final = ("doi", "concept_doi", "swhid")


def is_public(address: str) -> bool:
    """Tell whether an address names a host that may be on the network, not one kept for examples."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return "." in host and _RESERVED.search(host) is None and not is_placeholder(address)


def own_identifiers(view: View) -> dict[str, str] | Missing:
    """Return the analysis's own DOI, concept DOI and SWHID that are well formed and no examples."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    found, example = {}, False
    for name in _OWN:
        text = record.text(f"identifiers/{name}")
        if text is None or (check_swhid(text) if name == "swhid" else check_doi(text)) is not None:
            continue
        if name != "swhid" and is_example_doi(text):
            example = True
            continue
        if name == "swhid" and "0" * 40 in text:
            example = True
            continue
        found[name] = text
    if not found:
        return Missing(
            "the identifier is an example, not one of its own" if example else "it has no DOI and no SWHID"
        )
    return found


@fact
def persistent_id(view: View) -> Found:
    """A DOI or SWHID of its own, well formed; whether it is registered only its registry knows."""
    found = own_identifiers(view)
    record = view.record
    if isinstance(found, Missing) or isinstance(record, Missing):
        return found if isinstance(found, Missing) else ()
    return tuple(
        view.at(record, ("identifiers", name), said((name,), bare_doi(text) or text))
        for name, text in found.items()
    )


@fact
def unique_id(view: View) -> Found:
    """A persistent identifier, or the address of its own repository."""
    found = persistent_id(view)
    return found if not isinstance(found, Missing) else address(view)


@fact
def address(view: View) -> Found:
    """The address of the repository, over HTTPS: a standard, free protocol that can authenticate."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    text = record.text("repository/url")
    if text is None:
        return Missing("the repository has no address")
    if not is_public(text):
        return Missing("the address of the repository is an example")
    if not text.startswith("https://"):
        return Missing("the address of the repository is not https")
    return (view.at(record, ("repository", "url"), said(("repository",), text)),)


@fact
def version(view: View) -> Found:
    """A version by PEP 440 or SemVer."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    text = record.text("version")
    if text is None or not is_version(text):
        return Missing("there is no version")
    return (view.at(record, ("version",), said(("version",), text)),)


@fact
def version_id(view: View) -> Found:
    """What tells one version from another: a DOI beside the concept DOI, a SWHID, a tag of the version."""
    found = own_identifiers(view)
    record = view.record
    if isinstance(record, Missing):
        return record
    if not isinstance(found, Missing):
        if "swhid" in found:
            return (view.at(record, ("identifiers", "swhid"), said(("swhid",), found["swhid"])),)
        if found.get("doi") and found.get("concept_doi") and found["doi"] != found["concept_doi"]:
            return (view.at(record, ("identifiers", "doi"), said(("doi",), found["doi"])),)
    git = view.documents.repository.git
    text = record.text("version") or ""
    if git is not None and git.own:
        for tag in git.head_tags():
            if tag.removeprefix("v") == text.removeprefix("v"):
                return (view.of("", f"tag {tag} on the commit that is checked out"),)
    return Missing("no DOI of the version, no SWHID and no tag of this version")


@fact
def swhid(view: View) -> Found:
    """A SWHID of its own."""
    found = own_identifiers(view)
    record = view.record
    if isinstance(found, Missing) or isinstance(record, Missing):
        return found if isinstance(found, Missing) else ()
    if "swhid" not in found:
        return Missing("it has no SWHID")
    return (view.at(record, ("identifiers", "swhid"), said(("swhid",), found["swhid"])),)


@fact
def cited_id(view: View) -> Found:
    """CITATION.cff or the README names the identifier."""
    found = own_identifiers(view)
    if isinstance(found, Missing):
        return found
    names = [(bare_doi(text) or text).lower() for text in found.values()]
    for file in view.documents.all(CffFile):
        for pointer, text in file.texts("doi", "identifiers/*/value"):
            if text.lower() in names:
                return (view.at(file, pointer, said(("identifier",), text)),)
    repository = view.documents.repository
    for path in sorted(name for name in repository.sizes if re.fullmatch(r"(?i)readme(?:\.\w+)?", name)):
        try:
            lines = repository.text(path).lower().splitlines()
        except DocumentError:
            continue
        for number, line in enumerate(lines, 1):
            if any(name in line for name in names):
                return (Evidence("identifier in the README", clean(path), number),)
    return Missing("neither CITATION.cff nor the README names the identifier")
