"""The application form: reads each answer, keeps what is right, names what is wrong, files it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import maksud
from actions.dasar import Aksi, Events
from actions.konteks import URUTAN_ISIAN, Konteks
from kelurahan import isian, permohonan
from kelurahan.isian import peta
from kelurahan.katalog import Layanan, katalog, pilih_varian
from kelurahan.replies import Balasan, tanggal_panjang
from kelurahan.replies import formulir as teks
from kelurahan.replies import pengurus as teks_pengurus
from kelurahan.replies.layanan import jawab as jawab_layanan
from kelurahan.store import pengurus
from kelurahan.store.direktori import direktori


@dataclass(frozen=True)
class Draf:
    """The form's state while one message is being read."""

    layanan: Layanan | None
    isian: isian.Hasil
    kawin: bool = False
    muda: str | None = None  # a birth date too young for the service, kept for "sudah menikah"
    salah: tuple[isian.Salah, ...] = field(default=())

    def kurang(self) -> str | None:
        """The first field still missing, in the form's order."""
        ada = {
            "layanan": self.layanan,
            "nama": self.isian.nama,
            "tanggal_lahir": self.isian.tanggal_lahir,
            "rt_rw": self.isian.rt and self.isian.rw,
        }
        return next((nama for nama in URUTAN_ISIAN if not ada[nama]), None)

    def slots(self) -> Events:
        """The slots that hold this state between turns."""
        lengkap = self.isian.rt and self.isian.rw
        lahir = self.isian.tanggal_lahir
        sisa = {
            "layanan": self.layanan.slug if self.layanan else None,
            "rt": None if lengkap else self.isian.rt,
            "rw": None if lengkap else self.isian.rw,
            "kawin": self.kawin or None,
            "muda": self.muda,
            "sebagian": None if lahir else self.isian.tanggal_sebagian,
        }
        return [
            SlotSet("nama", self.isian.nama),
            SlotSet("tanggal_lahir", lahir.isoformat() if lahir else None),
            SlotSet("rt_rw", f"{self.isian.rt}/{self.isian.rw}" if lengkap else None),
            SlotSet("draf", {k: v for k, v in sisa.items() if v}),
        ]


class ValidasiFormPermohonan(Aksi):
    """Rasa calls this for every message while the form is active (and when it starts)."""

    nama = "validate_form_permohonan"

    def jawab(self, konteks: Konteks) -> tuple[Balasan | None, Events]:
        """Return no events when the message is not for the form: Rasa then applies the rules."""
        if konteks.sudah_dibalas:
            return None, [SlotSet("pertanyaan", konteks.slot("pertanyaan"))]
        if konteks.diminta == "layanan" and maksud.bertanya_layanan(konteks):
            # no service is in context yet: the rule of the intent would ask back which one
            balasan = jawab_layanan(konteks.intent, konteks.layanan_disebut[0])
            balasan = balasan.ditambah(teks.ajakan_pilih(konteks.layanan_disebut[0]))
            return balasan, self.saat_gagal(konteks)
        draf = baca_pesan(konteks)
        if draf is None:
            return None, []
        draf = periksa(draf, konteks.hari_ini)
        return self._lanjut(draf, konteks)

    @staticmethod
    def _lanjut(draf: Draf, konteks: Konteks) -> tuple[Balasan | None, Events]:
        kurang = draf.kurang()
        events = [*draf.slots(), SlotSet("requested_slot", kurang)]
        # without a service in context, or when the form changed over to another
        if draf.layanan and (
            not konteks.slot("layanan") or draf.layanan != konteks.layanan_formulir
        ):
            events.append(SlotSet("layanan", draf.layanan.slug))
        if draf.salah:
            return _balasan_salah(draf, kurang), events
        if kurang is None:
            return None, events
        if kurang == "layanan":
            return teks.minta_layanan(katalog(), draf.isian), events
        awal = konteks.diminta is None
        return teks.minta(kurang, draf.layanan, draf.isian, awal), events

    def saat_gagal(self, konteks: Konteks) -> Events:
        """The form waits on as it was: stepping aside would add a second answer."""
        mulai = "nama" if konteks.layanan_formulir or konteks.layanan else "layanan"
        return [
            SlotSet("draf", konteks.slot("draf")),
            SlotSet("requested_slot", konteks.diminta or mulai),
        ]

    async def run(self, dispatcher, tracker, domain) -> Events:
        """As the base, but an empty answer stays empty: it is how the form steps aside."""
        events = await super().run(dispatcher, tracker, domain)
        hanya_pertanyaan = all(e.get("name") == "pertanyaan" for e in events)
        return [] if hanya_pertanyaan else events


