"""Container images: where they are named, and what their names promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fairport.check.cwl.model import processes
from fairport.check.documents import Documents
from fairport.check.parsed import AnalysisFile, CwlFile, Parsed, ReanaFile
from fairport.contract.errors import DocumentError
from fairport.contract.loading import Pointer

_IMAGE: Final = re.compile(
    r"(?P<name>[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?::[0-9]+(?=/))?(?:/[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*)*)"
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


_SNAKEMAKE: Final = re.compile(
    r"^[ \t]*(?:container|singularity)[ \t]*:[ \t]*(?:\n[ \t]+)?['\"](?P<image>(?:docker://)?[\w./:@-]+)['\"]",
    re.M,
)
_YADAGE: Final = re.compile(
    r"(?:^[ \t]*imagetag:[ \t]*['\"]?(?P<before>[\w.-]+)['\"]?[ \t]*\n)?"
    r"^[ \t]*image:[ \t]*['\"]?(?P<image>[\w./:@-]+)['\"]?[ \t]*"
    r"(?:\n[ \t]*imagetag:[ \t]*['\"]?(?P<tag>[\w.-]+))?",
    re.M,
)


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
    kinds = {file.text("workflow/type") for kind in (AnalysisFile, ReanaFile) for file in documents.all(kind)}
    if "snakemake" in kinds:
        yield from _in_texts(documents, ("**/Snakefile*", "**/*.smk"), _SNAKEMAKE)
    if "yadage" in kinds:
        yield from _in_texts(documents, ("**/*.yml", "**/*.yaml"), _YADAGE)
    yield from _containerfiles(documents)


def _in_texts(
    documents: Documents, patterns: tuple[str, ...], images: re.Pattern[str]
) -> Iterator[ImageReference]:
    """Yield the images of Snakemake's ``container`` and of the environments of Yadage."""
    for path in sorted({path for pattern in patterns for path in documents.repository.glob(pattern)})[:50]:
        try:
            text = documents.repository.text(path, limit=1_000_000)
        except DocumentError:
            continue
        if images is _YADAGE and "environment_type" not in text:
            continue
        for match in images.finditer(text):
            start = match.start("image")
            named = match.groupdict()
            tag = named.get("tag") or named.get("before")
            image = f"{match['image']}:{tag}" if tag and "@" not in match["image"] else match["image"]
            line = text.count("\n", 0, start) + 1
            yield ImageReference(image, path, None, (), line, start - text.rfind("\n", 0, start))


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
