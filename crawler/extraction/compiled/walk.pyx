"""`crawler.extraction.walk` on libxml2's own nodes; what it does and why is told there.

The walk takes its notes in C. Python objects are made of the blocks that have text and of what stands around them.
"""

from cpython.unicode cimport Py_UNICODE_ISSPACE, PyUnicode_AsUTF8
from libc.string cimport strcmp
from libcpp.vector cimport vector
from lxml.includes.etreepublic cimport (
    _Document, _Element, attributeValue, elementFactory, import_lxml__etree, namespacedName, pyunicode,
)
from lxml.includes.tree cimport XML_ELEMENT_NODE, XML_TEXT_NODE, xmlAttr, xmlNode

from crawler.extraction.compiled.class_words cimport class_signs
from crawler.extraction.compiled.nodes cimport element_from, is_text, text_from
from crawler.extraction.compiled.slots cimport offset_of, put

from crawler.extraction import blocks as plain_blocks
from crawler.extraction import walk as plain
from crawler.extraction.class_words import Sign
from crawler.extraction.html_tags import TAG_SIGNS

import_lxml__etree()

cdef int SKIP = plain.SKIP, BLOCK = plain.BLOCK, INLINE = plain.INLINE, LINK = plain.LINK, BR = plain.BR
cdef int IMAGE = plain.IMAGE, NOSCRIPT = plain.NOSCRIPT, MENU = plain.MENU, UNKNOWN = plain.UNKNOWN
cdef dict KINDS = plain.KINDS
cdef int CHECKS = plain.CHECKS, DEEPEST = plain.DEEPEST
cdef int LEAST_PARAGRAPH = plain_blocks.LEAST_PARAGRAPH
cdef long long COMMENT = Sign.COMMENT
cdef str BREAK = plain_blocks.BREAK
cdef enum:
    PLACES = 256  # of the table of tag names, a power of two
    MOST_NAMES = 128  # in it

cdef type Block = plain_blocks.Block, Node = plain_blocks.Node
cdef Py_ssize_t block_node = offset_of(Block, "node")
cdef Py_ssize_t block_index = offset_of(Block, "index")
cdef Py_ssize_t block_text = offset_of(Block, "text")
cdef Py_ssize_t block_link_chars = offset_of(Block, "link_chars")
cdef Py_ssize_t block_signs = offset_of(Block, "signs")
cdef Py_ssize_t block_links = offset_of(Block, "links")
cdef Py_ssize_t block_pieces = offset_of(Block, "pieces")
cdef Py_ssize_t block_marks = offset_of(Block, "marks")
cdef Py_ssize_t block_size = offset_of(Block, "size")
cdef Py_ssize_t node_element = offset_of(Node, "element")
cdef Py_ssize_t node_tag = offset_of(Node, "tag")
cdef Py_ssize_t node_classes = offset_of(Node, "classes")
cdef Py_ssize_t node_parent = offset_of(Node, "parent")
cdef Py_ssize_t node_index = offset_of(Node, "index")
cdef Py_ssize_t node_first = offset_of(Node, "first")
cdef Py_ssize_t node_last = offset_of(Node, "last")
cdef Py_ssize_t node_depth = offset_of(Node, "depth")
cdef Py_ssize_t node_signs = offset_of(Node, "signs")
cdef Py_ssize_t node_above = offset_of(Node, "above")
cdef Py_ssize_t node_hidden = offset_of(Node, "hidden")
cdef Py_ssize_t node_chars = offset_of(Node, "chars")
cdef Py_ssize_t node_links = offset_of(Node, "links")
cdef Py_ssize_t node_mass = offset_of(Node, "mass")
cdef Py_ssize_t node_paragraphs = offset_of(Node, "paragraphs")


cdef struct Name:
    const unsigned char* name
    int tag


cdef struct Open:
    xmlNode* element
    int tag


cdef struct Mark:
    Py_ssize_t place
    bint opens
    xmlNode* element


cdef struct Held:
    Open at
    Py_ssize_t parent, first, last, depth, chars, links, mass, paragraphs
    long long signs, above
    bint hidden


cdef struct Kept:
    Py_ssize_t home, size, link_chars, length


