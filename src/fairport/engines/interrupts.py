"""Ending a run in order although Ctrl-C is pressed again, or reaches parent and children together."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fairport.contract.errors import FairportError
from fairport.contract.run import RunError
from fairport.engines.protocol import WorkflowFailedError


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore interrupts meanwhile; what is started here ignores them too.

    Outside the main thread, where Python does not deliver them, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before if before is not None else signal.default_int_handler)


@contextmanager
def ended_in_order(fail: Callable[[RunError], None], cancel: Callable[[], None]) -> Iterator[None]:
    """Follow a run to its end: an error of ours fails it, and whatever else stops us (Ctrl-C above all)
    cancels it.

    Args:
        fail: records that the run has failed, and why.
        cancel: stops what is running and records that it was cancelled.

    Raises:
        WorkflowFailedError: the workflow, or what drives it, failed.
    """
    try:
        yield
    except WorkflowFailedError:
        raise
    except FairportError as error:
        fail(RunError(error.what))
        raise WorkflowFailedError(error.what, where=error.where, why=error.why, mend=error.mend) from None
    except BaseException:
        with undisturbed():
            cancel()
        raise
