"""The engine ``reana``: the workflow runs on a REANA server, which the official client talks to."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from fairport.contract.constants import ANALYSIS_FILE, OUTPUTS_DIR
from fairport.contract.documents import load_analysis
from fairport.contract.errors import ConfigurationError, FairportError, RunFailedError, UsageError
from fairport.contract.files import write_atomic
from fairport.contract.progress import SilentProgress
from fairport.contract.run import RunError, RunRecord, Step
from fairport.engines import reana_secrets
from fairport.engines.interrupts import ended_in_order, undisturbed
from fairport.engines.local import measured
from fairport.engines.protocol import Run, RunContext, StepFailedError, WorkflowFailedError
from fairport.engines.reana_client import ReanaClient
from fairport.engines.reana_spec import Specification, name_workflow_files, stage_cwl, stage_foreign
from fairport.engines.recorded import RecordedRun, log_tail
from fairport.engines.records import ACTIVE, RunFolder, now, state
from fairport.engines.registry import check_options
from fairport.interop import toolenvs

if TYPE_CHECKING:
    from fairport.contract.progress import Progress

_OPTIONS: Final = {"server": "address of the server, else REANA_SERVER_URL"}
_STATUSES: Final = {
    "created": "created",
    "queued": "queued",
    "pending": "queued",
    "running": "running",
    "finished": "finished",
    "failed": "failed",
    "stopped": "cancelled",
    "deleted": "cancelled",
}
_FIRST_POLL: Final = 1.0
_LAST_POLL: Final = 15.0


class ReanaEngine:
    """Runs workflows on a REANA server.

    Args:
        server: its address; empty where only runs that know theirs are attached.
    """

    name = "reana"
    remote = True
    resumable = True

    def __init__(self, server: str) -> None:
        self._server = server

    @classmethod
    def from_options(cls, options: dict[str, str]) -> ReanaEngine:
        """Return the engine with the options of the command line.

        Raises:
            UsageError: an option is unknown; a token is never one.
        """
        if "token" in options:
            raise UsageError(
                "the access token is no option: others could read it in the list of processes",
                mend="set REANA_ACCESS_TOKEN",
            )
        check_options(options, _OPTIONS, "reana")
        return cls(options.get("server") or os.environ.get("REANA_SERVER_URL", ""))

    def start(self) -> None:
        """Check that a server is named.

        Raises:
            ConfigurationError: it is not, or not as an address.
        """
        if not re.match(r"https?://[^/\s@]+(/|$)", self._server):
            raise ConfigurationError(
                "no REANA server is named",
                mend="set REANA_SERVER_URL, or --engine-option server=https://reana.example.org",
            )

    def close(self) -> None:
        """Do nothing: a run goes on on the server, or was cancelled."""

    def submit(self, context: RunContext) -> Run:
        """Send specification and files to the server and start the workflow.

        Raises:
            DocumentError: specification or files are not as they must be; nothing was sent.
            ToolError, RunFailedError: the server cannot be reached or refuses.
        """
        client = ReanaClient(self._server.rstrip("/"), context.progress)
        analysis = load_analysis(context.root / ANALYSIS_FILE, name=ANALYSIS_FILE)
        stage = context.folder.work / "reana"
        stage.mkdir(parents=True)
        if context.workflow.type == "cwl":
            specification = stage_cwl(context.root, analysis, context.workflow, context.job, stage)
        else:
            specification = stage_foreign(context.root, analysis, stage)
        version = client.connect()
        self._credentials(client, specification, context, version)
        if context.workflow.type == "cwl" and not version.startswith("0.9."):
            name_workflow_files(specification, context.workflow)
        workflow = client.create(analysis.id, stage)
        handle = {
            "server": client.server,
            "client": client.tool,
            "workflow": workflow,
            "outputs": specification.output_names(),
        }
        write_atomic(context.folder.path / "reana.json", json.dumps(handle))
        try:
            context.progress.note(f"sending {len(specification.files)} files to {workflow}")
            client.upload(workflow, stage)
            _complete(client, workflow, specification)
            client.start(workflow)
        except BaseException:
            with undisturbed():
                _withdraw(client, workflow)
            raise
        shutil.rmtree(stage, ignore_errors=True)
        own = toolenvs.known_tools()[client.tool].version
        record = replace(
            context.record,
            status="queued",
            started=now(),
            engine_version=f"reana {version} (reana-client {own})",
        )
        context.folder.save(record)
        return ReanaRun(context.folder, client)

    def _credentials(
        self, client: ReanaClient, specification: Specification, context: RunContext, version: str
    ) -> None:
        """Check that the server holds what the workflow logs in with, and say so in a way that it reads.

        Raises:
            ConfigurationError: a secret is missing.
        """
        stage = specification.root if context.workflow.type == "cwl" else context.root
        cwl = [item.path for item in context.workflow.files if item.path.endswith(".cwl")]
        wanted = reana_secrets.needs(specification.data, [stage / name for name in cwl])
        if not wanted:
            return
        reana_secrets.require(wanted, client.secrets(), client.server)
        unread = reana_secrets.unread_resources(specification.data, version)
        if unread and context.workflow.type == "cwl":
            reana_secrets.hint_tools(stage, cwl, unread)
        elif unread:
            context.progress.note(
                f"REANA {version} does not read workflow.resources.{unread[0]}: set it on the steps"
            )

    def attach(self, folder: RunFolder, progress: Progress | None = None) -> Run:
        """Find a run again on the server that it was sent to.

        Raises:
            ConfigurationError: there is no token.
        """
        handle = json.loads((folder.path / "reana.json").read_text("utf-8"))
        client = ReanaClient(handle["server"], progress or SilentProgress())
        client.tool = handle.get("client", client.tool)
        return ReanaRun(folder, client)


class ReanaRun(RecordedRun):
    """A run on a server."""

    def __init__(self, folder: RunFolder, client: ReanaClient) -> None:
        super().__init__(folder)
        handle = json.loads((folder.path / "reana.json").read_text("utf-8"))
        self._client = client
        self._workflow: str = handle["workflow"]
        self._outputs: list[str] = handle["outputs"]
        self._record = folder.load()

    def status(self) -> str:
        """Return the state: the server's while the run has not ended."""
        record = self.folder.load()
        if record.status not in ACTIVE:
            return record.status
        try:
            found = _STATUSES.get(str(self._client.status(self._workflow).get("status")), "running")
        except FairportError:
            return state(self.folder, record)
        return "running" if found == "finished" else found

    def wait(self) -> RunRecord:
        """Follow the workflow to its end; see :class:`fairport.engines.protocol.Run`."""
        with ended_in_order(partial(self._end, "failed"), self.cancel):
            self._follow()
            return self._finish()

    def cancel(self) -> None:
        """Stop the workflow on the server; the record says ``cancelled``.

        Raises:
            RunFailedError: the server does not stop it.
        """
        try:
            self._client.stop(self._workflow)
        except RunFailedError:
            if str(self._client.status(self._workflow).get("status")) in {"created", "queued", "running"}:
                raise
        self._end("cancelled", RunError("cancelled"))

    def _follow(self) -> None:
        """Wait until the workflow has ended on the server."""
        delay, shown = _FIRST_POLL, ""
        while True:
            answer = self._client.status(self._workflow)
            status = str(answer.get("status"))
            if status not in _STATUSES:
                raise RunFailedError(f'the server knows a status "{status[:40]}" that fairport does not')
            told = f"{self._workflow} is {status} {answer.get('progress') or ''}".rstrip()
            if told != shown:
                self._client.progress.note(told)
                shown, delay = told, _FIRST_POLL
            if status in {"queued", "pending", "running"} and self._record.status != _STATUSES[status]:
                self._record = replace(self._record, status=_STATUSES[status])
                self.folder.save(self._record)
            if _STATUSES[status] not in ACTIVE:
                self._status = status
                return
            sleep(delay)
            delay = min(_LAST_POLL, delay * 1.5)

    def _finish(self) -> RunRecord:
        logs = self._client.logs(self._workflow)
        steps = tuple(self._steps(logs))
        self._record = replace(self._record, steps=steps)
        place = self.folder.logs / "reana.log"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(self._client.redact(str(logs.get("workflow_logs") or "")), "utf-8")
        if _STATUSES[self._status] == "cancelled":
            self._end("cancelled", RunError(f"the workflow was {self._status} on the server"))
            raise WorkflowFailedError(f"the workflow {self._workflow} was {self._status} on the server")
        if self._status == "failed":
            raise self._failure(steps, place)
        self._download()
        if not self.folder.outputs.is_dir():
            raise RunFailedError(
                f"the workflow {self._workflow} left none of its outputs",
                why=f"expected: {', '.join(self._outputs) or 'nothing is declared'}",
            )
        self._record = replace(
            self._record, status="running", ended=now(), outputs=measured(self.folder.outputs, [])
        )
        self.folder.save(self._record)
        return self._record

    def _failure(self, steps: tuple[Step, ...], place: Path) -> WorkflowFailedError:
        failed = next((step for step in steps if step.status == "failed"), None)
        if failed is None or failed.log is None:
            self._end("failed", RunError("the workflow failed", None, log_tail(place)))
            return WorkflowFailedError(
                "the workflow failed", where=self.folder.shown(place), why="\n".join(log_tail(place)) or None
            )
        log = self.folder.path / failed.log
        tail = log_tail(log)
        error = StepFailedError(
            failed.id,
            "it failed on the server",
            log=self.folder.shown(log),
            command=" ".join(failed.command),
            tail=tail,
        )
        self._end("failed", RunError(error.what, failed.id, tail))
        return error

    def _download(self) -> None:
        """Bring the outputs back, without the folder ``outputs/`` that REANA puts them in."""
        wanted = [name.rstrip("/") for name in self._outputs]
        names = [
            name
            for name in self._client.files(self._workflow)
            if any(name == item or name.startswith(f"{item}/") for item in wanted)
            and ".." not in PurePosixPath(name).parts
            and not name.startswith("/")
        ]
        if not names:
            return
        groups: dict[str, list[str]] = {}
        for name in names:
            groups.setdefault(str(PurePosixPath(name).parent), []).append(name)
        for number, members in enumerate(groups.values()):
            # A folder for each folder: servers differ in whether a file comes with its path or its name.
            place = self.folder.work / "download" / str(number)
            place.mkdir(parents=True, exist_ok=True)
            self._client.download(self._workflow, members, place)
            for name in members:
                target = self.folder.outputs / name.removeprefix(f"{OUTPUTS_DIR}/")
                target.parent.mkdir(parents=True, exist_ok=True)
                source = place / name if (place / name).is_file() else place / PurePosixPath(name).name
                source.replace(target)

    def _steps(self, logs: dict[str, Any]) -> list[Step]:
        jobs = [job for job in (logs.get("job_logs") or {}).values() if isinstance(job, dict)]
        jobs.sort(key=lambda job: str(job.get("started_at") or ""))
        steps, seen = [], dict[str, int]()
        self.folder.logs.mkdir(parents=True, exist_ok=True)
        for number, job in enumerate(jobs, 1):
            base = str(job.get("job_name") or f"job-{number}")
            seen[base] = seen.get(base, 0) + 1
            name = base if seen[base] == 1 else f"{base}_{seen[base]}"
            log = self.folder.logs / f"{re.sub(r'[^A-Za-z0-9._-]', '_', name)[:80]}.log"
            text = self._client.redact(str(job.get("logs") or ""))
            if text or job.get("status") != "finished":
                log.write_text(text, "utf-8")
            command = self._client.redact(str(job.get("cmd") or ""))
            steps.append(
                Step(
                    id=name,
                    status={"finished": "finished", "running": "running"}.get(
                        str(job.get("status")), "failed"
                    ),
                    started=_instant(job.get("started_at")),
                    ended=_instant(job.get("finished_at")),
                    command=(command,) if command else (),
                    log=f"{self.folder.logs.name}/{log.name}" if log.exists() else None,
                )
            )
        return steps

    def _end(self, status: str, error: RunError) -> None:
        self.folder.clear_work()
        self._record = replace(self._record, status=status, ended=now(), error=error)
        with suppress(OSError):  # a full disk: without the lock the run counts as interrupted
            self.folder.save(self._record)
        self.folder.release()


def _complete(client: ReanaClient, workflow: str, specification: Specification) -> None:
    """Check that every input has reached the server: the client says nothing when it leaves one out.

    Raises:
        RunFailedError: one has not.
    """
    there = set(client.files(workflow))
    listed = set((specification.data.get("inputs") or {}).get("files") or ())
    lacking = sorted(name for name in specification.files if name in listed and name not in there)
    if lacking:
        raise RunFailedError(
            f"{lacking[0]} has not reached the server",
            why=f"{len(lacking)} of {len(listed)} files are missing",
        )


def _withdraw(client: ReanaClient, workflow: str) -> None:
    """Leave no workflow on the server that nobody follows: one that runs is stopped, another is deleted."""
    never = re.compile(r"(?!)")
    for words in (("stop", "-w", workflow, "--force"), ("delete", "-w", workflow, "--include-workspace")):
        try:
            client.call(*words, again=never)
        except FairportError:
            continue
        return


def _instant(text: Any) -> str | None:
    """Return an instant of the server (UTC without a zone) as the contract writes it."""
    found = re.match(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)", str(text or ""))
    return f"{found[1]}Z" if found else None
