# cython: language_level=3, boundscheck=False, wraparound=False
# distutils: language = c++
"""`crawler.extraction.boosted_trees` by walking each tree from its root, which in C is faster than all at once."""

from libc.math cimport exp
from libcpp.vector cimport vector


cdef struct Split:
    Py_ssize_t trait  # -1 at a leaf
    double value  # a leaf's value, or what a trait may be at most to go to the left, which is the next record
    Py_ssize_t right


cdef class Trees:
    """A model as its training wrote it: trait names, and trees as nested [trait, threshold, left, right] or leaves."""

    cdef readonly tuple names
    cdef Py_ssize_t split
    cdef vector[Split] splits
    cdef vector[Py_ssize_t] roots

    def __init__(self, model, Py_ssize_t split):
        self.names = tuple(model["names"])
        self.split = split
        for tree in model["trees"]:
            self.roots.push_back(self.splits.size())
            self.lay_out(tree)

    cdef lay_out(self, tree):
        cdef Py_ssize_t place = self.splits.size()
        if not isinstance(tree, list):
            self.splits.push_back(Split(-1, tree, 0))
            return
        trait, threshold, left, right = tree
        self.splits.push_back(Split(trait, threshold, 0))
        self.lay_out(left)
        self.splits[place].right = self.splits.size()
        self.lay_out(right)

    def narrow(self, traits):
        """What `score` wants to know of the traits of the first part."""
        return traits

    def score(self, tuple traits, tuple first):
        """The probability, from the traits of the second part and what `narrow` made of those of the first."""
        cdef vector[double] values
        cdef double total = 0
        cdef Py_ssize_t place
        values.reserve(len(self.names))
        for trait in first:
            values.push_back(trait)
        for trait in traits:
            values.push_back(trait)
        if <Py_ssize_t>values.size() < len(self.names) or len(first) != self.split:
            raise ValueError(f"{len(self.names)} traits are wanted, {self.split} of them first")
        for place in self.roots:
            while self.splits[place].trait >= 0:
                if values[self.splits[place].trait] <= self.splits[place].value:
                    place += 1
                else:
                    place = self.splits[place].right
            total += self.splits[place].value
        return 1 / (1 + exp(-total))
