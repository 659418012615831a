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

#endif
