"""Each change is named for what it is, in any language."""

import pytest

from crawler.changes import compare
from crawler.changes.notes import is_correction_note

LEAD = "The ferry between the islands did not sail on Monday, and nobody at the quay could say when it would."
SECOND = "Its captain had asked for new lamps along the northern quay in the spring, before the autumn storms came."
THIRD = "The council meets on Thursday, when the harbour master will be heard about what it all would cost."
OFFER = "Subscribe to read on."
STORY = {
    "title": "Ferry does not sail",
    "byline": "By Ada Lovelace",
    "body": "\n\n".join([LEAD, SECOND, THIRD]),
    "date_modified": "2024-06-11T10:00:00+03:00",
    "access": None,
    "tags": ["Ferries"],
    "kind": "article",
}
LATER = {"date_modified": "2024-06-11T09:00:00Z"}
UNDATED = STORY | {"date_modified": None}
EDITED = {"body": STORY["body"].replace("Thursday", "Friday")}
NOTED = {"body": f"{STORY['body']}\n\nCorrection: An earlier version named the wrong day."}


def body(*paragraphs):
    return {"body": "\n\n".join(paragraphs)}


@pytest.mark.parametrize(
    ("old", "changes", "expected"),
    [
        pytest.param(STORY, {}, (), id="nothing"),
        pytest.param(STORY, LATER, (), id="modified-alone"),
        pytest.param(STORY, {"title": "Ferry sails"}, ("headline",), id="headline"),
        pytest.param(STORY, EDITED, ("silent_edit",), id="silent"),
        pytest.param(STORY, EDITED | {"date_modified": "2024-06-11T07:00:00Z"}, ("silent_edit",), id="same-instant"),
        pytest.param(STORY, EDITED | {"date_modified": None}, ("silent_edit",), id="date-taken-away"),
        pytest.param(STORY, EDITED | LATER, ("update",), id="update"),
        pytest.param(UNDATED, EDITED, ("body",), id="undated"),
        pytest.param(UNDATED, EDITED | LATER, ("update",), id="first-dated"),
        pytest.param(STORY, NOTED, ("correction_note",), id="correction"),
        pytest.param(STORY, NOTED | LATER | {"title": "No ferry"}, ("correction_note", "headline"), id="and-headline"),
        pytest.param(STORY | NOTED, NOTED | {"title": "No ferry"}, ("headline",), id="old-note"),
        pytest.param(STORY, body(LEAD, THIRD), ("cut", "silent_edit"), id="cut"),
        pytest.param(STORY, body(LEAD, THIRD) | LATER, ("cut", "update"), id="declared-cut"),
        pytest.param(STORY, body(SECOND, THIRD) | {"access": "free"}, ("cut", "silent_edit"), id="beginning-cut"),
        pytest.param(STORY, {"access": "paywalled"}, ("paywalled",), id="declared-paywall"),
        pytest.param(STORY, body(LEAD), ("paywalled",), id="teaser"),
        pytest.param(STORY, body(f"{LEAD[:90]}…", OFFER), ("paywalled",), id="teaser-and-offer"),
        pytest.param(STORY, body(LEAD) | {"access": "free"}, ("cut", "silent_edit"), id="free-is-no-teaser"),
        pytest.param(STORY | {"access": "paywalled"}, {"access": "free"}, ("metadata",), id="opened"),
        pytest.param(STORY, {"tags": ["Ferries", "Quays"], "byline": None}, ("metadata",), id="metadata"),
    ],
)
def test_kinds(old, changes, expected):
    assert expected == compare(old, old | changes).kinds


def test_what_changed_stands_beside_the_date_that_moved_with_it():
    change = compare(STORY, STORY | EDITED | LATER)
    assert [field.field for field in change.fields] == ["body", "date_modified"]
    assert change.kind == "update"
    assert change.as_json()["fields"][1] == {
        "field": "date_modified",
        "old": STORY["date_modified"],
        "new": LATER["date_modified"],
    }


def test_the_same_bytes_read_otherwise_are_no_change_of_the_story():
    old, new = ({"capture": {"payload_digest": digest}} for digest in ("sha1:A", "sha1:A"))
    assert compare(STORY | old, STORY | EDITED | new).kinds == ("reading",)
    other = {"capture": {"payload_digest": "sha1:B"}}
    assert compare(STORY | old, STORY | EDITED | other).kinds == ("silent_edit",)


NOTES = {
    "en": "Correction, May 3: The first name of the harbour master was misspelt.",
    "en-amended": "This article was amended on 3 May 2024 to add a figure.",
    "en-earlier": "An earlier version of this story misstated the sum.",
    "de": "Korrektur: In einer früheren Fassung stand eine falsche Zahl.",
    "de-2": "Berichtigung (3. Mai): Der Kai liegt im Norden.",
    "fr": "RECTIFICATIF. Le quai se trouve au nord.",
    "es": "Corrección: el muelle está al norte.",
    "pt": "Correção — O cais fica ao norte.",
    "it": "Errata corrige: il molo si trova a nord.",
    "nl": "Correctie: de kade ligt in het noorden.",
    "sv": "Rättelse: Kajen ligger i norr.",
    "pl": "Sprostowanie: nabrzeże leży na północy.",
    "ru": "Исправление: в первой версии заметки сумма была неверной.",
    "uk": "Виправлення: причал розташований на півночі.",
    "el": "Διόρθωση: η προβλήτα βρίσκεται βόρεια.",
    "tr": "Düzeltme: Rıhtım kuzeydedir.",
    "ar": "تصويب: الرصيف يقع في الشمال.",
    "fa": "اصلاحیه: اسکله در شمال است.",
    "he": "תיקון: הרציף נמצא בצפון.",
    "hi": "सुधार: घाट उत्तर में है।",
    "id": "Ralat: dermaga itu di utara.",
    "ja": "【訂正】岸壁は北側でした。",
    "ja-2": "訂正:当初の記事で金額に誤りがありました。",
    "zh": "更正：码头位于北侧。",
    "ko": "[바로잡습니다] 부두는 북쪽에 있습니다.",
}
PROSE = [
    "Correction of the river's course began in 1911 and took three winters.",
    "Corrections officers went on strike on Monday.",
    "Die Korrektur der Bahn gelang erst am dritten Tag.",
    "Исправление ошибок заняло у команды три дня.",
    "訂正は行わないと市長は述べた。",
    "She said the earlier version of the engine had failed twice.",
    "",
]


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_a_correction_note_is_one(note):
    assert is_correction_note(note)


@pytest.mark.parametrize("text", PROSE)
def test_prose_is_no_correction_note(text):
    assert not is_correction_note(text)
