"""Writing the line of a release: ``python -m fairport.scaffold.recording record``.

Run it when a version has been released, with the commit of the release checked out (or named); the line goes
into ``template-releases.toml`` and is committed like any other change.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fairport.contract.errors import ConfigurationError, UsageError
from fairport.contract.files import write_atomic
from fairport.contract.resources import template_root
from fairport.scaffold import bundles
from fairport.scaffold.releases import version_key


def record(root: Path, commit: str = "HEAD") -> tuple[str, str]:
    """Add the version that the template has at a commit to the list of releases.

    Args:
        root: top of the checkout.
        commit: any name of the commit.

    Returns:
        Version and full name of the commit.

    Raises:
        ConfigurationError: this is no checkout, or the commit holds no template.
        UsageError: the version is listed already, or is not newer than the last one.
    """
    if not bundles.is_checkout(root) or not bundles.exists(root, f"{commit}:copier.yml"):
        raise ConfigurationError("there is no such commit with a template", where=f"{root}: {commit}")
    full = bundles.git(root, "rev-parse", "--verify", f"{commit}^{{commit}}").strip()
    version = _version(bundles.git(root, "show", f"{full}:copier.yml"))
    listed = bundles.released(root)
    if version in listed:
        raise UsageError(
            f"{version} is listed already, as {listed[version][:12]}",
            where=root / bundles.RELEASES,
            mend="a release stays what it was: raise fairport_version in copier.yml for the next one",
        )
    if listed and version_key(version) <= max(map(version_key, listed)):
        raise UsageError(f"{version} is not newer than {list(listed)[-1]}", where=root / bundles.RELEASES)
    path = root / bundles.RELEASES
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    write_atomic(path, f'{text.rstrip()}\n\n[[release]]\nversion = "{version}"\ncommit = "{full}"\n'.lstrip())
    return version, full


def main(arguments: list[str] | None = None) -> int:
    """List the releases, or record one; return the exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    root = template_root()
    if not words or words == ["list"]:
        for version, commit in bundles.released(root).items():
            sys.stdout.write(f"{version}  {commit}\n")
        return 0
    if words[0] != "record" or len(words) > 2:
        sys.stderr.write("usage: python -m fairport.scaffold.recording [list | record [COMMIT]]\n")
        return 2
    try:
        version, commit = record(root, *words[1:])
    except (ConfigurationError, UsageError) as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    sys.stdout.write(f"{version} is {commit}: commit {bundles.RELEASES}\n")
    return 0


def _version(configuration: str) -> str:
    from fairport.contract.loading import parse_yaml

    entry = parse_yaml(configuration, "copier.yml").data.get("fairport_version")
    if not isinstance(entry, dict) or "default" not in entry:
        raise ConfigurationError("the template names no fairport_version", where="copier.yml")
    return str(entry["default"])


if __name__ == "__main__":
    raise SystemExit(main())
