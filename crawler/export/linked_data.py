"""Articles as JSON-LD: a NewsArticle of https://schema.org/ a line; what is not known has no key."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

Item = Mapping[str, Any]
Node = dict[str, Any]

_TYPES = {"person": "Person", "agency": "NewsMediaOrganization", "organization": "Organization"}


def write_json_ld(lines: Iterable[bytes], out: BinaryIO) -> None:
    """Write items, each as JSON, as lines of JSON-LD in UTF-8."""
    out.writelines(f"{json.dumps(to_linked_data(json.loads(line)), ensure_ascii=False)}\n".encode() for line in lines)


def to_linked_data(item: Item) -> Node:
    """The whole document of one article."""
    address = item["canonical_url"] or item["url"]
    return {"@context": "https://schema.org"} | _node(
        "NewsArticle",
        url=item["url"],
        mainEntityOfPage=_node("WebPage", **{"@id": address}, relatedLink=_addresses(item["related_links"])),
        headline=item["title"],
        creditText=item["byline"],
        author=[_author(author) for author in item["authors"]],
        datePublished=item["date_published"],
        dateModified=item["date_modified"],
        description=item["description"],
        articleBody=item["body"],
        image=[_image(image) for image in item["images"]],
        articleSection=item["section"],
        keywords=item["tags"],
        inLanguage=item["language"],
        **_access(item["access"]),
        genre=item["kind"] if item["kind"] != "article" else None,
        isPartOf=_node("WebSite", identifier=item["site"]) if item["site"] else None,
        version=item["revision"],
        **_provenance(item["capture"]),
    )


def _node(kind: str, **properties: Any) -> Node:  # noqa: ANN401  # whatever JSON has
    known = {name: value for name, value in properties.items() if value not in (None, "", [])}
    return {"@type": kind, **known}


def _author(author: Item) -> Node:
    return _node(_TYPES.get(author["kind"], "Person"), name=author["name"], url=author["url"])


def _image(image: Item) -> Node:
    lead = True if image["lead"] else None
    return _node(
        "ImageObject",
        contentUrl=image["url"],
        caption=image["caption"],
        creditText=image["credit"],
        representativeOfPage=lead,
    )


def _addresses(links: Iterable[Item]) -> list[str]:
    return [link["url"] for link in links]


def _access(access: str | None) -> Node:
    """Free or not; a metered article is either, depending on who reads it."""
    if access == "metered":
        return {"conditionsOfAccess": access}
    return {"isAccessibleForFree": None if access is None else access == "free"}


def _provenance(capture: Item | None) -> Node:
    """The record that the article was read from, and the instant and digest by which it can be told from others."""
    if capture is None:
        return {}
    names = {"WARC-Record-ID": "record_id", "WARC-Payload-Digest": "payload_digest", "WARC-Date": "date"}
    return {
        "archivedAt": capture["record_id"].strip("<>"),
        "identifier": [_node("PropertyValue", propertyID=name, value=capture[key]) for name, key in names.items()],
    }
