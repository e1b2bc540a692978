"""What the analysis record says: description, people, access, licences, relations, vocabularies."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from fairport.check.assess.facts import fact
from fairport.check.assess.starter import defaults, is_placeholder, is_template_author
from fairport.check.assess.view import Found, Missing, View, joined, said
from fairport.check.documents import Documents
from fairport.check.identifiers import bare_doi, check_identifier, is_persistent
from fairport.check.licences import licence_names, parse_licence
from fairport.check.parsed import CffFile, CodemetaFile, CrateFile, Parsed
from fairport.check.vocabularies import RELATIONS, RESOURCE_TYPES
from fairport.contract.errors import DocumentError

_VOCABULARIES: Final = re.compile(
    r"https?://(?:www\.)?(?:astrothesaurus\.org/uat/|id\.loc\.gov/|vocabularies\.coar-repositories\.org/|"
    r"purl\.org/coar/|edamontology\.org/|w3id\.org/|purl\.obolibrary\.org/|inspirehep\.net/info/hep/|"
    r"(?:www\.)?wikidata\.org/(?:wiki|entity)/Q\d|purl\.org/|physh\.org/|doi\.org/10\.29172/)",
    re.IGNORECASE,
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_CODEMETA: Final = ("name", "description", "author", "license", "codeRepository")


def _stated(
    view: View, key: str, good: Callable[[str], bool] = lambda text: bool(text.strip()), *, own: bool = True
) -> Found:
    """Return the place of a text in the record, if it is there, good and not the template's."""
    record = view.own_record if own else view.record
    if isinstance(record, Missing):
        return record
    text = record.text(key)
    name = key.replace("/", ".")
    if text is None or not text.strip():
        return Missing(f"there is no {name}")
    if is_placeholder(text):
        return Missing(f"the {name} is still the template's")
    if not good(text):
        return Missing(f"the {name} is not what is asked for")
    return (view.at(record, tuple(key.split("/")), said((name,), text)),)


@fact
def title(view: View) -> Found:
    """A title of 5 to 200 characters that is not the template's."""
    return _stated(view, "title", lambda text: 5 <= len(text.strip()) <= 200, own=False)


@fact
def description(view: View) -> Found:
    """A description of 50 to 5000 characters that is not the template's."""
    return _stated(view, "description", lambda text: 50 <= len(text.strip()) <= 5000, own=False)


@fact
def creators(view: View) -> Found:
    """At least one author with a name, none of them the template's."""
    record = view.record
    if isinstance(record, Missing):
        return record
    people = [(pointer, item) for pointer, item in record.select("authors/*") if isinstance(item, dict)]
    if any(is_template_author(item) for _, item in people):
        return Missing("the author is still the template's")
    named = [(pointer, name) for pointer, item in people if (name := _name(item))]
    if not named:
        return Missing("no author has a name")
    return tuple(view.at(record, pointer, said(("author",), name)) for pointer, name in named[:3])


def _name(person: dict[str, Any]) -> str:
    parts = [person.get("given_names"), person.get("family_names")]
    whole = " ".join(part for part in parts if isinstance(part, str) and part.strip())
    organisation = person.get("organisation")
    if isinstance(organisation, str) and organisation.strip():
        return organisation
    return whole if all(isinstance(part, str) and part.strip() for part in parts) else ""


@fact
def keywords(view: View) -> Found:
    """Three distinct keywords; those of a starter count once the results are no longer its example."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    words = record.mapping.get("keywords")
    texts = {word.strip() for word in words if isinstance(word, str)} if isinstance(words, list) else set()
    if len({word.casefold() for word in texts if word}) < 3:
        return Missing("there are not three keywords")
    if frozenset(texts) in defaults().keywords and isinstance(view.own_results, Missing):
        return Missing("the keywords are still the starter's")
    return (view.at(record, ("keywords",), f"{len(texts)} keywords"),)


@fact
def publisher(view: View) -> Found:
    """The publisher is named."""
    return _stated(view, "publisher")


@fact
def resource_type(view: View) -> Found:
    """The resource type is one of DataCite's."""
    return _stated(view, "resource_type", lambda text: text in RESOURCE_TYPES)


@fact
def day(view: View) -> Found:
    """The day of release, or of creation."""
    for key in ("released", "created"):
        found = _stated(view, key, lambda text: _DATE.fullmatch(text) is not None)
        if not isinstance(found, Missing):
            return found
    return found


