"""Photos and documents of residents: which are kept, what is said, and how they are fetched."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from lampiran_dunia import PDF, baris, berkas, gambar, id_permohonan, serahkan, ubah_permohonan
from lampiran_dunia import folder as folder
from pernyataan import pernyataan
from petugas_dunia import ajukan, warga
from sqlalchemy import select, update
from whatsapp_channel_world import World, play
from whatsapp_store_world import Clock, at_once, ledger, message, receive, rows, value
from whatsapp_world import CONFIG, NOW, NUMBER, PHONE_ID, SECRET, TOKEN, envelope, load, run

from kelurahan.store import lampiran, lampiran_berkas, peringatan, sesi, status
from kelurahan.store.models import Warga
from kelurahan.store.models_petugas import Lampiran
from kelurahan.whatsapp import errors, media, media_fetch
from kelurahan.whatsapp.channel import WhatsAppInput
from kelurahan.whatsapp.client import TooLargeError, UntrustedAddressError
from kelurahan.whatsapp.events import Content, Media, Outcome
from kelurahan.whatsapp.media_fetch import Fetcher, RefusedError, kind_of
from kelurahan.whatsapp.replies import FIXED_REPLIES
from simulator import testing


@pytest.fixture
def clock(folder, monkeypatch) -> Clock:
    return Clock(monkeypatch)


def photo(wamid: str = "", media_id: str = "1", kind: str = "image", **more):
    """A received photo or document without a caption."""
    file = Media(media_id, more.pop("mime", "image/jpeg"))
    content = Content(Outcome.FIXED_REPLY, "foto", media=file)
    return message(wamid, type=kind, **{"content": content, **more})


def kept() -> list[tuple]:
    return rows("SELECT media_id, mime, permohonan_id, state FROM lampiran ORDER BY id")


def satu_baris() -> Lampiran:
    with sesi(baca=True) as s:
        return s.scalars(select(Lampiran)).one()


def surat() -> list[str]:
    return [kind for (kind,) in rows("SELECT kind FROM outbox ORDER BY id")]


# which are kept


@pytest.mark.kedua_basis_data
def test_a_photo_for_an_open_application_waits_to_be_fetched(clock):
    nomor = ajukan(warga(NUMBER))
    receive(ledger(), photo(media_id="123"))
    assert kept() == [("123", "image/jpeg", id_permohonan(nomor), "waiting")]


@pytest.mark.kedua_basis_data
def test_without_a_purpose_nothing_is_kept(clock):
    warga(NUMBER)
    receive(ledger(), photo())
    assert kept() == []


@pytest.mark.kedua_basis_data
def test_the_same_webhook_eight_times_at_once_is_one_attachment(clock):
    ajukan(warga(NUMBER))
    at_once(lambda n: receive(ledger(f"pekerja{n}"), photo("wamid.A"), photo("wamid.B")))
    assert len(kept()) == 2


NOT_KEPT = {
    "a video": {"kind": "video"},
    "a sticker": {"kind": "sticker"},
    "without an id": {"media_id": ""},
    "an id that leads elsewhere": {"media_id": "../../me"},
    "an id with a question": {"media_id": "1?x=1"},
    "an endless id": {"media_id": "1" * 256},
    "an old message": {"old": True, "content": Content(Outcome.RECORD_ONLY, reason="old")},
}


@pytest.mark.parametrize("more", NOT_KEPT.values(), ids=NOT_KEPT.keys())
def test_what_cannot_be_a_document_is_not_kept(clock, more):
    ajukan(warga(NUMBER))
    receive(ledger(), photo(**more))
    assert kept() == []
    assert value("SELECT count(*) FROM inbox") == 1


@pytest.mark.parametrize("mime", ["", "x" * 200 + "/png", "image/\x00png", "\ud800", "<b>/<b>"])
@pytest.mark.kedua_basis_data
def test_an_unusable_type_is_left_out_and_the_photo_kept(clock, mime):
    ajukan(warga(NUMBER))
    receive(ledger(), photo(mime=mime))
    assert [satu[1] for satu in kept()] == [""]


def test_more_than_a_days_worth_is_not_kept_and_the_resident_told(clock, monkeypatch):
    monkeypatch.setattr(media, "MOST_PER_DAY", 3)
    ajukan(warga(NUMBER))
    for n in range(5):
        clock.pass_(60)
        receive(ledger(), photo(f"wamid.{n}", stamp=int(NOW) + n * 60))
    assert len(kept()) == 3
    assert value("SELECT count(*) FROM inbox WHERE content LIKE '%lampiran_penuh%'") == 2
    clock.pass_(86400)
    receive(ledger(), photo("wamid.Z", stamp=int(NOW) + 86400))
    assert len(kept()) == 4


def test_a_flood_of_photos_is_not_kept(clock):
    ajukan(warga(NUMBER))
    receive(ledger(), *(photo(f"wamid.{n}") for n in range(40)))
    assert len(kept()) == 30


def test_plain_text_asks_nothing_about_attachments(clock):
    ajukan(warga(NUMBER))
    with pernyataan() as of_text:
        receive(ledger(), message("wamid.T"))
    with pernyataan() as of_photo:
        receive(ledger(), photo("wamid.P"))
    touched = ("lampiran", "serahan", "permohonan")
    assert of_text
    assert [s for s in of_text if any(f"FROM {t}" in s for t in touched)] == []
    assert any("permohonan" in s for s in of_photo)


# what the resident hears


def photos(many: int, **more) -> list[dict]:
    one = load("image")["entry"][0]["changes"][0]["value"]["messages"][0]
    return [{**one, "id": f"wamid.{n}", **more} for n in range(many)]


def captioned(words: str) -> dict:
    return {**photos(1)[0], "image": {"id": "7", "mime_type": "image/jpeg", "caption": words}}


def test_the_resident_hears_what_was_kept_for_which_application(clock):
    nomor = ajukan(warga(NUMBER))
    _, world = play(lambda w: w.deliver(envelope(*photos(1))))
    (said,) = world.client.texts()
    assert said.startswith("Foto Bapak/Ibu kami terima dan kami simpan")
    assert f"*{nomor}*" in said
    assert "aslinya tetap mohon ditunjukkan" in said
    assert world.client.read == [("wamid.0", False)]


def test_a_document_is_called_one(clock):
    ajukan(warga(NUMBER))
    _, world = play(lambda w: w.deliver(load("document")))
    assert world.client.texts()[0].startswith("Berkas Bapak/Ibu")
    assert kept()[0][1] == "application/pdf"


def test_an_album_is_told_once_however_long_it_takes_to_come(clock):
    ajukan(warga(NUMBER))

    async def scene(world):
        album = photos(5)
        await world.deliver(envelope(*album[:2]))
        for one in album[2:4]:
            clock.pass_(20)
            await world.deliver(envelope(one))
        clock.pass_(31)
        await world.deliver(envelope(album[4]))

    _, world = play(scene)
    assert len(kept()) == 5
    assert len(world.client.texts()) == 2
    assert world.count("inbox") == 5


def test_a_caption_is_answered_and_the_photo_kept_in_one_message(clock):
    nomor = ajukan(warga(NUMBER))
    _, world = play(lambda w: w.deliver(envelope(captioned("jam buka?"))))
    (said,) = world.client.texts()
    assert said.startswith("Foto Bapak/Ibu")
    assert nomor in said
    assert said.endswith("jawab: jam buka?")
    assert len(kept()) == 1


def test_a_caption_of_nothing_but_blanks_is_no_empty_message(clock):
    ajukan(warga(NUMBER))
    _, world = play(lambda w: w.deliver(envelope(captioned("\u200b"))))
    assert world.client.texts()[0].startswith("Foto Bapak/Ibu")
    assert world.rasa.texts == []


def test_a_caption_without_a_purpose_is_answered_as_ever(clock):
    _, world = play(lambda w: w.deliver(envelope(captioned("jam buka?"))))
    assert world.client.texts() == ["jawab: jam buka?"]
    assert kept() == []


def test_the_plain_reply_says_when_a_photo_can_be_sent():
    for kind in ("foto", "dokumen"):
        assert "setelah permohonannya diajukan" in FIXED_REPLIES[kind]


def test_for_an_officer_who_will_answer_a_photo_is_kept_too(clock):
    serahkan(warga(NUMBER))
    _, world = play(lambda w: w.deliver(envelope(*photos(1))))
    assert "petugas yang akan menjawab" in world.client.texts()[0]
    assert kept() == [("1", "image/jpeg", None, "waiting")]


def test_while_an_officer_holds_the_conversation_the_photo_is_kept_and_the_bot_silent(clock):
    satu = warga(NUMBER)
    serahkan(satu)
    with sesi() as s:
        s.execute(update(Warga).values(dipegang=True))
    _, world = play(lambda w: w.deliver(envelope(*photos(1))))
    assert world.client.texts() == []
    assert len(kept()) == 1


# what the bytes are


KINDS = {
    "JPEG": (gambar("JPEG"), "image/jpeg"),
    "PNG": (gambar("PNG"), "image/jpeg"),
    "WebP": (gambar("WEBP"), "image/jpeg"),
    "PDF": (PDF, "application/pdf"),
    "HTML": (b"<!doctype html><script>alert(1)</script>", None),
    "SVG": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', None),
    "GIF": (gambar("GIF"), None),
    "Office": (b"PK\x03\x04word/document.xml", None),
    "old Office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
    "HEIC": (b"\0\0\0\x18ftypheic", None),
    "program": (b"MZ\x90\0", None),
    "HTML before a PDF": (b"<script>x</script>%PDF-1.4", None),
    "RIFF of another kind": (b"RIFF\0\0\0\0WAVEfmt ", None),
    "nothing": (b"", None),
}


@pytest.mark.parametrize(("content", "kind"), KINDS.values(), ids=KINDS.keys())
def test_the_bytes_say_what_a_file_is(content, kind):
    if kind is None:
        with pytest.raises(RefusedError, match="jenis"):
            kind_of(content)
    else:
        assert kind_of(content) == kind


# fetching, with a fake WhatsApp


class Shelf:
    """Stands for the Graph API: a file or an error per id."""

    def __init__(self, **files) -> None:
        self.files = {f"{n}": file for n, file in files.items()}
        self.asked: list[tuple[str, int]] = []

    async def fetch(self, media_id: str, limit: int) -> bytes:
        self.asked.append((media_id, limit))
        found = self.files[media_id]
        if isinstance(found, Exception):
            raise found
        return found


async def _now(call, *args):
    return call(*args)


def fetch(file, times: int = 1) -> Shelf:
    """Look for work so many times; every photo is this file, or this error."""
    shelf = Shelf()
    shelf.files = dict.fromkeys([f"{n}" for n in range(1, 9)], file)
    for _ in range(times):
        run(Fetcher(shelf, _now).look())
    return shelf


@pytest.fixture
def waiting(clock) -> int:
    """An attachment that waits; its id."""
    ajukan(warga(NUMBER))
    receive(ledger(), photo())
    return value("SELECT id FROM lampiran")


@pytest.mark.kedua_basis_data
def test_a_fetched_photo_is_stored_as_a_picture_of_our_own(waiting, folder):
    fetch(gambar("PNG"))
    satu = baris(waiting)
    stored = lampiran_berkas.baca(satu.berkas)
    assert (satu.state, satu.mime, satu.ukuran) == ("stored", "image/jpeg", len(stored))
    assert (satu.media_id, satu.due_at) == (None, None)
    assert stored.startswith(b"\xff\xd8\xff")
    assert surat() == []


def test_a_pdf_is_stored_as_it_came_whatever_was_announced(waiting):
    fetch(PDF)
    satu = baris(waiting)
    assert (satu.state, satu.mime) == ("stored", "application/pdf")
    assert lampiran_berkas.baca(satu.berkas) == PDF


REFUSED = {
    "HTML named image/jpeg": (b"<script>alert(1)</script>", "jenis"),
    "a JPEG with HTML in it": (b"\xff\xd8\xff<script>alert(1)</script>", "rusak"),
    "half a photo": (gambar(ukuran=(900, 900))[:900], "rusak"),
    "a photo that claims a billion pixels": (gambar("PNG", (40_000, 25_000), "1"), "rusak"),
    "too large": (TooLargeError(), "besar"),
}


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize(("file", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_leaves_no_file_and_the_resident_hears_why(waiting, folder, file, reason):
    fetch(file, times=2)
    satu = baris(waiting)
    assert (satu.state, satu.alasan, satu.media_id) == ("refused", reason, None)
    assert berkas(folder) == []
    assert surat() == [f"lampiran_{reason}"]
    with sesi(baca=True) as s:
        assert peringatan.terbuka(s) == []


@pytest.mark.parametrize(
    ("kind", "limit"), [("image", 5 * 2**20), ("document", 10 * 2**20)], ids=["photo", "document"]
)
def test_a_photo_may_have_5_megabytes_and_a_document_10(clock, kind, limit):
    ajukan(warga(NUMBER))
    receive(ledger(), photo(kind=kind))
    assert fetch(PDF).asked == [("1", limit)]


@pytest.mark.kedua_basis_data
def test_an_expired_photo_is_asked_for_once_for_a_whole_album(clock):
    ajukan(warga(NUMBER))
    receive(ledger(), *(photo(f"wamid.{n}") for n in range(4)))
    shelf = fetch(errors.RequestError(100), times=2)
    assert {satu[3] for satu in kept()} == {"failed"}
    assert len(shelf.asked) == 4
    assert surat() == ["lampiran_gagal"]
    with sesi(baca=True) as s:
        assert [p.jenis for p in peringatan.terbuka(s)] == ["lampiran"], "four at once are no luck"


def test_a_passing_trouble_is_tried_again_ever_more_rarely_until_it_is_over(waiting, clock):
    for wait in (1, 4, 16):
        fetch(errors.TransientError(131000))
        clock.pass_(wait - 0.5)
        assert fetch(PDF).asked == []
        clock.pass_(1)
    fetch(PDF)
    assert baris(waiting).state == "stored"
    assert surat() == []


def test_a_trouble_without_end_is_given_up_and_the_resident_asked_to_send_again(
    waiting, clock, monkeypatch
):
    monkeypatch.setattr(media_fetch, "MOST_TRIES", 3)
    for _ in range(5):
        fetch(errors.TransientError(131000))
        clock.pass_(300)
    satu = baris(waiting)
    assert (satu.state, satu.alasan, satu.attempts) == ("failed", "whatsapp", 3)
    assert surat() == ["lampiran_gagal"]
    with sesi(baca=True) as s:
        assert peringatan.terbuka(s) == [], "one lost photo is no fault of ours"


HELD_UP = {
    "token": errors.CredentialsError(190),
    "account": errors.AccountError(131031),
    "address": UntrustedAddressError(details="https://jahat.example"),
    "disk": OSError("no space left on device"),
}


@pytest.mark.kedua_basis_data
@pytest.mark.parametrize("fault", HELD_UP.values(), ids=HELD_UP.keys())
def test_what_staff_must_mend_holds_attachments_up_and_loses_none(waiting, clock, fault):
    for _ in range(70):  # more often than a passing trouble is borne
        fetch(fault)
        clock.pass_(media_fetch.HELD_UP + 1)
    with sesi(baca=True) as s:
        assert [p.jenis for p in peringatan.terbuka(s)] == ["lampiran"]
    fetch(PDF)
    assert baris(waiting).state == "stored"
    with sesi(baca=True) as s:
        assert peringatan.terbuka(s) == []


def test_after_two_days_held_up_the_resident_is_asked_to_send_again(waiting, clock):
    clock.pass_(2 * 86400 + 1)
    fetch(errors.CredentialsError(190))
    assert (baris(waiting).state, baris(waiting).alasan) == ("failed", "terlambat")
    assert surat() == ["lampiran_gagal"]


def test_a_file_whose_resident_was_erased_meanwhile_does_not_stay(waiting, folder):
    shelf = Shelf(**{"1": PDF})

    async def erased(media_id, limit):
        with sesi() as s:
            lampiran.lepaskan(s, [s.scalars(select(Warga.id)).first()])
        return PDF

    shelf.fetch = erased
    run(Fetcher(shelf, _now).look())
    assert berkas(folder) == []
    assert baris(waiting).state == "gone"


def test_a_fault_of_our_own_does_not_stop_the_looking(waiting, caplog):
    run(Fetcher(Shelf(), _now).look())  # the shelf does not know the file
    assert "a look failed: KeyError" in caplog.text
    assert baris(waiting).state == "waiting"


# the whole way, with the simulator


OPEN = [
    "SELECT 1 FROM lampiran WHERE state = 'waiting'",
    "SELECT 1 FROM outbox WHERE state IN ('waiting', 'running')",
]


class Kantor(World):
    """The channel, connected to a simulator instead of a fake client."""

    def __init__(self, sim: testing.RunningSimulator) -> None:
        super().__init__()
        self.sim = sim
        self.channel = WhatsAppInput(replace(CONFIG, graph_api_url=sim.url))

    async def warga_kirim(self, **spec) -> None:
        """A resident sends something; returns when all that follows from it has happened."""
        self.sim.set_webhook(self.url)
        self.bubble = await asyncio.to_thread(self.sim.send, NUMBER, **spec)
        for _ in range(500):
            await asyncio.sleep(0.02)
            if rows("SELECT 1 FROM inbox WHERE state = 'done'") and not any(map(rows, OPEN)):
                return
        raise AssertionError("did not come to an end")


@pytest.fixture
def sim(folder, monkeypatch):
    monkeypatch.setattr(media_fetch, "LOOK_EVERY", 0.05)
    account = {"secret": SECRET, "access_token": TOKEN, "phone_number_id": PHONE_ID}
    with testing.start(retry_delays=(), **account) as running:
        yield running


SENT = {
    "photo": ({"attach": "photo"}, "stored", "image/jpeg"),
    "pdf": ({"attach": "pdf"}, "stored", "application/pdf"),
    "HTML as a photo": ({"attach": "file", "mime": "image/jpeg", "data": "PGI+"}, "refused", None),
}


@pytest.mark.parametrize(("spec", "state", "mime"), SENT.values(), ids=SENT.keys())
def test_from_the_residents_phone_into_the_folder(sim, folder, spec, state, mime):
    ubah_permohonan(ajukan(warga(NUMBER)), status=status.PERLU_DILENGKAPI)
    play(lambda w: w.warga_kirim(**spec), Kantor(sim))
    satu = satu_baris()
    assert satu.state == state
    said = " ".join(bubble.text for bubble in sim.replies(NUMBER))
    assert "kami simpan untuk petugas" in said
    if state == "stored":
        assert (satu.mime, len(berkas(folder))) == (mime, 1)
        assert "tidak kami simpan" not in said
    else:
        assert (satu.alasan, berkas(folder)) == ("jenis", [])


def test_an_id_whatsapp_no_longer_knows_is_asked_for_again(sim, folder):
    ajukan(warga(NUMBER))
    play(lambda w: w.warga_kirim(sample="image"), Kantor(sim))
    satu = satu_baris()
    assert (satu.state, satu.alasan) == ("failed", "kedaluwarsa")
    assert "Mohon kirim sekali lagi" in sim.replies(NUMBER)[-1].text


def test_neither_the_token_nor_an_id_of_a_file_is_logged(sim, folder, caplog):
    caplog.set_level("DEBUG")
    ajukan(warga(NUMBER))
    kantor = Kantor(sim)
    play(lambda w: w.warga_kirim(attach="photo"), kantor)
    logged = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("kelurahan"))
    for secret in (TOKEN, kantor.bubble.media, NUMBER):
        assert secret not in logged
