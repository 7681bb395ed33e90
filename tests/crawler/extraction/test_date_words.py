"""What the words by a printed date say of it."""

import pytest

from crawler.extraction.date_words import PUBLISHED, UPDATED, dates_in_line, is_label, label_of_class
from tests.support.endless import must_end

FIRST, LAST = "2024-06-11", "2024-06-14"


@pytest.mark.parametrize(
    ("line", "published", "updated"),
    [
        ("June 11, 2024", FIRST, None),
        ("Updated June 14, 2024 8:23 PM ET Originally published June 11, 2024 11:01 AM ET", FIRST, LAST),
        ("By Ada Lovelace, Harbour Correspondent of the Evening Paper Last updated on June 14, 2024", None, LAST),
        ("June 11, 2024 - Updated June 14, 2024", FIRST, LAST),
        ("Harbour JUNE 11, 2024Updated: JUNE 14, 2024", FIRST, LAST),
        ("Published June 11, 2024 · Updated · June 14, 2024", FIRST, LAST),
        ("Edited by Grace Hopper | June 11, 2024", FIRST, None),
        ("Updated by: Grace Hopper | June 11, 2024", FIRST, None),
        ("Live updates June 11, 2024", FIRST, None),
        ("Harbour-Update | June 11, 2024", FIRST, None),
        ("Fact checked June 14, 2024", None, None),
        ("Fact checked | June 11, 2024", FIRST, None),
        ("Books reviewed | June 11, 2024", FIRST, None),
        ("How AI changed us | June 11, 2024", FIRST, None),
        ("How the machines of our time have changed us | June 11, 2024", FIRST, None),
        ("Genetically modified food · June 11, 2024", FIRST, None),
        ("June 11, 2024 | How AI changed us", FIRST, None),
        ("Last updated on | June 14, 2024", None, LAST),
        ("11.06.2024, zuletzt aktualisiert 14.06.2024", FIRST, LAST),
        ("Stand: 14.06.2024", None, LAST),
        ("MAJ le 14/06/2024 - Publié le 11/06/2024", FIRST, LAST),
        ("11 maj 2024", "2024-05-11", None),
        ("Data de atualização: 14/06/2024", None, LAST),
        ("Data aktualizacji: 14.06.2024", None, LAST),
        ("Publicado 11/06/2024 10:00 Actualizado 14/06/2024 11:00", FIRST, LAST),
        ("Yayınlanma: 11.06.2024 - 10:00 Güncelleme: 14.06.2024 - 11:00", FIRST, LAST),
        ("YAYINLANMA: 11.06.2024 - 10:00 GÜNCELLEME: 14.06.2024 - 11:00", FIRST, LAST),
        ("Giriş Tarihi: 11.06.2024 10:00 Son Güncelleme: 14.06.2024 11:00", FIRST, LAST),
        ("Data modyfikacji: 14.06.2024, dodano 11.06.2024", FIRST, LAST),
        ("Последна промяна: 14.06.2024", None, LAST),
        ("Objavljeno 11.6.2024. Posljednja izmjena 14.6.2024.", FIRST, LAST),
        ("Publikuar 11/06/2024 | Përditësuar 14/06/2024", FIRST, LAST),
        ("به روز رسانی: 2024/06/14 - تاریخ انتشار: 2024/06/11", FIRST, LAST),
        ("投稿日:2024年6月11日 更新日:2024年6月14日", FIRST, LAST),
        ("Опубликовано 11 июня 2024 | Обновлено 14 июня 2024", FIRST, LAST),
        ("Δημοσίευση: 11 Ιουνίου 2024 Ενημέρωση: 14 Ιουνίου 2024", FIRST, LAST),
        ("تاريخ النشر: 11 يونيو 2024 آخر تحديث: 14 يونيو 2024", FIRST, LAST),
        ("公開日:2024年6月11日 最終更新日:2024年6月14日", FIRST, LAST),
        ("2024年6月11日 公開 2024年6月14日 更新", FIRST, LAST),
        ("2024年6月14日 更新", None, LAST),
        ("최종수정 2024.06.14 10:00 기사입력 2024.06.11 09:00", FIRST, LAST),
    ],
)
def test_dates_in_line(line, published, updated):
    """In whatever language and order, before the date or behind it, with separators or without."""
    found = dates_in_line(line, month_first=False)
    told = {label: str(one.moment.day) for one in reversed(found) for label in (one.label,)}
    assert (told.get(PUBLISHED) or told.get(""), told.get(UPDATED)) == (published, updated)


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Published 11/06/2024 | Updated 14/06/2024", [FIRST, LAST]),
        ("Published 06/11/2024 | Updated 06/14/2024", [FIRST, LAST]),
        ("Published 11/06/2024 | Updated 12/06/2024", []),
        ("Published 11/06/2024 | 14/06/2024 | 06/15/2024", [LAST, "2024-06-15"]),
    ],
)
def test_one_date_tells_how_those_beside_it_are_to_be_read(line, days):
    assert [str(one.moment.day) for one in dates_in_line(line, month_first=None)] == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Last updated:", True),
        ("Publish date", True),
        ("Zuletzt aktualisiert am", True),
        ("Update:", True),
        ("Last update:", True),
        ("Data de atualização:", True),
        ("Son güncelleme tarihi:", True),
        ("City Updates", False),
        ("Daily update:", False),
        ("How AI changed us", False),
        ("Genetically modified food", False),
        ("Books reviewed", False),
        ("Reviewed:", True),
        ("Published by", False),
        ("Published in 1999", False),
        ("Harbour", False),
    ],
)
def test_is_label(text, expected):
    assert is_label(text) is expected


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("field--name-changed", UPDATED),
        ("date-last-modified", UPDATED),
        ("publish-date", PUBLISHED),
        ("entry-date published updated", ""),
        ("entry-update", ""),
    ],
)
def test_label_of_class(names, expected):
    """A theme that marks one element as both says nothing; an update may be the paper's."""
    assert label_of_class(names) == expected


@must_end
@pytest.mark.parametrize("piece", ["updated ", "更新", "mis à ", "1.1.2024 | ", "stand "])
def test_long_nonsense_is_left_soon(piece):
    dates_in_line(piece * 20_000, month_first=False)
