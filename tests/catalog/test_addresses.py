"""Addresses that are fetched and links that pages carry."""

from __future__ import annotations

import pytest

from fairport.catalog.addresses import is_address, refusal, repository_name, safe_link, web_address

GOOD = [
    "https://github.com/a/b.git",
    "ssh://git@gitlab.example.org:2222/a/b",
    "git@github.com:a/b.git",
    "file:///srv/git/b",
]
BAD = [
    "ext::sh -c touch% /tmp/pwned",
    "http://github.com/a/b",
    "git://github.com/a/b",
    "fd::17/foo",
    "--upload-pack=touch /tmp/pwned",
    "-oProxyCommand=x@host:path",
    "https://",
    "https://user:secret@example.org/a",
    "ssh://-oProxyCommand=touch/x",
    "https://example.org/a b",
    "https://example.org/\nx",
    "javascript:alert(1)",
    "https://[::1",
]


@pytest.mark.parametrize("address", GOOD)
def test_good_addresses_pass(address: str) -> None:
    assert is_address(address)
    assert refusal(address) is None


@pytest.mark.parametrize("address", BAD)
def test_others_are_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize("path", ["my-analysis", "./a/b", "/srv/a", "..", "C:/x"])
def test_paths_are_no_addresses(path: str) -> None:
    assert not is_address(path)


def test_names() -> None:
    assert repository_name("https://x.org/a/My_Repo.git/") == "My_Repo"
    assert repository_name("git@x.org:Only.git") == "Only"


def test_pages_of_repositories() -> None:
    assert web_address("git@github.com:a/b.git") == "https://github.com/a/b"
    assert web_address("ssh://git@x.org:22/a/b") == "https://x.org/a/b"
    assert web_address("file:///srv/a") is None
    assert web_address(None) is None


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://doi.org/10.1/x", "https://doi.org/10.1/x"),
        ("doi:10.1103/PhysRevD.98.102006", "https://doi.org/10.1103/PhysRevD.98.102006"),
        ("10.5281/zenodo.1", "https://doi.org/10.5281/zenodo.1"),
        ("arXiv:1802.07198v2", "https://arxiv.org/abs/1802.07198v2"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ('doi:10.1/"><script>', "https://doi.org/10.1/%22%3E%3Cscript%3E"),
    ],
)
def test_links_that_pass(text: str, link: str) -> None:
    assert safe_link(text) == link


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "//evil.example.org",
        "/etc/passwd", "../up",
        "https://user@evil.example.org/", "mailto:a@b?body=x", "file:///etc/passwd", "https://", "https://[::1",
        "", None, "https://x.org/" + "a" * 3000,
    ],
)  # fmt: skip
def test_links_that_do_not(text: str | None) -> None:
    assert safe_link(text) is None
