"""REPO007: no credentials in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from fairport.check.issue import Issue
from fairport.check.repository import Repository
from fairport.check.rule import rule
from fairport.check.textscan import place, small_files

_KINDS: Final[tuple[tuple[str, str], ...]] = (
    ("private key", r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|cbt|ptt)-[A-Za-z0-9_-]{20,}"),
    ("AWS key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("Slack token", r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    ("PyPI token", r"\bpypi-AgEI[A-Za-z0-9_-]{40,}"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{15,}"),
    (
        "password in an address",
        r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>{}$]{1,60}:[^\s/:@'\"<>{}$]{3,60}@[A-Za-z0-9]",
    ),
    (
        "REANA, Rucio or Zenodo token",
        r"(?i:(?:REANA_ACCESS_TOKEN|RUCIO_[A-Z_]*(?:TOKEN|PASSWORD)|ZENODO_[A-Z_]*TOKEN|access_token))\s*[=:]\s*['\"]?"
        r"(?=[A-Za-z0-9_.~+/-]*[0-9])[A-Za-z0-9_.~+/-]{12,}",
    ),
    (
        "password",
        r"(?i:^|[\s_,{\"'-])(?i:password|passwd|passphrase|api_?key|secret_?key|client_secret|auth_token)['\"]?\s*(?:=|:)\s*"
        r"(?:['\"][^\s'\"$<>{}]{6,80}['\"]|(?<== )(?=\S*[^\s\w]|\S*\d)[^\s'\"$<>{}()\[\],;]{6,80}(?=\s*$))",
    ),
)
_ANY: Final = re.compile(
    "|".join(f"(?P<k{number}>{pattern})" for number, (_, pattern) in enumerate(_KINDS)).encode(), re.MULTILINE
)
_QUICK: Final = re.compile(
    rb"PRIVATE KEY-----|gh[pousr]_|github_pat_|gl[a-z]{2,3}-|AKIA|ASIA|xox[abprs]-|pypi-AgEI|eyJ|://[^\s/@]{1,121}@|(?i:token|passw|passphrase|api_?key|secret)"
)
_WORDS: Final = tuple(
    b"key----- ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glcbt- glptt- akia asia xoxa- xoxb- "
    b"xoxp- xoxr- xoxs- pypi-age eyj token passw passphrase api_key apikey secret".split()
)
"""What a file must hold, in small letters, before it is looked at closely."""

_HARMLESS: Final = re.compile(
    rb"(?i)example|change.?me|your[_-]|placeholder|dummy|fake|xxxx|\*\*\*|<[^>]+>|\$\{?|%\(|os\.environ|getenv|secrets\."
    rb"|test[_-]?(?:token|password)|hunter2|user:pass"
    rb"|:[a-z]*(?:password|secret)[a-z]*@|['\"]passwd['\"]"
    rb"|:(?:password|passwd|pass|pw|secret|token|credential|s3cr[e3]t)@|['\"](?:password|secret|token)['\"]"
)
"""Texts that stand for a credential without being one."""

_LOCAL: Final = re.compile(rb"://([^/:@]{1,60}):\1@(?:localhost|127\.0\.0\.1|\[?::1)")
"""A service on the same machine with the password that everybody has, its name (`guest:guest@localhost`)."""

_ANONYMOUS: Final = re.compile(rb"(?i)(?:user(?:name)?|login)['\"]?\s*[=:]\s*['\"]?(?:anonymous|ftp)\b")
"""A login without secret: by custom the password is a mail address."""

_CONSTANT: Final = re.compile(rb"['\"][A-Z][A-Z_]+['\"]$")
"""The name of a constant or variable in the place of a value."""

_NAMES: Final = re.compile(
    r"(?:^|/)(?:userkey\.pem|id_(?:rsa|dsa|ecdsa|ed25519)|x509up_u\d+|\.netrc|\.pypirc|\.globus/.*|.*\.p12|.*\.pfx|\.reana_token)$"
)
_LONGEST_LINE: Final = 2000


@rule(
    "REPO007",
    "error",
    "correctness",
    "No password, token or private key in the repository",
    fair=("A1.2",),
    good={
        "docs/notes.md": "# Notes\n\n## Method\n\nThe token is read from the variable REANA_ACCESS_TOKEN.\n"
    },
    bad={"rucio.cfg": "[client]\nusername = ada\n▸password = Tr0ub4dor&3\n"},
)
def credentials(repository: Repository) -> Iterator[Issue]:
    """A credential that was committed once is public for ever: it stays in the history and in every clone.
    Revoke it first, then take it out. Credentials belong into the environment, into the keyring, or into
    the secrets of the forge. The text itself is never shown in a report."""
    for path in sorted(repository.sizes):
        if _NAMES.search(path):
            yield Issue(
                "a file that holds a credential by its name",
                path=path,
                help="revoke the credential, then remove the file",
                subject="name",
            )
    for path, content in small_files(repository):
        small = content.lower()
        if any(word in small for word in _WORDS) or (b"://" in small and b"@" in small):
            yield from _in_text(path, content)


def _in_text(path: str, content: bytes) -> Iterator[Issue]:
    for quick in _QUICK.finditer(content):
        start = max(content.rfind(b"\n", 0, quick.start()) + 1, quick.start() - _LONGEST_LINE)
        end = content.find(b"\n", quick.start())
        line = content[start : min(end if end >= 0 else len(content), quick.start() + _LONGEST_LINE)]
        found = _ANY.search(line)
        if found is None or _HARMLESS.search(found.group()) or _CONSTANT.search(found.group()):
            continue
        if _LOCAL.match(line, line.find(b"://", found.start())) or _ANONYMOUS.search(line):
            continue
        number = next(index for index in range(len(_KINDS)) if found.group(f"k{index}") is not None)
        offset = start + found.start() + len(found.group()) - len(found.group().lstrip(b" \t,{\"'-_"))
        row, column = place(content, offset)
        yield Issue(
            f"{_KINDS[number][0]} in the repository",
            path=path,
            line=row,
            column=column,
            help="revoke it, then remove it from the files and from the history",
            subject=_KINDS[number][0],
        )
        return  # one finding a file says enough
