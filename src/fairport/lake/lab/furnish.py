"""Give a fresh Rucio server its storage elements and a scope; runs in the environment of the server only."""

from __future__ import annotations

import json
import sys
from typing import Any


def furnish(storages: dict[str, str], scope: str, account: str) -> None:
    """Create what a lab needs through the public interface of Rucio; what is there already stays.

    Args:
        storages: name of each storage element and its folder.
        scope: scope that ``account`` owns.
        account: the account that everything belongs to.
    """
    from rucio.client import Client
    from rucio.common.exception import Duplicate

    client: Any = Client()
    for number, (name, folder) in enumerate(storages.items(), start=1):
        operations = {"read": number, "write": number, "delete": number}
        protocol = {
            "scheme": "file",
            "hostname": "localhost",
            "port": 0,
            "prefix": folder,
            "impl": "rucio.rse.protocols.posix.Default",
            "domains": {"lan": operations, "wan": {**operations, "third_party_copy_read": 1}},
        }
        try:
            client.add_rse(name, deterministic=True, volatile=False)
            client.add_protocol(name, protocol)
        except Duplicate:
            continue
        client.add_rse_attribute(name, "site", name)
        client.set_local_account_limit(account, name, -1)
    try:
        client.add_scope(account, scope)
    except Duplicate:
        return


if __name__ == "__main__":
    furnish(**json.load(sys.stdin))
