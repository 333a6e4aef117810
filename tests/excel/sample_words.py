"""The texts that the sample workbook is filled with, hostile ones among the names."""

from rkreport.core.models import Status

HOSTILE = (
    "=1+1",
    '=HYPERLINK("https://contoh.test","x")',
    "+62 812 0000 0417",
    "-1+2|calc",
    "@SUM(1)",
    "\t=1+1",
    "#N/A",
    "_x0041_ Budi",
    "Ayu\x00\x07 Lestari",
    "Rina\ud800 Putri",
    "<b>&amp;</b>",
    "12\r\nBaris dua",
    "TRUE",
    "1e5",
    "🧪 Ujang 👨‍👩‍👧",
    "محمد",
    "山田 太郎",
    "O'Brien ''",
    "Sri\uffff",
)
NAMES = ("Sari Wulandari", "Budi Santoso", "Ni Luh Putu Ayu", "Agus Setiawan", "Maria Goretti Simanjuntak", *HOSTILE)
COURSES = (
    "Anti pencucian uang (APU-PPT) 2026",
    "K3 Dasar",
    "Keamanan informasi & data pribadi",
    "Kode etik",
    "Manajemen risiko level 1",
    "Service excellence untuk frontliner",
)
UNITS = ("Penjualan Barat", "Operasional & Gudang", "Kantor Pusat", "Cabang Jayapura", "Layanan Nasabah Prioritas")
WORDS = {
    "en": {status: status.value for status in Status},
    "id": dict(
        zip(
            Status,
            (
                "Dibebaskan",
                "Kedaluwarsa",
                "Akan kedaluwarsa",
                "Selesai",
                "Terlambat",
                "Tidak lulus",
                "Segera jatuh tempo",
                "Berjalan",
                "Belum mulai",
                "Belum ditugaskan",
            ),
            strict=True,
        )
    ),
}
