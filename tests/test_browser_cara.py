"""Other ways of working: by keyboard alone, on a phone, and with residents who mean harm."""

from __future__ import annotations

import re

import pytest
from peramban_periksa import PONSEL
from petugas_dunia import KATA_SANDI
from sqlalchemy import update

from kelurahan.console.keamanan import peran
from kelurahan.store.models import Permohonan

pytest_plugins = ["petugas_peramban"]
pytestmark = [pytest.mark.tumpukan, pytest.mark.chromium]

FOKUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {what: ""};
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  const line = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1;
  const ring = line || s.boxShadow !== "none";
  const inside = r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
  const name = e.getAttribute("name") ?? "";
  return {what: e.tagName, name, value: e.value ?? "", href: e.getAttribute("href") ?? "",
    text: (e.innerText ?? "").trim(), seen: ring && inside && r.width > 0};
}"""


def tab(page, tujuan, paling_banyak: int = 80) -> dict:
    """Press Tab until the focus is where `tujuan` says; it must be visible all the way."""
    for _ in range(paling_banyak):
        page.keyboard.press("Tab")
        di = page.evaluate(FOKUS)
        assert not di["what"] or di["seen"], f"the focus cannot be seen: {di}"
        if di["what"] and tujuan(di):
            return di
    raise AssertionError(f"not reached with {paling_banyak} Tabs")


def test_an_officer_logs_in_and_moves_an_application_with_the_keyboard_alone(kantor, layar):
    warga = kantor.warga()
    nomor = kantor.ajukan(warga, "Ningsih Purwaningrum Dewi#12-4-1985#1/1")
    kantor.petugas("ketik", peran.PETUGAS)
    page = layar.buka("/masuk", nama_pengguna="")
    assert page.evaluate(FOKUS)["name"] == "nama_pengguna"
    page.keyboard.type("ketik")
    tab(page, lambda di: di["name"] == "kata_sandi")
    page.keyboard.type(KATA_SANDI)
    page.keyboard.press("Enter")
    page.wait_for_url("**/permohonan")

    page.keyboard.press("Tab")
    assert page.evaluate(FOKUS)["text"] == "Langsung ke isi"
    page.keyboard.press("Enter")
    tab(page, lambda di: di["name"] == "cari")
    page.keyboard.type(nomor)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/permohonan/{nomor}")

    tab(page, lambda di: di["name"] == "ke")
    page.keyboard.press("Space")
    for _ in range(10):
        if page.evaluate(FOKUS)["value"] == "diproses":
            break
        page.keyboard.press("ArrowDown")
    assert page.evaluate(FOKUS)["value"] == "diproses"
    tab(page, lambda di: di["name"] == "catatan")
    page.keyboard.type("Dikerjakan tanpa tetikus.")
    tab(page, lambda di: di["what"] == "BUTTON")
    pesan = kantor.tunggu(warga, lambda: page.keyboard.press("Enter"), "sedang diproses")
    assert "tanpa tetikus" in pesan.text
    page.locator("h1 .status", has_text="Diproses").wait_for()


def test_an_officer_works_on_a_phone(kantor, layar):
    warga = kantor.warga()
    nomor = kantor.ajukan(warga, "Gendis Larasati Utami#12-4-1985#1/1")
    ponsel = {"viewport": PONSEL, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    page = layar.buka("/permohonan", "siti", peran.PETUGAS, **ponsel)
    page.get_by_label("Cari nomor atau nama").fill("Gendis Larasati")
    page.get_by_role("button", name="Tampilkan").tap()
    page.get_by_role("link", name=nomor).tap()
    page.get_by_label("Diperiksa").tap()
    tombol = page.locator("button:has(#akibat)")
    kantor.tunggu(warga, tombol.tap, "sedang diperiksa")
    page.locator("h1 .status", has_text="Diperiksa").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == PONSEL["width"]
    for nama in ("Percakapan", "Layanan", "Wilayah", "Ringkasan", "Permohonan"):
        page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=nama).tap()
        page.get_by_role("heading", level=1).filter(has_text=nama).wait_for()


SKRIP = "<script>alert('x')</script><img src=x onerror=\"alert('y')\"><svg onload=alert(1)>"
JAHAT = [
    ("a script", f"Siti {SKRIP}"),
    ("an attribute", '" onmouseover="alert(1)" x=\''),
    ("a template", "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>"),
    ("a very long word", "W" * 200),
    ("many accents", "Z" + "\u0301" * 150),
    ("an entity", "&lt;b&gt; &amp;amp; &#x3c;script&#x3e;"),
]


@pytest.mark.parametrize("nama", [j[1] for j in JAHAT], ids=[j[0] for j in JAHAT])
def test_a_hostile_name_is_shown_as_it_is_and_does_nothing(kantor, layar, nama: str):
    """The name is put into the table: the form of the bot would not take most of them."""
    nomor = kantor.ajukan(kantor.warga(), "Dewi Ayu Lestari#12-4-1985#1/1")
    with kantor.sesi() as s:
        s.execute(update(Permohonan).where(Permohonan.nomor == nomor).values(nama=nama))
    page = layar.buka(f"/permohonan/{nomor}", "siti", peran.PETUGAS, viewport=PONSEL)
    assert page.locator("bdi.nama").inner_text() == nama
    tanpa_akibat(page)
    page.goto(f"{kantor.url}/permohonan?status=baru")
    sel = page.locator("tr", has=page.get_by_role("link", name=nomor)).locator("bdi.nama")
    assert sel.inner_text() == nama
    tanpa_akibat(page)


@pytest.mark.parametrize(
    "nama",
    [
        "Siti \u202ehanimA\u202c Aminah",
        "Nur'aini D\u2019Souza-Putri",
        "Raden Mas " + "Panjang " * 12 + "Sekali",
    ],
    ids=["right to left", "apostrophes", "a hundred letters"],
)
def test_what_residents_really_file_is_shown_harmlessly(kantor, layar, nama: str):
    """Over WhatsApp and through the bot's own reading of names."""
    warga = kantor.warga()
    kantor.tanya(warga, "#5")
    jawaban = kantor.tanya(warga, f"{nama}#12-4-1985#1/1")
    page = layar.buka("/permohonan?status=baru", "siti", peran.PETUGAS, viewport=PONSEL)
    if nomor := re.search(r"[A-Z]{3}-\d{4}-\d{4}", jawaban.text):
        page.goto(f"{kantor.url}/permohonan/{nomor.group()}")
        tampak = page.locator("bdi.nama").inner_text()
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", tampak)
        assert tampak.split()[0] in nama
    else:
        assert "nama" in jawaban.text.lower()  # asked again, politely
        page.goto(f"{kantor.url}/percakapan/{kantor.warga_id(warga)}")
    tanpa_akibat(page)


