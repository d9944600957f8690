"""Received messages: counted once, kept without the wamid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from kelurahan.store import pesan, sesi
from kelurahan.store.models import PesanMasuk

pytestmark = pytest.mark.kedua_basis_data
WAMID = "wamid.NjI4MTIwMDAwMDAwMQ"


def catat(wamid=WAMID) -> bool:
    with sesi() as s:
        return pesan.catat_masuk(s, wamid, "a", "text")


def test_a_message_is_new_once(basis_data):
    assert [catat(), catat(), catat("wamid.lain")] == [True, False, True]


def test_a_message_whose_turn_failed_is_new_again(basis_data):
    with pytest.raises(KeyError), sesi() as s:
        pesan.catat_masuk(s, WAMID, "a", "text")
        raise KeyError
    assert catat()


def test_a_message_delivered_eight_times_at_once_is_new_once(basis_data):
    with ThreadPoolExecutor(8) as kolam:
        assert sorted(kolam.map(lambda _: catat(), range(8))) == [False] * 7 + [True]


def test_the_wamid_is_not_kept_since_it_contains_the_phone_number(basis_data):
    catat()
    with sesi(baca=True) as s:
        baris = s.scalar(select(PesanMasuk))
        assert baris.pesan_id == pesan.sidik(WAMID)
        assert WAMID not in str(vars(baris))


def test_a_message_is_finished_once(basis_data):
    catat()
    saat = []
    for _ in range(2):
        with sesi() as s:
            pesan.tandai_selesai(s, WAMID)
        with sesi(baca=True) as s:
            saat.append(s.scalar(select(PesanMasuk.selesai)))
    assert saat[0] is not None
    assert saat[0] == saat[1]