def baca_pesan(konteks: Konteks) -> Draf | None:
    """Read the message into the form's state; None when it is an interruption."""
    draf = Draf(
        konteks.layanan_formulir,
        konteks.isian,
        kawin=bool(konteks.draf.get("kawin")),
        muda=konteks.draf.get("muda"),
    )
    baru = not konteks.formulir_aktif or konteks.diminta is None
    if baru:
        return _mulai(draf, konteks)
    if maksud.gema(konteks):
        return None
    if maksud.perintah(konteks) or maksud.nomor_menu(konteks):
        return _pilih_layanan(draf, konteks) if konteks.diminta == "layanan" else None
    if konteks.diminta == "layanan":
        return _pilih_layanan(draf, konteks) or gabung(draf, konteks, None)
    if draf.muda and not draf.isian.tanggal_lahir and maksud.sudah_kawin(konteks.teks):
        return replace(
            draf,
            kawin=True,
            muda=None,
            isian=replace(draf.isian, tanggal_lahir=date.fromisoformat(draf.muda)),
        )
    if _ganti_layanan(konteks, draf):
        return replace(draf, layanan=konteks.layanan_disebut[0])
    return gabung(draf, konteks, konteks.diminta)


def _mulai(draf: Draf, konteks: Konteks) -> Draf:
    layanan = konteks.layanan or draf.layanan
    draf = replace(draf, layanan=layanan)
    # "saya ketua RT 03 mau bantu warga mengajukan" starts the form but fills none of it
    if konteks.intent == "ajukan_permohonan" and not isian.tampak_isian(konteks.teks):
        return draf
    return gabung(draf, konteks, None) or draf


def gabung(draf: Draf, konteks: Konteks, diminta: str | None) -> Draf | None:
    """Put what the message says over what was known; None when it says nothing for the form."""
    hasil = isian.baca(konteks.teks, diminta=diminta, hari_ini=konteks.hari_ini, lama=draf.isian)
    if hasil.kosong:
        return None
    gabungan = isian.Hasil(
        nama=hasil.nama or draf.isian.nama,
        tanggal_lahir=hasil.tanggal_lahir or draf.isian.tanggal_lahir,
        rt=hasil.rt or draf.isian.rt,
        rw=hasil.rw or draf.isian.rw,
        tanggal_sebagian=hasil.tanggal_sebagian or draf.isian.tanggal_sebagian,
    )
    for satu in hasil.salah:
        # a newly typed wrong value must not leave an older one standing in its place
        if satu.isian == "rt_rw":
            gabungan = replace(gabungan, rt=hasil.rt, rw=hasil.rw)
        else:
            gabungan = replace(gabungan, **{satu.isian: None})
    return replace(draf, isian=gabungan, salah=hasil.salah)


def _pilih_layanan(draf: Draf, konteks: Konteks) -> Draf | None:
    """The form asked which service: a name or number answers it, a question about it does not."""
    return replace(draf, layanan=konteks.layanan_disebut[0]) if maksud.memilih(konteks) else None


def _ganti_layanan(konteks: Konteks, draf: Draf) -> bool:
    """ "ajukan KK saja" in the middle: the form goes on for the other service."""
    lain = [satu for satu in konteks.layanan_disebut if satu != draf.layanan]
    return konteks.intent == "ajukan_permohonan" and bool(lain)


