"""Names: people's names are accepted, sentences are left to the dialogue, code is refused."""

from __future__ import annotations

from datetime import date

import pytest

from kelurahan.isian import baca
from kelurahan.isian.kata import kata_umum

HARI_INI = date(2026, 11, 24)


def _nama(teks: str):
    return baca(teks, diminta="nama", hari_ini=HARI_INI)


NAMA = """
Budi
Suparno
Sutarmi
Wati
Budiman
Aisyah
Budi Santoso
Agus Setiawan
Siti Aminah
Sri Rahayu
Ayu Lestari
Indah Permatasari
Bagus Wicaksono
Mulia Hartono
Surya Dharma
Dwi Cahyono
Tri Wahyuni
Eka Putri Ramadhani
Juli Astuti
Mei Lani
Hari Santoso
Kasih Permata
Selamat Riyadi
Untung Subagyo
Abdi Negara
Bambang Pamungkas
Raden Ajeng Kartini
Asep Sunandar
Ujang Kosasih
Entin Suhartini
Neng Rina Marlina
Cecep Hidayat
Dede Suryana
Ade Rukmana
Euis Komariah
Nining Yuningsih
Iis Dahlia
Tatang Sutarya
Aang Kunaefi
Lilis Suryani
Ai Nurhayati
Tina Kartika
Dina Mariana
Lila Kusuma
Poltak Sitompul
Tiur Marpaung
Togar Hutabarat
Sahat Simanjuntak
Rosmawati br Ginting
Usaha Tarigan
Tua Sihombing
Lim Swee Hok
Tan Mei Hwa
Kwee An Nio
Ong Tjeng Lie
Lie Sioe Lan
Abdul Rahman
Abdullah bin Umar
Fatimah binti Ali
Muhammad Al Fatih
Ahmad Zaini
Nur Hasanah
Siti Nurhalimah
Abdul Salam
Umar Faruq
Zulaikha Karimah
Anak Agung Gede Putra
Ni Made Ayu Suryani
I Gusti Ngurah Rai
Ida Bagus Oka
Yohanes Don Bosco
Maria Magdalena Tukan
Cahaya Putri
Sonya Anggraini
Vanya Larasati
Martin Luther
Karin Novilda
M. Yusuf
Y. Hartono
Moh. Ridwan
Muh. Rizki Ramadhan
A.H. Nasution
Nur'aini
Ma'ruf Amin
Jum'at Supriadi
Siti Nur-Aini
José Ximenes
Raden Mas Soewardi Soerjaningrat
Muhammad Rizky Febrian Nur Hidayat
Hj. Siti Nur'aini, S.Pd.
H. Abdul Karim
Ir. Joko Widodo
dr. Ratna Dewi
Drs. H. Ahmad Sobari, M.Pd.
Prof. Dr. Emil Salim
R. Soeprapto
Kusnadi, S.E., M.M.
Budi alias Ujang
""".strip().splitlines()


@pytest.mark.parametrize("nama", NAMA)
def test_a_name_asked_for_is_accepted_as_it_is_typed(nama):
    hasil = _nama(nama)
    assert (hasil.nama, hasil.salah) == (nama, ())


@pytest.mark.parametrize("nama", NAMA)
def test_a_name_survives_being_typed_in_small_letters(nama):
    assert _nama(nama.lower()).nama.lower() == nama.lower()


def test_the_word_list_holds_no_name_of_the_table():
    lemah = kata_umum()["lemah"]
    semua = frozenset().union(*kata_umum().values()) - lemah
    kata = {satu.lower().strip(".,") for nama in NAMA for satu in nama.split()}
    assert kata & semua == set()


KALIMAT = """
biayanya berapa?
berapa
berapa lama jadinya
syaratnya apa
syarat ktp
apa aja syaratnya
batal
batalin aja
menu
ya
iya kak
yaaa
tidak
ga jadi
gajadi deh
sebentar
bentar ya
tunggu dulu
terima kasih
terimakasih pak
makasih min
makasiiih
halo
halo kak
selamat pagi
selamat siang bu
assalamualaikum
mau tanya dong
mau nanya
kalau batal nikah gimana
saya mau bicara dengan petugas
bisa ngomong sama orang ga
petugas
admin
ktp hilang
kk
akta kelahiran
surat pindah
gimana caranya
gmn ini
nanti aja
besok saja
dimana kantornya
kantor buka jam berapa
hari minggu buka ga
punten kang bade naros
iraha réngséna
iraha rengsena
sabaraha biayana
hatur nuhun
muhun
teu acan
henteu jadi
kumaha carana
mangga
ok
oke siap
sip
siap
lanjut
lanjutkan
ulangi
kembali
stop
cancel
help
tolong
tolong dibantu
bingung saya
saya lupa
ga ngerti
gak tau
nama siapa
nama apa
nama saya?
namanya siapa ya
maksudnya
maksudnya gimana
nama anak atau nama saya
pakai nama ibu atau bapak
boleh diwakilkan
status permohonan saya
cek status
hapus data saya
kenapa harus nama
untuk apa
ini robot ya
wkwkwk
hahaha
kok lama
masih lama ga
anak saya 3
saya punya anak 3
anak
haji
nikah
bapak saya meninggal kemarin
mau bikin ktp
mau bikin sktm buat anak sekolah
rumah saya di rt 3 rw 5 mau urus ktp gimana
saya ketua RT 03 RW 05, mau bantu warga mengajukan SKTM
jalan rusak depan rumah
lampu jalan mati
kelurhan
pengatnar
terimaksih
minta nomor telepon
Budi Santoso?
Siti?
""".strip().splitlines()


