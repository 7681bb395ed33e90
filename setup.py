"""What pyproject.toml cannot say: the extraction's inner loops are compiled against the headers that lxml brings."""

from pathlib import Path

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup

loops = cythonize(
    [
        Extension(
            f"crawler.extraction.compiled.{source.stem}", [str(source)], include_dirs=lxml.get_include(), language="c++"
        )
        for source in sorted(Path("crawler/extraction/compiled").glob("*.pyx"))
    ],
    build_dir="build",
    compiler_directives={"language_level": 3, "boundscheck": False, "wraparound": False, "cdivision": True},
)
for loop in loops:
    loop.optional = True  # without a compiler the plain modules do the same work
setup(ext_modules=loops)
