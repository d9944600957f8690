"""Run a module under cProfile, but only between two signals: `bench.profiled FILE rasa run ...`.

SIGUSR1 begins, SIGUSR2 ends and writes the file, so that start-up stays out of the figures. Only
the main thread is seen: Rasa's event loop.
"""

from __future__ import annotations

import cProfile
import runpy
import signal
import sys


def main() -> None:
    """`python -m bench.profiled FILE MODULE [ARGUMENT ...]`"""
    file, module, *rest = sys.argv[1:]
    profile = cProfile.Profile()

    def begin(_number: int, _frame: object) -> None:
        profile.enable()

    def end(_number: int, _frame: object) -> None:
        profile.disable()
        profile.dump_stats(file)

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
