"""Packages that an analysis needs, as its files state them: lists, package descriptions, install lines."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from fairport.scaffold.adopt.model import Confidence, Material, clean
from fairport.scaffold.adopt.packages import line_of, toml
from fairport.scaffold.adopt.tree import Tree, place

REQUIREMENTS: Final = re.compile(r"[\w.-]*requirements[\w.-]*\.(?:txt|in)", re.I)
"""Name of a list of packages for pip."""

_CONDA: Final = re.compile(r"(?:[\w.-]*environment[\w.-]*|conda[\w.-]*)\.ya?ml", re.I)
_INSTALL: Final = re.compile(
    r"(?:\bpip3?|\bconda|\bmamba|\bmicromamba|\buv pip)\s+install\s+([^|;&#)`\n\"'\\]+)"
)
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?(?:\s*(?:[<>=!~]=?|===)\s*[\w.*,<>=! +-]+)?")
_BLOCK: Final = re.compile(r"install_requires\s*=\s*\[(.*?)\]", re.S)
_INSTALLERS: Final = frozenset("pip setuptools wheel conda mamba upgrade".split())
_VALUED: Final = frozenset(
    {"-c", "--channel", "-n", "--name", "-r", "--requirement", "-e", "--index-url", "-f"}
)
_IMPORT: Final = re.compile(
    r"(?:^\s*|(?<=\")\s*)(?:from\s+([A-Za-z]\w*)(?:\.\w+)*\s+import\b"
    r"|import\s+([A-Za-z]\w*)(?:\.\w+)*(?:\s+as\s+\w+)?\s*(?:[,;#\\\"]|$))"
)
_PACKAGES: Final = {
    "sklearn": "scikit-learn",
    "mpl_toolkits": "matplotlib",
    "pylab": "matplotlib",
    "skimage": "scikit-image",
    "yaml": "PyYAML",
    "PIL": "Pillow",
    "cv2": "opencv-python",
    "bs4": "beautifulsoup4",
}
"""Packages whose modules have other names."""

_TOOLS: Final = frozenset(
    "setuptools setuptools_scm pkg_resources distutils pip __future__ versioneer "
    "ConfigParser Queue StringIO cPickle urllib2 Tkinter commands".split()
)

_TEXTS: Final = (".md", ".rst", ".sh", ".ipynb", "dockerfile", "containerfile", ".def")
_MAX: Final = 500


def requirements(tree: Tree) -> list[Material]:
    """Return each package once, with the place that says most of it first."""
    found: dict[str, Material] = {}
    for item in _all(tree):
        key = re.split(r"[\s<>=!~\[;]", item.value, maxsplit=1)[0].lower().replace("_", "-")
        if key and key not in found:
            found[key] = item
        if len(found) >= _MAX:
            break
    return list(found.values())


def _all(tree: Tree) -> Iterator[Material]:
    for name in tree.files:
        base = name.rpartition("/")[2]
        if REQUIREMENTS.fullmatch(base):
            yield from _pip(name, (tree.text(name) or "").splitlines())
        elif _CONDA.fullmatch(base):
            yield from _conda(tree, name)
    for name in tree.named("setup.py"):
        yield from _setup(name, tree.text(name) or "")
    for name in tree.named("pyproject.toml"):
        yield from _pyproject(name, tree.text(name) or "")
    for name in tree.ending(*_TEXTS):
        yield from _installed(name, tree.text(name) or "")
    own = {part.removesuffix(".py") for name in tree.ending(".py") for part in name.split("/")}
    for name in tree.ending(".py", ".ipynb")[:_MAX]:
        if not name.endswith("conf.py"):
            yield from _imported(name, tree.text(name) or "", own)


def _pip(name: str, lines: list[str]) -> Iterator[Material]:
    for number, line in enumerate(lines, 1):
        text = re.sub(r"\s+--hash=\S+|\s*\\$", "", line.partition(" #")[0].strip())
        if text and not text.startswith(("#", "-")):
            yield _package(text.partition(";")[0], name, number, "sure")


def _conda(tree: Tree, name: str) -> Iterator[Material]:
    """Yield the list under ``dependencies`` of a conda environment, with that of pip inside it."""
    document = tree.document(name)
    listed = document.data.get("dependencies") if document else None
    if document is None or not isinstance(listed, list):
        return
    for index, item in enumerate(listed[:_MAX]):
        inner = item.get("pip") if isinstance(item, dict) else None
        for part, entry in enumerate(inner[:_MAX] if isinstance(inner, list) else [item]):
            pointer: tuple[str | int, ...] = ("dependencies", index, *(("pip", part) if inner else ()))
            if isinstance(entry, str) and entry != "pip" and not entry.startswith(("-", "git+")):
                yield _package(entry, name, document.locate(pointer).line, "sure")


def _setup(name: str, text: str) -> Iterator[Material]:
    block = _BLOCK.search(text)
    if block is None:
        return
    for match in re.finditer(r"(['\"])([^'\"\n]{1,200})\1", block[1]):
        yield _package(match[2], name, text.count("\n", 0, block.start(1) + match.start()) + 1, "sure")


def _pyproject(name: str, text: str) -> Iterator[Material]:
    data = toml(text) or {}
    project: Any = data.get("project")
    listed = project.get("dependencies") if isinstance(project, dict) else None
    for entry in listed[:_MAX] if isinstance(listed, list) else []:
        if isinstance(entry, str):
            at = text.find(entry)
            yield _package(entry, name, text.count("\n", 0, at) + 1 if at >= 0 else None, "sure")
    poetry = data.get("tool", {}).get("poetry") if isinstance(data.get("tool"), dict) else None
    table = poetry.get("dependencies") if isinstance(poetry, dict) else None
    for key, value in list(table.items())[:_MAX] if isinstance(table, dict) else []:
        version = value.get("version", "") if isinstance(value, dict) else value
        if key != "python":
            wanted = clean(version, 60).strip("* ")
            yield _package(f"{key} {wanted}".strip(), name, line_of(text, key), "sure")


def _installed(name: str, text: str) -> Iterator[Material]:
    """Yield what ``pip install`` and ``conda install`` lines name; paths, options and lists are left out."""
    if "install" not in text:
        return
    for number, line in enumerate(text.splitlines(), 1):
        for match in _INSTALL.finditer(line[:5000]):
            words = iter(match[1].replace("\\n", " ").split())
            for word in words:
                if word in _VALUED:
                    next(words, None)
                elif re.match(r"[.$<{~/-]|git\+|https?:", word):
                    continue
                elif (
                    _NAME.fullmatch(word)
                    and not re.search(r"\.(?:txt|ya?ml|whl)$", word)
                    and word.lower() not in _INSTALLERS
                    and "/" not in word
                ):
                    yield _package(word, name, number, "likely")
                else:
                    break


def _imported(name: str, text: str, own: set[str]) -> Iterator[Material]:
    """Yield what Python code imports beside its own modules and the standard library.

    The name of a module need not be that of its package.
    """
    for number, line in enumerate(text.splitlines(), 1):
        for match in _IMPORT.finditer(line[:20_000]):
            module = match[1] or match[2]
            if module not in sys.stdlib_module_names and module not in _TOOLS and module not in own:
                package = _PACKAGES.get(module, module)
                yield Material("requirement", package, place(name, number), "guess", {"import": module})


def _package(text: str, name: str, line: int | None, confidence: Confidence) -> Material:
    shown = re.sub(r"\s*@\s.*", "", clean(text, 200))
    return Material("requirement", shown, place(name, line), confidence)
