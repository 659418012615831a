/* The spike function: comparison forward, derivative of a curve or a table backward; of float32 or of bfloat16. */
#include "curve.h"
#include "table.h"

/* Elements that several loops go over: they, or what stands for them in float32, stay in the first cache. */
#define SOME 1024

#define IN_PIECES(BODY)                                                                                                \
    for (int64_t i = at; i < at + m; i += SOME) {                                                                      \
        const int64_t k = at + m - i < SOME ? at + m - i : SOME;                                                       \
        BODY;                                                                                                          \
    }

CLONES static void heaviside(const float *restrict x, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[i] >= 0.0f ? 1.0f : 0.0f;
}

CLONES static void heaviside16(const float *restrict x, uint16_t *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[i] >= 0.0f ? 0x3f80 : 0;
}

/* bfloat16 is the upper half of a float32. */
CLONES static void widened(const uint16_t *restrict x, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const uint32_t bits = (uint32_t)x[i] << 16;
        memcpy(out + i, &bits, sizeof bits);
    }
}

/* Half to even; all that is NaN becomes one NaN. */
CLONES static void narrowed(const float *restrict x, uint16_t *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const uint32_t bits = (uint32_t)float_bits(x[i]), even = bits >> 16 & 1;
        const uint32_t rounded = (bits + 0x7fff + even) >> 16;
        out[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? 0x7fc0 : rounded);
    }
}

static void fire16(const uint16_t *x, uint16_t *out, int64_t n)
{
    float held[SOME];
    widened(x, held, n);
    heaviside16(held, out, n);
}

/* At once, so that the second of the two finds x in the first cache. */
static void fire_table(const Table *table, const float *x, float *out, void *places, int64_t n)
{
    heaviside(x, out, n);
    table_places_of_real(table, x, places, n);
}

static void fire_table16(const Table *table, const uint16_t *x, uint16_t *out, void *places, int64_t n)
{
    float held[SOME];
    widened(x, held, n);
    heaviside16(held, out, n);
    table_places_of_real(table, held, places, n);
}

static void curve16(const Curve *curve, const uint16_t *x, const uint16_t *grad, uint16_t *out, int64_t n)
{
    float held[SOME], arriving[SOME], product[SOME];
    widened(x, held, n);
    widened(grad, arriving, n);
    curve_slopes(curve, held, arriving, product, n);
    narrowed(product, out, n);
}

static void table16(const Values *values, const void *places, const uint16_t *grad, uint16_t *out, int64_t n)
{
    float arriving[SOME], product[SOME];
    widened(grad, arriving, n);
    table_slopes(values, places, arriving, product, n);
    narrowed(product, out, n);
}

static void large(void *out, int64_t n, int32_t bfloat) { in_large_pages(out, (size_t)n * (bfloat ? 2 : 4)); }

EXPORT void spikelut_spike(const void *x, void *out, int64_t n, int32_t bfloat, int threads)
{
    const uint16_t *x16 = x;
    const float *x32 = x;
    large(out, n, bfloat);
    if (bfloat)
        IN_CHUNKS(IN_PIECES(fire16(x16 + i, (uint16_t *)out + i, k)))
    else
        IN_CHUNKS(heaviside(x32 + at, (float *)out + at, m))
}

EXPORT void spikelut_spike_table(const Table *table, const void *x, void *out, void *places, int64_t n, int32_t bfloat,
                                 int threads)
{
    const uint16_t *x16 = x;
    const float *x32 = x;
    char *place = places;
    const int32_t width = table->width;
    large(out, n, bfloat);
    in_large_pages(places, (size_t)n * (size_t)width);
    if (bfloat)
        IN_CHUNKS(IN_PIECES(fire_table16(table, x16 + i, (uint16_t *)out + i, place + i * width, k)))
    else
        IN_CHUNKS(IN_PIECES(fire_table(table, x32 + i, (float *)out + i, place + i * width, k)))
}

EXPORT void spikelut_curve_backward(const Curve *curve, const void *x, const void *grad, void *out, int64_t n,
                                    int32_t bfloat, int threads)
{
    const uint16_t *x16 = x, *grad16 = grad;
    const float *x32 = x, *grad32 = grad;
    large(out, n, bfloat);
    if (bfloat)
        IN_CHUNKS(IN_PIECES(curve16(curve, x16 + i, grad16 + i, (uint16_t *)out + i, k)))
    else
        IN_CHUNKS(curve_slopes(curve, x32 + at, grad32 + at, (float *)out + at, m))
}

EXPORT void spikelut_table_backward(const float *entries, int32_t count, int32_t width, const void *places,
                                    const void *grad, void *out, int64_t n, int32_t bfloat, int threads)
{
    const Values values = values_of(entries, count, width);
    const char *place = places;
    const uint16_t *grad16 = grad;
    const float *grad32 = grad;
    large(out, n, bfloat);
    if (bfloat)
        IN_CHUNKS(IN_PIECES(table16(&values, place + i * width, grad16 + i, (uint16_t *)out + i, k)))
    else
        IN_CHUNKS(table_slopes(&values, place + at * width, grad32 + at, (float *)out + at, m))
}

/* Places of codes. */
EXPORT void spikelut_places(const Table *table, const int32_t *codes, void *places, int64_t n, int threads)
{
    const int32_t width = table->width;
    IN_CHUNKS(table_places(table, codes + at, (char *)places + at * width, m))
}
