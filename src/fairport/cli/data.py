"""``fairport data``: lock, pull, push, verify, status, inject and paths."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairport.cli.options import format_option, path_argument
from fairport.cli.output import Output, current

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairport.lake.injecting import InjectReport
    from fairport.lake.link import LakeLink
    from fairport.lake.workspace import Workspace

_dataset = click.option(
    "--dataset",
    "datasets",
    multiple=True,
    metavar="DID",
    help="Only this data set (id or DID); may be repeated.",
)
_jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 32),
    default=2,
    show_default=True,
    help="Transfers or reads side by side.",
)


@click.command()
@path_argument
@_dataset
@_jobs
@click.option(
    "--no-metalink", is_flag=True, help="Do not ask where the files are; `pull --offline` needs that."
)
@format_option("text", "json")
def lock(path: Path, datasets: tuple[str, ...], jobs: int, no_metalink: bool, fmt: str) -> None:
    """Resolve the data sets of data/manifest.yaml to exactly these files, with their checksums.

    Writes data/manifest.lock.json, which belongs into git, and beside it a metalink, which does not.

    \b
    Examples:
      fairport data lock
      fairport data lock --dataset ds50:run7
    """
    from fairport.lake.locking import make_lock
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    manifest = workspace.load_manifest()
    needs_lake = any(item.did for item in manifest.datasets)
    with output.progress() as progress:
        make = _connector(workspace, progress, jobs, output) if needs_lake else None
        if make is None:
            report = make_lock(workspace, None, progress, only=datasets)
        else:
            with make() as link:
                report = make_lock(workspace, link, progress, only=datasets, metalink=not no_metalink)
    if fmt == "json":
        sets = [item.head() for item in report.datasets]
        values = {"datasets": sets, "changes": report.changes, "warnings": report.warnings}
        _tell(output, "lock", {**values, "written": report.written, "sources": report.sources})
        return
    for warning in report.warnings:
        output.note(f"warning: {warning}")
    for item in report.datasets:
        state = {True: "open", False: "closed"}.get(item.open, "") if item.open is not None else ""
        output.print(
            f"{item.id:<24} {item.length:>9,} files  {_human(item.bytes):>10}  "
            f"{state:<6} {item.did or 'sources'}"
        )
    for name, change in report.changes.items():
        kinds = ", ".join(
            f"{change[kind]:,} {kind}" for kind in ("added", "removed", "changed", "moved") if kind in change
        )
        output.print(f"changed: {name}: {kinds}")
        for line in change.get("first", []):
            output.print(f"  {line}")
    output.print("Wrote data/manifest.lock.json" if report.written else "The lock is up to date")


@click.command()
@path_argument
@_dataset
@_jobs
@click.option(
    "--offline",
    is_flag=True,
    help="Ask no server of the lake: use the metalink, the store and other sources.",
)
@format_option("text", "json")
def pull(path: Path, datasets: tuple[str, ...], jobs: int, offline: bool, fmt: str) -> int:
    """Bring the files of the lock into place and prove every one by its checksums.

    What is in place is left alone; an interrupted pull goes on where it was. Exit code 1 when a file is
    missing in the end.

    \b
    Examples:
      fairport data pull
      fairport data pull --dataset run7 --jobs 4
    """
    from dataclasses import asdict

    from fairport.lake.pulling import pull as pull_data
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    with output.progress() as progress:
        make = None if offline else _connector(workspace, progress, jobs, output)
        report = pull_data(workspace, make, progress, only=datasets, jobs=jobs)
    if fmt == "json":
        failures = [{"did": did, "reason": reason} for did, reason in report.failures]
        _tell(output, "pull", {**asdict(report), "failures": failures})
        return 1 if report.failed else 0
    for warning in report.warnings:
        output.note(f"warning: {warning}")
    for did, reason in report.failures:
        output.print(f"failed: {did}: {reason}")
    parts = [f"{report.unchanged + report.adopted:,} in place"]
    parts += [f"{report.fetched:,} fetched ({_human(report.bytes)})"] if report.fetched else []
    parts += [f"{report.from_store:,} from the store"] if report.from_store else []
    parts += [f"{report.replaced:,} replaced, for they differed"] if report.replaced else []
    parts += [f"{report.failed:,} FAILED"] if report.failed else []
    output.print(f"{report.files:,} files: {', '.join(parts)}")
    return 1 if report.failed else 0


@click.command()
@path_argument
@_dataset
@_jobs
@format_option("text", "json")
def verify(path: Path, datasets: tuple[str, ...], jobs: int, fmt: str) -> int:
    """Read every file of the lock once and hold it against all its checksums; no server is asked.

    Exit code 1 when a file is missing or differs.

    \b
    Examples:
      fairport data verify
      fairport data verify --format json
    """
    from fairport.lake.proofs import verify as verify_data
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    with output.progress() as progress:
        report = verify_data(workspace, progress, only=datasets, jobs=jobs)
    if fmt == "json":
        problems = [{"path": name, "problem": why} for name, why in report.problems]
        counts = {"files": report.files, "good": report.good, "bad": report.bad, "bytes": report.bytes}
        _tell(output, "verify", {**counts, "problems": problems})
    else:
        for name, why in report.problems:
            output.print(f"{name}: {why}")
        if report.bad > len(report.problems):
            output.print(f"... and {report.bad - len(report.problems):,} more")
        output.print(f"{report.good:,} of {report.files:,} files proven ({_human(report.bytes)} read)")
    return 1 if report.bad else 0


@click.command()
@path_argument
@format_option("text", "json")
def status(path: Path, fmt: str) -> None:
    """Show for each data set what is in place, from one look at each file; nothing is read, nobody is asked.

    \b
    Examples:
      fairport data status
      fairport data status --format json
    """
    from fairport.lake.proofs import STATES
    from fairport.lake.proofs import status as data_status
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    found, fresh = data_status(workspace)
    if fmt == "json":
        sets = [
            {
                **entry.locked.head(),
                **{state: getattr(entry, state) for state in STATES},
                "present_bytes": entry.bytes,
            }
            for entry in found
        ]
        _tell(output, "status", {"lock_up_to_date": fresh, "datasets": sets})
        return
    if not fresh:
        output.note("warning: the manifest has changed since it was locked; run: fairport data lock")
    for entry in found:
        counts = ", ".join(f"{getattr(entry, state):,} {state}" for state in STATES if getattr(entry, state))
        output.print(f"{entry.locked.id:<24} {_human(entry.locked.bytes):>10}  {counts or 'no files'}")


@click.command()
@path_argument
@_dataset
@_jobs
@click.option("--rse", metavar="RSE", help="Storage element or expression that keeps the data.")
@click.option("--lifetime-days", type=click.IntRange(1), help="Days after which the lake may drop the data.")
@click.option("--source", metavar="PATH", help="Push this folder or file of the repository (with --did).")
@click.option("--did", metavar="DID", help="Dataset that --source becomes; it is written into the manifest.")
@click.option(
    "--id", "identifier", metavar="ID", help="Its id in the manifest; made from the name by default."
)
@click.option("--licence", default="CC-BY-4.0", show_default=True, metavar="SPDX", help="Its licence.")
@click.option(
    "--access", default="open access", show_default=True, metavar="TERM", help="Its COAR access right."
)
@click.option("--title", metavar="TEXT", help="What it is called.")
@format_option("text", "json")
def push(
    path: Path,
    datasets: tuple[str, ...],
    jobs: int,
    rse: str | None,
    lifetime_days: int | None,
    source: str | None,
    did: str | None,
    identifier: str | None,
    licence: str,
    access: str,
    title: str | None,
    fmt: str,
) -> None:
    """Bring results, crates and other outputs into the lake, each as a closed dataset with a rule.

    Without --source these are the data sets of role `output` in the manifest. Doing it again sends nothing
    twice.

    \b
    Examples:
      fairport data push --rse MY-DISK
      fairport data push --source results/si --did user.me:si-v1 --rse MY-DISK --lifetime-days 365
    """
    from contextlib import ExitStack

    from fairport.contract.errors import UsageError
    from fairport.lake import pushing
    from fairport.lake.names import parse_did
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    if bool(source) != bool(did):
        raise UsageError("--source and --did go together", mend="give both, or neither")
    with ExitStack() as stack:
        if source and did:
            name = identifier or pushing.default_identifier(Path(source))
            new = pushing.NewOutput(source, parse_did(did), name, licence, access, title)
            chosen = [stack.enter_context(pushing.declared(workspace, new))]
        else:
            chosen = pushing.outputs(workspace, datasets)
        progress = stack.enter_context(output.progress())
        link = stack.enter_context(_link(workspace, progress, jobs, output))
        reports = [pushing.push(workspace, item, link, rse, lifetime_days, progress) for item in chosen]
    if fmt == "json":
        _tell(output, "push", {"datasets": [report.to_data() for report in reports]})
        return
    for report in reports:
        if report.unchanged:
            rule = f"; rule for {report.rse} made or prolonged" if report.rule else ""
            output.print(f"{report.did}: in the lake already, closed, {report.upload.present:,} files{rule}")
            continue
        output.print(
            f"{report.did}: {report.upload.stored:,} files stored at {report.rse} "
            f"({_human(report.upload.bytes)}), "
            f"{report.upload.present:,} were there; closed"
        )
        if report.metadata_refused:
            output.note(
                f"the lake does not take: {', '.join(report.metadata_refused)} (they stand in the manifest)"
            )


@click.command()
@path_argument
@_dataset
@_jobs
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
@click.option(
    "--settle", type=float, default=2.0, show_default=True, help="Seconds a file must have been left alone."
)
@click.option(
    "--scaffold", type=click.Choice(["github", "gitlab", "cron"]), help="Write the scheduled job instead."
)
@format_option("text", "json")
def inject(
    path: Path,
    datasets: tuple[str, ...],
    jobs: int,
    dry_run: bool,
    settle: float,
    scaffold: str | None,
    fmt: str,
) -> int:
    """Bring what is new at the sources declared under `injection` into the lake.

    Safe to interrupt, to repeat and to run twice at once. Exit code 1 when something needs a person: a file
    that changed, a name that Rucio does not take, an upload that failed.

    \b
    Examples:
      fairport data inject --dry-run
      fairport data inject --dataset nightly
      fairport data inject --scaffold github
    """
    from fairport.lake import injecting
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    chosen = injecting.injections(workspace, datasets)
    if scaffold:
        return _scaffold(workspace, chosen, scaffold, output)
    with output.progress() as progress, _link(workspace, progress, jobs, output) as link:
        reports = [
            injecting.inject(workspace, job, link, progress, dry_run=dry_run, settle=settle) for job in chosen
        ]
    _summarise(reports)
    if fmt == "json":
        _tell(output, "inject", {"injections": [report.to_data() for report in reports]})
    else:
        for report in reports:
            _print_injection(report, output)
    return 0 if all(report.fine for report in reports) else 1


@click.command()
@path_argument
@_dataset
@click.option("--image", metavar="IMAGE", help="Pinned container image with the Rucio client (reana, cwl).")
@format_option("text", "json", "reana", "cwl")
def paths(path: Path, datasets: tuple[str, ...], image: str | None, fmt: str) -> None:
    """Tell where the data of each DID lie: for notebooks (json), or as a step that stages them on REANA.

    \b
    Examples:
      fairport data paths --format json
      fairport data paths --format reana --image example/rucio-client:1.2.3
    """
    from fairport.contract.errors import UsageError
    from fairport.contract.saving import dump_yaml
    from fairport.lake import paths as places
    from fairport.lake.workspace import find_workspace

    output, workspace = current(), find_workspace(path)
    if fmt in ("reana", "cwl"):
        if image is None:
            raise UsageError(
                "which image has the Rucio client?", mend="--image NAME:TAG, such as that of your VRE"
            )
        if fmt == "cwl":
            output.print(dump_yaml(places.reana_tool(workspace, image, datasets)).rstrip())
        else:
            output.print(dump_yaml([places.reana_step(workspace, image, datasets)]).rstrip())
        return
    found = places.data_paths(workspace, datasets)
    if fmt == "json":
        _tell(output, "paths", {"datasets": found})
        return
    for entry in found:
        for file in entry["files"]:
            output.print(f"{entry['did'] or entry['id']}\t{file['path']}")


def _connector(
    workspace: Workspace, progress: Any, jobs: int, output: Output
) -> Callable[[], LakeLink] | None:
    from functools import partial

    from fairport.lake.connecting import connector

    ask = partial(click.echo, err=True) if output.quiet else None  # a login is shown in any case
    return connector(workspace, progress, jobs=jobs, detail=output.detail, ask=ask)


def _link(workspace: Workspace, progress: Any, jobs: int, output: Output) -> LakeLink:
    from fairport.lake.connecting import required

    return required(_connector(workspace, progress, jobs, output))


def _tell(output: Output, report: str, values: dict[str, Any]) -> None:
    """Print a data report as JSON (schema ``data-report``)."""
    output.json({"schema_version": "1.0", "report": report, **values})


def _human(size: float) -> str:
    from fairport.lake.meter import human

    return human(size)


def _scaffold(workspace: Workspace, jobs: Any, forge: str, output: Output) -> int:
    from fairport.contract.files import write_atomic
    from fairport.lake.schedules import scaffold

    target, text = scaffold(workspace, jobs, forge)
    if target is None:
        output.print(text.rstrip())
        return 0
    changed = write_atomic(target, text)
    output.print(f"{'Wrote' if changed else 'Unchanged:'} {target.relative_to(workspace.root)}")
    return 0


def _print_injection(report: InjectReport, output: Output) -> None:
    verb = "would be injected" if report.dry_run else "injected"
    done = len(report.new) if report.dry_run else report.upload.stored + report.upload.present
    output.print(
        f"{report.id} -> {report.did}: {done:,} {verb}, {report.known:,} known, {report.found:,} found"
    )
    for name in report.new if report.dry_run else []:
        output.print(f"  new: {name}")
    kinds = (
        ("changed since it was injected", report.changed),
        ("name that Rucio does not take", report.refused),
        ("still being written", report.waiting),
    )
    for text, names in kinds:
        for name in names[:20]:
            output.print(f"  {text}: {name}")
    for did, reason in report.upload.failures:
        output.print(f"  failed: {did}: {reason}")


def _summarise(reports: list[InjectReport]) -> None:
    """Add a table to the job summary where GitHub Actions asks for one."""
    import os

    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target:
        return
    lines = [
        "| injection | dataset | new | known | changed | refused | failed |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for report in reports:
        counts = len(report.new), report.known, len(report.changed), len(report.refused), report.upload.failed
        lines.append(f"| {report.id} | {report.did} | " + " | ".join(f"{count:,}" for count in counts) + " |")
    with Path(target).open("a", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")
