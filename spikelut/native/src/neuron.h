/* The integers of a layer of neurons; see `LIFSpec` and `SynapseSpec` in `quant/dynamics.py`. */
#ifndef SPIKELUT_NEURON_H
#define SPIKELUT_NEURON_H

#include "common.h"

enum { NONE, LINEAR, SHIFT, MULTIPLY, RELAX };
enum { BEFORE_LEAK, AFTER_LEAK, AFTER_RESET };

/* Bits of the flags of registers that saturated, as in `quant/trace.py`. */
enum { MEMBRANE = 1, CURRENT = 2, SYNAPSE = 4 };

typedef struct {
    Format format; /* what a state is brought into that a factor above one has grown */
    int64_t amount;
    int32_t kind, frac, rounding, minimum_step, grows;
    float beta; /* the derivative */
} Leak;

typedef struct {
    Format current, membrane, wrapped, after, synapse; /* wrapped: of a change; after: of a membrane after a reset */
    Leak leak, decay;                                  /* of the membrane and of the synaptic current */
    int64_t threshold, spike_at, truncate;
    float scale, step, limit, share; /* codes per unit, units per code, largest code taken in, 1 - beta */
    int32_t strict, max_spikes, read, leak_first, to_zero, change_saturates;
    int32_t readout, has_synapse, input_first, wide;
} Neuron;

#endif
