"""One repository that is looked at several times: every file is read once, every rule runs once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairport.check.cleaning import clean
from fairport.check.documents import Documents
from fairport.check.engine import check_folder
from fairport.check.options import Options
from fairport.check.repository import Repository
from fairport.check.session import require_folder
from fairport.contract.constants import PROFILES
from fairport.contract.errors import UsageError

if TYPE_CHECKING:
    from fairport.check.report import Target


class Inspection:
    """Looks at one repository in several ways; nothing of it is executed and the network is not used.

    Args:
        path: its folder.
        today: the date, for tests.
        git: whether git is asked about the folder; files of an archive lie in no work tree of theirs.

    Raises:
        UsageError: the path is no folder.
    """

    def __init__(self, path: str | Path, today: date | None = None, *, git: bool = True) -> None:
        self.path = str(path)
        self.today = today or datetime.now(UTC).date()
        self.documents = Documents(Repository(require_folder(Path(path)), git=git), today=self.today)
        self._targets: dict[str, Target] = {}

    def check(self, profile: str) -> Target:
        """Return what ``fairport check`` finds under a profile.

        Raises:
            UsageError: there is no such profile.
        """
        require_profile(profile)
        if profile not in self._targets:
            documents = self.documents.under(profile)
            options = Options(profile=profile, today=self.today)
            self._targets[profile] = check_folder(documents.repository.root, self.path, options, documents)
        return self._targets[profile]


def require_profile(profile: str) -> None:
    """Raise a UsageError when there is no such profile."""
    if profile not in PROFILES:
        raise UsageError(f'there is no profile "{clean(profile)}"', mend=f"use one of: {', '.join(PROFILES)}")


__all__ = ["Inspection", "require_profile"]
