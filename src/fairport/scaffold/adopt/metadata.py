"""Evidence from metadata files: CITATION.cff, .zenodo.json, codemeta.json; and whose metadata they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from fairport.scaffold.adopt import licence, names
from fairport.scaffold.adopt.model import Evidence, Found, Notice, clean
from fairport.scaffold.adopt.tree import AnyDocument, LooseJson, Tree

_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ACCESS: Final = {
    "open": "open access",
    "embargoed": "embargoed access",
    "restricted": "restricted access",
    "closed": "metadata only access",
}


def evidence(tree: Tree, address: str | None, titles: list[str]) -> list[Evidence]:
    """Return what the three metadata files tell, the file with the most careful authors first.

    Args:
        tree: the repository.
        address: web address of its remote, to tell foreign metadata.
        titles: how the repository calls itself (title of its README, name of its folder).
    """
    found: list[Evidence] = []
    readers: tuple[tuple[str, str, str, Callable[[AnyDocument], Iterator[Evidence]]], ...] = (
        ("CITATION.cff", "repository-code", "title", _cff),
        (".zenodo.json", "", "title", _zenodo),
        ("codemeta.json", "codeRepository", "name", _codemeta),
    )
    for name, link, title, reader in readers:
        if name not in tree.files:
            continue
        document = tree.document(name)
        if document is None:
            found.append(Notice("problem", name, "the file cannot be read as what its name says", name))
            continue
        if isinstance(document, LooseJson):
            found.append(Notice("problem", name, document.flaw, name))
        reason = foreign(document.data.get(link), document.data.get(title), address, titles)
        if reason is not None:
            where = str(document.locate((title,) if title in document.data else (link,)))
            text = f'"{clean(document.data.get(title), 90)}" describes another repository: {reason}'
            found.append(Notice("rejected", name, text, where))
        else:
            found += reader(document)
    return found


def foreign(link: object, title: object, address: str | None, titles: list[str]) -> str | None:
    """Say why metadata belong to another repository, or return ``None`` when they may be this one's.

    An address with the same last part is a mirror or a former home. A different one alone is no proof, so the
    title must be strange as well: fewer than half of its telling words stand in any title of this repository.
    """
    theirs = names.repository_address(link)
    own = {re.sub(r"[^a-z0-9]", "", text.lower()) for text in titles}
    if address:
        own.add(names.last_part(address))
    if theirs is None or names.last_part(theirs) in own:
        return None
    wanted = names.words(clean(title, 300))
    shared = max((len(wanted & names.words(text)) / len(wanted) for text in titles if wanted), default=0.0)
    if wanted and shared >= 0.5:
        return None
    return f"it gives {theirs}" + (f", this one is {address}" if address else "")


def authors_of(document: AnyDocument) -> list[dict[str, Any]]:
    """Return the people that a CodeMeta document names, also those that do not count as authors."""
    people = [
        _codemeta_person(who) for key in ("author", "contributor") for who in _items(document.data.get(key))
    ]
    return [who for who in people if who]


def _codemeta(document: AnyDocument) -> Iterator[Evidence]:
    data = document.data
    yield from _texts(document, {"title": "name", "description": "description"})
    yield from _licence(document)
    for key in ("version", "softwareVersion"):
        yield from _mapped(document, "version", key, names.version)
    yield from _mapped(document, "created", "dateCreated", names.date)
    yield from _mapped(document, "released", "datePublished", names.date)
    yield from _mapped(document, "repository.url", "codeRepository", names.repository_address, "likely")
    yield from _mapped(document, "repository.issues", "issueTracker", names.web_address)
    yield from _mapped(document, "identifiers.arxiv", "referencePublication", names.arxiv)
    yield from _mapped(document, "identifiers.doi", "identifier", names.doi)
    yield from _keywords(document)
    languages = [
        clean(item.get("name") if isinstance(item, dict) else item, 60)
        for item in _items(data.get("programmingLanguage"))
    ]
    if any(languages):
        text = ", ".join(item for item in languages if item)
        yield Found("software.language", text, _at(document, "programmingLanguage"), "sure")
    yield from _people(document, "author", _codemeta_person, ("@id", "orcid"))
    others = [who for who in map(_codemeta_person, _items(data.get("contributor"))) if who]
    yield from _orcid_flaws(document, "contributor", ("@id", "orcid"))
    if others:
        yield Found("contributors", others, _at(document, "contributor"), "sure")
    yield from _contact(document)


def _contact(document: AnyDocument) -> Iterator[Evidence]:
    """Yield the first maintainer with an e-mail address, person or organisation."""
    for who in _items(document.data.get("maintainer"))[:20]:
        made = _codemeta_person(who)
        if made is None or not isinstance(who, dict) or not _MAIL.fullmatch(clean(who.get("email"), 200)):
            continue
        contact = {"name": display(made), "email": clean(who["email"], 200)}
        address = names.web_address(who.get("url"))
        yield Found(
            "contact",
            {**contact, **({"url": address} if address else {})},
            _at(document, "maintainer"),
            "sure",
        )
        return


def _zenodo(document: AnyDocument) -> Iterator[Evidence]:
    yield from _texts(document, {"title": "title", "description": "description"})
    yield from _licence(document)
    yield from _mapped(document, "version", "version", names.version)
    yield from _mapped(document, "released", "publication_date", names.date)
    yield from _mapped(document, "access.level", "access_right", lambda value: _ACCESS.get(clean(value, 20)))
    yield from _mapped(document, "identifiers.doi", "doi", names.doi)
    yield from _keywords(document)
    yield from _related(document)
    yield from _people(document, "creators", _zenodo_person, ("orcid",))
    yield from _orcid_flaws(document, "contributors", ("orcid",))


def _cff(document: AnyDocument) -> Iterator[Evidence]:
    yield from _texts(document, {"title": "title", "description": "abstract"})
    yield from _licence(document)
    yield from _mapped(document, "version", "version", names.version)
    yield from _mapped(document, "released", "date-released", names.date)
    yield from _mapped(document, "repository.url", "repository-code", names.repository_address, "likely")
    yield from _mapped(document, "identifiers.doi", "doi", names.doi)
    yield from _keywords(document)
    yield from _people(document, "authors", _cff_person, ("orcid",))
    paper = document.data.get("preferred-citation")
    if isinstance(paper, dict):
        where = _at(document, "preferred-citation")
        arxiv = next((found for value in paper.values() if (found := names.arxiv(str(value)[:500]))), None)
        if arxiv:
            yield Found("identifiers.arxiv", arxiv, where, "sure")
        doi = names.doi(paper.get("doi"))
        if doi:
            related = {"identifier": doi, "relation": "IsSupplementTo", **_titled(paper.get("title"))}
            yield Found("related", [related], where, "sure")


def _related(document: AnyDocument) -> Iterator[Evidence]:
    """Yield related items of Zenodo; its relations are those of DataCite with a small first letter."""
    found = []
    for item in _items(document.data.get("related_identifiers"))[:200]:
        identifier = clean(item.get("identifier"), 500) if isinstance(item, dict) else ""
        relation = clean(item.get("relation"), 60) if isinstance(item, dict) else ""
        if identifier and re.fullmatch("[A-Za-z]+", relation):
            written = names.doi(identifier) if identifier.startswith("10.") else identifier
            found.append({"identifier": written, "relation": relation[:1].upper() + relation[1:]})
    if found:
        yield Found("related", found, _at(document, "related_identifiers"), "sure")


def _titled(value: object) -> dict[str, str]:
    title = clean(value, 300)
    return {"title": title} if title else {}


def _texts(document: AnyDocument, fields: dict[str, str]) -> Iterator[Evidence]:
    least = {"title": 5, "description": 50}
    most = {"title": 200, "description": 5000}
    for field, key in fields.items():
        text = clean(re.sub(r"</?[a-zA-Z][^<>]{0,200}>", " ", str(document.data.get(key) or "")[:20_000]))
        if len(text) > most[field]:
            text = clean(text, most[field])
        if len(text) >= least[field]:
            yield Found(field, text, _at(document, key), "sure")


def _mapped(
    document: AnyDocument,
    field: str,
    key: str,
    reading: Callable[[Any], str | None],
    confidence: Any = "sure",
) -> Iterator[Evidence]:
    for value in _items(document.data.get(key)):
        text = reading(value)
        if text:
            yield Found(field, text, _at(document, key), confidence)
            return


def _licence(document: AnyDocument) -> Iterator[Evidence]:
    """Yield the licence; a retired GNU identifier leaves open whether later versions are allowed."""
    open_end = not re.search("only|later|\\+", str(document.data.get("license"))[:200])
    for item in _mapped(document, "licences.code", "license", licence.identifier):
        vague = isinstance(item, Found) and str(item.value).endswith("-only") and open_end
        yield replace(item, confidence="likely") if vague and isinstance(item, Found) else item


def _keywords(document: AnyDocument) -> Iterator[Evidence]:
    value = document.data.get("keywords")
    parts = value.split(",") if isinstance(value, str) else _items(value)
    found = list(dict.fromkeys(text for part in parts[:60] if (text := clean(part, 100))))
    if found:
        yield Found("keywords", found, _at(document, "keywords"), "sure")


def _people(
    document: AnyDocument, key: str, reading: Callable[[Any], dict[str, Any] | None], orcids: tuple[str, ...]
) -> Iterator[Evidence]:
    people = [who for item in _items(document.data.get(key))[:3000] if (who := reading(item))]
    if people:
        yield Found("authors", people, _at(document, key), "sure")
    yield from _orcid_flaws(document, key, orcids)


def _orcid_flaws(document: AnyDocument, key: str, orcids: tuple[str, ...]) -> Iterator[Evidence]:
    value = document.data.get(key)
    for index, who in enumerate(_items(value)):
        for name in orcids:
            written = who.get(name) if isinstance(who, dict) else None
            if not isinstance(written, str) or (name == "@id" and "orcid" not in written.lower()):
                continue
            _, flaw = names.orcid(written)
            if flaw:
                pointer = (key, index, name) if isinstance(value, list) else (key, name)
                yield Notice("problem", "orcid", flaw, str(document.locate(pointer)))


def _codemeta_person(who: Any) -> dict[str, Any] | None:
    if not isinstance(who, dict):
        return names.person(who)
    if clean(who.get("@type") or who.get("type"), 60) == "Organization":
        name = clean(who.get("name"), 200)
        return {"organisation": name} if name else None
    made = _pair(who.get("givenName"), who.get("familyName")) or names.person(who.get("name"))
    orcid = names.orcid(who.get("@id") or who.get("orcid"))[0] if made else None
    return _complete(made, orcid, who.get("email"), who.get("affiliation"))


def _zenodo_person(who: Any) -> dict[str, Any] | None:
    if not isinstance(who, dict):
        return None
    return _complete(
        names.person(who.get("name")), names.orcid(who.get("orcid"))[0], None, who.get("affiliation")
    )


def _cff_person(who: Any) -> dict[str, Any] | None:
    if not isinstance(who, dict):
        return None
    if "name" in who and "family-names" not in who:
        name = clean(who["name"], 200)
        return {"organisation": name} if name else None
    made = _pair(who.get("given-names"), who.get("family-names"))
    return _complete(made, names.orcid(who.get("orcid"))[0], who.get("email"), who.get("affiliation"))


def _pair(given: object, family: object) -> dict[str, Any] | None:
    texts = {"given_names": clean(given, 120), "family_names": clean(family, 120)}
    return {key: text for key, text in texts.items() if text} or None


def _complete(
    who: dict[str, Any] | None, orcid: str | None, email: object, affiliation: object
) -> dict[str, Any] | None:
    if who is None:
        return None
    if orcid:
        who["orcid"] = orcid
    address = clean(email, 200)
    if _MAIL.fullmatch(address):
        who["email"] = address
    places = [
        clean(item.get("name") if isinstance(item, dict) else item, 300) for item in _items(affiliation)
    ]
    if any(places):
        who["affiliations"] = [{"name": name} for name in places if name]
    return who


def display(who: dict[str, Any]) -> str:
    """Return the name of an author as one text."""
    if "organisation" in who:
        return str(who["organisation"])
    return " ".join(str(who[key]) for key in ("given_names", "family_names") if key in who)


def _items(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def _at(document: AnyDocument, key: str) -> str:
    location = document.locate((key,))
    return f"{location.path}:{location.line}" if location.line else location.path
