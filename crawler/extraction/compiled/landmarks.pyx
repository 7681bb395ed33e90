"""`crawler.extraction.landmarks` on libxml2's own nodes, with one look at each element and its attributes."""

from libc.string cimport strcmp
from libcpp.vector cimport vector
from lxml.includes.etreepublic cimport _Document, _Element, elementFactory, import_lxml__etree, pyunicode
from lxml.includes.tree cimport XML_ELEMENT_NODE, xmlAttr, xmlNode

from crawler.extraction.compiled.nodes cimport following

from crawler.extraction.landmarks import SOUGHT, Landmarks

import_lxml__etree()

cdef list WANTED = [name.encode() for name in SOUGHT]  # holds what the vector points to
cdef vector[const char*] wanted = WANTED
cdef enum:
    DESCRIBED = 1
    DATED = 2
    RELATED = 4


def landmarks(_Element root not None):
    """Find them all; the tree is one of `HTMLParser`'s."""
    if root._c_node is NULL:
        raise ValueError("an element without a document")
    cdef _Document document = root._doc
    cdef xmlNode* top = root._c_node
    cdef xmlNode* node = top
    cdef dict by_tag = {}
    cdef list described = [], dated = [], related = []
    cdef int said
    cdef const char* name
    while node is not NULL:
        if node.type == XML_ELEMENT_NODE:
            name = <const char*>node.name
            if _is_sought(name):
                by_tag.setdefault(pyunicode(node.name), []).append(elementFactory(document, node))
            said = _said(node.properties) | (DATED if strcmp(name, "time") == 0 else 0)
            if said & DESCRIBED:
                described.append(elementFactory(document, node))
            if said & DATED:
                dated.append(elementFactory(document, node))
            if said & RELATED and strcmp(name, "a") == 0:
                related.append(elementFactory(document, node))
        node = following(node, top)
    return Landmarks(by_tag, described, dated, related)


cdef bint _is_sought(const char* name) noexcept:
    cdef const char* other
    for other in wanted:
        if other[0] == name[0] and strcmp(other, name) == 0:
            return True
    return False


cdef int _said(xmlAttr* attribute) noexcept:
    """What an element's attributes make of it."""
    cdef int said = 0
    cdef const char* name
    while attribute is not NULL:
        name = <const char*>attribute.name
        if name[0] == b"i" and (strcmp(name, "itemprop") == 0 or strcmp(name, "itemscope") == 0):
            said |= DESCRIBED
        elif name[0] == b"d" and strcmp(name, "datetime") == 0:
            said |= DATED
        elif name[0] == b"p" and strcmp(name, "property") == 0 and _is_publication(attribute.children):
            said |= DATED
        elif name[0] == b"r" and strcmp(name, "rel") == 0:
            said |= RELATED
        attribute = attribute.next
    return said


cdef bint _is_publication(xmlNode* value) noexcept:
    return value is not NULL and value.content is not NULL and strcmp(<const char*>value.content, "datePublished") == 0
