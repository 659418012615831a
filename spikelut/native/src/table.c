/* Lookup in tables of cells and of segments. */
#include "table.h"
#include "generated/places.h"

/* Loops of the printed functions for a row of codes, one for each width of places. */
#define LOOP(KIND, TYPE)                                                                                               \
    CLONES static void KIND##_##TYPE(const Table *restrict table, const int32_t *restrict codes,                       \
                                     void *restrict places, int64_t n)                                                 \
    {                                                                                                                  \
        TYPE *restrict out = places;                                                                                   \
        for (int64_t i = 0; i < n; i++)                                                                                \
            out[i] = (TYPE)KIND(table, codes[i]);                                                                      \
    }
#define LOOPS(KIND) LOOP(KIND, uint8_t) LOOP(KIND, int16_t) LOOP(KIND, int32_t)
ALL_CELLS(LOOPS)
ALL_SEGMENTS(LOOPS)

#define NAMES(KIND) {KIND##_uint8_t, KIND##_int16_t, KIND##_int32_t},
typedef void Places(const Table *restrict table, const int32_t *restrict codes, void *restrict places, int64_t n);
static Places *const cells_places[][3] = {ALL_CELLS(NAMES)};       /* by rounding, folded, twos, beyond */
static Places *const segments_places[][3] = {ALL_SEGMENTS(NAMES)}; /* of 4, 8, 16, 32 breakpoints */

CLONES static void encoded(const float *restrict x, int32_t *restrict out, float step, float low, float high, int64_t n)
{
    /* NaN, which does not spike, becomes the lowest code. */
    for (int64_t i = 0; i < n; i++) {
        float v = rintf(x[i] / step);
        v = v > low ? v : low;
        out[i] = (int32_t)(v < high ? v : high);
    }
}

void table_places(const Table *table, const int32_t *codes, void *places, int64_t n)
{
    const int width = table->width == 4 ? 2 : table->width - 1;
    if (table->breaks) {
        const int size = table->breaks <= 4 ? 0 : table->breaks <= 8 ? 1 : table->breaks <= 16 ? 2 : 3;
        segments_places[size][width](table, codes, places, n);
        return;
    }
    const int rounding = table->shift ? table->rounding : 0; /* without a shift nothing is rounded, by any mode */
    const int kind = ((rounding * 2 + table->folded) * 2 + table->twos) * 2 + (table->beyond >= 0);
    cells_places[kind][width](table, codes, places, n);
}

/* `encoded` and `table_places` in one: v is the cell of x before it is cut. */
#define WRITE_QUICK(TYPE, V)                                                                                           \
    {                                                                                                                  \
        TYPE *restrict out = places;                                                                                   \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            float v = V;                                                                                               \
            v = v > low ? v : low;                                                                                     \
            out[i] = (TYPE)(((int32_t)(v < high ? v : high) + back) & wrap);                                           \
        }                                                                                                              \
    }                                                                                                                  \
    break

/* See `float_index.py`, which has shown that these are the places. */
CLONES static void quick(const Table *table, const float *restrict x, void *places, int64_t n)
{
    const float scale = table->scale, offset = table->offset;
    const float low = (float)table->first, high = low + (float)(table->count - 1);
    const int32_t wrap = table->twos ? table->count - 1 : -1, back = table->twos ? 0 : -table->first;
    switch (table->quick * 2 + (table->width == 1)) {
    case 2: WRITE_QUICK(int16_t, rintf(x[i] * scale));
    case 3: WRITE_QUICK(uint8_t, rintf(x[i] * scale));
    case 4: WRITE_QUICK(int16_t, floorf(x[i] * scale + offset));
    case 5: WRITE_QUICK(uint8_t, floorf(x[i] * scale + offset));
    }
}

void table_places_of_real(const Table *table, const float *x, void *places, int64_t n)
{
    if (table->quick) {
        quick(table, x, places, n);
        return;
    }
    LINED int32_t held[BLOCK];
    for (int64_t start = 0; start < n; start += BLOCK) {
        int64_t m = n - start < BLOCK ? n - start : BLOCK;
        encoded(x + start, held, table->step, (float)table->low, (float)table->high, m);
        table_places(table, held, (char *)places + start * table->width, m);
    }
}
