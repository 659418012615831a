"""What `spikelut --version --verbose` prints below the version."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = ("torch", "numpy", "brevitas", "onnx", "onnxruntime", "safetensors", "matplotlib", "nir", "triton")


def version_lines() -> Iterator[str]:
    """Python, the machine, the libraries that are installed, and the device and kernels that compute."""
    import torch

    from spikelut._backend import describe

    yield f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors"
    for name in LIBRARIES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} not installed"
    devices = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    yield f"CUDA: {', '.join(devices) or 'none'}"
    yield describe()