cdef class _Walk:
    cdef _Document document
    cdef object without
    cdef Name names[PLACES]
    cdef int known_names
    cdef list tags
    cdef vector[int] kinds
    cdef vector[long long] tag_signs
    cdef vector[Held] nodes
    cdef vector[Open] open_elements
    cdef vector[Py_ssize_t] open_nodes
    cdef vector[xmlNode*] open_links, open_inlines, links
    cdef vector[Mark] marks
    cdef vector[Kept] kept
    cdef list blocks, classes, images, pieces
    cdef Py_ssize_t link_chars
    cdef long long signs
    cdef int checks
    cdef bint blank, broken

    def __init__(self, object without):
        self.without = without or None
        self.tags, self.blocks, self.classes, self.images, self.pieces = [], [], [], [], []
        self.checks = CHECKS
        self.start()

    cdef void start(self):
        cdef Py_ssize_t place
        self.marks.clear()
        self.links.clear()
        for place in range(max(0, <Py_ssize_t>self.open_inlines.size() - DEEPEST), self.open_inlines.size()):
            self.marks.push_back(Mark(0, True, self.open_inlines[place]))
        if self.open_inlines.size():
            for place in range(max(0, <Py_ssize_t>self.open_links.size() - DEEPEST), self.open_links.size()):
                self.links.push_back(self.open_links[place])
        self.link_chars = self.signs = 0
        self.blank, self.broken = True, False

    cdef run(self, _Element root):
        """Take each element in turn: open it, go through what is in it, close it, go on behind it."""
        cdef xmlNode* element = element_from(root._c_node.children)
        cdef xmlNode* inner
        cdef vector[int] entered
        cdef int kind
        self.document = root._doc
        self.tags.append("html")
        self.kinds.push_back(BLOCK)
        self.tag_signs.push_back(TAG_SIGNS.get("html", 0))
        self.open_elements.push_back(Open(root._c_node, 0))
        self.node()
        while element is not NULL:
            kind = self.enter(element)
            inner = element_from(element.children) if kind != SKIP else NULL
            if inner is not NULL:
                entered.push_back(kind)
                element = inner
                continue
            while True:
                if kind != SKIP:
                    self.leave(kind)
                self.add_from(element.next)
                inner = element_from(element.next)
                if inner is not NULL or entered.empty():
                    break
                element = element.parent
                kind = entered.back()
                entered.pop_back()
            element = inner
        self.leave(BLOCK)

    cdef int enter(self, xmlNode* element) except -1:
        cdef int tag, kind
        if element.type != XML_ELEMENT_NODE:
            return SKIP
        tag = self.tag_of(element)
        kind = self.kinds[tag]
        if self.without is not None and elementFactory(self.document, element) in self.without:
            return SKIP
        if kind >= BR:
            kind = self.enter_rare(element, kind, tag)
        if kind == BLOCK:
            self.flush_any()
            self.open_elements.push_back(Open(element, tag))
        elif kind != SKIP:
            self.enter_inline(element, kind)
        if kind != SKIP:
            self.add_from(element.children)
        return kind

    cdef int tag_of(self, xmlNode* element) except -1:
        """The number of its tag; a document has one copy of a name, so that its address will do to know it again."""
        cdef Py_ssize_t place = (<size_t>element.name >> 3 ^ <size_t>element.name >> 9) & (PLACES - 1)
        cdef int number
        while self.names[place].name is not NULL:
            if self.names[place].name is element.name:
                return self.names[place].tag
            place = (place + 1) & (PLACES - 1)
        tag = namespacedName(element)
        number = len(self.tags)
        self.tags.append(tag)
        self.kinds.push_back(KINDS.get(tag, UNKNOWN))
        self.tag_signs.push_back(TAG_SIGNS.get(tag, 0))
        if self.known_names < MOST_NAMES and element.ns is NULL:
            self.known_names += 1
            self.names[place] = Name(element.name, number)
        return number

    cdef enter_inline(self, xmlNode* element, int kind):
        if kind == LINK:
            self.open_links.push_back(element)
            self.links.push_back(element)
        else:
            names = _attribute(element, "class")
            if names:
                self.signs |= class_signs(names)
        self.open_inlines.push_back(element)
        self.marks.push_back(Mark(len(self.pieces), True, element))

    cdef leave(self, int kind):
        if kind == BLOCK:
            self.flush_any()
            self.open_elements.pop_back()
            if self.open_nodes.size() > self.open_elements.size():
                self.nodes[self.open_nodes.back()].last = self.nodes.size() - 1
                self.open_nodes.pop_back()
            return
        self.marks.push_back(Mark(len(self.pieces), False, self.open_inlines.back()))
        self.open_inlines.pop_back()
        if kind == LINK:
            self.open_links.pop_back()

    cdef int enter_rare(self, xmlNode* element, int kind, int tag) except -1:
        if kind == UNKNOWN:
            return BLOCK if "-" in self.tags[tag] else INLINE
        if kind == BR:
            self.line_break()
            return INLINE if element.children is not NULL else SKIP
        proxy = elementFactory(self.document, element)
        if kind == IMAGE:
            self.images.append((proxy, len(self.blocks), self.node()))
        elif kind == NOSCRIPT:
            self.images += [(image, len(self.blocks), self.node()) for image in proxy.iter("img")]
        elif self.holds_paragraphs(proxy):
            return BLOCK if kind == MENU else INLINE
        return SKIP

    cdef bint holds_paragraphs(self, element) except -1:
        if len(element) == 0 or self.checks <= 0:
            return False
        self.checks -= 1
        return next(element.iter("p"), None) is not None

    cdef Py_ssize_t node(self) except -1:
        """The index of the innermost open block element as a node."""
        cdef Py_ssize_t place, parent
        for place in range(self.open_nodes.size(), self.open_elements.size()):
            parent = self.open_nodes.back() if place else -1
            self.open_nodes.push_back(self.nodes.size())
            self.hold(self.open_elements[place], parent)
        return self.open_nodes.back()

    cdef hold(self, Open at, Py_ssize_t parent):
        cdef Held node = Held(at, parent, len(self.blocks), self.nodes.size(), 0, 0, 0, 0, 0, 0, 0, False)
        cdef str classes = _attribute(at.element, "class") or ""
        cdef str name = _attribute(at.element, "id")
        cdef str style = _attribute(at.element, "style")
        node.signs = self.tag_signs[at.tag]
        if classes:
            node.signs |= class_signs(classes)
        if name and not name[len(name) - 1].isdigit():
            node.signs |= class_signs(name)
        node.hidden = style is not None and "none" in style and plain_blocks.hides(style)
        if parent >= 0:
            node.above = node.signs | self.nodes[parent].above
            node.depth = self.nodes[parent].depth + 1
            node.hidden = node.hidden or self.nodes[parent].hidden
        self.classes.append(classes)
        self.nodes.push_back(node)

    cdef add_from(self, xmlNode* text):
        """Collect the text that begins here and ends before the next element."""
        if not is_text(text):
            return
        if not is_text(text.next) and _is_ascii_space(text.content):
            if not self.blank and text.content[0]:
                self.pieces.append(" ")
            return
        self.add(text_from(&text))

    cdef add(self, str text):
        if text.isspace():
            if not self.blank:
                self.pieces.append(" ")
        elif text:
            self.pieces.append(text)
            self.blank = self.broken = False
            if self.open_links.size():
                self.link_chars += len(text)

    cdef line_break(self):
        if self.broken and not self.blank:
            self.flush()
        else:
            self.pieces.append(BREAK)
            self.broken = True

    cdef flush_any(self):
        if self.pieces or self.marks.size():
            self.flush()

    cdef flush(self):
        cdef Py_ssize_t size
        if not self.blank:
            text = _fold(self.pieces, &size)
            if text:
                self.keep(text, size)
                self.pieces = []
        if self.pieces:
            self.pieces.clear()
        self.start()

    cdef keep(self, str text, Py_ssize_t size):
        """Close the block being collected."""
        cdef Py_ssize_t link_chars = min(self.link_chars, <Py_ssize_t>len(text))
        block = Block.__new__(Block)
        put(block, block_index, len(self.blocks))
        put(block, block_text, text)
        put(block, block_link_chars, link_chars)
        put(block, block_signs, self.signs)
        put(block, block_links, self.proxies() if self.links.size() else ())
        put(block, block_pieces, self.pieces)
        put(block, block_marks, self.marked() if self.marks.size() else ())
        put(block, block_size, size)
        self.kept.push_back(Kept(self.node(), size, link_chars, len(text)))
        self.blocks.append(block)

    cdef list proxies(self):
        cdef xmlNode* element
        return [elementFactory(self.document, element) for element in self.links]

    cdef list marked(self):
        cdef Mark mark
        return [(mark.place, mark.opens, elementFactory(self.document, mark.element)) for mark in self.marks]

    cdef sum_up(self):
        """Sum each node over its blocks and children, as the plain walk does."""
        cdef Kept block
        cdef Held* node
        cdef Held* parent
        cdef Py_ssize_t place, first_paragraph = self.kept.size()
        for place in range(<Py_ssize_t>self.kept.size()):
            block = self.kept[place]
            node = &self.nodes[block.home]
            node.chars += block.size
            node.links += block.link_chars
            if block.size >= LEAST_PARAGRAPH and block.link_chars * 2 < block.length:
                node.mass += block.size
                node.paragraphs += 1
                first_paragraph = min(first_paragraph, place)
        for place in range(<Py_ssize_t>self.nodes.size() - 1, 0, -1):
            node = &self.nodes[place]
            parent = &self.nodes[node.parent]
            parent.chars += node.chars
            parent.links += node.links
            if node.paragraphs and not (node.signs & COMMENT and node.first > first_paragraph):
                parent.mass += node.mass
                parent.paragraphs += node.paragraphs

    cdef layout(self):
        """The notes as a Layout of plain nodes and blocks."""
        cdef Held held
        cdef Py_ssize_t place = 0
        cdef list nodes = []
        self.sum_up()
        for held in self.nodes:
            node = Node.__new__(Node)
            put(node, node_element, elementFactory(self.document, held.at.element))
            put(node, node_tag, self.tags[held.at.tag])
            put(node, node_classes, self.classes[place])
            put(node, node_parent, nodes[held.parent] if held.parent >= 0 else None)
            put(node, node_index, place)
            put(node, node_first, held.first)
            put(node, node_last, held.last)
            put(node, node_depth, held.depth)
            put(node, node_signs, held.signs)
            put(node, node_above, held.above)
            put(node, node_hidden, held.hidden)
            put(node, node_chars, held.chars)
            put(node, node_links, held.links)
            put(node, node_mass, held.mass)
            put(node, node_paragraphs, held.paragraphs)
            nodes.append(node)
            place += 1
        for place in range(<Py_ssize_t>self.kept.size()):
            put(self.blocks[place], block_node, nodes[self.kept[place].home])
        images = [(image, before, nodes[home]) for image, before, home in self.images]
        return plain_blocks.Layout(nodes, self.blocks, images)


