"""A child that ends with its parent, so that killing the one that watches leaves nobody behind."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def end_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn: Linux sends the signal when the parent is killed. Elsewhere the next start ends the orphan."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # looked up before the fork: the child must not load libraries
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(how), 0, 0, 0)
        if os.getppid() != parent:  # it was killed before we could ask
            os.kill(os.getpid(), how)

    return ask
