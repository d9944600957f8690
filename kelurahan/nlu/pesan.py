"""Training messages that Rasa copies and fingerprints many times, made cheap to copy and to hash.

`rasa train` merges the training data eight times before the first component learns. Each merge
copies every message deeply, writes its labels again and hashes it anew to find duplicates: for
34,000 messages that is half a minute. A message of this class gives the same copies and the same
fingerprints; it forgets a fingerprint only when something has changed.
"""

from __future__ import annotations

import copy
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.io import deep_container_fingerprint, get_text_hash


class Pesan(Message):
    """A message of the training data."""

    @classmethod
    def dari(cls, message: Message) -> Pesan:
        """The same message; its parts are shared, so the original is to be given up."""
        baru = cls.__new__(cls)
        baru.__dict__.update(message.__dict__)
        return baru

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; writing a text that is there already changes nothing."""
        sidik = self._cached_fingerprint
        sama = isinstance(info, str) and self.data.get(prop) == info
        super().set(prop, info, add_to_output)
        if sama:
            self._cached_fingerprint = sidik

    def __deepcopy__(self, memo: dict[int, Any]) -> Pesan:
        """A copy that shares nothing that can change."""
        baru = self.dari(self)
        memo[id(self)] = baru
        baru.data = {k: _salin(v, memo) for k, v in self.data.items()}
        baru.features = _salin(self.features, memo)
        baru.output_properties = set(self.output_properties)
        return baru

    def fingerprint(self) -> str:
        """Rasa's fingerprint of the message."""
        if self._cached_fingerprint is None:
            isi = (
                "[" + ", ".join(f'"{sidik(bagian)}"' for bagian in (self.data, self.features)) + "]"
            )
            self._cached_fingerprint = get_text_hash(isi)
        return self._cached_fingerprint


def _salin(nilai: Any, memo: dict[int, Any]) -> Any:
    return nilai if isinstance(nilai, str) else copy.deepcopy(nilai, memo)


def sidik(nilai: Any) -> str:
    """Rasa's `deep_container_fingerprint`, which hashes every word again wherever it stands."""
    if type(nilai) is str:
        return _sidik_teks(nilai)
    if type(nilai) is int:
        return _sidik_teks(str(nilai))
    if type(nilai) is list:
        return get_text_hash("[" + ", ".join([f'"{sidik(n)}"' for n in nilai]) + "]")
    if type(nilai) is dict:
        isi = sorted({sidik(k): sidik(v) for k, v in nilai.items()}.items())
        return get_text_hash("{" + ", ".join([f'"{k}": "{v}"' for k, v in isi]) + "}")
    if type(nilai) is Token:
        return sidik([nilai.text, nilai.start, nilai.end, nilai.lemma, nilai.data])
    return deep_container_fingerprint(nilai)


@lru_cache(maxsize=50_000)
def _sidik_teks(teks: str) -> str:
    return get_text_hash(teks)


@contextmanager
def tanpa_pemulung() -> Iterator[None]:
    """No search for cycles while many objects without any are made.

    Each search walks everything that is alive, TensorFlow included: a quarter of the time.
    """
    hidup = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if hidup:
            gc.enable()
