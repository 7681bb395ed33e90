"""Link texts that are no headline: calls to look, to subscribe or to agree, sources, other languages."""

import re

_CALL = re.compile(
    r"(?:read|see|view|watch|show)(?: the| our)? (?:full|complete|whole|entire|all|more)\b[^:]{0,20}$"
    r"|(?:view|see|open|start)(?: the| our)? (?:gallery|photos|pictures|slideshow|video)$"
    r"|(?:foto|bild|bilder|video)?(?:strecke|galerie|serie)?\s?(?:jetzt )?(?:ansehen|anschauen|öffnen|starten)$"
    r"|zur (?:fotostrecke|bildergalerie|bilderstrecke|galerie)\b|(?:fotostrecke|bildergalerie|galerie|video) \w{4,9}$"
    r"|(?:voir|ouvrir) (?:le diaporama|la galerie|les photos|la vidéo)$"
    r"|ver (?:la )?(?:galería|fotos|imágenes|vídeo|video)$"
    r"|(?:guarda|vai)(?: alla| la| le| il)? (?:gallery|galleria|foto|video)$|zobacz (?:galerię|zdjęcia|wideo)$"
    r"|(?:llegir|leer|ler|lire|leggi|lees|läs|les|læs|czytaj) (?:més|más|mais|plus|tutto|meer|mer|mere|więcej)$"
    r"|jetzt .{2,40}(?:testen|abonnieren|bestellen|sichern|anmelden)$|(?:mehr|weiter) (?:lesen|erfahren)$"
    r"|open in a new \w+$|(?:get|read|see) the (?:recipe|review|details|deal)$"
    r"|(?:buy|shop|order|check) (?:now|price)\b[^,]*$"
    r"|(?:sign up|subscribe|get \d{1,2}% off|abonnez-vous|inscrivez-vous|suscríbete|suscríbase|subscreva|assine"
    r"|abbonati|iscriviti|abonneer je|prenumerera|fes-te subscriptor|zapisz się|подпишитесь|підпишіться)\b"
    r"|terms (?:of|and) \w+|privacy (?:policy|notice)|cookie (?:policy|settings)"
    r"|(?:quelle|source|fuente|fonte|bron|källa|kilde|źródło|zdroj|forrás|sursa|izvor|источник|джерело|kaynak|来源|出典)"
    r"\s?[:：]"
    r"|(?:read|lee|lea|lire|auf|leggi|leia)\b.{0,25}\b(?:in english|in spanish|en español|en inglés|en anglais"
    r"|en français|auf deutsch|auf englisch|in inglese|em inglês)$",
    re.IGNORECASE,
)


def is_call(text: str) -> bool:
    """Whether what a link shows is no headline of the page that it leads to."""
    return _CALL.match(text.rstrip(" .!…»›>→")) is not None