def tanpa_akibat(page) -> None:
    """No element came out of the text, nothing sticks out; `layar` watches for dialogs."""
    page.locator("#lencana .lencana").wait_for()
    assert page.locator("main :is(script, img[src=x], svg)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PONSEL["width"]


PESAN = [
    ("a script", SKRIP, SKRIP),
    ("formatting", "*tebal* _miring_ ~coret~ ```kode```", "*tebal* _miring_ ~coret~ ```kode```"),
    ("right to left", "abc \u202egnp.exe\u202c def", "abc gnp.exe def"),
    ("isolates", "\u2067\u2066siti\u2069 hapus\u2069", "siti hapus"),
    ("nothing to see", "a\u200b\u200d\ufeffb", "ab"),
    ("lines", "satu\ndua\n\n\ntiga", "satu\ndua\n\n\ntiga"),
    (
        "a link",
        "javascript:alert(1) http://jahat.example",
        "javascript:alert(1) http://jahat.example",
    ),
]


@pytest.mark.parametrize(("teks", "tampak"), [p[1:] for p in PESAN], ids=[p[0] for p in PESAN])
def test_a_hostile_message_is_shown_as_it_is_and_does_nothing(kantor, layar, teks, tampak):
    warga = kantor.warga()
    kantor.tanya(warga, teks)
    kantor.tanya(warga, "petugas")
    page = layar.buka(
        f"/percakapan/{kantor.warga_id(warga)}", "siti", peran.PETUGAS, viewport=PONSEL
    )
    gelembung = page.locator(".obrolan li.gelembung:not(.keluar) p").first
    assert gelembung.inner_text() == tampak
    assert page.locator(".obrolan :is(a, b, strong, em, i, s, code)").count() == 0
    tanpa_akibat(page)
    page.goto(f"{kantor.url}/percakapan")
    tanpa_akibat(page)
