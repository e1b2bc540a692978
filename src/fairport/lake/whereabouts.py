"""Where the files of a whole dataset can be read: one question, whose long answer waits on disk.

Rucio answers for a dataset in half the time or less that it takes for its files by name. The answer is taken
as fast as it comes, since a server closes a connection that stalls, and read back while downloads go on.
"""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fairport.contract.errors import ToolError
from fairport.lake.failures import RemoteError
from fairport.lake.link import LakeLink
from fairport.lake.names import parse_did

WORTH_IT: Final = 100
"""Files from which a dataset is asked for as a whole."""

_BLOCK: Final = 1 << 16
_PAUSE: Final = 0.02


def dataset_replicas(link: LakeLink, did: str, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what :func:`fairport.lake.remote.reading.replicas` gives, for the files of a dataset.

    The answer ends early when the lake goes away: what is missing has to be asked for by name.

    Args:
        link: to the lake; one of its clients is busy until the answer is complete.
        did: of the dataset or container.
        folder: for the answer; removed by the caller.
    """
    spool = Path(tempfile.mkdtemp(dir=folder)) / "replicas.jsonl"
    spool.touch()
    finished = threading.Event()
    thread = threading.Thread(target=_take, args=(link, did, spool, finished), daemon=True)
    thread.start()
    rest = ""
    with spool.open("r", encoding="ascii") as stream:
        while True:
            last = finished.is_set()
            block = stream.read(_BLOCK)
            *lines, rest = (rest + block).split("\n")
            for line in lines:
                yield json.loads(line)
            if not block:
                if last:
                    return
                finished.wait(_PAUSE)


def _take(link: LakeLink, did: str, spool: Path, finished: threading.Event) -> None:
    scope, name = parse_did(did)
    try:
        with (
            spool.open("w", encoding="ascii", buffering=1) as out,
            link.stream("dataset_replicas", scope=scope, name=name) as items,
        ):
            for item in items:
                out.write(json.dumps(item) + "\n")
    except (RemoteError, ToolError, OSError):
        pass  # what is missing is asked for by name, and that tells what is wrong
    finally:
        finished.set()
