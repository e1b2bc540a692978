"""A REANA server for tests: routes, required parameters and answers are held against the official OpenAPI
file, and workflows really run, by cwltool or a shell, in a folder each.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

TOKEN = "s3cret-token-of-the-tests"


class Refusal(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


YADAGE = """
import json, pathlib, sys
from yadage.steering_api import run_workflow
from yadage.utils import setupbackend_fromstring

asked = json.loads(sys.argv[1])
pathlib.Path(asked["metadir"]).mkdir(parents=True)
run_workflow(
    "local:" + asked["workspace"], asked["workflow"], toplevel=asked["workspace"],
    initdata=asked["parameters"], dataopts={"initdir": asked["workspace"]},
    metadir=asked["metadir"] + "/meta", visualize=False,
    backend=setupbackend_fromstring("foregroundasync"), updateinterval=0.1,
)
"""

DOCKER = """#!/bin/sh
# Stands for docker: the command of `docker run ... IMAGE sh -c ...` runs here.
[ "$1" = run ] || exit 0
while [ "$1" != sh ] && [ $# -gt 0 ]; do shift; done
exec "$@"
"""


class Workflow:
    """One workflow.

    Args:
        tools: folder with the programs that REANA's engines run: snakemake, and Python with yadage.
    """

    def __init__(self, name: str, specification: dict[str, Any], folder: Path, tools: Path) -> None:
        self.tools = tools
        self.id, self.name, self.specification = str(uuid.uuid4()), name, specification
        self.workspace = folder
        self.status = "created"
        self.created = _now()
        self.started: str | None = None
        self.ended: str | None = None
        self.jobs: dict[str, dict[str, Any]] = {}
        self.log = ""
        self.process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True)

    def start(self) -> None:
        if self.status != "created":
            raise Refusal(409, f"Workflow {self.name} is already {self.status} and cannot be started again.")
        self.status = "queued"
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        if self.status not in {"queued", "running"}:
            raise Refusal(409, f"Workflow {self.name} is not running.")
        self.status = "stopped"
        if self.process is not None:
            os.killpg(self.process.pid, 9)

    def _run(self) -> None:
        self.status, self.started = "running", _now()
        try:
            kinds = {
                "cwl": self._cwl,
                "serial": self._serial,
                "snakemake": self._snakemake,
                "yadage": self._yadage,
            }
            succeeded = kinds[self.specification["workflow"]["type"]]()
        except Exception as error:  # noqa: BLE001 - a server tells
            self.log, succeeded = repr(error), False
        self.ended = _now()
        if self.status == "running":
            self.status = "finished" if succeeded else "failed"

    def _execute(self, command: list[str], path: str = "") -> tuple[bool, str]:
        environment = {key: value for key, value in os.environ.items() if "REANA" not in key}
        own = [path] if path else []
        environment["PATH"] = os.pathsep.join([*own, str(Path(sys.executable).parent), environment["PATH"]])
        self.process = subprocess.Popen(
            command, cwd=self.workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, start_new_session=True,
        )  # fmt: skip
        text, _ = self.process.communicate()
        self.log += text
        return self.process.returncode == 0, text

    def _job(self, name: str, shown: str, succeeded: bool, text: str, began: str) -> None:
        self.jobs[str(uuid.uuid4())] = {
            "workflow_uuid": self.id, "job_name": name, "compute_backend": "Kubernetes",
            "backend_job_id": name, "docker_img": "python", "cmd": shown,
            "status": "finished" if succeeded else "failed",
            "logs": text, "started_at": began, "finished_at": _now(),
        }  # fmt: skip

    def _whole(self, name: str, command: list[str], path: str = "") -> bool:
        began = _now()
        succeeded, text = self._execute(command, path)
        self._job(name, shlex.join(command), succeeded, text, began)
        return succeeded

    def _cwl(self) -> bool:
        (self.workspace / "packed.json").write_text(
            json.dumps(self.specification["workflow"]["specification"]), "utf-8"
        )
        (self.workspace / "job.json").write_text(
            json.dumps(self.specification["inputs"]["parameters"]), "utf-8"
        )
        cwltool = str(Path(sys.executable).with_name("cwltool"))
        began = _now()
        done, text = self._execute(
            [cwltool, "--no-container", "--outdir", "outputs", "packed.json", "job.json"]
        )
        text = re.sub("\x1b\\[[0-9;]*m", "", text)
        for name in ("packed.json", "job.json"):
            (self.workspace / name).unlink()
        jobs: dict[str, list[str]] = {}
        current = None
        for line in text.splitlines():  # the lines of one job follow each other: cwltool runs one at a time
            told = re.match(r"(?:INFO|WARNING|ERROR) \[(job|step|workflow) ?([^\]]*)\] ?(.*)", line)
            if told:
                current = told[2] if told[1] == "job" else None
            if current:
                jobs.setdefault(current, []).append(line)
        for name, lines in jobs.items():
            command = lines[0].partition("$ ")[2]
            self._job(
                name, command, any("completed success" in line for line in lines), "\n".join(lines), began
            )
        return done

    def _snakemake(self) -> bool:
        command = [str(self.tools / "snakemake"), "--snakefile", self.specification["workflow"]["file"]]
        parameters = self.specification["inputs"].get("parameters") or {}
        if parameters:
            (self.workspace / ".config.json").write_text(json.dumps(parameters), "utf-8")
            command += ["--configfile", ".config.json"]
        return self._whole("snakemake", [*command, "--cores", "1", "--nocolor"])

    def _yadage(self) -> bool:
        shims = self.workspace.parent / f"{self.name}-bin"
        shims.mkdir()
        (shims / "docker").write_text(DOCKER, "utf-8")
        (shims / "docker").chmod(0o755)
        asked = {
            "workspace": str(self.workspace), "metadir": str(self.workspace.parent / f"{self.name}-meta"),
            "workflow": self.specification["workflow"]["file"],
            "parameters": self.specification["inputs"].get("parameters") or {},
        }  # fmt: skip
        script = shims / "run.py"
        script.write_text(YADAGE, "utf-8")
        return self._whole("yadage", [str(self.tools / "python"), str(script), json.dumps(asked)], str(shims))

    def _serial(self) -> bool:
        parameters = self.specification["inputs"].get("parameters", {})
        for number, step in enumerate(self.specification["workflow"]["specification"]["steps"]):
            for text in step["commands"]:
                command = Template(text).safe_substitute(parameters)
                began = _now()
                succeeded, said = self._execute(["/bin/sh", "-c", command])
                self._job(step.get("name", f"step{number}"), command, succeeded, said, began)
                if not succeeded:
                    return False
        return True

    def progress(self) -> dict[str, Any]:
        def count(status: str) -> dict[str, Any]:
            ids = [key for key, job in self.jobs.items() if job["status"] == status]
            return {"total": len(ids), "job_ids": ids}

        return {
            "total": {"total": max(1, len(self.jobs)), "job_ids": []},
            "running": {"total": int(self.status == "running"), "job_ids": []},
            "finished": count("finished"),
            "failed": count("failed"),
            "current_command": None,
            "current_step_name": None,
            "run_started_at": self.started,
            "run_finished_at": self.ended,
            "run_stopped_at": None,
        }


class ReanaServer:
    """The server.

    Attributes:
        faults: answers to give instead, one a request: (operation, code).
        seen: operations in order.
    """

    def __init__(self, openapi: Path, folder: Path) -> None:
        self.version = "0.9.4"
        self.faults: list[tuple[str, int]] = []
        self.dropped: set[str] = set()
        self.secrets: dict[str, str] = {}
        self.seen: list[str] = []
        self.violations: list[str] = []
        self.workflows: list[Workflow] = []
        self._folder = folder
        self._tools = openapi.parents[5] / "bin"
        self._routes = list(_routes(json.loads(openapi.read_text("utf-8"))))
        server = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                server.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *arguments: Any) -> None:
                """Keep the output of the tests clean."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        for workflow in self.workflows:
            if workflow.status == "running" and workflow.process is not None:
                workflow.stop()
        self._http.shutdown()
        self._http.server_close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("Content-Length") or 0)
        if request.headers.get("Transfer-Encoding") == "chunked":
            body = _chunks(request)
        else:
            body = request.rfile.read(length)
        parts = urlsplit(request.path)
        query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        operation: dict[str, Any] = {}
        code, content = 404, b"{}"
        headers = {"Content-Type": "application/json"}
        try:
            operation, names = self._find(request.command, parts.path)
            name = operation["operationId"]
            self.seen.append(name)
            fault = next((item for item in self.faults if item[0] == name), None)
            if fault:
                self.faults.remove(fault)
                raise Refusal(fault[1], f"{fault[1]} Service unavailable")
            self._check_request(operation, query)
            answer = getattr(self, f"_{name}")(names, query, body)
            if isinstance(answer, Path):
                code, content = 200, answer.read_bytes()
                headers = {
                    "Content-Type": "application/octet-stream",
                    "Content-Disposition": f'attachment; filename="{answer.name}"',
                }
            else:
                code = 201 if name == "create_workflow" else 200
                content = json.dumps(answer).encode("utf-8")
                self._check_answer(operation, code, answer)
        except Refusal as error:
            code, content = error.code, json.dumps({"message": str(error)}).encode("utf-8")
        request.send_response(code)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            request.send_header(key, value)
        request.end_headers()
        request.wfile.write(content)

    def _find(self, method: str, path: str) -> tuple[dict[str, Any], dict[str, str]]:
        for verb, pattern, operation in self._routes:
            found = pattern.fullmatch(path) if verb == method else None
            if found:
                return operation, {key: unquote(value) for key, value in found.groupdict().items()}
        raise Refusal(404, f"no route {method} {path}")

    def _check_request(self, operation: dict[str, Any], query: dict[str, str]) -> None:
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query" and parameter.get("required") and parameter["name"] not in query:
                raise Refusal(400, f"the parameter {parameter['name']} is missing")
        if operation["operationId"] != "ping" and query.get("access_token") != TOKEN:
            raise Refusal(403, "Token not valid")

    def _check_answer(self, operation: dict[str, Any], code: int, answer: Any) -> None:
        schema = operation["responses"][str(code)].get("schema")
        if schema:
            for error in jsonschema.Draft7Validator(_nullable(schema)).iter_errors(answer):
                self.violations.append(f"{operation['operationId']}: {error.message}")

    def _one(self, names: dict[str, str]) -> Workflow:
        wanted = names["workflow_id_or_name"]
        for workflow in reversed(self.workflows):
            if wanted in {workflow.id, workflow.name, workflow.name.rpartition(".")[0]}:
                return workflow
        raise Refusal(404, f"REANA_WORKON is set to {wanted}, but that workflow does not exist.")

    def _ping(self, *_: Any) -> Any:
        return {"message": "OK", "status": "200"}

    def _get_you(self, *_: Any) -> Any:
        return {
            "email": "a@example.org",
            "full_name": "A",
            "username": "a",
            "reana_server_version": self.version,
        }

    def _info(self, *_: Any) -> Any:
        return {
            "compute_backends": {"title": "backends", "value": ["kubernetes"]},
            "default_workspace": {"title": "workspace", "value": "/var/reana"},
            "workspaces_available": {"title": "workspaces", "value": ["/var/reana"]},
            "default_kubernetes_jobs_timeout": {"title": "timeout", "value": "604800"},
            "maximum_kubernetes_jobs_timeout": {"title": "timeout", "value": "1209600"},
            "maximum_workspace_retention_period": {"title": "retention", "value": None},
        }

    def _get_secrets(self, *_: Any) -> Any:
        return [{"name": name, "type": kind} for name, kind in self.secrets.items()]

    def _delete_workflow(self, workflow: Workflow) -> None:
        workflow.status = "deleted"
        shutil.rmtree(workflow.workspace, ignore_errors=True)

    def _create_workflow(self, names: Any, query: dict[str, str], body: bytes) -> Any:
        name = f"{query['workflow_name']}.{len(self.workflows) + 1}"
        specification = json.loads(body)
        workflow = Workflow(name, specification, self._folder / name, self._tools)
        self.workflows.append(workflow)
        return {"message": "created", "workflow_id": workflow.id, "workflow_name": name}

    def _upload_file(self, names: dict[str, str], query: dict[str, str], body: bytes) -> Any:
        workspace = self._one(names).workspace
        path = (workspace / query["file_name"].lstrip("/")).resolve()
        if not path.is_relative_to(workspace.resolve()):
            raise Refusal(400, "outside of the workspace")
        if query["file_name"].lstrip("/") not in self.dropped:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        return {"message": f"{query['file_name']} has been uploaded"}

    def _start_workflow(self, names: dict[str, str], *_: Any) -> Any:
        workflow = self._one(names)
        workflow.start()
        return {
            "message": "submitted", "workflow_id": workflow.id, "workflow_name": workflow.name,
            "status": "queued", "user": "u",
        }  # fmt: skip

    def _get_workflow_status(self, names: dict[str, str], *_: Any) -> Any:
        workflow = self._one(names)
        return {
            "id": workflow.id, "name": workflow.name, "created": workflow.created,
            "status": workflow.status, "user": "u", "progress": workflow.progress(), "logs": "",
        }  # fmt: skip

    def _set_workflow_status(self, names: dict[str, str], query: dict[str, str], body: bytes) -> Any:
        workflow = self._one(names)
        if query["status"] == "stop":
            workflow.stop()
        elif query["status"] == "deleted":
            self._delete_workflow(workflow)
        return {
            "message": "done", "workflow_id": workflow.id, "workflow_name": workflow.name,
            "status": workflow.status, "user": "u",
        }  # fmt: skip

    def _get_workflow_specification(self, names: dict[str, str], *_: Any) -> Any:
        specification = self._one(names).specification
        return {"parameters": {}, "specification": specification}

    def _get_workflow_parameters(self, names: dict[str, str], *_: Any) -> Any:
        workflow = self._one(names)
        inputs = workflow.specification.get("inputs", {})
        return {
            "id": workflow.id, "name": workflow.name, "type": workflow.specification["workflow"]["type"],
            "parameters": inputs.get("parameters", {}),
        }  # fmt: skip

    def _get_workflow_logs(self, names: dict[str, str], *_: Any) -> Any:
        workflow = self._one(names)
        logs = {"workflow_logs": workflow.log, "job_logs": workflow.jobs, "engine_specific": None}
        return {
            "workflow_id": workflow.id, "workflow_name": workflow.name, "user": "u", "logs": json.dumps(logs),
        }  # fmt: skip

    def _get_files(self, names: dict[str, str], query: dict[str, str], body: bytes) -> Any:
        workspace = self._one(names).workspace
        files = [path for path in sorted(workspace.rglob("*")) if path.is_file()]
        items = [
            {
                "name": path.relative_to(workspace).as_posix(),
                "last-modified": workflow_time(path),
                "size": {"raw": path.stat().st_size, "human_readable": f"{path.stat().st_size} Bytes"},
            }
            for path in files
        ]
        total, size = len(items), int(query.get("size") or len(items) or 1)
        first = (int(query.get("page") or 1) - 1) * size
        return {"items": items[first : first + size], "total": total}

    def _download_file(self, names: dict[str, str], *_: Any) -> Any:
        path = self._one(names).workspace / names["file_name"]
        if not path.is_file():
            raise Refusal(404, f"{names['file_name']} does not exist.")
        return path


def workflow_time(path: Path) -> str:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _routes(openapi: dict[str, Any]) -> Any:
    for path, methods in openapi["paths"].items():
        pattern = re.sub(r"\\\{file_name\\\}", r"(?P<file_name>.+)", re.escape(path))
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern)
        for method, operation in methods.items():
            yield method.upper(), re.compile(pattern), operation


def _nullable(schema: Any) -> Any:
    """Say in JSON Schema what Swagger 2.0 says by ``x-nullable``."""
    if isinstance(schema, list):
        return [_nullable(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _nullable(value) for key, value in schema.items() if key != "x-nullable"}
    if schema.get("x-nullable") and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


def _chunks(request: BaseHTTPRequestHandler) -> bytes:
    body = b""
    while size := int(request.rfile.readline().split(b";")[0], 16):
        body += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return body
