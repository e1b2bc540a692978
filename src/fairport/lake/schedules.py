"""The scheduled job that runs an injection: for GitHub Actions, GitLab CI and cron."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fairport.contract.errors import UsageError
from fairport.contract.manifest import Injection
from fairport.lake.workspace import MANIFEST_FILE, Workspace

_FIELD: Final = re.compile(
    r"(?:\*|[0-9]+(?:-[0-9]+)?)(?:/[0-9]+)?(?:,(?:\*|[0-9]+(?:-[0-9]+)?)(?:/[0-9]+)?)*"
)
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_SECRETS: Final = ("RUCIO_AUTH_HOST", "RUCIO_ACCOUNT", "RUCIO_AUTH_TYPE", "RUCIO_USERNAME", "RUCIO_PASSWORD")


def check_schedule(job: Injection) -> str:
    """Return the cron expression of an injection.

    Raises:
        UsageError: it has none, or it is not five fields of numbers in range.
    """
    text = " ".join((job.schedule or "").split())
    fields = text.split(" ")
    good = len(fields) == 5 and all(
        _FIELD.fullmatch(field)
        and all(low <= int(number) <= high for number in re.findall(r"[0-9]+", field.split("/")[0]))
        for field, (low, high) in zip(fields, _RANGES, strict=False)
    )
    if not good:
        raise UsageError(
            f'the schedule "{job.schedule or ""}" of {job.id} is not a cron expression',
            where=MANIFEST_FILE,
            mend='write five fields in UTC: "0 3 * * *" is every day at 03:00',
        )
    return text


def scaffold(workspace: Workspace, jobs: Sequence[Injection], forge: str) -> tuple[Path | None, str]:
    """Return the file (none for cron) and the text of the scheduled job of ``jobs``.

    Args:
        workspace: the repository.
        jobs: injections, each with a schedule.
        forge: ``github``, ``gitlab`` or ``cron``.
    """
    schedules = {job.id: check_schedule(job) for job in jobs}
    if forge == "github":
        return workspace.root / ".github" / "workflows" / "inject.yml", _github(schedules)
    if forge == "gitlab":
        return workspace.root / ".gitlab" / "inject.gitlab-ci.yml", _gitlab(schedules)
    return None, _cron(workspace, schedules)


def _github(schedules: dict[str, str]) -> str:
    lines = [
        "# Brings new data into the lake; made by `fairport data inject --scaffold github`.",
        "name: Inject data",
    ]
    lines += ["on:", "  schedule:"]
    lines += [f'    - cron: "{schedule}"' for schedule in sorted(set(schedules.values()))]
    lines += ["  workflow_dispatch:", "permissions:", "  contents: read", "jobs:"]
    for name, schedule in schedules.items():
        lines += [
            f"  {name}:",
            "    runs-on: ubuntu-latest",
            f"    if: github.event_name == 'workflow_dispatch' || github.event.schedule == '{schedule}'",
            "    concurrency:",
            f"      group: inject-{name}",
            "      cancel-in-progress: false",
            "    steps:",
            "      - uses: actions/checkout@v4",
            "      - uses: actions/setup-python@v5",
            "        with:",
            '          python-version: "3.12"',
            "      - run: pip install fairport",
            f"      - run: fairport data inject --dataset {name}",
            "        env:",
        ]
        lines += [f"          {secret}: ${{{{ secrets.{secret} }}}}" for secret in _SECRETS]
    return "\n".join(lines) + "\n"


def _gitlab(schedules: dict[str, str]) -> str:
    lines = [
        "# Brings new data into the lake; made by `fairport data inject --scaffold gitlab`.",
        "# In .gitlab-ci.yml:  include: [{local: .gitlab/inject.gitlab-ci.yml}]",
        "# Pipeline schedules (Build > Pipeline schedules, UTC), each with the variable FAIRPORT_INJECT:",
    ]
    lines += [f'#   "{schedule}"  FAIRPORT_INJECT={name}' for name, schedule in schedules.items()]
    lines += [f"# Variables, masked and protected: {', '.join(_SECRETS)}", ""]
    for name in schedules:
        lines += [
            f"inject-{name}:",
            "  image: python:3.12-slim",
            "  rules:",
            f'    - if: $CI_PIPELINE_SOURCE == "schedule" && $FAIRPORT_INJECT == "{name}"',
            f"  resource_group: inject-{name}",
            "  script:",
            "    - pip install fairport",
            f"    - fairport data inject --dataset {name}",
        ]
    return "\n".join(lines) + "\n"


def _cron(workspace: Workspace, schedules: dict[str, str]) -> str:
    folder = shlex.quote(str(workspace.root.resolve())).replace("%", r"\%")
    lines = ["# Lines for `crontab -e`; credentials come from the rucio.cfg of this user.", "CRON_TZ=UTC"]
    lines += [
        f"{schedule} cd {folder} && fairport -q data inject --dataset {name}"
        for name, schedule in schedules.items()
    ]
    return "\n".join(lines) + "\n"
