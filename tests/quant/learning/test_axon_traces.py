"""Traces of axons against those that ReckOn's RTL kept, tick by tick; see golden/README.md."""

from dataclasses import replace

import pytest
import torch
from golden_vectors import different, numbered

from spikelut import hw_profiles, quant, surrogates
from spikelut.quant.learning.axon_traces import AxonTraces, trace_format, trace_kind

RECKON = hw_profiles.load("reckon")


@pytest.mark.golden
def test_traces_are_those_of_the_chip() -> None:
    """Where it does not round by chance: of inputs and of its own neurons, two samples from rest each."""
    seen = 0
    kind = trace_kind(quant.LIF(RECKON, surrogates.Arctan(), beta=0.9).dynamics, trace_format(RECKON))
    for g in numbered("reckon_train_small_a", "n_configs", "c"):
        shifts = g["reg_fp_loc_tinp"], g["reg_fp_loc_trec"]
        if g["reg_en_stoch_round"] or g["reg_do_eprop"] & 3 != 3:
            continue
        for events, traces, shift in (
            (g["events"], g["trace_inp"], shifts[0]),
            (g["spike"], g["trace_rec"], shifts[1]),
        ):
            samples, ticks, axons = events.shape
            for axon in range(axons):
                # The chip's axon i decays as its neuron i does; a shift of the trace is so many events at once.
                leak = replace(kind.spec.leak, amount=int(g["alpha"][axon // 2]))
                own = AxonTraces(kind.with_spec(replace(kind.spec, leak=leak)))
                came = torch.from_numpy(events[:, :, axon]).double() * 2.0 ** int(shift)
                # The first tick takes no step; what comes in a tick is in the trace of the next one.
                found = [own.step(came[:, t : t + 1]) * 8 for t in range(ticks - 1)]
                recorded = traces[:, 1:, axon]
                assert different("reckon_train_small_a", torch.cat(found, 1).long().numpy(), recorded) == 0
        seen += samples
    assert seen > 0


def test_a_trace_saturates_as_the_chip_says() -> None:
    """12 bits unsigned, 8 for an event; without a leak 600 events are beyond."""
    register = trace_format(RECKON)
    assert (register.bits, register.frac, register.signed, register.overflow) == (12, 3, False, "saturate")
    loihi = hw_profiles.load("loihi2")
    assert trace_format(loihi) == loihi.membrane_format
    kind = trace_kind(quant.LIF(loihi, surrogates.Arctan(), beta=1.0).dynamics, register)
    trace = AxonTraces(kind)
    found = [float(trace.step(torch.ones(1, 1))) for _ in range(600)]
    assert found[:3] == [1, 2, 3]
    assert found[-1] == 4095 / 8


def test_a_current_that_decays_is_a_trace_of_two_stages() -> None:
    """An event through alpha, then beta, both of a half and exact: 1, 1, 3/4, 1/2, 5/16."""
    profile = (
        hw_profiles.load("generic16") if hw_profiles.load("generic16").current_decay else hw_profiles.load("loihi2")
    )
    neurons = quant.CubaLIF(profile, surrogates.Arctan(), alpha=0.5, beta=0.5)
    trace = AxonTraces(trace_kind(neurons.dynamics, profile.membrane_format))
    found = [float(trace.step(torch.full((1, 1), float(t == 0)))) for t in range(5)]
    assert found == [1, 1, 0.75, 0.5, 0.3125]


def test_own_decays_are_refused() -> None:
    neurons = quant.LIF(hw_profiles.load("loihi2"), surrogates.Arctan(), beta=[0.5, 0.75])
    with pytest.raises(ValueError, match=r"^EProp: traces='axon' needs one decay for a layer"):
        trace_kind(neurons.dynamics, trace_format(hw_profiles.load("loihi2")))
