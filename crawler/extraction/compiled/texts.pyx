"""`crawler.extraction.texts` on libxml2's own nodes: no iterator, and no element for each text's owner."""

from lxml.includes.etreepublic cimport _Element, import_lxml__etree
from lxml.includes.tree cimport xmlNode

from crawler.extraction.compiled.nodes cimport following, is_text, text_from

import_lxml__etree()


def texts(_Element element not None, Py_ssize_t enough):
    """The texts in the element, in order, until they are longer than what is enough."""
    if element._c_node is NULL:
        raise ValueError("an element without a document")
    cdef xmlNode* node = element._c_node
    cdef list found = []
    cdef Py_ssize_t size = 0
    cdef str text
    while node is not NULL and size <= enough:
        if is_text(node):
            text = text_from(&node)
            found.append(text)
            size += len(text)
        node = following(node, element._c_node)
    return found
