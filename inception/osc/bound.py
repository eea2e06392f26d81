"""Becomes another program, which is killed when the process that wanted it dies: `python bound.py PID program …`.

By itself pt-online-schema-change goes on when nobody listens to it any more. Run as a program, since a process with
threads cannot safely run code of its own between fork and exec. Linux only (prctl(2)); elsewhere the program lives on.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, program: list[str]) -> None:
    """Become `program`, which does not outlive `parent`, the process that started this one."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit("who started it is gone")
    os.execv(program[0], program)  # noqa: S606 - no shell


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
