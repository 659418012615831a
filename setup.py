"""The compiled kernels of spikelut.native; everything else of the build is in pyproject.toml."""

from pathlib import Path

from setuptools import Extension, setup
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


kernels = Extension(
    "spikelut.native._kernels",
    sources=sorted(str(path) for path in SOURCES.rglob("*.c")),
    depends=sorted(str(path) for path in SOURCES.rglob("*.h")),
    libraries=["m"],
    optional=True,  # without a compiler spikelut uses torch
)
setup(ext_modules=[kernels], cmdclass={"build_ext": BuildKernels})
