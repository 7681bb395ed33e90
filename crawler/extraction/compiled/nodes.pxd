"""libxml2's nodes as the loops walk them."""

from lxml.includes.etreepublic cimport _isElement, pyunicode
from lxml.includes.tree cimport XML_CDATA_SECTION_NODE, XML_ELEMENT_NODE, XML_TEXT_NODE, xmlNode


cdef inline xmlNode* element_from(xmlNode* node) noexcept:
    """The first element from here on among siblings."""
    while node is not NULL and not _isElement(node):
        node = node.next
    return node


cdef inline xmlNode* following(xmlNode* node, xmlNode* top) noexcept:
    """The next node in document order under the top one."""
    if node.type == XML_ELEMENT_NODE and node.children is not NULL:
        return node.children
    while node is not top:
        if node.next is not NULL:
            return node.next
        node = node.parent
    return NULL


cdef inline bint is_text(xmlNode* node) noexcept:
    """Whether a node is text that is not empty."""
    return (
        node is not NULL
        and (node.type == XML_TEXT_NODE or node.type == XML_CDATA_SECTION_NODE)
        and node.content is not NULL
    )


cdef inline str text_from(xmlNode** node):
    """The text that begins at a node and ends before the next element; leaves the pointer at its last node."""
    cdef str found = pyunicode(node[0].content)
    while is_text(node[0].next):
        node[0] = node[0].next
        found += pyunicode(node[0].content)
    return found
