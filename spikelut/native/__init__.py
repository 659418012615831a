"""Compiled kernels for the CPU: what spikelut does in torch, in one pass over memory.

They are plain C, built with the package where there is a compiler and loaded through `ctypes`. Nothing here decides
what is computed: each kernel equals a readable statement in `surrogates` or `quant`, and tests compare the two.
"""

from spikelut._torch import graph_is_freed as graph_is_freed
from spikelut._torch import is_eager as is_eager
from spikelut._torch import no_saved_tensor_hooks as no_saved_tensor_hooks
from spikelut.native._eager import in_memory as in_memory
from spikelut.native._eager import spikes as spikes
from spikelut.native._eager import usable as usable
from spikelut.native._library import NativeCurve as NativeCurve
from spikelut.native._library import NativeEventGeometry as NativeEventGeometry
from spikelut.native._library import NativeFloatSpec as NativeFloatSpec
from spikelut.native._library import NativeGrid as NativeGrid
from spikelut.native._library import NativeNumbers as NativeNumbers
from spikelut.native._library import NativeReckonGenerator as NativeReckonGenerator
from spikelut.native._library import NativeReckonSpec as NativeReckonSpec
from spikelut.native._library import NativeTable as NativeTable
from spikelut.native._library import curve as curve
from spikelut.native._library import extent as extent
from spikelut.native._library import kernels as kernels
from spikelut.native._library import library as library
from spikelut.native._library import pointer as pointer
from spikelut.native._library import pointers as pointers
from spikelut.native._library import reason_missing as reason_missing
