"""Correction notes: paragraphs that say that the story was wrong before."""

import re

from archives.seen import plain

_LABELS = (
    # English, German, French, Spanish, Portuguese, Italian, Catalan, Dutch
    r"corrections?(?: and clarifications?)?|corrected|clarifications?|corrigend(?:um|a)|errat(?:um|a)|retraction",
    r"korrektur(?:hinweis)?|berichtigung|richtigstellung|klarstellung|in eigener sache: korrektur",
    r"rectificatifs?|rectification|mise au point|correctif",
    r"correcci[oó]n(?:es)?|rectificaci[oó]n|fe de erratas?|fe de errores|aclaraci[oó]n",
    r"correç(?:ão|ões)|retificaç(?:ão|ões)|erramos",
    r"correzion[ei]|rettific(?:a|he)|errata corrige|precisazione",
    r"correcci[oó]|fe d'errates|fe d'errors|correctie|rectificatie|rechtzetting|verbetering",
    # Swedish, Danish, Norwegian, Finnish, Icelandic, Estonian, Latvian, Lithuanian
    r"rättelser?|rettelser?|presisering|berigtigelse|oikaisu|korjaus|leiðrétting|parandus|õiendus",
    r"labojums|precizējums|pataisymas",
    # Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Slovenian, Albanian
    r"sprostowanie|korekta|oprava|upřesnění|helyesbítés|helyreigazítás|erată|rectificare",
    r"corecție|ispravak|ispravka|popravek|korrigjim|përmirësim",
    # Russian, Ukrainian, Bulgarian, Serbian, Macedonian, Greek, Turkish
    r"исправлени[ея]|поправк[аи]|уточнение|опровержение|виправлення|уточнення|спростування|корекция|исправка|исправак",
    r"διόρθωση|επανόρθωση|διευκρίνιση|düzeltme|tekzip",
    # Arabic, Persian, Urdu, Hebrew
    r"تصحيح|تصويب|توضيح|تنويه وتصحيح|استدراك|تصحیح|اصلاحیه|תיקון(?: טעות)?|הבהרה",
    # Hindi, Bengali, Indonesian, Malay, Vietnamese, Thai, Swahili
    r"सुधार|भूल सुधार|शुद्धिपत्र|संशोधन|সংশোধনী|koreksi|ralat|pembetulan|đính chính|แก้ไขข่าว|ชี้แจง|marekebisho",
    # Japanese, Chinese, Korean
    r"訂正(?:して(?:います|お詫びします))?|お詫びと訂正|訂正とお詫び|修正|更正(?:啟事|启事)?|勘误|勘誤|澄清",
    r"정정(?: ?보도문?)?|바로잡습니다|바로 ?잡습니다",
)
_LABEL = re.compile(
    rf"[^\w\s]*\s*(?:{'|'.join(_LABELS)})\s*"
    r"(?:[(\[（【][^)\]）】]{0,40}[)\]）】]\s*|,? \d[\d./ -]{3,12})?(?:[^\w\s]|$)",
    re.IGNORECASE,
)
"""A label at the start of a paragraph, with a sign behind it or alone: 'Correction:', 'Berichtigung (3. Mai):'."""
_SAYINGS = re.compile(
    r"(?:an earlier|a previous|the original|a prior) version of th(?:is|e) (?:\w+ )?"
    r"(?:article|story|report|post|piece|column)"
    r"|th(?:is|e) (?:\w+ )?(?:article|story|report|post|piece|headline) (?:was|has been) "
    r"(?:\w+ )?(?:amended|corrected)"
    r"|in einer (?:früheren|ersten|vorherigen|älteren) (?:\w+ )?(?:version|fassung)"
    r"|une (?:première |précédente )?version (?:antérieure|précédente|initiale) de (?:cet|l')"
    r"|una versión (?:anterior|previa) de est[ae]|uma versão anterior d(?:este|esta|o|a) "
    r"|una (?:precedente versione|versione precedente) d(?:i questo|ell')"
    r"|eerdere versie van dit|en tidigare version av|wcześniejsz(?:a|ej) wersj(?:a|i)"
    r"|в (?:более ранней|предыдущей|первоначальной|первой) версии (?:этой |этого )?(?:стат|текст|замет|материал|новост)"
    r"|у попередній версії|önceki (?:versiyonunda|sürümünde)|في نسخة سابقة من هذا|نسخه قبلی این"
    r"|当初の記事|以前の記事で|本文此前版本|此前版本|이전 버전",
    re.IGNORECASE,
)
_LONGEST = 1_200
"""Characters of a note: what is longer is prose."""


def is_correction_note(paragraph: str) -> bool:
    """Whether a paragraph says that the story was wrong before and is corrected."""
    text = plain(paragraph)
    if len(text) > _LONGEST:
        return False
    return _LABEL.match(text) is not None or _SAYINGS.search(text) is not None
