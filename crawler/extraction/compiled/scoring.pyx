"""`crawler.extraction.scoring`: the traits go to the trees as C's numbers, and no tuple is made of them.

Which traits they are and why is told in `crawler.extraction.traits`; the tests hold both to the same probabilities.
"""

from cpython.bytes cimport PyBytes_AsString
from cpython.unicode cimport PyUnicode_AsUTF8
from libc.string cimport strstr
from libcpp.vector cimport vector

from crawler.extraction.compiled.slots cimport get, offset_of
from crawler.extraction.compiled.trees cimport Trees

from crawler.extraction import traits as plain
from crawler.extraction.blocks import Block as BlockType
from crawler.extraction.blocks import Node as NodeType
from crawler.extraction.html_tags import OTHER_TAG, TAG_CODES
from crawler.extraction.trait_names import KIN_NAMES, NAMES, OWN_NAMES

cdef Py_ssize_t block_node = offset_of(BlockType, "node"), block_text = offset_of(BlockType, "text")
cdef Py_ssize_t block_size = offset_of(BlockType, "size"), block_link_chars = offset_of(BlockType, "link_chars")
cdef Py_ssize_t block_marks = offset_of(BlockType, "marks")
cdef Py_ssize_t node_tag = offset_of(NodeType, "tag"), node_classes = offset_of(NodeType, "classes")
cdef Py_ssize_t node_parent = offset_of(NodeType, "parent"), node_index = offset_of(NodeType, "index")
cdef Py_ssize_t node_last = offset_of(NodeType, "last"), node_depth = offset_of(NodeType, "depth")
cdef Py_ssize_t node_signs = offset_of(NodeType, "signs"), node_above = offset_of(NodeType, "above")
cdef Py_ssize_t node_hidden = offset_of(NodeType, "hidden"), node_chars = offset_of(NodeType, "chars")
cdef Py_ssize_t node_links = offset_of(NodeType, "links"), node_mass = offset_of(NodeType, "mass")
cdef Py_ssize_t node_paragraphs = offset_of(NodeType, "paragraphs")
cdef vector[long long] AROUND = plain.AROUND
cdef tuple ENDS = plain.ENDS, encoded = tuple([notice.encode() for notice in plain.NOTICES])
cdef vector[const char*] NOTICES
for one in encoded:
    NOTICES.push_back(PyBytes_AsString(one))
cdef long long DOUBTS = plain.DOUBTS, BODY = plain.Sign.BODY, IN_MAIN = plain.IN_MAIN
cdef long long MARGINS = plain.MARGINS, MENUS = plain.MENUS
cdef Py_ssize_t LONGEST_NOTICE = plain.LONGEST_NOTICE, LONGEST_TWIN = plain.LONGEST_TWIN, FAR = plain.FAR
cdef enum:
    MOST_TRAITS = 128
if 21 + AROUND.size() + 2 != len(KIN_NAMES) or 23 != len(OWN_NAMES) or len(NAMES) > MOST_TRAITS:
    raise ImportError("other traits are measured than were compiled")

cdef extern from *:
    int __builtin_popcountll(unsigned long long) noexcept


cdef inline long long number(object owner, Py_ssize_t offset) except? -1:
    return get(owner, offset)


def probabilities(measures, Trees model not None):
    """What the trees say of each block; blocks that cannot matter are not asked for and get 0."""
    cdef double traits[MOST_TRAITS]
    cdef double* place
    cdef list found = []
    page = _Page(measures)
    if len(model.names) != len(NAMES):
        raise ValueError(f"a model of {len(model.names)} traits, {len(NAMES)} are measured")
    for index in range(len(page.blocks)):
        if not page.is_candidate(index):
            found.append(0.0)
            continue
        place = page.kin(get(page.blocks[index], block_node), traits)
        page.own(index, place)
        found.append(model.probability(traits))
    return found


