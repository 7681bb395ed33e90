from lxml.etree import _Element as Element

from crawler.extraction.blocks import Layout

def segment(root: Element, without: frozenset[Element] = ...) -> Layout: ...
