/* A layer whose events are taken one after the other. */
#ifndef SPIKELUT_EVENT_H
#define SPIKELUT_EVENT_H

#include "common.h"

/* Sizes are 1 where a layer is dense; `quant/backends/native/event_steps.py` fills it in. */
typedef struct {
    int32_t channels, height, width;        /* of the padded image */
    int32_t out, rows, columns, groups;     /* of what comes out */
    int32_t tall, wide;                     /* of the kernel */
    int32_t down, right, apart, aside;      /* stride and dilation, of rows and columns */
    int32_t low, high, spike_at, threshold; /* of the register; what a spike subtracts, or 0 where it sets to 0 */
    int32_t each;                           /* whether every event is compared */
} EventGeometry;

#endif
