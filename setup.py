"""What pyproject.toml cannot say: the extraction's inner loops are compiled against the headers that lxml brings."""

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup

loops = cythonize(
    [
        Extension(
            f"crawler.extraction.compiled.{name}",
            [f"crawler/extraction/compiled/{name}.pyx"],
            include_dirs=lxml.get_include(),
            language="c++",
        )
        for name in ("landmarks", "trees", "walk")
    ],
    build_dir="build",
)
for loop in loops:
    loop.optional = True  # without a compiler the plain modules do the same work
setup(ext_modules=loops)
