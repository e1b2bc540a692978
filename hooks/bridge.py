"""From Cookiecutter to Copier: the answers come from the one, the files are rendered by the other.

So both make the same repository, and one made by Cookiecutter can be updated like any other. Needs Copier
where Cookiecutter runs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def refuse_bad_answers(context: Mapping[str, Any]) -> None:
    """Render into a folder that is thrown away, and end with the reason if that fails."""
    with tempfile.TemporaryDirectory(prefix="fairport-answers-") as folder:
        _render(Path(folder), context)


def fill_folder(context: Mapping[str, Any]) -> None:
    """Render into the current folder, which Cookiecutter has just made."""
    Path(".keep").unlink(missing_ok=True)
    _render(Path.cwd(), context)


def _render(folder: Path, context: Mapping[str, Any]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (Cookiecutter runs with older ones, too)
        sys.exit("error: this template needs Cookiecutter to run with Python 3.11 or newer")
    # The package lies in src/ of a checkout; in a wheel it lies around this folder.
    sys.path.insert(0, str(ROOT / "src" if (ROOT / "src").is_dir() else ROOT.parent.parent))
    try:
        import copier  # noqa: F401
    except ImportError:
        sys.exit(
            "error: this template is rendered by Copier, which is not installed here; install it next to "
            "Cookiecutter: pipx inject cookiecutter copier, or python -m pip install copier"
        )
    from fairport.contract.errors import FairportError
    from fairport.scaffold.questions import check_answers, load_questions
    from fairport.scaffold.render import render

    answers = {name: value for name, value in context.items() if not name.startswith("_")}
    questions = load_questions(ROOT)
    try:
        check_answers(answers, questions, where="the answers")
        render(folder, answers, template=ROOT, version=str(questions["fairport_version"].default))
    except FairportError as error:
        sys.exit(f"error: {error.what}")
