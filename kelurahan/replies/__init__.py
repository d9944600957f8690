"""What residents read: pure functions from facts to one `Balasan` each (Indonesian)."""

from kelurahan.replies.dasar import Balasan, tanggal_panjang, tombol

__all__ = ["Balasan", "tanggal_panjang", "tombol"]
