"""What a deployed network costs on a chip: `cost`."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut._text import Brief
from spikelut.hw_profiles import Profile, load, names
from spikelut.hw_profiles._profile import require_profile
from spikelut.quant.costs.fit import ChipFit, fit
from spikelut.quant.costs.flows import Inputs, flows, sized
from spikelut.quant.costs.layers import LayerCost, layer_costs
from spikelut.quant.costs.modelled import ModelledEnergy, modelled
from spikelut.quant.costs.populations import populations
from spikelut.quant.costs.sizes import Footprint
from spikelut.quant.network.network import IntegerNetwork


@dataclass(frozen=True, repr=False)
class Cost(Brief):
    """What a network needs of a chip, and what it did on data: the result of `cost`.

    - `profile`: the chip. `made_for`: the profile whose integers the network has, and with which it was counted.
    - `layers`: the cost of each layer that holds or computes something. `footprint`: the bits of all of them.
    - `samples`, `steps`: how many the data have; 0 without data. `input_events`: the events of all inputs; None without
      data.
    - `fit`: whether it fits the chip, and what is not known of that.
    - `energy`: modelled from published constants; None where nobody published any, where the network does not fit, or
      without data.

    ```pycon
    >>> profile = hw_profiles.load("odin")
    >>> model = torch.nn.Sequential(quant.EventLIF(100, 80, profile=profile, surrogate=surrogates.Arctan()))
    >>> found = quant.cost(quant.integer(model))
    >>> found.fit.fits, found.footprint.weights
    (True, 32000)
    ```
    """

    profile: Profile
    made_for: Profile
    layers: tuple[LayerCost, ...]
    fit: ChipFit
    samples: int = 0
    steps: int = 0
    input_events: int | None = None
    energy: ModelledEnergy | None = None

    def _parts(self) -> Iterator[str]:
        yield repr(self.profile.name)
        yield self.fit.verdict
        if self.synaptic_events is not None:
            yield f"{self.synaptic_events / self.samples:,.1f} synaptic events a sample"
        yield f"{self.footprint.total:,} bits"

    @property
    def footprint(self) -> Footprint:
        """The bits of all layers."""
        return sum((layer.footprint for layer in self.layers), Footprint())

    @property
    def neurons(self) -> int:
        """The number of neurons."""
        return sum(layer.neurons for layer in self.layers)

    @property
    def synapses(self) -> int:
        """The number of synapses."""
        return sum(layer.synapses for layer in self.layers)

    @property
    def synaptic_events(self) -> int | None:
        """The synaptic events of all layers, over all steps and samples; None without data."""
        return None if not self.samples else sum(one.did.synaptic for one in self.layers if one.did is not None)

    @property
    def spikes(self) -> int | None:
        """The spikes of all layers, over all steps and samples; None without data."""
        return None if not self.samples else sum(layer.spikes or 0 for layer in self.layers)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, as JSON holds it."""
        per_sample = None if self.synaptic_events is None else self.synaptic_events / self.samples
        return {
            "profile": self.profile.name,
            "made_for": self.made_for.name,
            "samples": self.samples,
            "steps": self.steps,
            "input_events": self.input_events,
            "neurons": self.neurons,
            "synapses": self.synapses,
            "spikes": self.spikes,
            "synaptic_events": self.synaptic_events,
            "synaptic_events_per_sample": per_sample,
            "bits": vars(self.footprint) | {"total": self.footprint.total},
            "neurobench_footprint_bytes": self.footprint.neurobench_bytes,
            "fit": self.fit.as_dict(),
            "modelled_energy": None if self.energy is None else self.energy.as_dict(),
            "layers": [layer.as_dict() for layer in self.layers],
        }

    @names_extra
    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write it as one page. Needs jinja2; OSError if it cannot be written."""
        from spikelut.quant.costs.page import write_page

        write_page([self], path)


def cost(
    network: IntegerNetwork,
    events: Inputs | None = None,
    *,
    profile: Profile | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Cost:
    """What a deployed network costs on its chip, or on that of `profile`: whether it fits, what it does on data.

    - `events`: counts [T, B, ...], or a dictionary of such counts by the names of inputs. The integer reference is run
      on them, and what it does is counted. None: only sizes are computed, where the network knows those of its images.
    - `profile`: another chip. What is counted is still what the integers of the network itself do.
    - `progress`: told after some samples how many were run, and of how many.

    Counts are exact. Limits are those in the profile's `[capacity]`, from published sources, under the mapping that
    docs/cost.md states. Limits that nobody published are named, and not guessed. Energy is modelled from published
    constants, `[energy]`, where there are any.

    Raises TypeError for anything but an `IntegerNetwork`. Raises ValueError for inputs that the network does not take,
    and for a network on several chips if no `profile` is given.

    ```pycon
    >>> profile = hw_profiles.load("xylo")
    >>> neurons = quant.CubaLIF(profile, surrogates.Arctan())
    >>> model = torch.nn.Sequential(quant.QuantLinear(20, 8, profile=profile), neurons)
    >>> found = quant.cost(quant.integer(model), torch.ones(5, 2, 20).numpy())
    >>> found.synaptic_events, found.fit.fits, found.fit.first.name
    (1600, False, 'inputs')
    ```
    """
    return costs_on(network, events, [profile], progress)[0]


def costs_on(
    network: IntegerNetwork,
    events: Inputs | None,
    profiles: Sequence[Profile | None],
    progress: Callable[[int, int], None] | None = None,
) -> list[Cost]:
    """The same on several chips, counted once."""
    require_type("cost", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    require(progress is None or callable(progress), "cost", "progress must be None, or take two numbers", progress)
    for profile in profiles:
        if profile is not None:
            require_profile("cost", profile)
    several = bool(network.profiles) and None in profiles
    own = sorted({network.profile.name, *(one.name for one in network.profiles.values())})
    require(not several, "cost", "profile must be given for a network on several chips", own)
    network = sized(network, events)
    found = None if events is None else flows(network, events, progress, watch=True)
    layers, groups = tuple(layer_costs(network, found)), populations(network)
    made = []
    for chip in (shipped(profile or network.profile) for profile in profiles):
        fits, placement = fit(network, groups, chip)
        if found is None:
            made.append(Cost(chip, network.profile, layers, fits))
            continue
        came = sum(int(found.by_name[one.name].arriving(one.least < 0).sum()) for one in network.inputs)
        energy = None
        if chip.energy is not None and fits.fits is not False:
            energy = modelled(network, layers, found, chip.energy, groups, placement)
        made.append(Cost(chip, network.profile, layers, fits, found.samples, found.steps, came, energy))
    return made


def shipped(profile: Profile) -> Profile:
    """The profile with what is known of the chip's size, if it is one of ours from a file that does not say so."""
    if profile.capacity is not None or profile.energy is not None or profile.name not in names():
        return profile
    known = load(profile.name)
    return known if replace(known, capacity=None, energy=None) == profile else profile
