/* The loops over spikes and weight codes, for the vectors of the processor: see `spike_sums.h`. */
#ifndef SPIKELUT_SPIKE_LOOPS_H
#define SPIKELUT_SPIKE_LOOPS_H

#include "common.h"

/* Outputs are filled up to a multiple of these. */
#define FILL 32

/* Inputs whose places fit 16 bits, and their list on a thread's stack. */
#define MOST_INPUTS 32768

typedef struct {
    int32_t bytes;
    int (*codes)(const float *, const float *, int64_t, float, int64_t, int64_t, int16_t *, int64_t);
    int (*others)(const uint32_t *, uint32_t, int64_t);
    int64_t (*places)(const uint32_t *, uint32_t, int64_t, uint16_t *);
    void (*sums)(const uint16_t *, int64_t, const int16_t *, int64_t, int64_t, int32_t *);
    void (*more_of)(const int32_t *, float, float *, int64_t);
    void (*reals)(const int32_t *, const float *, float *, int64_t);
    void (*bits)(const float *, int64_t, int64_t, uint64_t *);
    void (*met)(const uint64_t *, int64_t, const float *, float *);
    void (*more)(float *, float *, int64_t);
    int (*block)(const float *, int64_t, int64_t, int64_t, float *);
    void (*turned)(const float *, float, float *, int64_t, int64_t, int64_t);
} SpikeLoops;

/* Those with the widest vectors that this processor has. */
const SpikeLoops *spike_loops(void);

#endif
