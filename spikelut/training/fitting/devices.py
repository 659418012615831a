"""Lightning Fabric: devices, precision, processes."""

from typing import Any

from spikelut._extras import names_extra


@names_extra
def make_fabric(accelerator: str, devices: int | str | list[int], num_nodes: int, precision: Any) -> Any:
    """A Fabric that has launched its processes."""
    from lightning_fabric import Fabric

    fabric = Fabric(accelerator=accelerator, devices=devices, num_nodes=num_nodes, precision=precision)
    fabric.launch()
    return fabric
