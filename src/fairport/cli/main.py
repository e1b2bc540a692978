"""The program ``fairport``: the root group and the one place where errors become text and exit codes."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Final

import click

from fairport.cli.lazy import LazyGroup
from fairport.cli.options import global_options
from fairport.cli.output import Output, clean
from fairport.contract.errors import FairportError
from fairport.contract.machine import machine_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

OK: Final = 0
USAGE: Final = 2
INTERNAL: Final = 3
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141
TERMINATED: Final = 143
"""Exit codes beside those of :class:`FairportError` (128 + signal number for the last three)."""

_COMPLETE_VARIABLE: Final = "_FAIRPORT_COMPLETE"

_HELP: Final = """Scaffold, check, run and publish FAIR dark-matter analyses.

\b
First steps:
  fairport demo --dir demo      see the whole flow on published experiments
  fairport new my-analysis      start an analysis of your own
  fairport check my-analysis    see what it lacks

Options that stand here may also follow the command. Exit codes: 0 fine, 1 findings or a failed run,
2 usage or configuration, 3 an error inside Fairport.
"""


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"fairport {version('fairport')}")
        ctx.exit()


def make_cli() -> LazyGroup:
    """Return the root group."""
    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help="Show the version and stop.",
    )
    return LazyGroup(
        "fairport",
        help=_HELP,
        params=[version, *global_options()],
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code.

    Args:
        argv: arguments without the program name; ``None`` takes them from the process.
    """
    cli = make_cli()
    instruction = os.environ.get(_COMPLETE_VARIABLE)
    if instruction:
        from click.shell_completion import shell_complete

        return shell_complete(cli, {}, "fairport", _COMPLETE_VARIABLE, instruction)
    output = Output()
    try:
        with _ended_politely():
            return _invoke(cli, list(sys.argv[1:] if argv is None else argv), output)
    except BrokenPipeError:
        _abandon_streams()
        return BROKEN_PIPE


class _Terminated(KeyboardInterrupt):
    """Somebody asked this process to end."""


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Let SIGTERM end the program as Ctrl+C does, so that what is half done is put away."""

    def end(number: int, frame: object) -> None:
        raise _Terminated

    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL or current_thread() is not main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _invoke(cli: click.Group, arguments: list[str], output: Output) -> int:
    try:
        with cli.make_context("fairport", arguments, obj=output) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else OK
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return OK
    except click.ClickException as error:
        _report_usage(error, output)
        return USAGE
    except FairportError as error:
        _debug_traceback()
        click.echo(format_error(error, output), err=True)
        return error.exit_code
    except _Terminated:
        click.echo("\nterminated", err=True)
        return TERMINATED
    except (KeyboardInterrupt, EOFError, click.Abort):
        click.echo("\ninterrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the one place where everything ends
        _debug_traceback()
        if (told := machine_error(error)) is not None:
            click.echo(format_error(told, output), err=True)
            return told.exit_code
        click.echo(_format_internal(error, output), err=True)
        return INTERNAL


def format_error(error: FairportError, output: Output) -> str:
    """Return the lines ``error: what``, ``where``, ``why``, ``mend`` of those that the error has."""
    lines = [f"{output.style('error:', stream=sys.stderr, fg='red', bold=True)} {clean(error.what)}"]
    for label, value in (("where", error.where), ("why", error.why), ("mend", error.mend)):
        if value:
            lines.append(f"  {label + ':':<6} {clean(str(value))}")
    return "\n".join(lines)


def _report_usage(error: click.ClickException, output: Output) -> None:
    label = output.style("error:", stream=sys.stderr, fg="red", bold=True)
    message = error.format_message()
    click.echo(f"{label} {clean(message[:1].lower() + message[1:])}", err=True)
    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(f"  mend:  see {context.command_path} --help", err=True)


def _format_internal(error: Exception, output: Output) -> str:
    label = output.style("error:", stream=sys.stderr, fg="red", bold=True)
    summary = (str(error).splitlines() or [""])[0][:200]
    log = _write_crash_log()
    where = f"full report in {log}" if log else "set FAIRPORT_DEBUG=1 to see where"
    return f"{label} inside Fairport: {type(error).__name__}: {clean(summary)} ({where})"


def _write_crash_log() -> Path | None:
    """Write the current traceback to a private file in the cache (else the temporary) folder."""
    import platform
    import tempfile
    import traceback
    from datetime import UTC, datetime
    from importlib.metadata import version
    from pathlib import Path

    from fairport.interop.cache import cache_root

    now = datetime.now(UTC)
    text = (
        f"fairport {version('fairport')}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{now:%Y-%m-%dT%H:%M:%SZ}\narguments: {sys.argv[1:]!r}\n\n{traceback.format_exc()}"
    )
    for folder in (cache_root() / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(
                prefix=f"fairport-{now:%Y%m%dT%H%M%SZ}-", suffix=".log", dir=folder
            )
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
        except OSError:
            continue
        return Path(name)
    return None


def _debug_traceback() -> None:
    if os.environ.get("FAIRPORT_DEBUG") == "1":
        import traceback

        traceback.print_exc()


def _abandon_streams() -> None:
    """Send what is still buffered nowhere, so that Python's exit does not complain about the closed pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):
            continue
