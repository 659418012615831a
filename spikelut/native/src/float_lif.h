/* The numbers of a layer of neurons in floats. */
#ifndef SPIKELUT_FLOAT_LIF_H
#define SPIKELUT_FLOAT_LIF_H

#include "common.h"

/* See `FloatLIF`; the numbers are those of `_library.py`. Flags are 0 or 1. */
typedef struct {
    float alpha, beta, threshold, drop; /* drop: what a spike subtracts */
    int32_t cuba, to_zero, readout;
    int64_t truncate;
} FloatSpec;

/* A time step of n <= PIECE neurons, whose states are replaced; state k of neuron i is states[k * BLOCK + i]. */
#define FLOAT_STEP_ARGUMENTS                                                                                           \
    const FloatSpec *restrict spec, const float *restrict current, const float *restrict bias, float *restrict states, \
        float *restrict out, float *restrict x, int64_t n

/* The way back: the gradients of states, and `bias`, which adds up, are replaced. */
#define FLOAT_BACK_ARGUMENTS                                                                                           \
    const FloatSpec *restrict spec, const float *restrict output, const float *restrict spikes, float *restrict grads, \
        float *restrict current, float *restrict bias, int64_t n

typedef void FloatStep(FLOAT_STEP_ARGUMENTS);
typedef void FloatBack(FLOAT_BACK_ARGUMENTS);

/* Which of the printed functions a layer has. */
INLINE int float_kind(const FloatSpec *spec, const float *bias)
{
    const int kind = spec->readout ? 0 : spec->to_zero ? 2 : 1;
    return (spec->cuba * 3 + kind) * 2 + (bias != NULL);
}

#endif
