"""The loop of the isolated client: read a request, answer it, until the pipe closes."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, TextIO

from fairport.lake.remote.session import Session, is_transient
from fairport.lake.remote.wire import encode, redact


def main() -> None:
    """Serve requests from stdin; what Rucio prints goes to stderr, so that stdout holds answers only."""
    _end_with_parent()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    first = json.loads(sys.stdin.readline())
    secrets = tuple(first["secrets"])
    logging.getLogger().setLevel(first["log_level"])
    session = Session(first["access"], first["patience"])
    try:
        for line in sys.stdin:
            _answer(json.loads(line), session, answers, secrets)
    finally:
        shutil.rmtree(session.configuration.parent, ignore_errors=True)
        answers.close()
        sys.stderr.flush()
    os._exit(0)  # taking the interpreter down in order takes longer than all the rest of the goodbye


def _answer(request: dict[str, Any], session: Session, answers: TextIO, secrets: tuple[str, ...]) -> None:
    number = request["id"]
    try:
        result = _operation(request["op"])(session, **request["args"])
        if isinstance(result, Iterator):
            for item in result:
                answers.write(encode({"id": number, "item": item}))
            result = None
        message: dict[str, Any] = {"id": number, "done": result}
    except Exception as error:  # noqa: BLE001 - every failure becomes an answer
        names = [kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException)]
        text = redact(str(error), secrets)
        message = {"id": number, "error": {"kinds": names, "text": text, "transient": is_transient(error)}}
    answers.write(encode(message))
    answers.flush()


def _operation(name: str) -> Any:
    from fairport.lake.remote import fetching, reading, storing

    operations = {**reading.OPERATIONS, **fetching.OPERATIONS, **storing.OPERATIONS}
    return operations[name]


def _end_with_parent() -> None:
    """End this process soon after its parent, however that ended, so that kill -9 leaves nothing behind."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.2)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
