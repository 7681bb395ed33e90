"""Link texts that are no headline: calls to look, to subscribe or to agree, sources, other languages."""

import re

from crawler.extraction.agencies import is_agency

_LETTERS = (
    r"newsletters?|e-?mails?|alerts?|updates|briefings?|boletín|boletines|lettre|infolettre|telegram|youtube|channel"
    r"|канал"
)
_LANGUAGES = (
    r"english|spanish|french|german|español|inglés|anglais|français|deutsch|englisch|inglese|spagnolo|inglês|espanhol"
)
_CALL = re.compile(
    r"(?:read|see|view|watch|show)(?: the| our)? (?:full|complete|whole|entire|all|more)"
    r"(?: (?:story|article|report|gallery|coverage|interview|list|text|details|stories|articles|photos|videos?|news"
    r"|here|\(\d+\)))*"
    r"|(?:view|see|open|start)(?: the| our)? (?:gallery|photos|pictures|slideshow|video)"
    r"|(?:foto|bild|bilder|video)?(?:strecke|galerie|serie)?\s?(?:jetzt )?(?:ansehen|anschauen|öffnen|starten)"
    r"|zur (?:fotostrecke|bildergalerie|bilderstrecke|galerie)"
    r"|(?:fotostrecke|bildergalerie|galerie|video) (?:ansehen|anschauen|öffnen|starten|zeigen|abspielen)"
    r"|(?:voir|ouvrir) (?:le diaporama|la galerie|les photos|la vidéo)"
    r"|ver (?:la )?(?:galería|fotos|imágenes|vídeo|video)"
    r"|(?:guarda|vai)(?: alla| la| le| il)? (?:gallery|galleria|foto|video)|zobacz (?:galerię|zdjęcia|wideo)"
    r"|(?:llegir|leer|ler|lire|leggi|lees|läs|les|læs|czytaj) (?:més|más|mais|plus|tutto|meer|mer|mere|więcej)"
    r"|jetzt (?!muss|soll|will|kann|darf|lässt|wird|müssen|sollen|wollen|können)(?:\S+ ){0,3}(?:testen|abonnieren"
    r"|anmelden)"
    r"|jetzt (?:\S+ )?(?:abo|angebot|rabatt) sichern|(?:mehr|weiter) (?:lesen|erfahren)"
    r"|open in a new \w+|(?:get|read|see) the (?:recipe|review|details|deal)"
    r"|(?:buy|shop|order|check) (?:now|price)(?: (?:at|on|from) \S+(?: \S+)?)?"
    r"|get \d{1,2}% off(?: (?:your|a|an|the|first|year|month|annual|digital|subscription|order))*"
    r"|(?:sign up|subscribe|abonnez-vous|inscrivez-vous|suscríbete|suscríbase|subscreva|assine|abbonati|iscriviti"
    r"|abonneer je|prenumerera|zapisz się|подпишитесь|підпишіться)"
    rf"(?: (?:now|today|here|free|ora|ahora|nu|aquí|maintenant|jetzt|agora|adesso)| [^:]{{0,40}}\b(?:{_LETTERS}))?"
    r"|terms (?:of|and) (?:use|service|sale|conditions)(?: (?:and|&) privacy(?: policy| notice)?)?"
    r"|privacy (?:policy|notice)(?: (?:and|&) (?:cookies?|terms)(?: policy| of \w+)?)?|cookie (?:policy|settings)"
    r"|(?:read|lee|lea|leia|lire|leggi|lies)(?: (?:this|it|the|esta|este|la|el|cet|cette|questo|questa|diesen|story"
    rf"|article|historia|artículo|nota|articolo|artikel|notícia))* (?:in|en|em|auf) (?:{_LANGUAGES})"
    rf"|auf (?:{_LANGUAGES}) lesen",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:quelle|source|fuente|fonte|bron|källa|kilde|źródło|zdroj|forrás|sursa|izvor|источник|джерело|kaynak|来源|出典)"
    r"\s?[:：]\s*(.*)",
    re.IGNORECASE,
)
_MOST_WORDS = 2
"""Of a source's name; more are a headline."""
_PLACE_OR_DATE = re.compile(r"[\w.-]+\.[a-z]{2,6}(?:/\S*)?|.{2,40}\d{1,2}[./]\d{1,2}[./](?:\d\d){1,2}")


def is_call(text: str) -> bool:
    """Whether what a link shows is no headline of the page that it leads to."""
    text = text.rstrip(" .!…»›>→")
    source = _SOURCE.fullmatch(text)
    return _names_a_source(source[1]) if source else _CALL.fullmatch(text) is not None


def _names_a_source(name: str) -> bool:
    return is_agency(name) or len(name.split()) <= _MOST_WORDS or _PLACE_OR_DATE.fullmatch(name) is not None