@fact
def contact(view: View) -> Found:
    """Somebody to ask."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    group = record.mapping.get("contact")
    values = [value for value in group.values() if isinstance(value, str)] if isinstance(group, dict) else []
    if not any(not is_placeholder(value) for value in values):
        return Missing("there is no contact")
    return (view.at(record, ("contact",), "contact"),)


@fact
def origin(view: View) -> Found:
    """The experiment is named, and which kind of search this is."""
    return joined(_stated(view, key) for key in ("experiment/name", "search"))


@fact
def methods(view: View) -> Found:
    """The workflow is named, and its file is there."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    file = (record.text("workflow/file") or "").removeprefix("./")
    if file not in view.documents.repository:
        return Missing("the workflow file is not there")
    return (view.at(record, ("workflow", "file"), said(("workflow",), file)),)


@fact
def access(view: View) -> Found:
    """The access right is stated in the words of COAR."""
    return _stated(view, "access/level", lambda text: text.endswith(" access"))


@fact
def licences(view: View) -> Found:
    """Code and data have a licence."""
    return joined(_stated(view, f"licences/{kind}") for kind in ("code", "data"))


@fact
def standard_licences(view: View) -> Found:
    """Both licences are SPDX expressions without private names."""
    found = licences(view)
    record = view.record
    if isinstance(found, Missing) or isinstance(record, Missing):
        return found
    for kind in ("code", "data"):
        parsed = parse_licence(record.text(f"licences/{kind}") or "")
        names = () if parsed.error is not None else licence_names(parsed)
        if not names or any("LicenseRef" in name for name in names):
            return Missing(f"the licence of the {kind} is none of SPDX's")
    return found


@fact
def related(view: View) -> Found:
    """A related item with a resolvable identifier and a DataCite relation."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    evidence = []
    kept = False
    for pointer, item in record.select("related/*"):
        identifier = item.get("identifier") if isinstance(item, dict) else None
        if not isinstance(identifier, str) or item.get("relation") not in RELATIONS:
            continue
        if check_identifier(identifier) is not None or is_placeholder(identifier):
            continue
        if identifier.lower() in defaults().papers and isinstance(view.own_results, Missing):
            kept = True
            continue
        if is_persistent(identifier) or identifier.startswith("https://"):
            evidence.append(
                view.at(record, pointer, f"{item['relation']} {bare_doi(identifier) or identifier}")
            )
    if not evidence:
        return Missing("the only related items are the starter's" if kept else "no related item is named")
    return tuple(evidence)


@fact
def vocabularies(view: View) -> Found:
    """Subjects by the address of a term in a registered vocabulary."""
    record = view.own_record
    if isinstance(record, Missing):
        return record
    evidence = tuple(
        view.at(record, pointer, said(("subject",), iri))
        for pointer, iri in record.texts("subjects/*/iri")
        if _VOCABULARIES.match(iri)
    )
    return evidence or Missing("no subject is a term of a registered vocabulary")


@fact
def linked_metadata(view: View) -> Found:
    """codemeta.json or the RO-Crate: JSON-LD that says name, description, author and licence."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    files: list[Parsed] = [*view.documents.all(CodemetaFile), *view.documents.all(CrateFile)]
    evidence = [
        view.at(file, ("@context",), f"{file.path} (JSON-LD)") for file in files if _says_enough(file)
    ]
    if evidence:
        return tuple(evidence)
    return _derived(
        view.documents, "codemeta.json", "neither codemeta.json nor an RO-Crate describes the analysis"
    )


def _says_enough(file: Parsed) -> bool:
    data = file.mapping
    if "@context" not in data:
        return False
    if isinstance(file, CodemetaFile):
        return all(data.get(key) for key in _CODEMETA)
    graph = data.get("@graph")
    roots = [item for item in graph if isinstance(item, dict)] if isinstance(graph, list) else []
    return any(
        item.get("@id") == "./" and all(item.get(key) for key in ("name", "description", "license"))
        for item in roots
    )


def _derived(documents: Documents, path: str, absent: str) -> Missing:
    if path in documents.repository and isinstance(documents.parsed(path), DocumentError):
        return Missing(f"{path} cannot be read", assessed=False)
    return Missing(absent)


@fact
def cff(view: View) -> Found:
    """CITATION.cff with title, authors and message."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    for file in view.documents.all(CffFile):
        if all(file.mapping.get(key) for key in ("title", "authors", "message", "cff-version")):
            return (view.at(file, ("cff-version",), "CITATION.cff"),)
    return _derived(view.documents, "CITATION.cff", "there is no complete CITATION.cff")


@fact
def licence_texts(view: View) -> Found:
    """The texts of the licences lie in the repository."""
    if isinstance(view.own_record, Missing):
        return view.own_record
    names = sorted(
        path
        for path in view.documents.repository.sizes
        if re.fullmatch(r"(?:LICEN[CS]E|COPYING)(?:\.\w+)?|LICENSES/[^/]+", path)
        and view.documents.repository.sizes[path]
    )
    return tuple(view.of(path, "licence text") for path in names) or Missing("there is no text of a licence")
