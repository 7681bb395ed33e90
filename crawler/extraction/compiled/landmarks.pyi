from lxml.etree import _Element as Element

from crawler.extraction.landmarks import Landmarks

def landmarks(root: Element) -> Landmarks: ...