@pytest.mark.parametrize("teks", KALIMAT)
def test_a_sentence_instead_of_the_name_is_an_interruption(teks):
    assert _nama(teks).kosong


DIKUPAS = [
    ("nama saya Budi Santoso", "Budi Santoso"),
    ("nama : Budi Santoso", "Budi Santoso"),
    ("Nama: budi santoso", "Budi Santoso"),
    ("nama lengkap: Budi Santoso", "Budi Santoso"),
    ("nama lengkapnya Budi Santoso", "Budi Santoso"),
    ("nama lengkap saya Budi Santoso", "Budi Santoso"),
    ("namanya Budi Santoso", "Budi Santoso"),
    ("nama saya adalah Budi Santoso", "Budi Santoso"),
    ("nama anak saya Budi Santoso", "Budi Santoso"),
    ("a.n. Budi Santoso", "Budi Santoso"),
    ("a.n Budi Santoso", "Budi Santoso"),
    ("a/n Budi Santoso", "Budi Santoso"),
    ("an Budi Santoso", "Budi Santoso"),
    ("atas nama Budi Santoso", "Budi Santoso"),
    ("nami abdi Budi Santoso", "Budi Santoso"),
    ("nami abdi teh Budi Santoso", "Budi Santoso"),
    ("saya Budi Santoso", "Budi Santoso"),
    ("Budi Santoso pak", "Budi Santoso"),
    ("Budi Santoso ya kak", "Budi Santoso"),
    ("budi santoso kak", "Budi Santoso"),
    ("Budi Santoso, makasih", "Budi Santoso"),
    ("Pak Budi Santoso", "Budi Santoso"),
    ("Bapak Budi Santoso", "Budi Santoso"),
    ("oke, Budi Santoso", "Budi Santoso"),
    ("ini Budi Santoso", "Budi Santoso"),
    ("Budi Santoso 🙏", "Budi Santoso"),
    ("Budi Santoso.", "Budi Santoso"),
    ("Budi Santoso!", "Budi Santoso"),
    ("*Budi Santoso*", "Budi Santoso"),
    ('"Budi Santoso"', "Budi Santoso"),
    ("'Budi Santoso'", "Budi Santoso"),
    ("“Budi Santoso”", "Budi Santoso"),
    ("Budi\nSantoso", "Budi Santoso"),
    ("namaku Budi Santoso", "Budi Santoso"),
    ("Budi   Santoso", "Budi Santoso"),
    ("Budi Santoso (anak)", "Budi Santoso"),
    ("𝐁𝐮𝐝𝐢 𝐒𝐚𝐧𝐭𝐨𝐬𝐨", "Budi Santoso"),
    ("Bu\u200bdi Santoso", "Budi Santoso"),
    ("perkenalkan nama saya Budi Santoso", "Budi Santoso"),
]


@pytest.mark.parametrize(("teks", "nama"), DIKUPAS, ids=[t for t, _ in DIKUPAS])
def test_words_and_signs_around_a_name_are_taken_off(teks, nama):
    hasil = _nama(teks)
    assert (hasil.nama, hasil.salah) == (nama, ())


