"""Which experiment and which kind of search a repository is about, by the names that it uses."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from fairport.scaffold.adopt.model import Evidence, Found, Notice
from fairport.scaffold.adopt.tree import Tree


class Known(NamedTuple):
    """An experiment: its name, how it is written (pattern), its messenger or method, its collaboration."""

    name: str
    pattern: str
    method: str
    collaboration: str


_KNOWN: Final = (
    Known("DarkSide-50", r"dark\s?side[\s-]?50|\bds-?50\b", "direct", "DarkSide"),
    Known("XENONnT", r"xenonnt", "direct", "XENON"),
    Known("XENON1T", r"xenon1t", "direct", "XENON"),
    Known("XENON100", r"xenon100", "direct", "XENON"),
    Known("LUX-ZEPLIN", r"lux-zeplin|\blz experiment\b", "direct", "LZ"),
    Known("PandaX-4T", r"pandax-?4t", "direct", "PandaX"),
    Known("DEAP-3600", r"deap-?3600", "direct", "DEAP"),
    Known("CRESST", r"cresst", "direct", "CRESST"),
    Known("SuperCDMS", r"supercdms", "direct", "SuperCDMS"),
    Known("PICO-60", r"pico-60", "direct", "PICO"),
    Known("ATLAS", r"\batlas\b", "collider", "ATLAS"),
    Known("CMS", r"\bcms\b", "collider", "CMS"),
    Known("LHCb", r"\blhcb\b", "collider", "LHCb"),
    Known("Belle II", r"belle\s?(?:ii|2)\b", "collider", "Belle II"),
    Known("Fermi-LAT", r"fermi-?\s?lat", "gamma", "Fermi-LAT"),
    Known("CTA", r"\bctao?\b", "gamma", "CTA"),
    Known("H.E.S.S.", r"h\.e\.s\.s\.|\bhess\b", "gamma", "H.E.S.S."),
    Known("MAGIC", r"\bmagic (?:telescope|collaboration)", "gamma", "MAGIC"),
    Known("VERITAS", r"\bveritas\b", "gamma", "VERITAS"),
    Known("HAWC", r"\bhawc\b", "gamma", "HAWC"),
    Known("KM3NeT", r"\bkm3net\b|\bkm3irf\b", "neutrino", "KM3NeT"),
    Known("IceCube", r"\bicecube\b", "neutrino", "IceCube"),
    Known("ANTARES", r"\bantares\b", "neutrino", "ANTARES"),
    Known("ADMX", r"\badmx\b", "axion", "ADMX"),
    Known("CAST", r"\bcast (?:experiment|helioscope)", "axion", "CAST"),
    Known("ALICE", r"\balice\b", "collider", "ALICE"),
    Known("Belle", r"\bbelle\b(?!\s?(?:ii|2)\b)", "collider", "Belle"),
    Known("BaBar", r"\bbabar\b", "collider", "BaBar"),
    Known("DarkSide-20k", r"dark\s?side-?\s?20k\b", "direct", "DarkSide"),
    Known("PandaX-II", r"pandax-?\s?ii\b", "direct", "PandaX"),
    Known("LUX", r"\blux\b(?!-zeplin)", "direct", "LUX"),
    Known("EDELWEISS", r"\bedelweiss\b", "direct", "EDELWEISS"),
    Known("CDEX", r"\bcdex\b", "direct", "CDEX"),
    Known("DAMIC", r"\bdamic\b", "direct", "DAMIC"),
    Known("SENSEI", r"\bsensei\b", "direct", "SENSEI"),
    Known("COSINE-100", r"\bcosine-?100\b", "direct", "COSINE-100"),
    Known("DAMA/LIBRA", r"\bdama/libra\b", "direct", "DAMA/LIBRA"),
    Known("AMS-02", r"\bams-?02\b", "cosmic-rays", "AMS"),
    Known("DAMPE", r"\bdampe\b", "gamma", "DAMPE"),
    Known("LHAASO", r"\blhaaso\b", "gamma", "LHAASO"),
    Known("Super-Kamiokande", r"super-?kamiokande\b", "neutrino", "Super-Kamiokande"),
    Known("Baikal-GVD", r"baikal-gvd\b", "neutrino", "Baikal-GVD"),
    Known("IAXO", r"\b(?:baby)?iaxo\b", "axion", "IAXO"),
    Known("HAYSTAC", r"\bhaystac\b", "axion", "HAYSTAC"),
    Known("MADMAX", r"\bmadmax\b", "axion", "MADMAX"),
    Known("ABRACADABRA", r"\babracadabra\b", "axion", "ABRACADABRA"),
    Known("Planck", r"\bplanck (?:20\d\d|data|satellite|collaboration)", "cosmology", "Planck"),
)


_KINDS: Final = {
    "direct": r"\bdirect(?:ional)?[\s-]+(?:dark matter[\s-]+)?(?:detection|search)|nuclear recoil"
    r"|\bnucle(?:us|on|ar)[\s-]+scattering|wimp-nucleon",
    "indirect": r"\bindirect[\s-]+(?:dark matter[\s-]+)?(?:detection|search)|annihilat"
    r"|\bdwarf (?:spheroidal|galax)",
    "collider": r"\blhc\b|\bcollider|\bmono-?jet|\bdilepton|\bdijet",
    "axion": r"\baxion|\bhaloscope|\bhelioscope",
}
"""Kinds of search and the words that only they use."""


def evidence(tree: Tree, title: str, address: str, description: str, readme: str) -> list[Evidence]:
    """Return the experiment and the kind of search.

    A name in the title or address is likely, one in the description a guess. Several in the title are all
    named; several in the description, or any in the rest of the README, are a question. A gamma-ray
    telescope with a neutrino telescope is a multi-messenger search. Without an experiment the words of title
    and description may tell the kind of search.
    """
    path = re.sub(r"[_/-]+", " ", address.partition("://")[2].partition("/")[2])
    path = re.sub(r"([a-z])([A-Z])", r"\1 \2", path) + " " + path
    places = (
        (title, "the title", "likely"),
        (path, "the address of the repository", "likely"),
        (description, "the description", "guess"),
        (readme[:20_000], "the README", "guess"),
    )
    for text, source, confidence in places:
        known = _mentioned(text)
        if known and (source == "the README" or (len(known) > 1 and confidence == "guess")):
            listed = ", ".join(item.name for item in known[:6])
            asked = Notice("question", "experiment", f"{source} names {listed}: whose data are used?")
            return [asked, *_search_by_words(title, description)]
        if known:
            return [
                _experiment(known, source, confidence),
                _search(known, f"{title} {description} {readme[:5000]}", source),
            ]
    return _search_by_words(title, description)


def _search_by_words(title: str, description: str) -> list[Evidence]:
    """Return the kind of search that the words of title and description tell, when it is one alone."""
    text = f"{title}. {description[:300]}"  # what is said first is what it is about
    if not re.search(r"dark[\s-]*matter|\bdm\b|wimp|axion", text, re.I):
        return []
    told = {kind: match[0] for kind, words in _KINDS.items() if (match := re.search(words, text, re.I))}
    if len(told) != 1:
        return []
    ((kind, word),) = told.items()
    return [Found("search", kind, f'"{" ".join(word.split())}" in title or description', "guess")]


def _mentioned(text: str) -> list[Known]:
    positions = [
        (match.start(), known) for known in _KNOWN if (match := re.search(known.pattern, text, re.I))
    ]
    return [known for _, known in sorted(positions, key=lambda item: item[0])]


def _experiment(known: list[Known], source: str, confidence: Any) -> Found:
    if len(known) == 1:
        return Found(
            "experiment", {"name": known[0].name, "collaboration": known[0].collaboration}, source, confidence
        )
    return Found("experiment", {"name": " and ".join(item.name for item in known[:4])}, source, confidence)


def _search(known: list[Known], text: str, source: str) -> Found:
    methods = {item.method for item in known}
    dark = re.search(r"dark[\s-]*matter|\bdm\b|annihilat|wimp", text, re.I) is not None
    if {"gamma", "neutrino"} <= methods:
        kind = "multimessenger"
    elif known[0].method in ("gamma", "neutrino", "cosmic-rays"):
        kind = "indirect" if dark else "other"
    else:
        kind = known[0].method
    return Found(
        "search",
        kind,
        f"{known[0].name} in {source}",
        "likely" if dark or kind == "multimessenger" else "guess",
    )
