"""Numbers as they are written in Indonesian: 1.234 and 12,5 %."""

from __future__ import annotations

SPASI = "\u00a0"  # a number and its unit stay on one line
MENIT, JAM, HARI = 60, 3600, 86400


def angka(n: float) -> str:
    """`1.234`."""
    return f"{n:,.0f}".replace(",", ".")


def persen(bagian: float) -> str:
    """`12,5 %` for 0.125; whole numbers without decimals."""
    teks = f"{100 * bagian:.1f}".removesuffix(".0").replace(".", ",")
    return f"{teks}{SPASI}%"


def lama(detik: float | None) -> str:
    """A length of time in its two largest units: `2 jam 15 menit`; "-" for none."""
    if detik is None:
        return "-"
    if detik < MENIT:
        return f"kurang dari 1{SPASI}menit"
    for besar, nama, kecil, bagian in ((HARI, "hari", JAM, "jam"), (JAM, "jam", MENIT, "menit")):
        if detik >= besar:
            utuh, sisa = int(detik // besar), int(detik % besar // kecil)
            return f"{utuh}{SPASI}{nama}" + (f" {sisa}{SPASI}{bagian}" if sisa else "")
    return f"{int(detik // MENIT)}{SPASI}menit"


def banding(kini: float, lalu: float) -> tuple[str, str]:
    """How a count differs from an earlier one: (naik, turun or sama; the words for it)."""
    if kini == lalu:
        return "sama", "sama"
    arah = "naik" if kini > lalu else "turun"
    if not lalu:
        return arah, f"naik dari{SPASI}0"
    return arah, f"{arah} {persen(abs(kini - lalu) / lalu)}"