HURUF = [
    ("SITI AMINAH", "Siti Aminah"),
    ("siti aminah", "Siti Aminah"),
    ("Siti aminah", "Siti aminah"),
    ("siti nur'aini", "Siti Nur'aini"),
    ("SITI NUR’AINI", "Siti Nur'aini"),
    ("Siti Nur’aini", "Siti Nur'aini"),
    ("Siti Nur`aini", "Siti Nur'aini"),
    ("HJ. SITI NUR'AINI, S.PD.", "Hj. Siti Nur'aini, S.Pd."),
    ("hj. siti nur'aini, s.pd.", "Hj. Siti Nur'aini, S.Pd."),
    ("hj. siti nur'aini,s.pd", "Hj. Siti Nur'aini, S.Pd."),
    ("dr. ratna dewi", "dr. Ratna Dewi"),
    ("DR. RATNA DEWI", "Dr. Ratna Dewi"),
    ("ir. h. joko", "Ir. H. Joko"),
    ("m. yusuf", "M. Yusuf"),
    ("ABDULLAH BIN UMAR", "Abdullah bin Umar"),
    ("fatimah binti ali", "Fatimah binti Ali"),
    ("siti nur-aini", "Siti Nur-Aini"),
    ("a.h. nasution", "A.H. Nasution"),
    ("o'neil d'souza", "O'Neil D'Souza"),
    ("BUDI SANTOSO SE", "Budi Santoso Se"),
    ("BUDI SANTOSO S.E", "Budi Santoso S.E."),
    ("McDonald Sitorus", "McDonald Sitorus"),
]


@pytest.mark.parametrize(("teks", "nama"), HURUF, ids=[t for t, _ in HURUF])
def test_capitals_are_put_right_only_where_all_letters_are_alike(teks, nama):
    assert _nama(teks).nama == nama


DITOLAK = [
    ("12345", "angka"),
    ("Budi123", "angka"),
    ("Budi 2", "angka"),
    ("B4nd1", "angka"),
    ("081200000001", "angka"),
    ("3271012503900001", "angka"),
    ("<script>alert(1)</script>", "kode"),
    ("<b>Budi</b>", "kode"),
    ("Robert'); DROP TABLE warga;--", "kode"),
    ("' OR 1=1", "kode"),
    ("select nama from warga", "kode"),
    ("{{7*7}}", "kode"),
    ("${jndi:ldap}", "kode"),
    ("/restart", "kode"),
    ('/ajukan_permohonan{"layanan":"ktp"}', "kode"),
    ("https://contoh.example/a", "kode"),
    ("www.contoh.example", "kode"),
    ("budi@contoh.example", "“@”"),
    ("Budi & Siti", "“&”"),
    ("😀", "dengan huruf"),
    ("👍👍👍", "dengan huruf"),
    ("...", "dengan huruf"),
    ("A", "belum lengkap"),
    ("a.", "belum lengkap"),
    ("aaaaaa", "belum lengkap"),
    ("Budi 😀 Santoso", "“😀”"),
    ("王小明", "huruf Latin"),
    ("بودي سانتوسو", "huruf Latin"),
    ("Budi" * 1250, "terlalu panjang"),
    ("Budi Santoso " * 400, "terlalu panjang"),
    ("nama saya 12345", "angka"),
    ("nama: <script>", "kode"),
]


@pytest.mark.parametrize(("teks", "alasan"), DITOLAK, ids=[t[:30] for t, _ in DITOLAK])
def test_what_cannot_be_a_name_is_refused_with_its_reason(teks, alasan):
    hasil = _nama(teks)
    assert hasil.nama is None
    (salah,) = hasil.salah
    assert salah.isian == "nama"
    assert alasan in salah.alasan
    assert salah.nilai
    assert salah.contoh == "Siti Aminah"


def test_a_name_may_fill_a_hundred_characters_and_no_more():
    assert _nama("Budi" + " Anugrah" * 12).nama
    assert _nama("Budi" + " Anugrah" * 12 + "a").nama is None


@pytest.mark.parametrize("teks", ["Budi Santoso", "Siti", "Bogor", "Pelita Jaya", "12345"])
def test_without_a_label_or_a_question_for_it_a_text_is_never_a_name(teks):
    assert baca(teks, hari_ini=HARI_INI).kosong


@pytest.mark.parametrize(
    "teks",
    [
        "nama saya salah di kk",
        "salah nama di ijazah gimana",
        "ganti nama di ktp syaratnya apa",
        "beda nama ibu di akta",
        "nama kelurahan ini apa",
        "nama lurahnya siapa",
        "atas nama suami",
    ],
)
@pytest.mark.parametrize("diminta", [None, "nama"])
def test_talking_about_a_name_is_not_giving_one(teks, diminta):
    assert baca(teks, diminta=diminta, hari_ini=HARI_INI).kosong


@pytest.mark.parametrize("diminta", ["tanggal_lahir", "rt_rw"])
def test_a_labelled_name_is_taken_while_another_field_is_asked_for(diminta):
    assert baca("namanya Budiman", diminta=diminta, hari_ini=HARI_INI).nama == "Budiman"


@pytest.mark.parametrize("diminta", ["tanggal_lahir", "rt_rw"])
def test_a_bare_name_is_not_taken_for_another_field(diminta):
    assert baca("Budi Santoso", diminta=diminta, hari_ini=HARI_INI).kosong
