"""Container images: where they are named, and what their names promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fairport.check.cwl.model import processes
from fairport.check.documents import AnalysisFile, CwlFile, Documents, Parsed, ReanaFile
from fairport.contract.errors import DocumentError
from fairport.contract.loading import Pointer

_IMAGE: Final = re.compile(
    r"(?P<name>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]+)?(?:/[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)
MOVING_TAGS: Final = frozenset(
    {"latest", "main", "master", "dev", "devel", "develop", "edge", "nightly", "stable"}
)


@dataclass(frozen=True, slots=True)
class ImageReference:
    """An image that is named somewhere.

    Attributes:
        text: as it is written.
        path: file.
        file: parsed file, or None for a Containerfile.
        pointer: where it stands in the parsed file.
        line: line in a Containerfile.
        column: column in a Containerfile.
    """

    text: str
    path: str
    file: Parsed | None = None
    pointer: Pointer = ()
    line: int | None = None
    column: int | None = None

    @property
    def parts(self) -> tuple[str, str | None, str | None] | None:
        """Return (name, tag, digest); ``None`` when the name is malformed."""
        text = re.sub(r"^(?:docker|oras|library|shub)://", "", self.text)
        match = _IMAGE.fullmatch(text) if len(text) <= 500 else None
        return (match["name"], match["tag"], match["digest"]) if match else None


def image_references(documents: Documents) -> Iterator[ImageReference]:
    """Yield every image that the repository names for its workflow."""
    for record in documents.all(AnalysisFile):
        for pointer, text in record.texts("software/image"):
            yield ImageReference(text, record.path, record, pointer)
    for cwl in documents.all(CwlFile):
        for process in processes(cwl):
            for item in process.requirements():
                pulled = item.value.get("dockerPull")
                if item.name == "DockerRequirement" and isinstance(pulled, str):
                    yield ImageReference(pulled, cwl.path, cwl, (*item.pointer, "dockerPull"))
    for reana in documents.all(ReanaFile):
        for pointer, text in reana.texts("workflow/specification/steps/*/environment"):
            yield ImageReference(text, reana.path, reana, pointer)
    yield from _containerfiles(documents)


def _containerfiles(documents: Documents) -> Iterator[ImageReference]:
    repository = documents.repository
    for pattern in ("**/Containerfile", "**/Dockerfile", "**/Containerfile.*", "**/Dockerfile.*"):
        for path in repository.glob(pattern)[:50]:
            try:
                text = repository.text(path)
            except DocumentError:
                continue
            stages: set[str] = {"scratch"}
            for number, line in enumerate(text.splitlines(), 1):
                match = re.match(r"\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", line, re.IGNORECASE)
                if match is None:
                    continue
                if match[1] not in stages and "$" not in match[1]:
                    yield ImageReference(match[1], path, None, (), number, match.start(1) + 1)
                if match[2]:
                    stages.add(match[2])
