"""Loading a workflow and its inputs into cwltool, from the repository alone.

Runs in the worker process only (see :mod:`fairport.engines.cwl_worker`).
"""

from __future__ import annotations

import copy
import glob
import os
import re
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from cwltool import process as cwl_process
from cwltool.builder import INPUT_OBJ_VOCAB
from cwltool.context import LoadingContext, RuntimeContext
from cwltool.load_tool import fetch_document, make_tool, resolve_and_validate_document
from cwltool.process import Process, add_sizes, fill_in_defaults
from cwltool.stdfsaccess import StdFsAccess
from cwltool.utils import adjustDirObjs, normalizeFilesDirs, trim_listing, visit_files
from cwltool.workflow import default_make_tool
from schema_salad.exceptions import ValidationException
from schema_salad.fetcher import DefaultFetcher
from schema_salad.ref_resolver import Loader
from schema_salad.validate import validate_ex


class LocalFetcher(DefaultFetcher):
    """Reads files below one folder; everything else, the network above all, is refused."""

    root = Path("/nonexistent")

    def fetch_text(self, url: str, content_types: list[str] | None = None) -> str:
        """Read a file of the repository.

        Raises:
            ValidationException: the address is not a file of the repository.
        """
        if url not in self.cache and not self._allowed(url):
            raise ValidationException(f"{url} is not a file of the repository and is not fetched")
        return str(super().fetch_text(url, content_types))

    def check_exists(self, url: str) -> bool:
        """Tell whether the address is a file of the repository."""
        return url in self.cache or (self._allowed(url) and bool(super().check_exists(url)))

    def _allowed(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme == "file" and Path(unquote(parts.path)).resolve().is_relative_to(self.root)


class LocalAccess(StdFsAccess):
    """File access that takes the folder of intermediate files literally, whatever characters it contains."""

    work = "/nonexistent"

    def glob(self, pattern: str) -> list[str]:
        """Return the addresses of the files that match; only what follows the work folder is a pattern."""
        path = pattern
        if pattern.startswith(self.work):
            path = glob.escape(self.work) + pattern.removeprefix(self.work)
        return [Path(found).as_uri() for found in sorted(glob.glob(path))]  # noqa: PTH207


def load_process(request: dict[str, Any]) -> Process:
    """Load and validate the workflow of a request.

    Raises:
        ValidationException, WorkflowException: it is invalid.
    """
    cwl_process._names.clear()  # job names are unique within one run
    os.chdir(request["root"])  # messages show paths relative to it; -P keeps modules of it out
    LocalFetcher.root = Path(request["root"])
    loading = LoadingContext(
        {
            "construct_tool_object": default_make_tool,
            "fetcher_constructor": LocalFetcher,
            "doc_cache": False,
            "relax_path_checks": True,
            "podman": request["container"] == "podman",
            "singularity": request["container"] == "singularity",
        }
    )
    loading, document, uri = fetch_document(Path(request["workflow"]).as_uri(), loading)
    loading, uri = resolve_and_validate_document(loading, document, uri)
    return make_tool(uri, loading)


def check_inputs(process: Process, request: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs as cwltool wants them, validated against the ports of the process.

    Raises:
        ValidationException: a value does not fit its port.
    """
    job: dict[str, Any] = {key: value for key, value in request["inputs"].items() if not key.startswith("$")}
    declared: Any = process.metadata.get("$namespaces", {})
    namespaces = {**request["inputs"].get("$namespaces", {}), **declared}
    loader = Loader(namespaces, fetcher_constructor=LocalFetcher, doc_cache=False)

    def expand_format(item: Any) -> None:
        if "format" in item:
            item["format"] = loader.expand_url(item["format"], "")

    access = StdFsAccess(request["base"])
    anything: Any = job
    visit_files(anything, lambda item: add_sizes(access, cast(Any, item)))
    visit_files(anything, expand_format)
    adjustDirObjs(anything, trim_listing)
    normalizeFilesDirs(anything)
    tried: Any = copy.deepcopy(job)
    fill_in_defaults(process.tool["inputs"], tried, access)
    schema = process.names.get_name("input_record_schema", None)
    if schema is not None:
        validate_ex(schema, tried, strict=False, vocab=INPUT_OBJ_VOCAB)
    return job


def runtime_context(request: dict[str, Any]) -> RuntimeContext:
    """Return cwltool's settings for a request."""
    container = request["container"]
    work = request["work"]
    Path(work).mkdir(parents=True, exist_ok=True)
    LocalAccess.work = os.path.realpath(work)
    return RuntimeContext(
        {
            "basedir": request["base"],
            "outdir": request["outputs"],
            # Short paths for TMPDIR: sockets in it must stay under 108 bytes.
            "tmpdir_prefix": f"{request['temporary']}/",
            "tmp_outdir_prefix": f"{work}/",
            "use_container": container != "none",
            "podman": container == "podman",
            "singularity": container == "singularity",
            "image_base_path": request["images"],
            "preserve_environment": sorted(request["variables"]),
            "compute_checksum": False,
            "make_fs_access": LocalAccess,
            "on_error": "stop",
        }
    )


def readable(text: str, root: str) -> str:
    """Return cwltool's message without absolute paths and decoration, at most 20 lines."""
    shown = text.replace(Path(root).as_uri() + "/", "").replace(root + "/", "")
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in shown.splitlines()]
    kept = [line for line in lines if line.strip()]
    return "\n".join(kept[:20] + ["..."] * (len(kept) > 20))
