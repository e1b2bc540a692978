"""``fairport doctor``: what works on this machine, and the mend for what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from fairport.cli.options import format_option
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairport.interop.probes import Probe

LIBRARIES: Final = (
    "astropy", "click", "copier", "cookiecutter", "cwltool", "cwl-utils", "jsonschema", "jsonschema-rs",
    "matplotlib", "mkdocs", "mkdocs-material", "numpy", "PyYAML", "rich", "ruamel.yaml", "scipy", "shapely",
)  # fmt: skip
"""Distributions without which a command of the core fails."""

_MARKS: Final = {"ok": ("ok", "green"), "absent": ("--", "yellow"), "broken": ("!!", "red")}


@click.command()
@format_option("text", "json")
def command(fmt: str) -> int:
    """Show versions, isolated tools, engines, data lake and browser, with the mend for what does not work.

    Nothing is installed or changed. The exit code is 0 when the core works; what is optional may be absent.

    \b
    Examples:
      fairport doctor
      fairport doctor --format json
    """
    output = current()
    sections = examine()
    works = not any(probe.fatal for probes in sections.values() for probe in probes)
    if fmt == "json":
        output.json(as_document(sections, works))
    else:
        _print(output, sections, works)
    return 0 if works else 2


def examine() -> dict[str, list[Probe]]:
    """Run every probe and return what they found, by section; slow ones run side by side."""
    from concurrent.futures import ThreadPoolExecutor
    from functools import partial

    from fairport.interop import probes

    plan: dict[str, list[Callable[[], Probe | list[Probe]]]] = {
        "core": [_python, _fairport, _data_files, _cache, probes.bytecode, probes.git, probes.git_identity],
        "libraries": [partial(_library, name) for name in LIBRARIES],
        "isolated tools": [_tools],
        "engines": [
            _cwltool,
            *(partial(probes.container_engine, name) for name in probes.CONTAINER_ENGINES),
            probes.node,
        ],
        "data lake": [_rucio_configuration, _lab],
        "browser": [probes.browser],
    }
    with ThreadPoolExecutor(max_workers=8) as pool:
        futures = {section: [pool.submit(call) for call in calls] for section, calls in plan.items()}
        return {section: _flat(f.result() for f in pending) for section, pending in futures.items()}


def as_document(sections: dict[str, list[Probe]], works: bool) -> dict[str, Any]:
    """Return the findings as a JSON document."""
    from dataclasses import asdict
    from importlib.metadata import version

    items = [
        {"section": section, **asdict(probe)} for section, probes in sections.items() for probe in probes
    ]
    return {"schema_version": "1.0", "fairport": version("fairport"), "works": works, "items": items}


def _flat(results: Any) -> list[Probe]:
    probes: list[Probe] = []
    for result in results:
        probes.extend(result if isinstance(result, list) else [result])
    return probes


def _python() -> Probe:
    import platform
    import sys

    from fairport.interop.probes import Probe

    detail = f"{platform.python_version()} ({sys.executable})"
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Probe("Python", "ok", detail, required=True)
    return Probe("Python", "broken", detail, "use Python 3.11, 3.12 or 3.13", required=True)


def _fairport() -> Probe:
    import fairport

    return _library(
        "fairport", mend="install fairport with pip or uv", place=str(next(iter(fairport.__path__)))
    )


def _library(
    name: str, *, mend: str = "pip install --force-reinstall fairport", required: bool = True, place: str = ""
) -> Probe:
    from importlib.metadata import PackageNotFoundError, version

    from fairport.interop.probes import Probe

    try:
        detail = version(name) + (f" ({place})" if place else "")
    except PackageNotFoundError:
        return Probe(name, "absent", "not installed", mend, required)
    return Probe(name, "ok", detail, required=required)


def _data_files() -> Probe:
    from fairport.contract.errors import FairportError
    from fairport.contract.resources import data_root
    from fairport.interop.probes import Probe

    try:
        return Probe("data files", "ok", str(data_root()), required=True)
    except FairportError as error:
        return Probe("data files", "broken", error.what, error.mend or "", required=True)


def _cache() -> Probe:
    import os

    from fairport.interop.cache import cache_root
    from fairport.interop.probes import Probe

    root = cache_root()
    nearest = next(folder for folder in (root, *root.parents) if folder.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return Probe("cache", "ok", str(root))
    return Probe("cache", "broken", f"{nearest} cannot be written", "set FAIRPORT_CACHE to a folder of yours")


def _cwltool() -> Probe:
    from pathlib import Path
    from sys import executable

    from fairport.interop.probes import Probe, answer

    beside = Path(executable).with_name("cwltool")
    works, text = answer(
        [str(beside), "--version"] if beside.exists() else ["cwltool", "--version"], timeout=20
    )
    if works:
        return Probe("local (cwltool)", "ok", text, required=True)
    return Probe("local (cwltool)", "broken", text, "pip install --force-reinstall cwltool", required=True)


def _tools() -> list[Probe]:
    from fairport.interop import toolenvs
    from fairport.interop.probes import Probe

    found = []
    for tool in toolenvs.status():
        detail = f"{tool.version}, {tool.purpose}"
        if tool.state == "present":
            found.append(Probe(tool.name, "ok", f"{detail}, {tool.size / 1e6:.0f} MB in {tool.path}"))
        else:
            mend = {"absent": "installed on first use", "broken": "made anew on next use"}[tool.state]
            found.append(Probe(tool.name, tool.state, detail, mend))
    return found


def _rucio_configuration() -> Probe:
    """Tell where the user's credentials for lakes would come from; nothing of them is read."""
    import os

    from fairport.interop.probes import Probe
    from fairport.lake.access import config_path

    path = config_path(os.environ)
    mend = "write a rucio.cfg, or set RUCIO_AUTH_HOST and the variables of your login"
    if path is not None:
        state = "ok" if path.is_file() else "broken"
        return Probe("rucio.cfg", state, str(path), "RUCIO_CONFIG names a file that does not exist")
    named = sorted(name for name in os.environ if name.startswith("RUCIO_"))
    if named:
        return Probe("rucio.cfg", "ok", f"none; the environment has {', '.join(named)}")
    return Probe("rucio.cfg", "absent", "none", mend)


def _lab() -> Probe:
    from fairport.contract.errors import FairportError
    from fairport.interop.probes import Probe
    from fairport.lake.lab.layout import default_folder
    from fairport.lake.lab.server import lab_status

    try:
        state = lab_status(default_folder())
    except FairportError as error:
        return Probe("lab", "broken", error.what, error.mend or "")
    if state["state"] == "running":
        return Probe("lab", "ok", f"{state['url']} ({state['database']})")
    return Probe("lab", "absent", state["state"], "a lake to try: fairport data lab start")


def _print(output: Output, sections: dict[str, list[Probe]], works: bool) -> None:
    for section, probes in sections.items():
        output.print(section)
        for probe in probes:
            mark, colour = _MARKS[probe.state]
            name, detail = output.style(f"{probe.name:<18}"), output.style(probe.detail)
            output.print_styled(f"  {output.style(mark, fg=colour)}  {name} {detail}")
            if probe.state != "ok" and probe.mend:
                output.print(f"      {'':<18} {probe.mend}")
        output.print()
    fatal = ", ".join(probe.name for probes in sections.values() for probe in probes if probe.fatal)
    output.print("The core works." if works else f"The core does not work: {fatal}.")
