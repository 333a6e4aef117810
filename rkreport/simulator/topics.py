"""What is taught: a table of made-up topics. Knows words and shares, no calendar and no people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of course. `share` is the part of all people who take it, `cleared` the part of them who pass at once."""

    code: str
    name: str
    kind: str
    share: float
    passing_score: int | None
    cleared: float
    has_post_activity: bool = False


TOPICS = (
    Topic("KODEETIK", "Kode Etik dan Integritas", "webinar", 1.0, 80, 0.97),
    Topic("K3DASAR", "Keselamatan dan Kesehatan Kerja (K3) Dasar", "offline", 0.8, 70, 0.91, has_post_activity=True),
    Topic(
        "APUPPT",
        "Anti Pencucian Uang dan Pencegahan Pendanaan Terorisme",
        "webinar",
        0.7,
        75,
        0.9,
        has_post_activity=True,
    ),
    Topic("PDP", "Pelindungan Data Pribadi", "webinar", 1.0, 70, 0.92, has_post_activity=True),
    Topic("KEAMANANINFO", "Keamanan Informasi untuk Semua Karyawan", "webinar", 0.95, 70, 0.95),
    Topic("DARURAT", "Tanggap Darurat dan Pemadaman Kebakaran", "offline", 0.5, None, 0.88),
    Topic("ANTISUAP", "Anti Penyuapan dan Gratifikasi", "webinar", 0.9, 75, 0.94),
    Topic(
        "RESPEK",
        "Pencegahan Kekerasan dan Pelecehan di Tempat Kerja",
        "webinar",
        1.0,
        None,
        0.9,
        has_post_activity=True,
    ),
    Topic("RISIKO", "Manajemen Risiko Operasional", "webinar", 0.6, 70, 0.87),
    Topic("P3K", "Pertolongan Pertama pada Kecelakaan (P3K)", "offline", 0.5, 70, 0.88),
    Topic("MENGEMUDI", "Mengemudi Aman dan Hemat", "offline", 0.5, 80, 0.87, has_post_activity=True),
    Topic("LAYANAN", "Pelayanan Pelanggan Prima", "webinar", 0.6, None, 0.91, has_post_activity=True),
)
ONLINE_TOPICS = (
    Topic("ORIENTASI", "Orientasi Karyawan Baru", "online", 0.45, 70, 0.76),
    Topic("ANTIKORUPSI", "Antikorupsi Daring", "online", 0.9, 75, 0.8),
    Topic("KEAMANANSIBER", "Keamanan Siber Dasar", "online", 0.95, 70, 0.78),
    Topic("BENTURAN", "Benturan Kepentingan", "online", 0.6, None, 0.82),
    Topic("KESETARAAN", "Kesetaraan dan Keberagaman", "online", 1.0, None, 0.74),
)