def segment(_Element root not None, without=frozenset()):
    """Cut the page into blocks, passing over the elements in `without`; the tree is one of `HTMLParser`'s."""
    if root._c_node is NULL:
        raise ValueError("an element without a document")
    walk = _Walk(without)
    walk.run(root)
    return walk.layout()


cdef str _attribute(xmlNode* element, const char* name):
    """The value of an attribute, or None."""
    cdef xmlAttr* attribute = element.properties
    while attribute is not NULL and strcmp(<const char*>attribute.name, name) != 0:
        attribute = attribute.next
    if attribute is NULL:
        return None
    if attribute.children is NULL:
        return ""
    if attribute.children.next is NULL and attribute.children.type == XML_TEXT_NODE:
        return pyunicode(attribute.children.content)
    return attributeValue(element, attribute)


cdef inline bint _is_ascii_space(const unsigned char* text) noexcept:
    while text[0] == 32 or 9 <= text[0] <= 13 or 28 <= text[0] <= 31:
        text += 1
    return text[0] == 0


cdef str _fold(list pieces, Py_ssize_t* size):
    """What `fold` and `effective_size` give, from one look at the characters; most texts need no folding."""
    cdef str text = (pieces[0] if len(pieces) == 1 else "".join(pieces)).strip()
    cdef Py_UCS4 sign
    cdef Py_ssize_t wide = 0
    cdef bint plain_text = True, folded = True, after_space = False
    if text.isascii():
        folded = _is_folded(PyUnicode_AsUTF8(text))
    else:
        for sign in text:
            if sign >= 0x3040:
                wide += sign <= 0x9FFF or 0xAC00 <= sign <= 0xD7AF
                plain_text = plain_text and sign != 0xFEFF
            elif sign == 0xAD or sign == 0x200B or sign == 0x2060 or sign == 0x2028:
                plain_text = False
            elif sign == 32:
                folded = folded and not after_space
            elif Py_UNICODE_ISSPACE(sign):
                folded = False
            after_space = sign == 32
    if not plain_text:
        text = plain_blocks.fold(pieces)
    elif not folded:
        text = " ".join(text.split())
    size[0] = len(text) + wide * 3 // 2
    return text


cdef inline bint _is_folded(const char* text) noexcept:
    """Whether an ASCII text has no white space but single spaces."""
    while text[0]:
        if text[0] <= 32 and (text[0] != 32 or text[1] == 32):
            return False
        text += 1
    return True
