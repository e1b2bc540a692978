"""The wizard: the questions of ``fairport new`` as a form."""

from __future__ import annotations

from fairport.catalog.browser.planedata import script
from fairport.catalog.browser.wizarddata import wizard_data
from fairport.catalog.pages.frame import Frame


def add_wizard(frame: Frame) -> None:
    """Make ``new/index.html`` with its questions, if the front end was built."""
    if not frame.interactive:
        return
    page = frame.page(
        "new/index.html",
        "Begin an analysis",
        "Answer some questions, save the answers, run one command: the repository is there, and it runs.",
        styles=("explore.css",),
        scripts=("fp-wizard.js",),
    )
    frame.add("wizard.html.jinja", page)
    frame.files["new/questions.js"] = script("questions", wizard_data())
