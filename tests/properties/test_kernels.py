"""The compiled inner loops and the plain ones are one: what the plain ones are tested for holds of both."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from crawler.extraction import boosted_trees, extract, kernels, landmarks, parse, scoring, texts, utf8, walk
from crawler.extraction.blocks import Block, Node
from crawler.extraction.chooser import block_model, block_trees
from crawler.extraction.trait_names import KIN_NAMES
from crawler.extraction.traits import Heads, Measures
from tests.properties.mutations import mutated
from tests.properties.test_hostile_pages import URL, pages
from tests.scoring.corpus import golden_pages

compiled = pytest.mark.skipif(not shutil.which("c++"), reason="there is no C++ compiler for the inner loops")
HARD = (
    b"<div>" * 3_000 + b"deep" + b"</div>" * 3_000,
    b"<b><i>" * 900 + b"<p>text</p>" * 2_000,
    b"<a href=/x><span class=ad>" * 50 + b"One<br>two<br><br>three<div>four",
    b"<svg><p>In a drawing</p></svg><nav><p>In a menu</p></nav><button>Press</button><my-box>Own</my-box>",
    "<p>\u00a0 \u2003</p>\u00a0<b> </b>x\u2028y\ufeff\u00adz<br>\u56db\u6587\u5b57".encode(),
    b"<noscript><img src=a></noscript><img src=b>text<img src=c><p style='display: none'>hidden<p>",
    b"".join(b"<tag%d>text</tag%d>" % (name, name) for name in range(300)),
    "".join(
        f"<p>{sign}{letter}{sign}{sign}b{sign} c {letter}<b>{sign}d</b>{sign}<p>{letter}{sign}b<p>{letter}  b"
        for sign in " \t\n\x1c\x7f\x85\u00a0\u00ad\u2003\u200b\u2028\u3000"
        for letter in "aé四"
    ).encode(),
    b"",
)
PIECES = (
    b"ASCII text", b"x", b"\xc2\x80", b"\xc1\xbf", b"\xdf\xbf", b"\xe0\xa0\x80", b"\xe0\x9f\xbf",
    b"\xed\x9f\xbf", b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xf0\x90\x80\x80", b"\xf0\x8f\xbf\xbf",
    b"\xf4\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xe4\xbd", b"\xff",
)  # fmt: skip
"""At the edges of what RFC 3629 allows."""


def noted(layout):
    """All that a layout says, in which nodes stand for themselves by their index."""
    nodes = [
        [
            getattr(node, name) if name != "parent" else node.parent and node.parent.index
            for name in sorted(Node.__slots__)
        ]
        for node in layout.nodes
    ]
    blocks = [
        [list(said) if isinstance(said, list | tuple) else said for said in told]
        for told in (
            [getattr(block, name) if name != "node" else block.node.index for name in Block.__slots__]
            for block in layout.blocks
        )
    ]
    return nodes, blocks, [(image, before, node.index) for image, before, node in layout.images]


@compiled
def test_the_compiled_ones_are_used():
    assert kernels.COMPILED


def both_agree(content, without=frozenset()):
    root = parse(content, URL).root
    left_out = frozenset(element for element in root.iter() if element.tag in without)
    assert noted(kernels.segment(root, left_out)) == noted(walk.segment(root, left_out))
    assert kernels.landmarks(root) == landmarks.landmarks(root)
    for element in [root, *list(root.iter())[1::7]][:100]:
        for enough in (0, 80, 100_000):
            assert kernels.texts(element, enough) == texts.texts(element, enough)


@compiled
@pytest.mark.parametrize("page", HARD)
def test_hard_markup_is_cut_alike(page):
    both_agree(page)


@compiled
def test_pages_are_cut_alike():
    for page in pages():
        both_agree(page)


@compiled
def test_mutated_pages_are_cut_alike():
    random = Random(1)
    for _ in range(400):
        both_agree(mutated(random, random.choice(pages()), pages()))


@compiled
def test_left_out_elements_are_passed_over_alike():
    for page in golden_pages():
        both_agree(page.content, {"p", "b", "aside", "img"})


@compiled
def test_blocks_get_the_same_probabilities():
    plain = boosted_trees.Trees(block_model(), split=len(KIN_NAMES))
    random = Random(2)
    for page in [*pages(), *(mutated(random, random.choice(pages()), pages()) for _ in range(60))]:
        heads = Heads("Council asks for lamps", "The council wants lamps on the quay", is_news=True)
        measures = Measures(walk.segment(parse(page, URL).root), heads)
        expected = scoring.probabilities(measures, plain)
        assert kernels.probabilities(measures, block_trees()) == pytest.approx(expected, abs=1e-12)


@compiled
@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("aAdDsrRelLtEmoR19_- \u0130\u212aéß"), max_size=40))
def test_any_class_says_the_same(names):
    both_agree(f'<div class="{names}" id="{names[::-1]}"><b class="{names}">text</b></div>'.encode())


@compiled
@settings(max_examples=500, deadline=None)
@given(st.one_of(st.binary(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map(b"".join)))
def test_what_is_utf8_is_what_python_decodes(content):
    try:
        content.decode("utf-8")
        decodes = True
    except UnicodeDecodeError:
        decodes = False
    assert kernels.is_utf8(content) == utf8.is_utf8(content) == decodes


@compiled
@pytest.mark.parametrize("root", [None, etree._Element()], ids=["nothing", "an element of no document"])
def test_what_is_no_page_is_refused(root):
    for loop in (kernels.segment, kernels.landmarks):
        with pytest.raises((TypeError, ValueError)):
            loop(root)
    with pytest.raises((TypeError, ValueError)):
        kernels.texts(root, 1)


@compiled
def test_a_tree_that_asks_for_what_is_not_measured_is_refused():
    for trait in (-1, 1, 5_000_000):
        with pytest.raises(ValueError, match="trait"):
            kernels.Trees({"names": ["a"], "trees": [[trait, 0.5, 0.0, 1.0]]}, split=0)


PLAINLY = """
import json, sys
sys.modules["crawler.extraction.compiled.walk"] = None
from dataclasses import asdict
from crawler.extraction import extract, kernels
from tests.scoring.corpus import golden_pages
assert not kernels.COMPILED
print(json.dumps([asdict(extract(page.content, page.url, page.content_type)) for page in golden_pages()]))
"""


def test_without_the_compiled_ones_articles_are_the_same():
    done = subprocess.run([sys.executable, "-c", PLAINLY], capture_output=True, check=True)
    found = [asdict(extract(page.content, page.url, page.content_type)) for page in golden_pages()]
    assert json.loads(done.stdout) == json.loads(json.dumps(found))
