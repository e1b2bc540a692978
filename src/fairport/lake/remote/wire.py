"""The protocol between Fairport and the isolated client: one JSON object a line, both ways.

Fairport sends ``{"id": 1, "op": "ping", "args": {...}}``; the client answers with any number of
``{"id": 1, "item": ...}`` and one ``{"id": 1, "done": ...}`` or ``{"id": 1, "error": {...}}``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

_LONGEST: Final = 600
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_TOKEN: Final = re.compile(
    r"(?i)((?:x-rucio-auth-token|auth[_-]?token|access_token|authorization|password)['\"]?\s*[:=]\s*['\"]?)(?:Bearer\s+)?[^\s'\",;&]+"
)
_JWT: Final = re.compile(r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*")
_RUCIO_TOKEN: Final = re.compile(r"[\w.@=/,-]{1,300}-[0-9a-f]{32}(?![0-9a-f])")
_SIGNED: Final = re.compile(
    r"(?i)([?&](?:x-amz-[a-z-]+|signature|x-goog-[a-z-]+|awsaccesskeyid|googleaccessid|authz|token|temp_url_sig|sig)=)[^&\s\"'<]+"
)


def encode(message: Any) -> str:
    """Return one line."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":"), default=str) + "\n"


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` without passwords, tokens, signatures and control characters, at most 600 of it."""
    for secret in secrets:
        if len(secret) > 2:
            text = text.replace(secret, "***")
    text = _TOKEN.sub(r"\1***", text)
    text = _JWT.sub("***", text)
    text = _RUCIO_TOKEN.sub("***", text)
    text = _SIGNED.sub(r"\1***", text)
    text = "".join(char if char.isprintable() else " " for char in _COLOUR.sub("", text))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def is_signed(url: str) -> bool:
    """Tell whether an address carries a signature or token, so that it must not be kept."""
    return bool(_SIGNED.search(url))