def periksa(draf: Draf, hari_ini: date, tercatat: bool = False) -> Draf:
    """Check what isian cannot know: the directory of RT/RW and the service's own rules."""
    salah = list(draf.salah)
    data = draf.isian
    if data.rw and not any(satu.isian == "rt_rw" for satu in salah):
        temuan = peta.periksa(data.rt, data.rw, direktori())
        if temuan:
            salah.append(temuan)
            data = replace(data, rt=None, rw=None)
    muda = draf.muda
    aturan = draf.layanan.usia_minimal if draf.layanan else None
    if aturan and data.tanggal_lahir and not draf.kawin:
        umur = isian_umur(data.tanggal_lahir, hari_ini)
        if umur < aturan.tahun:
            alasan = teks.belum_cukup_umur(draf.layanan, data.tanggal_lahir, umur, tercatat)
            nilai = tanggal_panjang(data.tanggal_lahir)
            salah.append(isian.Salah("tanggal_lahir", nilai, alasan, "3 Mei 1990"))
            muda = data.tanggal_lahir.isoformat()
            data = replace(data, tanggal_lahir=None)
    return replace(draf, isian=data, salah=tuple(salah), muda=muda)


def isian_umur(lahir: date, hari_ini: date) -> int:
    """Age in whole years."""
    return hari_ini.year - lahir.year - ((hari_ini.month, hari_ini.day) < (lahir.month, lahir.day))


def _balasan_salah(draf: Draf, kurang: str | None) -> Balasan:
    tambahan = "Sebutkan juga layanannya, misalnya *#1* untuk e-KTP." if kurang == "layanan" else ""
    return teks.salah(draf.salah, draf.layanan, draf.isian, tambahan, catatan_contoh(draf))


def catatan_contoh(draf: Draf) -> str:
    """The mark of a sample directory, where an answer names which RT and RW there are."""
    salah_rt_rw = any(satu.isian == "rt_rw" for satu in draf.salah)
    return teks.CATATAN_CONTOH if salah_rt_rw and direktori().contoh else ""


class AksiAjukan(Aksi):
    """File the complete form, exactly once per message."""

    nama = "action_ajukan"

    def jawab(self, konteks: Konteks) -> tuple[Balasan, Events]:
        """See the base class."""
        layanan, data = konteks.layanan_formulir, konteks.isian
        varian = pilih_varian(layanan, konteks.teks)
        hasil = permohonan.ajukan(
            konteks.pengirim,
            konteks.pesan_id,
            permohonan.Data(
                layanan=layanan.slug,
                nama=data.nama,
                tanggal_lahir=data.tanggal_lahir,
                rt=data.rt,
                rw=data.rw,
                varian=varian.kunci if varian else None,
            ),
        )
        balasan = _tercatat(hasil, layanan, pengurus.jabatan(konteks.pengirim))
        if hasil.privasi:
            balasan = balasan.ditambah(teks.PRIVASI)
        return balasan, [*kosongkan(), SlotSet("layanan", layanan.slug)]


def _tercatat(
    hasil: permohonan.Tercatat, layanan: Layanan, jabatan: pengurus.Jabatan | None
) -> Balasan:
    """The answer to what was filed; an RT/RW officer is invited to the next neighbour."""
    satu, contoh = hasil.permohonan, direktori().contoh
    baru = hasil.baru or hasil.pesan_sama
    if jabatan is None:
        return teks.tercatat(satu.nomor, layanan, satu, baru, contoh)
    balasan = teks.tercatat(satu.nomor, layanan, satu, baru, contoh, teks_pengurus.LAGI)
    diluar = not jabatan.mencakup(satu.rt, satu.rw)
    return balasan.ditambah(teks_pengurus.di_luar(jabatan) if diluar else "")


def kosongkan() -> Events:
    """Forget the form's data (after filing, or when the resident stops)."""
    return [
        ActiveLoop(None),
        SlotSet("requested_slot", None),
        SlotSet("nama", None),
        SlotSet("tanggal_lahir", None),
        SlotSet("rt_rw", None),
        SlotSet("draf", None),
    ]
