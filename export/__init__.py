"""Deployment of trained networks: ONNX, C, Verilog, NIR, training steps, tables; the check that spikes are the same.

```pycon
>>> profile = hw_profiles.load("loihi2")
>>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
>>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
>>> events = torch.rand(20, 16, 8).round().numpy()
>>> _ = export.to_onnx(model, (20, 16, 8), "model.onnx", dialect="integer")
>>> count = export.count_differences(quant.integer(model).run(events), export.run_onnx("model.onnx", events))
>>> count.compared, count.different, count.nonzero > 0
(1280, 0, True)
```
"""

from typing import TYPE_CHECKING

from spikelut._files import write_whole as write_whole
from spikelut._lazy import lazily as _lazily
from spikelut.export.c.network_source import to_c as to_c
from spikelut.export.c.table_header import c_header as c_header
from spikelut.export.hls4ml.write import to_hls4ml as to_hls4ml
from spikelut.export.lava.file import from_lava as from_lava
from spikelut.export.lava.file import lava_transform as lava_transform
from spikelut.export.lava.file import to_lava as to_lava
from spikelut.export.network_file import load_network as load_network
from spikelut.export.network_file import save_network as save_network
from spikelut.export.nir.file import from_nir as from_nir
from spikelut.export.nir.file import to_nir as to_nir
from spikelut.export.program.write import to_chip as to_chip
from spikelut.export.table_file import save_table as save_table
from spikelut.export.verify import SpikeCount as SpikeCount
from spikelut.export.verify import count_differences as count_differences
from spikelut.export.verify import run_onnx as run_onnx
from spikelut.export.verilog.files import to_verilog as to_verilog

if TYPE_CHECKING:
    from spikelut.export.loading import load as load
    from spikelut.export.neurobench import for_neurobench as for_neurobench
    from spikelut.export.onnx_graph.file import to_onnx as to_onnx
    from spikelut.export.onnx_graph.learning.reckon_file import learning_states as learning_states
    from spikelut.export.onnx_graph.learning.reckon_file import to_learning_step as to_learning_step
    from spikelut.export.train_step.write import to_train_step as to_train_step

# onnx and Brevitas are optional, so what needs them loads on first use.
_LAZY = {
    "for_neurobench": "neurobench",
    "learning_states": "onnx_graph.learning.reckon_file",
    "load": "loading",
    "to_learning_step": "onnx_graph.learning.reckon_file",
    "to_onnx": "onnx_graph.file",
    "to_train_step": "train_step.write",
}

__getattr__, __dir__ = _lazily(__name__, _LAZY)
