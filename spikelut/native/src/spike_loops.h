/* The loops over spikes and weight codes, for the vectors of the processor: see `spike_sums.h`. */
#ifndef SPIKELUT_SPIKE_LOOPS_H
#define SPIKELUT_SPIKE_LOOPS_H

#include "common.h"

/* Outputs are filled up to a multiple of these. */
#define FILL 32

/* Inputs whose places fit 16 bits, and their list on a thread's stack. */
#define MOST_INPUTS 32768

/* What the list of `n` inputs has room for: vectors of places are written whole. */
#define ROOM(n) ((n) + 16)

/* How weights become codes: cut to low..high, and rounded, half to even, or so that one is added to the whole part where
   the part behind the point, which has the sign of the number, is `up` at least, and taken where it is below `down`. */
typedef struct {
    float low, high, up, down;
    int32_t even;
    int32_t bits;             /* 2**(bits - 1) codes reach to 2**exponent */
    int32_t least, most;      /* the exponents in reach */
    int32_t per_channel;      /* each output has a scale */
} Grid;

/* Of an input in a step, that are added one by one. */
#define MOST_EVENTS 31

typedef struct {
    int32_t bytes;
    int (*codes)(const float *, const float *, int64_t, float, int64_t, int64_t, int16_t *, int64_t);
    void (*on_grid)(const float *, const float *, int64_t, const Grid *, int64_t, int64_t, int16_t *, int64_t);
    void (*points)(const float *, float, const Grid *, float *, int64_t);
    int (*others)(const uint32_t *, uint32_t, int64_t);
    int64_t (*places)(const uint32_t *, uint32_t, int64_t, uint16_t *);
    int64_t (*counts)(const float *, float, int64_t, uint16_t *);
    void (*sums)(const uint16_t *, int64_t, const int16_t *, int64_t, int64_t, int32_t *);
    void (*more_of)(const int32_t *, float, float *, int64_t);
    void (*reals)(const int32_t *, const float *, float *, int64_t);
    void (*bits)(const float *, int64_t, int64_t, uint64_t *);
    void (*met)(const uint64_t *, int64_t, const float *, float *, int64_t);
    void (*more)(float *, float *, int64_t);
    int (*block)(const float *, int64_t, int64_t, int64_t, float *);
    void (*turned)(const float *, float, float *, int64_t, int64_t, int64_t);
} SpikeLoops;

/* Those with the widest vectors that this processor has. */
const SpikeLoops *spike_loops(void);

#endif
