"""Credentials: from where, to whom, and never seen."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from fairport.contract.errors import ConfigurationError
from fairport.contract.manifest import Lake
from fairport.lake.access import find_access
from fairport.lake.remote.wire import is_signed, redact

LAKE = Lake("https://rucio.example.org", "https://auth.example.org")
USER = {"RUCIO_USERNAME": "ada", "RUCIO_PASSWORD": "s3cret-word", "RUCIO_AUTH_TYPE": "userpass"}


def config(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "rucio.cfg"
    path.write_text(text, encoding="utf-8")
    return {"RUCIO_CONFIG": str(path)}


def test_credentials_of_a_configuration_go_to_its_hosts_only(tmp_path: Path) -> None:
    text = (
        "[client]\nrucio_host = https://rucio.example.org:443\nauth_host = https://auth.example.org\n"
        "auth_type = userpass\nusername = ada\npassword = 50%%off\naccount = ada\n"
    )
    found = find_access(LAKE, config(tmp_path, text))
    assert (found.auth_type, found.options["username"], found.options["password"]) == (
        "userpass",
        "ada",
        "50%off",
    )
    hostile = Lake("https://rucio.example.org", "https://auth.evil.example")
    with pytest.raises(ConfigurationError, match="no username"):
        find_access(hostile, config(tmp_path, text))


def test_credentials_of_the_environment_need_a_host_that_is_meant() -> None:
    with pytest.raises(ConfigurationError, match="not known to be meant"):
        find_access(LAKE, USER)
    assert (
        find_access(LAKE, {**USER, "RUCIO_AUTH_HOST": "https://auth.example.org"}).options["username"]
        == "ada"
    )
    with pytest.raises(ConfigurationError, match="no username"):
        find_access(LAKE, {**USER, "RUCIO_AUTH_HOST": "https://other.example.org"})
    loopback = Lake("http://127.0.0.1:1", "http://localhost:1")
    assert find_access(loopback, USER).options["password"] == "s3cret-word"


def test_preset_of_escape_and_generic_oidc() -> None:
    vre = Lake("https://vre-rucio.cern.ch", "https://vre-rucio-auth.cern.ch")
    found = find_access(vre, {})
    assert (found.auth_type, found.vo) == ("oidc", "escape")
    assert found.options["oidc_scope"] == "openid profile offline_access"
    generic = find_access(Lake(LAKE.rucio_host, LAKE.auth_host, auth_type="oidc"), {})
    assert generic.options == {"oidc_scope": "openid profile", "oidc_polling": "true"}


@pytest.mark.parametrize("auth_type", ["x509", "x509_proxy"])
def test_certificates(tmp_path: Path, auth_type: str) -> None:
    lake = Lake(LAKE.rucio_host, LAKE.auth_host, auth_type=auth_type)
    for name in ("cert", "key", "proxy"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    paths = {
        "RUCIO_CLIENT_CERT": str(tmp_path / "cert"),
        "RUCIO_CLIENT_KEY": str(tmp_path / "key"),
        "X509_USER_PROXY": str(tmp_path / "proxy"),
        "RUCIO_AUTH_HOST": LAKE.auth_host,
    }
    used, other = {"x509": ("cert", "proxy"), "x509_proxy": ("proxy", "cert")}[auth_type]
    found = find_access(lake, paths)
    assert found.auth_type == auth_type
    (tmp_path / other).unlink()
    assert find_access(lake, paths).token_file == found.token_file, "what is not used does not matter"
    (tmp_path / used).write_text("renewed", encoding="utf-8")
    assert find_access(lake, paths).token_file != found.token_file, "another certificate, another token"
    (tmp_path / used).unlink()
    with pytest.raises(ConfigurationError, match="does not exist"):
        find_access(lake, paths)


def test_credentials_of_the_environment_go_to_the_lake_of_the_configuration(tmp_path: Path) -> None:
    text = f"[client]\nrucio_host = {LAKE.rucio_host}\nauth_host = {LAKE.auth_host}\naccount = ada\n"
    variables = {**config(tmp_path, text), "RUCIO_PASSWORD": "of-the-environment", "RUCIO_USERNAME": "ada"}
    assert find_access(LAKE, variables).options["password"] == "of-the-environment"
    strange = Lake("https://rucio.evil.org", "https://auth.evil.org")
    with pytest.raises(ConfigurationError, match="not known to be meant"):
        find_access(strange, variables)


def test_a_proxy_that_lies_about_is_no_obstacle_and_goes_nowhere_else(tmp_path: Path) -> None:
    """Grid machines always set X509_USER_PROXY."""
    (tmp_path / "proxy").write_text("proxy", encoding="utf-8")
    variables = {"X509_USER_PROXY": str(tmp_path / "proxy")}
    strange = Lake("https://rucio.evil.org", "https://auth.evil.org", auth_type="oidc")
    assert "client_x509_proxy" not in find_access(strange, variables).options
    strange = Lake("https://rucio.evil.org", "https://auth.evil.org", auth_type="x509_proxy")
    with pytest.raises(ConfigurationError, match="not known to be meant"):
        find_access(strange, variables)
    both = {"RUCIO_AUTH_HOST": LAKE.auth_host, "RUCIO_CLIENT_PROXY": str(tmp_path / "proxy")}
    lake = Lake(LAKE.rucio_host, LAKE.auth_host, auth_type="x509_proxy")
    assert find_access(lake, both).options["client_x509_proxy"] == str(tmp_path / "proxy")


def test_another_password_is_another_token_file() -> None:
    lake = Lake("http://127.0.0.1:1", "http://127.0.0.1:1")
    one = find_access(lake, USER)
    other = find_access(lake, {**USER, "RUCIO_PASSWORD": "wrong"})
    assert one.token_file != other.token_file
    assert one.token_file == find_access(lake, USER).token_file
    assert stat.S_IMODE(one.token_file.parent.stat().st_mode) == 0o700
    folder = one.token_file.parent.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert "s3cret" not in str(one.token_file)


def test_a_password_is_never_shown() -> None:
    found = find_access(Lake("http://127.0.0.1:1", "http://127.0.0.1:1"), USER)
    assert "s3cret-word" not in repr(found)
    assert found.secrets == ("s3cret-word",)


@pytest.mark.parametrize(
    "text", ["[client", "no section", "[client]\nusername = %(nothing)s\nrucio_host = x\n"]
)
def test_a_broken_configuration_is_told_without_its_content(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        find_access(LAKE, config(tmp_path, text))
    assert "nothing" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "X-Rucio-Auth-Token: root-ada-unknown-0123456789abcdef0123456789abcdef",
        "token root-ada-unknown-0123456789abcdef0123456789abcdef refused",
        "Authorization: Bearer eyJhbGciOi.eyJzdWIiOiJhZGE.c2lnbmF0dXJl",
        "got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.abcDEF-_1",
        "https://s3.example.org/x?X-Amz-Signature=0123456789abcdef&a=b",
        "login of ada with s3cret-word failed",
        "{'password': 'hunter2'}",
    ],
)
def test_secrets_are_taken_out_of_messages(text: str) -> None:
    shown = redact(text, ("s3cret-word",))
    for secret in ("0123456789abcdef", "s3cret-word", "eyJ", "hunter2", "c2lnb"):
        assert secret not in shown


def test_plain_messages_stay_as_they_are_but_short() -> None:
    assert (
        redact("Data identifier 'lab:x' not found\n  for you") == "Data identifier 'lab:x' not found for you"
    )
    assert len(redact("x" * 100_000)) == 600


def test_a_server_cannot_steer_the_terminal() -> None:
    assert redact("\x1b[31;1mred\x1b[0m \x1b]0;title\x07 text\u202e") == "red ]0;title text"


def test_the_token_of_a_certificate_is_taken_out() -> None:
    shown = redact("token root-/O=Some lab/CN=Ada Example-unknown-0123456789abcdef0123456789abcdef refused")
    assert "0123456789abcdef" not in shown


def test_signed_addresses_are_known() -> None:
    assert is_signed("https://s3.example.org/x?X-Amz-Signature=1")
    assert is_signed("https://x.example.org/x?authz=abc")
    assert not is_signed("https://x.example.org/x?download=1")
