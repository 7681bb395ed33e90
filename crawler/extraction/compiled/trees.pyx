"""`crawler.extraction.boosted_trees` by walking each tree from its root, which in C is faster than all at once."""

from libc.math cimport exp

cdef class Trees:
    """A model as its training wrote it: trait names, and trees as nested [trait, threshold, left, right] or leaves."""

    def __init__(self, model, *, split):
        self.names = tuple(model["names"])
        for tree in model["trees"]:
            self.roots.push_back(self.splits.size())
            self.lay_out(tree)

    cdef lay_out(self, tree):
        cdef Py_ssize_t place = self.splits.size()
        if not isinstance(tree, list):
            self.splits.push_back(Split(-1, tree, 0))
            return
        trait, threshold, left, right = tree
        if not 0 <= trait < len(self.names):
            raise ValueError(f"trait {trait} of a model that has {len(self.names)}")
        self.splits.push_back(Split(trait, threshold, 0))
        self.lay_out(left)
        self.splits[place].right = self.splits.size()
        self.lay_out(right)

    cdef double probability(self, const double* traits) noexcept:
        """What is said of one block, of which these are all the traits."""
        cdef double total = 0
        cdef Py_ssize_t place
        for place in self.roots:
            while self.splits[place].trait >= 0:
                if traits[self.splits[place].trait] <= self.splits[place].value:
                    place += 1
                else:
                    place = self.splits[place].right
            total += self.splits[place].value
        return 1 / (1 + exp(-total))
