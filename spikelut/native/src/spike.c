/* The spike function: comparison forward, derivative of a curve or a table backward. */
#include "curve.h"
#include "table.h"

CLONES static void heaviside(const float *restrict x, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[i] >= 0.0f ? 1.0f : 0.0f;
}

EXPORT void spikelut_spike(const float *x, float *out, int64_t n, int threads)
{
    in_large_pages(out, (size_t)n * sizeof *out);
    IN_CHUNKS(heaviside(x + at, out + at, m))
}

EXPORT void spikelut_spike_table(const Table *table, const float *x, float *out, void *places, int64_t n, int threads)
{
    in_large_pages(out, (size_t)n * sizeof *out);
    in_large_pages(places, (size_t)n * (size_t)table->width);
    IN_CHUNKS({
        /* Block by block, so that the second of the two finds x in the first cache. */
        for (int64_t start = at; start < at + m; start += BLOCK) {
            const int64_t k = at + m - start < BLOCK ? at + m - start : BLOCK;
            heaviside(x + start, out + start, k);
            table_places_of_real(table, x + start, (char *)places + start * table->width, k);
        }
    })
}

EXPORT void spikelut_curve_backward(const Curve *curve, const float *x, const float *grad, float *out, int64_t n,
                                    int threads)
{
    in_large_pages(out, (size_t)n * sizeof *out);
    IN_CHUNKS(curve_slopes(curve, x + at, grad + at, out + at, m))
}

EXPORT void spikelut_table_backward(const float *entries, int32_t count, int32_t width, const void *places,
                                    const float *grad, float *out, int64_t n, int threads)
{
    const Values values = {entries, count, width};
    in_large_pages(out, (size_t)n * sizeof *out);
    IN_CHUNKS(table_slopes(&values, (const char *)places + at * width, grad + at, out + at, m))
}
