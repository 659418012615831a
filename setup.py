"""What pyproject.toml cannot say of the build: the compiled kernels of spikelut.native, and the index's page.

SPIKELUT_PURE=1 leaves the kernels out: a wheel for every system, where torch computes instead.
"""

import os
import re
import tomllib
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext

SOURCES = Path("spikelut/native/src")
# Never -ffast-math: it flushes denormals in the whole process. A contracted product and sum could flip a spike.
EXACT = ["-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fwrapv"]
# Without the notes for debuggers that Python asks for, which would be four fifths of the library.
FLAGS = ["-std=c11", "-O3", "-g0", "-fvisibility=hidden", *EXACT]


class BuildKernels(build_ext):
    """Builds with OpenMP, or, where the compiler has none, without."""

    def build_extension(self, ext: Extension) -> None:
        if self.compiler.compiler_type != "unix":  # the flags are those of gcc and clang
            self.warn("native kernels are built by gcc and clang only; spikelut will use torch")
            return
        try:
            ext.extra_compile_args, ext.extra_link_args = [*FLAGS, "-fopenmp"], ["-fopenmp"]
            super().build_extension(ext)
        except Exception as error:
            self.warn(f"without OpenMP: {error}")
            ext.extra_compile_args, ext.extra_link_args = [*FLAGS, "-Wno-unknown-pragmas"], []
            super().build_extension(ext)


class AnyPythonWheel(bdist_wheel):
    """Kernels are loaded by ctypes and use nothing of Python: one wheel for each system serves every version."""

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


def readme() -> str:
    """README.md for a page outside the repository: paths become addresses below the project's Source."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    text, base = Path("README.md").read_text(encoding="utf-8"), project["urls"]["Source"]
    text = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{base}/raw/v{project['version']}/", text)
    return re.sub(r"((?<!!)\[[^\]]*\]\()(?!https?:|#)", rf"\g<1>{base}/blob/v{project['version']}/", text)


kernels = Extension(
    "spikelut.native._kernels",
    sources=sorted(str(path) for path in SOURCES.rglob("*.c")),
    depends=sorted(str(path) for path in SOURCES.rglob("*.h")),
    libraries=["m"],
    optional=True,  # without a compiler spikelut uses torch
)
setup(
    ext_modules=[] if os.environ.get("SPIKELUT_PURE") else [kernels],
    cmdclass={"build_ext": BuildKernels, "bdist_wheel": AnyPythonWheel},
    long_description=readme(),
    long_description_content_type="text/markdown",
)
