/* Lookup in tables of cells and of segments. */
#include "table.h"
#include "rounding.h"

#define SHIFT_ALL(MODE)                                                                                                \
    for (int64_t i = 0; i < n; i++)                                                                                    \
        index[i] = round_shift32(index[i], shift, MODE)

CLONES static void cells(const Table *table, int32_t *restrict index, int64_t n)
{
    const int32_t shift = table->shift, first = table->first, last = table->count - 1;
    if (table->folded)
        for (int64_t i = 0; i < n; i++)
            index[i] = index[i] < 0 ? -index[i] : index[i];
    if (shift)
        BY_MODE(table->rounding, SHIFT_ALL)
    if (table->beyond >= 0) {
        const int32_t beyond = table->beyond, wrap = table->twos ? last : -1, back = table->twos ? first : 0;
        for (int64_t i = 0; i < n; i++) {
            int32_t cell = index[i] - first;
            index[i] = (cell < 0) | (cell > last) ? beyond : (cell + back) & wrap;
        }
        return;
    }
    for (int64_t i = 0; i < n; i++) {
        int32_t cell = index[i] - first;
        cell = cell < 0 ? 0 : cell;
        index[i] = cell > last ? last : cell;
    }
    if (table->twos)
        for (int64_t i = 0; i < n; i++)
            index[i] = (index[i] + first) & last;
}

CLONES static void segments(const Table *table, int32_t *restrict index, int64_t n)
{
    int32_t found[BLOCK];
    memset(found, 0, sizeof found);
    for (int32_t k = 0; k < table->breaks; k++) {
        const int32_t edge = table->breakpoints[k];
        for (int64_t i = 0; i < n; i++)
            found[i] += index[i] >= edge;
    }
    memcpy(index, found, (size_t)n * sizeof *found);
}

CLONES static void narrowed(int32_t width, const int32_t *restrict index, void *places, int64_t n)
{
    if (width == 1) {
        uint8_t *restrict out = places;
        for (int64_t i = 0; i < n; i++)
            out[i] = (uint8_t)index[i];
    } else if (width == 2) {
        int16_t *restrict out = places;
        for (int64_t i = 0; i < n; i++)
            out[i] = (int16_t)index[i];
    } else
        memcpy(places, index, (size_t)n * sizeof *index);
}

/* Places of n <= BLOCK codes that lie in low..high; the codes are used up. */
static void places_of(const Table *table, int32_t *codes, void *places, int64_t n)
{
    if (table->breaks)
        segments(table, codes, n);
    else
        cells(table, codes, n);
    narrowed(table->width, codes, places, n);
}

CLONES static void cut(const int32_t *restrict codes, int32_t *restrict out, int32_t low, int32_t high, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        int32_t v = codes[i] < low ? low : codes[i];
        out[i] = v > high ? high : v;
    }
}

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
    int32_t held[BLOCK];
    for (int64_t start = 0; start < n; start += BLOCK) {
        int64_t m = n - start < BLOCK ? n - start : BLOCK;
        cut(codes + start, held, (int32_t)table->low, (int32_t)table->high, m);
        places_of(table, held, (char *)places + start * table->width, m);
    }
}

/* `encoded`, `cells` and `narrowed` in one: v is the cell of x before it is cut. */
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

/* See `quick_places.py`, which has shown that these are the places. */
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
    int32_t held[BLOCK];
    for (int64_t start = 0; start < n; start += BLOCK) {
        int64_t m = n - start < BLOCK ? n - start : BLOCK;
        encoded(x + start, held, table->step, (float)table->low, (float)table->high, m);
        places_of(table, held, (char *)places + start * table->width, m);
    }
}
