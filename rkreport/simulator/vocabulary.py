"""The words that made-up people, units and courses are made of. Knows words only. No one real is meant.

None of the words holds a quotation mark, a backslash or a control character: rows are written without escaping them.
"""

# names are lists of words in one string
MEN = (
    "Adi Agus Ahmad Aldi Andi Anton Ari Arif Bagas Bambang Bayu Budi Cahyo Dani Danang Dedi Deni Dika Dimas Doni Eko "
    "Fajar Farhan Fikri Galih Gilang Guntur Hadi Hafiz Hari Hendra Heru Ilham Imam Indra Irfan Ivan Jaka Joko Kevin "
    "Krisna Lukman Made Michael Muhammad Nanda Nyoman Putu Rahmat Randi Reza Ridwan Rizky Rudi Satria Slamet Surya "
    "Taufik Teguh Tono Wahyu Wayan Yoga Yohanes Yusuf Zaki"
)
WOMEN = (
    "Ade Aisyah Amelia Anggi Anisa Ayu Bella Bunga Cantika Citra Dewi Dian Dina Elisa Endang Erna Fatimah Febri Fitri "
    "Gita Hana Hesti Ika Indah Intan Kadek Kartika Kirana Komang Laila Lia Lina Luh Maria Maya Mega Melati Nabila "
    "Nadia Nia Novi Nur Nurul Putri Rani Ratna Rina Ririn Sari Sekar Septi Sinta Siti Sri Susi Tari Tiara Tika Tuti "
    "Vina Wati Wulan Yani Yuni Zahra"
)
MENS_SURNAMES = (
    "Santoso Wijaya Pratama Saputra Setiawan Nugroho Hidayat Kurniawan Gunawan Susanto Purnomo Wibowo Prasetyo "
    "Firmansyah Ramadhan Hakim Maulana Kusuma Suryadi Hartono Sutrisno Supriyadi Mulyadi Hermawan Budiman Darmawan "
    "Iskandar Effendi Sulaiman Wicaksono Adiputra Mahendra"
)
WOMENS_SURNAMES = (
    "Lestari Wulandari Rahayu Puspitasari Handayani Anggraini Permatasari Maharani Kusumawati Safitri Utami Hapsari "
    "Purnamasari Astuti Yuliani Suryani Widyastuti Oktaviani Damayanti Setyowati Kartikasari Rahmawati Puspita "
    "Hartati Susanti Wijayanti Andriani Nuraini Cahyani Pertiwi Larasati Amalia"
)
FAMILIES = (
    "Siregar Nasution Simanjuntak Hutapea Lubis Harahap Sitompul Manurung Sinaga Pangaribuan Tanjung Chaniago Piliang "
    "Tanuwijaya Halim Salim Gunadi Lim Tan Kurnia Lumentut Wowor Rumengan Pattiasina Latuheru Tuasikal Mandala "
    "Siahaan Ginting Tarigan Sembiring Batubara Daulay Rangkuti Pane Matondang Sihombing Situmorang Panjaitan "
    "Napitupulu"
)
SECOND_NAMES = "Dwi Tri Eka Nur Putra Bagus Jaya Arya"
# for companies larger than the pairs of first and last name; none is among SECOND_NAMES, so full names stay distinct
MORE_NAMES = (
    "Abdul Akbar Alam Aditya Angga Anugrah Asri Aulia Bakti Banyu Bintang Candra Catur Dharma Fadli Febrian Gading "
    "Hasan Husni Iman Jati Kamal Langit Lintang Mukti Nara Nirmala Oka Panji Pramudya Purwa Rama Rangga Restu Sabda "
    "Samudra Tirta Utama Wira Yudha"
)

CITIES = (
    "Bandung",
    "Surabaya",
    "Medan",
    "Semarang",
    "Makassar",
    "Cikarang",
    "Palembang",
    "Denpasar",
    "Balikpapan",
    "Yogyakarta",
    "Tangerang",
    "Bekasi",
    "Batam",
    "Manado",
    "Pontianak",
    "Banjarmasin",
    "Padang",
    "Malang",
    "Cirebon",
    "Mataram",
)
DIVISIONS = (
    ("Penjualan Ritel", ("Toko", "Kanal Modern", "Grosir")),
    ("Operasi Gudang", ("Penerimaan Barang", "Penyimpanan", "Pengiriman")),
    ("Produksi", ("Lini Produksi", "Pengemasan", "Pemeliharaan Mesin")),
    ("Layanan Pelanggan", ("Contact Center", "Klaim", "Layanan Lapangan")),
    ("Distribusi & Armada", ("Armada", "Rute Distribusi", "Bengkel")),
    ("Keuangan & Akuntansi", ("Akuntansi", "Perpajakan", "Perbendaharaan")),
    ("Teknologi Informasi", ("Infrastruktur", "Aplikasi", "Keamanan Siber")),
    ("Pengendalian Mutu", ("Laboratorium", "Inspeksi", "Sertifikasi")),
    ("Sumber Daya Manusia", ("Rekrutmen", "Remunerasi", "Hubungan Industrial")),
    ("Pengadaan", ("Pengadaan Barang", "Pengadaan Jasa", "Manajemen Vendor")),
    ("Pemasaran", ("Merek", "Pemasaran Digital", "Riset Pasar")),
    ("Hukum & Kepatuhan", ("Legal Korporat", "Kepatuhan", "Perizinan")),
)
TAGS = ("Frontliner", "Kantor Pusat", "Karyawan Kontrak", "Angkatan 12", "Pekerja Shift", "Calon Pemimpin")

PLATFORMS = ("Zoom", "Google Meet", "Microsoft Teams")
VENUES = ("Ruang Pelatihan Lt. 3", "Aula Serbaguna", "Balai Latihan Kerja", "Hotel Contoh Indah")
NOTES = ("", "", "Bawa laptop", "Hadir 15 menit sebelum mulai", "Pakai sepatu keselamatan")
ABSENT_REASONS = (
    "Sakit",
    "Cuti tahunan",
    "Tugas luar kota",
    "Bentrok jadwal operasional",
    "Izin keluarga",
    "Gangguan koneksi",
    "",
    "",
)
FEEDBACK = ("Materi jelas dan mudah dipahami", "Mohon contoh kasus lebih banyak", "Narasumber sangat baik")
