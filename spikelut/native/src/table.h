/* Where in a table the derivative for a membrane code stands. */
#ifndef SPIKELUT_TABLE_H
#define SPIKELUT_TABLE_H

#include "common.h"

/* A table's rule of lookup; see `UniformTable.place` and `SegmentTable.place`. */
typedef struct {
    int64_t low, high; /* codes are cut to this range first: beyond it the place no longer changes */
    float step;        /* the real x of one code */
    int32_t width;     /* bytes of a place: 1, 2 or 4 */
    int32_t breaks;    /* how many breakpoints; 0: cells. The others are INT32_MAX */
    int32_t shift, rounding, folded, first, count; /* cells: round(x / 2**shift) - first */
    int32_t twos;      /* the order is two's complement */
    int32_t beyond;    /* the place of what lies beyond the table; negative: the nearest cell's */
    int32_t quick;     /* the cell of real x is 1: round(x * scale); 2: floor(x * scale + offset); 0: neither */
    float scale, offset;
    int32_t breakpoints[32];
} Table;

/* Places of int32 codes, or of real x. */
void table_places(const Table *table, const int32_t *codes, void *places, int64_t n);
void table_places_of_real(const Table *table, const float *x, void *places, int64_t n);

#define MOST_HALVES 256

/* Derivatives for places of `width` bytes. `halves`: the upper 16 bits of each, where the others are zero, as of entries
   of up to eight bits, and the processor has permutations of them. */
typedef struct {
    const float *entries;
    int32_t count, width, has_halves;
    LINED uint16_t halves[MOST_HALVES];
} Values;

Values values_of(const float *entries, int32_t count, int32_t width);

/* out[i] = grad[i] * values[places[i]]; `grad` NULL stands for ones. */
void table_slopes(const Values *values, const void *places, const float *grad, float *out, int64_t n);

#endif
