"""The metalink (RFC 5854) beside the lock: where the files could be read when it was made.

It is a cache: never committed, readable by its owner only, made anew by every lock. Addresses that carry a
signature or a token are not kept.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from fairport.lake.remote.wire import is_signed

_NAMESPACE: Final = "{urn:ietf:params:xml:ns:metalink}"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n'


def write_metalink(path: Path, files: Iterable[dict[str, Any]]) -> int:
    """Write files with their sources in one step.

    Args:
        path: where; mode 0600.
        files: ``did``, ``bytes``, ``adler32``, ``md5`` and ``sources`` (``rse``, ``domain``, ``pfn``).

    Returns:
        The number of files with at least one source.
    """
    count = 0
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(_HEAD)
            for file in files:
                entry = _entry(file)
                if entry:
                    count += 1
                    out.write(entry)
            out.write("</metalink>\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return count


def read_metalink(path: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield (DID, sources in order of priority) of each file; an unreadable rest is left out.

    The text is hostile: entities are refused and an element is dropped as soon as it has been read.
    """
    from xml.etree.ElementTree import ParseError, XMLPullParser

    try:
        stream = path.open("rb")
    except OSError:
        return
    parser: Any = XMLPullParser(events=("start", "end"))
    root: Any = None
    with stream, suppress(ParseError):
        while block := stream.read(1 << 16):
            if b"<!" in block:
                return
            parser.feed(block)
            for event, element in parser.read_events():
                if root is None:
                    root = element
                if event == "end" and element.tag == f"{_NAMESPACE}file":
                    yield element.findtext(f"{_NAMESPACE}identity", ""), _sources(element)
                    root.clear()


def _entry(file: dict[str, Any]) -> str:
    sources = [source for source in file["sources"] if not is_signed(source["pfn"])]
    if not sources:
        return ""
    did = file["did"]
    lines = [f" <file name={quoteattr(did.partition(':')[2])}>", f"  <identity>{escape(did)}</identity>"]
    lines += [
        f'  <hash type="{kind}">{escape(file[kind])}</hash>' for kind in ("adler32", "md5") if file.get(kind)
    ]
    lines.append(f"  <size>{file['bytes']}</size>")
    for number, source in enumerate(sources, start=1):
        attributes = f"location={quoteattr(source['rse'])} domain={quoteattr(source['domain'])}"
        lines.append(
            f'  <url {attributes} priority="{number}" client_extract="false">{escape(source["pfn"])}</url>'
        )
    return "\n".join([*lines, " </file>", ""])


def _sources(element: Any) -> list[dict[str, str]]:
    found = []
    for url in element.iter(f"{_NAMESPACE}url"):
        priority = url.get("priority", "999999")
        source = {
            "rse": url.get("location", ""),
            "domain": url.get("domain", "wan"),
            "pfn": (url.text or "").strip(),
        }
        found.append((int(priority) if priority.isdigit() else 999999, source))
    return [source for _, source in sorted(found, key=lambda pair: pair[0])]
