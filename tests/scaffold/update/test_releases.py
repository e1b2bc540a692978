"""Versions of templates: names, order, export, what a checkout lacks, how a release is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairport.contract.constants import TEMPLATE_URL
from fairport.contract.errors import ConfigurationError, UsageError
from fairport.scaffold import bundles, recording, releases
from fairport.scaffold.releases import Releases, is_own, latest, open_releases, version_key


@pytest.mark.parametrize(
    "source",
    [
        TEMPLATE_URL,
        "gh:fairport-project/fairport",
        "https://github.com/fairport-project/fairport",
        "https://GitHub.com/fairport-project/fairport/",
        "git@github.com:fairport-project/fairport.git",
        "ssh://git@github.com/fairport-project/fairport.git",
        "git+https://github.com/fairport-project/fairport.git",
        "https://me:secret@github.com/fairport-project/fairport.git",
    ],
)
def test_our_own_template_however_it_is_spelled(source: str) -> None:
    assert is_own(source)


@pytest.mark.parametrize(
    "source", ["gh:me/fairport", "/home/me/fairport", "https://example.org/fairport", ""]
)
def test_other_templates(source: str) -> None:
    assert not is_own(source)


def test_order_and_choice_of_versions(tmp_path: Path) -> None:
    found = Releases(tmp_path, {"0.2.0": "a", "0.10.0": "b", "1.0.0rc1": "c"}, missing=("0.1.0",))
    assert latest(found, None) == "0.10.0"
    assert latest(found, "v1.0.0rc1") == latest(found, "1.0rc1") == "1.0.0rc1"
    with pytest.raises(ConfigurationError, match="not in this checkout") as caught:
        latest(found, "0.1.0")
    assert "--unshallow" in str(caught.value.mend)
    with pytest.raises(UsageError, match="no template nonsense"):
        latest(found, "nonsense")
    assert version_key("v0.2.0-13-gabc1234") == version_key("0.2")
    with pytest.raises(ValueError):
        version_key("main")


def _checkout(root: Path, git, write) -> Path:
    root.mkdir()
    git(root, "init", "--quiet")
    _version(root, "0.1.0", write)
    write(root, {"template/a.txt": "one\n", "template/.gitattributes": "*.txt eol=crlf export-ignore\n"})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "one")
    return root


def _version(root: Path, version: str, write) -> None:
    text = f'_subdirectory: template\nfairport_version: {{type: str, default: "{version}", when: false}}\n'
    write(root, {"copier.yml": text})


def test_a_release_is_recorded_once_and_in_order(tmp_path: Path, git, write, capsys) -> None:
    root = _checkout(tmp_path / "root", git, write)
    assert bundles.unreleased(root, "0.1.0") == "template 0.1.0 is not released yet"
    assert bundles.unreleased(root, "0.1.0", building=True) is None
    first = git(root, "rev-parse", "HEAD")
    assert recording.record(root) == ("0.1.0", first)
    assert bundles.released(root) == {"0.1.0": first}
    assert bundles.unreleased(root, "0.1.0") is None
    with pytest.raises(UsageError, match="listed already"):
        recording.record(root)
    _version(root, "0.0.9", write)
    git(root, "commit", "--quiet", "--all", "--message", "back")
    with pytest.raises(UsageError, match=r"not newer than 0\.1\.0"):
        recording.record(root)
    _version(root, "0.2.0", write)
    git(root, "commit", "--quiet", "--all", "--message", "two")
    assert recording.record(root)[0] == "0.2.0"
    assert list(bundles.released(root)) == ["0.1.0", "0.2.0"]
    with pytest.raises(ConfigurationError, match="no such commit"):
        recording.record(root, "nonsense")
    assert recording.main(["help"]) == 2
    assert "record" in capsys.readouterr().err


def test_a_template_that_changed_since_its_release_is_noted(tmp_path: Path, git, write) -> None:
    root = _checkout(tmp_path / "root", git, write)
    recording.record(root)
    write(root, {"template/a.txt": "two\n"})
    note = "the template has changed since 0.1.0 was released"
    assert bundles.unreleased(root, "0.1.0") == note
    git(root, "commit", "--quiet", "--all", "--message", "two")
    assert bundles.unreleased(root, "0.1.0") == note
    write(root, {"template/a.txt": "one\n", "template/new.txt": "x\n", "elsewhere.txt": "x\n"})
    assert bundles.unreleased(root, "0.1.0") == note
    (root / "template/new.txt").unlink()
    assert bundles.unreleased(root, "0.1.0") is None
    write(root, {"template/a.txt": "dirty\n"})
    assert (
        bundles.unreleased(root, "0.2.0", building=True)
        == "the template has changed since 0.2.0 was released"
    )


def test_outside_git_a_note_of_the_build_is_read(tmp_path: Path) -> None:
    assert bundles.unreleased(tmp_path, "0.1.0") is None
    (tmp_path / bundles.NOTE).write_text("it has changed\n", encoding="utf-8")
    assert bundles.unreleased(tmp_path, "0.1.0") == "it has changed"


def test_a_checkout_offers_its_releases_and_what_is_being_released(
    tmp_path: Path, git, write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _checkout(tmp_path / "root", git, write)
    recording.record(root)
    monkeypatch.setattr(releases, "template_root", lambda: root)
    with open_releases(TEMPLATE_URL) as found:
        assert (found.versions, found.working) == (("0.1.0",), None)
    _version(root, "0.2.0", write)
    write(root, {"template/a.txt": "two\n", "template/untracked.txt": "x\n"})
    with open_releases(TEMPLATE_URL) as found:
        assert (found.versions, found.working) == (("0.1.0", "0.2.0"), "0.2.0")
        old = found.export("0.1.0", tmp_path / "old")
        new = found.export("0.2.0", tmp_path / "new")
    assert (old / "template/a.txt").read_bytes() == b"one\n", "attributes change nothing"
    assert (new / "template/a.txt").read_bytes() == b"two\n"
    assert (new / "template/untracked.txt").exists()


def test_a_shallow_clone_says_what_to_do(
    tmp_path: Path, git, write, make_project, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fairport.scaffold.update.updating import update

    root = _checkout(tmp_path / "root", git, write)
    write(
        root,
        {
            "template/{{ _copier_conf.answers_file }}": "{{ _copier_answers | to_nice_yaml }}",
            "copier.yml": "_templates_suffix: ''\n" + (root / "copier.yml").read_text(),
        },
    )
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "answers")
    recording.record(root)
    monkeypatch.setattr(releases, "template_root", lambda: root)
    project = make_project(TEMPLATE_URL, tmp_path / "project", "0.1.0", {})
    write(root, {"copier.yml": (root / "copier.yml").read_text().replace("0.1.0", "0.2.0")})
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "two")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", root.as_uri(), str(shallow))
    monkeypatch.setattr(releases, "template_root", lambda: shallow)
    with pytest.raises(ConfigurationError, match=r"template 0\.1\.0 are not in this checkout") as caught:
        update(project)
    assert "git fetch --unshallow" in str(caught.value.mend)
    assert caught.value.exit_code == 2


def test_an_installation_without_releases_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(releases, "template_root", lambda: tmp_path)
    with pytest.raises(ConfigurationError, match="carries no released versions"), open_releases(TEMPLATE_URL):
        pass


def test_a_password_in_the_address_is_not_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught, open_releases("https://me:hunter2@127.0.0.1:1/x.git"):
        pass
    assert "hunter2" not in str(caught.value)