cdef class _Page:
    cdef object main
    cdef list blocks, before, mass_before, since_picture, ranks
    cdef dict groups
    cdef object twins
    cdef bytearray near
    cdef Py_ssize_t main_index, main_last, main_depth, h1, first, last, count
    cdef long long main_above
    cdef double mass, chars, main_start, main_chars, main_share

    def __init__(self, measures):
        self.main = measures.main
        self.blocks, self.ranks, self.groups = measures.layout.blocks, measures.ranks, measures.groups
        self.before, self.mass_before = measures.before, measures.mass_before
        self.since_picture, self.twins, self.near = measures.since_picture, measures.twins, measures.near
        self.count = len(self.blocks)
        if any([type(block) is not BlockType or type(block.node) is not NodeType for block in self.blocks]):
            raise TypeError("only blocks of a Layout have their slots where they are looked for")
        self.main_index, self.main_last = number(self.main, node_index), number(self.main, node_last)
        self.main_depth, self.main_above = number(self.main, node_depth), number(self.main, node_above)
        self.mass, self.chars = measures.mass, measures.chars
        self.main_start, self.main_chars = measures.main_start, measures.main_chars
        self.main_share = number(self.main, node_mass) / self.mass
        self.h1, self.first, self.last = measures.h1, measures.first, measures.last

    cdef bint is_candidate(self, Py_ssize_t index) except -1:
        block = self.blocks[index]
        node = get(block, block_node)
        cdef Py_ssize_t at = number(node, node_index)
        cdef bint inside = self.main_index <= at <= self.main_last
        cdef long long size = number(block, block_size), link_chars = number(block, block_link_chars)
        cdef long long above = number(node, node_above)
        if not self.near[index] and not (inside and number(self.main, node_mass)):
            return False
        if not inside:
            return size >= (80 if link_chars >= 0.9 * self.length(block) else 40) and not (
                above & ~self.main_above & MARGINS
            )
        return size >= 25 or link_chars * 2 < self.length(block) or not above & MENUS

    cdef inline Py_ssize_t length(self, block) except -1:
        return len(<str>get(block, block_text))

    cdef double* kin(self, node, double* traits) except NULL:
        """Fill in what all blocks of a node's kin share; gives the place behind it."""
        parent = self.around(node)
        grand = self.around(parent)
        great = self.around(grand)
        cdef Py_ssize_t index = number(node, node_index)
        cdef bint inside = self.main_index <= index <= self.main_last
        cdef long long above = number(node, node_above) & ~self.main_above
        cdef long long sign
        cdef double same_size = 0, same_count = 0, same_links = 0
        outer = get(node, node_parent)
        group = self.groups.get(
            (get(node, node_tag), get(node, node_classes), get(outer, node_classes) if outer is not None else "")
        )
        if group is not None:
            same_size, same_count, same_links = group
        traits[0] = TAG_CODES.get(get(node, node_tag), OTHER_TAG)
        traits[1] = number(node, node_depth)
        traits[2] = number(node, node_depth) - self.main_depth if inside else -1
        traits[3] = 0 if inside else self.main_depth - self.shared_depth(node)
        traits[4] = number(parent, node_mass) / self.mass
        traits[5] = number(parent, node_paragraphs)
        traits[6] = number(grand, node_mass) / self.mass
        traits[7] = number(grand, node_paragraphs)
        traits[8] = number(great, node_mass) / self.mass
        traits[9] = number(parent, node_links) / max(1.0, <double>number(parent, node_chars))
        traits[10] = number(grand, node_links) / max(1.0, <double>number(grand, node_chars))
        traits[11] = same_size / self.chars
        traits[12] = same_count
        traits[13] = same_links / max(1.0, same_size)
        traits[14] = same_size / max(1.0, same_count)
        traits[15] = number(node, node_hidden)
        traits[16] = self.ranks[index]
        traits[17] = self.count
        traits[18] = self.mass
        traits[19] = self.main_share
        traits[20] = 1 if number(node, node_above) & IN_MAIN else 0
        traits += 21
        for sign in AROUND:
            traits[0] = 1 if above & sign else 0
            traits += 1
        traits[0] = 1 if number(node, node_signs) & BODY else 0
        traits[1] = __builtin_popcountll(above & DOUBTS)
        return traits + 2

    cdef object around(self, node):
        parent = get(node, node_parent)
        return node if parent is None else parent

    cdef Py_ssize_t shared_depth(self, node) except -1:
        while node is not None:
            if number(node, node_index) <= self.main_index <= number(node, node_last):
                return number(node, node_depth)
            node = get(node, node_parent)
        return 0

    cdef double* own(self, Py_ssize_t index, double* traits) except NULL:
        """Fill in what is the block's own; gives the place behind it."""
        block = self.blocks[index]
        node = get(block, block_node)
        before = self.blocks[index - 1] if index else None
        after = self.blocks[index + 1] if index + 1 < self.count else None
        cdef str text = get(block, block_text)
        traits[0] = number(block, block_size)
        traits[1] = number(block, block_link_chars) / <double>len(text)
        traits[2] = number(node, node_mass) / self.mass
        traits[3] = number(node, node_links) / max(1.0, <double>number(node, node_chars))
        traits[4] = (self.before[index] - self.main_start) / self.main_chars
        traits[5] = self.mass_before[index] / self.mass
        traits[6] = 1 - self.mass_before[index + 1] / self.mass
        traits[7] = index - self.first
        traits[8] = self.last - index
        traits[9] = index - self.h1 if self.h1 >= 0 else -FAR
        traits[10] = self.sameness(node, before)
        self.beside(after, traits + 11)
        traits[13] = self.sameness(node, after)
        traits[14] = text.endswith(ENDS)
        traits[15] = text.count(" ")
        self.beside(before, traits + 16)
        traits[18] = self.since_picture[index]
        traits[19] = len(get(block, block_marks))
        traits[20] = plain.all_marked(block) if traits[19] else 0
        twins = self.twins.get(text[:LONGEST_TWIN])
        traits[21] = 0 if twins is None else twins
        traits[22] = self.notices(text)
        return traits + 23

    cdef int beside(self, block, double* traits) except -1:
        """The size of the block before or behind, and how much of it is links."""
        traits[0] = traits[1] = 0
        if block is not None:
            traits[0] = number(block, block_size)
            traits[1] = number(block, block_link_chars) / <double>self.length(block)
        return 0

    cdef int sameness(self, node, block) except -1:
        if block is None:
            return 0
        other = get(block, block_node)
        return (
            1 + (get(other, node_parent) is get(node, node_parent)) + (get(other, node_classes) == get(node, node_classes))
        )

    cdef int notices(self, str text) except -1:
        cdef int found = 0
        cdef str lowered
        cdef const char* letters
        cdef const char* notice
        if len(text) <= LONGEST_NOTICE:
            lowered = text.lower()
            letters = PyUnicode_AsUTF8(lowered)
            for notice in NOTICES:
                found += strstr(letters, notice) != NULL
        return found
