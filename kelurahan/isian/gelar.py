"""Titles and degrees around a name, and capital letters."""

from __future__ import annotations

import re

from kelurahan.isian.teks import senarai

_GELAR = senarai(
    "S.Pd. S.Pd.I. S.PdI. S.E. S.H. S.T. S.Kom. S.Sos. S.Ag. S.I.Kom. S.IP. S.P. S.Pt. S.Si. S.S. "
    "S.Sn. S.TP. S.Kep. S.KM. S.Ked. S.Farm. S.Psi. S.STP. S.Th. S.Th.I. S.H.I. S.HI. S.E.I. "
    "S.Tr. S.Gz. S.Hut. S.Ars. M.Pd. M.Pd.I. M.M. M.Si. M.H. M.Kom. M.T. M.Kes. M.Ag. M.A. M.Sc. "
    "M.E. M.I.Kom. M.Hum. MBA A.Md. A.Ma. A.Ma.Pd. A.Md.Keb. A.Md.Kep. A.Md.Kom. Ns. Apt. Sp.A. "
    "Sp.OG. Sp.PD. Sp.B. Ph.D. Lc. B.Sc. Dr. Drs. Dra. drg. drh. Ir. Prof. H. Hj. K.H. KH. Ust. "
    "R. Rr. Tb. Bpk. Alm. Almh."
)
_BAKU = {gelar.replace(".", "").lower(): gelar for gelar in _GELAR}
# Without their dots these are also names or initials, so the dots must be there.
_PERLU_TITIK = {"h", "r", "ma", "ip", "sip", "sp", "st", "sh", "se", "ss", "mm", "mh", "mt", "me"}
_KECIL = {"bin": "bin", "binti": "binti"}
_SINGKATAN_AKHIR = {"jr", "sr", "st"}
_HURUF = re.compile(r"[^\W\d_]+")


def gelar(satu: str) -> str | None:
    """Return the usual spelling of a degree or title: "s.pd" -> "S.Pd."."""
    kunci = satu.replace(".", "").lower()
    if kunci in _PERLU_TITIK and "." not in satu:
        return None
    return _BAKU.get(kunci)


def rapikan(nama: str) -> str:
    """Give a name typed all in lower or all in upper case its capitals; leave others as typed."""
    nama = re.sub(r"\s*,\s*", ", ", re.sub(r"\s+", " ", nama)).strip(" ,;:-")
    nama = _tanpa_titik_akhir(nama)
    if nama not in (nama.lower(), nama.upper()) or len(nama) < 2:
        return nama
    besar = nama == nama.upper()
    return " ".join(_satu(kata, besar) for kata in nama.split(" "))


def _satu(kata: str, besar: bool) -> str:
    inti, koma = (kata[:-1], ",") if kata.endswith(",") else (kata, "")
    if inti.lower() in _KECIL:
        return inti.lower() + koma
    baku = gelar(inti)
    if baku:
        # A physician is "dr.", a doctorate "Dr.": only lower case can tell them apart.
        return ("dr." if baku == "Dr." and not besar else baku) + koma
    return _HURUF.sub(_kapital, inti) + koma


def _kapital(cocok: re.Match) -> str:
    kata = cocok.group()
    # Nur'aini, Ma'ruf: what follows an apostrophe stays small, except in O'Neil, D'Souza.
    teks, awal = cocok.string, cocok.start()
    if awal > 1 and teks[awal - 1] == "'" and awal != 2:
        return kata.lower()
    return kata[0].upper() + kata[1:].lower()


def _tanpa_titik_akhir(nama: str) -> str:
    """Drop a sentence's full stop, keep that of "S.Pd." and "M."."""
    if not nama.endswith("."):
        return nama
    akhir = nama.split(" ")[-1]
    inti = akhir.rstrip(".")
    singkatan = "." in inti or len(inti) < 2 or inti.lower() in _SINGKATAN_AKHIR
    return nama.rstrip(".") + "." if singkatan or gelar(akhir) else nama.rstrip(".")
