"""Work spread over processes, which end with the process that started them.

Nothing of Rasa is imported here or by the work: that would take each process seven seconds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Thread
from typing import Any

from joblib import Parallel, cpu_count, delayed

PEKERJA = 4  # for 34,000 messages each needs some 600 MB
JEDA = 1.0


def serentak(fungsi: Callable[..., Any], tugas: Iterable[tuple], *, banyak: bool) -> list[Any]:
    """The results in the order of the tasks; little work stays in this process."""
    pekerja = min(PEKERJA, cpu_count()) if banyak else 1
    return Parallel(n_jobs=pekerja)(delayed(_dijaga)(os.getpid(), fungsi, *isi) for isi in tugas)


def _dijaga(induk: int, fungsi: Callable[..., Any], *isi: Any) -> Any:
    if os.getpid() != induk:
        _jaga(induk)
    return fungsi(*isi)


@lru_cache(maxsize=1)
def _jaga(induk: int) -> None:
    Thread(target=_ikut_berakhir, args=(induk,), daemon=True).start()


def _ikut_berakhir(induk: int) -> None:
    # joblib's workers outlive a parent that was killed: they wait for ever to hand over a result
    while os.getppid() == induk:
        time.sleep(JEDA)
    os._exit(1)
