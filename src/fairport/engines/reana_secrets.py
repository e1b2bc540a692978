"""Credentials that a workflow needs on a REANA server: Rucio, VOMS proxy, Kerberos.

A step that asks for one without its secrets on the server fails after the queue, in a pod that never starts.
So they are looked up before anything is sent. Names of the secrets: REANA's documentation, user guides
"VOMS proxy", "Rucio" and "Kerberos".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import ConfigurationError, FairportError
from fairport.contract.files import read_text
from fairport.contract.loading import load_yaml
from fairport.contract.saving import edited_yaml

FLAGS: Final = ("kerberos", "voms_proxy", "rucio")
_ONLY_SINCE_095: Final = ("voms_proxy", "rucio")
_PROXY: Final = (
    ("VOMSPROXY_FILE", "VONAME"),
    ("VOMSPROXY_PASS", "VONAME", "usercert.pem", "userkey.pem"),
)
"""Either of the two: a proxy made elsewhere, or certificate and key to make one."""

_ALWAYS: Final = {
    "kerberos": ("CERN_USER", "CERN_KEYTAB"),
    "rucio": ("VONAME", "RUCIO_USERNAME"),
}


def needs(specification: Mapping[str, Any], tools: Iterable[Path] = ()) -> dict[str, str]:
    """Return which credentials a workflow asks for, and where it says so first.

    Args:
        specification: content of ``reana.yaml``.
        tools: CWL files of the workflow, whose hints may ask too.
    """
    found: dict[str, str] = {}
    for where, block in (*_blocks(specification), *_hints(tools)):
        for flag in FLAGS:
            if block.get(flag) is True:
                found.setdefault(flag, where)
    if "rucio" in found:  # Rucio on REANA logs in with the proxy
        found.setdefault("voms_proxy", found["rucio"])
    return found


def require(wanted: Mapping[str, str], present: Iterable[str], server: str) -> None:
    """Check that the server holds the secrets that a workflow needs.

    Args:
        wanted: what :func:`needs` found.
        present: names of the secrets on the server.
        server: its address.

    Raises:
        ConfigurationError: some are missing; with the command that adds them.
    """
    there = set(present)
    for flag, where in wanted.items():
        missing = [name for name in _ALWAYS.get(flag, ()) if name not in there]
        if flag == "voms_proxy" and not any(there.issuperset(names) for names in _PROXY):
            missing += [name for name in _PROXY[0] if name not in there]
        if missing:
            names = " ".join(f"--env {name}=..." for name in dict.fromkeys(missing))
            raise ConfigurationError(
                f"the server holds no secret {', '.join(dict.fromkeys(missing))}",
                where=server,
                why=f"{where} asks for {flag}",
                mend=f"reana-client secrets-add {names} (and --file for proxy, certificate or keytab)",
            )


def unread_resources(specification: Mapping[str, Any], version: str) -> list[str]:
    """Return the entries of ``workflow.resources`` that a server before 0.95 leaves unread."""
    if tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) >= (0, 95):
        return []
    resources = (specification.get("workflow") or {}).get("resources") or {}
    return [flag for flag in _ONLY_SINCE_095 if resources.get(flag) is True]


def hint_tools(stage: Path, files: Iterable[str], flags: Iterable[str]) -> None:
    """Write credentials as ``reana`` hints into the tools of a staged workflow, which every server reads.

    Args:
        stage: folder with copies of the workflow files, which may be links to the originals.
        files: the CWL files in it.
        flags: the credentials.
    """
    for name in files:
        path = stage / name
        text = read_text(path)
        data = load_yaml(path, name=name).data
        hints = data.get("hints") if isinstance(data, dict) else None
        if not isinstance(data, dict) or data.get("class") != "CommandLineTool" or isinstance(hints, list):
            continue
        path.unlink()
        path.write_text(
            edited_yaml(text, [(("hints", "reana", flag), True) for flag in flags], name), "utf-8"
        )


def _blocks(specification: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    workflow = specification.get("workflow")
    if not isinstance(workflow, dict):
        return
    resources, inner = workflow.get("resources"), workflow.get("specification")
    if isinstance(resources, dict):
        yield "workflow.resources", resources
    steps = inner.get("steps") if isinstance(inner, dict) else None
    for number, step in enumerate(steps if isinstance(steps, list) else (), 1):
        if isinstance(step, dict):
            yield f"step {step.get('name') or number}", step


def _hints(tools: Iterable[Path]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in tools:
        try:
            data = load_yaml(path).data
        except FairportError:
            continue
        hints = data.get("hints") if isinstance(data, dict) else None
        for hint in hints.values() if isinstance(hints, dict) else hints if isinstance(hints, list) else ():
            if isinstance(hint, dict):
                yield f"a hint of {path.name}", hint
