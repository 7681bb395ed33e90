"""What pyproject.toml cannot say: the extraction's inner loops are compiled against the headers that lxml brings."""

import lxml
from Cython.Build import cythonize
from setuptools import Extension, setup

setup(
    ext_modules=cythonize(
        [
            Extension(
                f"crawler.extraction.compiled.{name}",
                [f"crawler/extraction/compiled/{name}.pyx"],
                include_dirs=lxml.get_include(),
                language="c++",
                optional=True,  # without a compiler the plain modules do the same work
            )
            for name in ("walk", "trees")
        ],
        build_dir="build",
    )
)
