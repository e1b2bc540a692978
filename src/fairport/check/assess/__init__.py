"""How FAIR an analysis repository is, as far as it can prove it itself.

    from fairport.check.assess import assess
    assessment = assess("my-analysis")
    for judgement in assessment.rda: ...

Three catalogues are judged: the 41 indicators of the RDA FAIR Data Maturity Model
(doi:10.15497/rda00050), the 17 metrics of F-UJI 0.8 (doi:10.5281/zenodo.15045911) and the 17 principles
of FAIR4RS (doi:10.15497/RDA00068). A criterion passes only on positive evidence, a value with its file
and line, and only while no error of a rule that serves it stands. What was skipped, what had nothing to
look at, and what a scaffold brought along never passes; what only an archive, a web page or the network
can answer is "not assessed", with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from fairport.check.assess.model import Assessment

__all__ = ["assess"]


def assess(path: str | Path, profile: str | None = None, today: date | None = None) -> Assessment:
    """Assess one analysis repository; nothing of it is executed and the network is not used.

    Args:
        path: its folder.
        profile: ``draft``, ``release`` or ``archive``; the record's ``maturity`` when None. It decides
            whether a badge may be given, never what a criterion says.
        today: the date, for tests.

    Raises:
        UsageError: the path is no folder, or there is no such profile.
    """
    from fairport.check.assess.judge import assess_inspected
    from fairport.check.inspection import Inspection

    return assess_inspected(Inspection(path, today), profile)
