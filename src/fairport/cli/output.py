"""Where commands write: reports and JSON on stdout, notes and progress on stderr."""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console
    from rich.status import Status

    from fairport.contract.progress import Progress

# Control characters (C0 without tab and newline, DEL, C1), the marks that reorder text, and bytes of names
# that are not UTF-8: a checked file must not drive the terminal.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HALF = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """Return ``text`` with every control or reordering character written as its escape (``\\x1b``)."""
    return _UNSAFE.sub(lambda match: match.group().encode("unicode_escape").decode("ascii"), text)


class Output:
    """What one call of the program may write, and how.

    Attributes:
        verbosity: 0 is normal, below silent but for reports and errors, above talkative.
        colour: whether colours may be used where the stream is a terminal.
    """

    def __init__(self, *, verbosity: int = 0, colour: bool | None = None) -> None:
        self.verbosity = verbosity
        self.colour = "NO_COLOR" not in os.environ if colour is None else colour

    @property
    def quiet(self) -> bool:
        """True with ``-q``: no notes, no progress."""
        return self.verbosity < 0

    @property
    def verbose(self) -> bool:
        """True with ``-v``."""
        return self.verbosity > 0

    def set_verbosity(self, verbosity: int) -> None:
        """Set the verbosity and let the logging of libraries follow it (1 shows INFO, 2 DEBUG)."""
        self.verbosity = verbosity
        if verbosity > 0:
            import logging

            level = logging.INFO if verbosity == 1 else logging.DEBUG
            logging.basicConfig(level=level, stream=sys.stderr, format="%(name)s: %(message)s", force=True)

    @property
    def console(self) -> Console:
        """A rich console on stdout; it is plain when colours are off or stdout is not a terminal."""
        return self._console(sys.stdout)

    def _console(self, stream: TextIO) -> Console:
        from rich.console import Console

        return Console(file=stream, no_color=not self.colour, highlight=False, emoji=False)

    def print(self, text: str = "") -> None:
        """Write a line of the report on stdout; the text is never read as markup."""
        click.echo(clean(text))

    def print_styled(self, text: str) -> None:
        """Write a line on stdout that :meth:`style` made; only its parts are cleaned."""
        click.echo(text)

    def note(self, text: str) -> None:
        """Write a remark on stderr, unless ``-q``."""
        if not self.quiet:
            click.echo(clean(text), err=True)

    def detail(self, text: str) -> None:
        """Write a remark on stderr with ``-v`` only."""
        if self.verbose:
            click.echo(clean(text), err=True)

    def json(self, document: object) -> None:
        """Write ``document`` as indented UTF-8 JSON on stdout.

        Raises:
            ValueError: a number is NaN or infinite, which JSON cannot say.
        """
        import json

        text = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
        click.echo(_HALF.sub(lambda match: f"\\u{ord(match.group()):04x}", text))

    def style(self, text: str, *, stream: TextIO | None = None, **styles: Any) -> str:
        """Return cleaned ``text``, with click styles where ``stream`` (stdout) takes colours."""
        stream = stream or sys.stdout
        cleaned = clean(text)
        return click.style(cleaned, **styles) if self.colour and stream.isatty() else cleaned

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Give a progress receiver: a spinner on a terminal, plain lines elsewhere, silence with ``-q``."""
        if self.quiet:
            from fairport.contract.progress import SilentProgress

            yield SilentProgress()
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            with SpinnerProgress(self._console(sys.stderr)) as spinner:
                yield spinner
        else:
            yield LineProgress()


class LineProgress:
    """Progress as plain lines on stderr, for logs and CI."""

    def step(self, text: str) -> None:
        """Write the name of the new stage."""
        click.echo(clean(text), err=True)

    def note(self, text: str) -> None:
        """Write an indented line."""
        click.echo(f"  {clean(text)}", err=True)


class SpinnerProgress:
    """Progress on a terminal: a spinner for the current stage, a line with its time for each finished one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._text = ""
        self._started = 0.0

    def __enter__(self) -> SpinnerProgress:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._finish("✗" if kind else "✓")

    def step(self, text: str) -> None:
        """Close the current stage and start the spinner of the next."""
        from rich.text import Text

        self._finish("✓")
        self._text, self._started = clean(text), monotonic()
        self._status = self._console.status(Text(self._text))
        self._status.start()

    def note(self, text: str) -> None:
        """Write an indented line above the spinner."""
        self._console.print(f"  {clean(text)}", markup=False, highlight=False)

    def _finish(self, mark: str) -> None:
        if self._status is None:
            return
        self._status.stop()
        self._status = None
        seconds = monotonic() - self._started
        self._console.print(f"{mark} {self._text}  {seconds:.1f} s", markup=False, highlight=False)


def current() -> Output:
    """Return the output of the running command; outside one, a fresh default."""
    context = click.get_current_context(silent=True)
    found = context.find_object(Output) if context is not None else None
    return found or Output()


def counted(number: int, thing: str) -> str:
    """Return ``1 result``, ``2 results``, ``2 repositories``."""
    more = f"{thing[:-1]}ies" if thing.endswith("y") else f"{thing}s"
    return f"{number} {thing if number == 1 else more}"
