"""What the build hook collects, and the bundle of template releases that it makes."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest

STARTER = "template/{% if kind == 'direct' %}.{% endif %}/{{ slug }}.txt.jinja"


def _commit_template(git, root: Path, text: str) -> str:
    (root / STARTER).write_text(text, encoding="utf-8")
    git(root, "commit", "--quiet", "-am", text.strip())
    return git(root, "rev-parse", "HEAD")


def test_collects_awkward_names_and_built_folders_and_no_rubbish(hook: ModuleType, tree: Path) -> None:
    for name in ("site/frontend/dist/plot.js", "template/__pycache__/x.pyc", "template/new.txt"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text("x", encoding="utf-8")
    assert hook.data_files(tree, for_wheel=True) == [
        "copier.yml",
        "schemas/a.schema.json",
        "schemas/a/examples/good/one.yaml",
        "site/frontend/dist/plot.js",
        "site/mkdocs.yml",
        "template/.gitignore",
        "template/new.txt",
        "template/outputs/.keep",
        STARTER,
        "{{cookiecutter.slug}}/.keep",
    ]


def test_source_distribution_keeps_what_developers_need(hook: ModuleType, tree: Path) -> None:
    files = hook.data_files(tree, for_wheel=False)
    assert {"schemas/a/examples/bad/one.yaml", "site/frontend/package.json"} <= set(files)
    assert "src/other.py" not in files


def test_same_files_without_git(hook: ModuleType, tree: Path) -> None:
    tracked = hook.data_files(tree, for_wheel=True)
    shutil.rmtree(tree / ".git")
    assert not hook.bundles.is_checkout(tree)
    assert hook.data_files(tree, for_wheel=True) == tracked


def test_deleted_file_is_not_collected(hook: ModuleType, tree: Path) -> None:
    (tree / "schemas/a.schema.json").unlink()
    assert "schemas/a.schema.json" not in hook.data_files(tree, for_wheel=True)


def test_folder_inside_another_checkout_is_none(hook: ModuleType, tree: Path) -> None:
    assert hook.bundles.is_checkout(tree)
    assert not hook.bundles.is_checkout(tree / "schemas")


def test_bundle_has_a_tag_for_each_release_and_the_one_being_built(
    hook: ModuleType, tree: Path, tmp_path: Path, git
) -> None:
    first = git(tree, "rev-parse", "HEAD")
    second = _commit_template(git, tree, "two\n")
    _commit_template(git, tree, "three\n")
    (tree / "template-releases.toml").write_text(
        f'[[release]]\nversion = "0.1.0"\ncommit = "{first}"\n'
        f'[[release]]\nversion = "0.2.0"\ncommit = "{second}"\n',
        encoding="utf-8",
    )
    bundle = hook.bundles.make_bundle(tree, "0.3.0", _folder(tmp_path))
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(bundle), str(clone))
    assert git(clone, "tag", "--list").split() == ["v0.1.0", "v0.2.0", "v0.3.0"]
    texts = [git(clone, "show", f"v0.{minor}.0:{STARTER}") for minor in (1, 2, 3)]
    assert texts == ["one", "two", "three"]
    assert git(clone, "describe", "--tags") == "v0.3.0"
    held = git(clone, "-c", "core.quotePath=false", "ls-files").splitlines()
    assert held == ["copier.yml", "template/.gitignore", "template/outputs/.keep", STARTER]


def test_bundle_of_a_listed_version_comes_from_its_commit(
    hook: ModuleType, tree: Path, tmp_path: Path, git
) -> None:
    first = git(tree, "rev-parse", "HEAD")
    _commit_template(git, tree, "later\n")
    text = f'[[release]]\nversion = "0.1.0"\ncommit = "{first}"\n'
    (tree / "template-releases.toml").write_text(text, encoding="utf-8")
    bundle = hook.bundles.make_bundle(tree, "0.1.0", _folder(tmp_path))
    git(tmp_path, "clone", "--quiet", str(bundle), str(tmp_path / "clone"))
    assert git(tmp_path / "clone", "show", f"v0.1.0:{STARTER}") == "one"


def test_bundle_is_the_same_each_time(hook: ModuleType, tree: Path, tmp_path: Path) -> None:
    bundles = [
        hook.bundles.make_bundle(tree, "0.1.0", _folder(tmp_path, name)).read_bytes() for name in ("a", "b")
    ]
    assert bundles[0] == bundles[1]


def test_bundle_leaves_the_repository_alone(hook: ModuleType, tree: Path, tmp_path: Path, git) -> None:
    before = git(tree, "for-each-ref"), git(tree, "count-objects"), git(tree, "status", "--porcelain")
    hook.bundles.make_bundle(tree, "0.1.0", _folder(tmp_path))
    assert (
        git(tree, "for-each-ref"),
        git(tree, "count-objects"),
        git(tree, "status", "--porcelain"),
    ) == before


def test_shallow_clone_says_how_to_get_the_missing_release(
    hook: ModuleType, tree: Path, tmp_path: Path, git
) -> None:
    first = git(tree, "rev-parse", "HEAD")
    _commit_template(git, tree, "two\n")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", tree.as_uri(), str(shallow))
    text = f'[[release]]\nversion = "0.1.0"\ncommit = "{first}"\n'
    (shallow / "template-releases.toml").write_text(text, encoding="utf-8")
    with pytest.raises(
        SystemExit, match=r"template 0\.1\.0: commit .* is missing; run: git fetch --unshallow"
    ):
        hook.bundles.make_bundle(shallow, "0.2.0", _folder(tmp_path))


def test_no_bundle_without_git_or_without_a_committed_template(
    hook: ModuleType, tree: Path, tmp_path: Path, git
) -> None:
    git(tree, "rm", "--quiet", "--cached", "copier.yml")
    git(tree, "commit", "--quiet", "-m", "no template")
    assert hook.bundles.make_bundle(tree, "0.1.0", _folder(tmp_path)) is None
    shutil.rmtree(tree / ".git")
    assert hook.bundles.make_bundle(tree, "0.1.0", _folder(tmp_path, "again")) is None


def test_copier_reads_every_release_of_the_bundle(hook: ModuleType, tree: Path, tmp_path: Path, git) -> None:
    copier = pytest.importorskip("copier")
    (tree / "copier.yml").write_text(
        "_subdirectory: template\nslug: {type: str}\nkind: {type: str, default: direct}\n"
    )
    first = _commit_template(git, tree, "one\n")
    _commit_template(git, tree, "two\n")
    text = f'[[release]]\nversion = "0.1.0"\ncommit = "{first}"\n'
    (tree / "template-releases.toml").write_text(text, encoding="utf-8")
    bundle = hook.bundles.make_bundle(tree, "0.2.0", _folder(tmp_path))
    for version, content in (("v0.1.0", "one\n"), ("v0.2.0", "two\n"), (None, "two\n")):
        out = tmp_path / f"out-{version}"
        copier.run_copy(str(bundle), out, data={"slug": "x"}, vcs_ref=version, quiet=True, defaults=True)
        assert (out / "x.txt").read_text(encoding="utf-8") == content


def _folder(tmp_path: Path, name: str = "bundle") -> Path:
    folder = tmp_path / name
    folder.mkdir()
    return folder
