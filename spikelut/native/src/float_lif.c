/* Layers of neurons in floats over all time steps: states in the first cache, block by block. */
#include "float_lif.h"

#include "curve.h"
#include "table.h"

/* What of the forward pass the backward one reads: x above threshold, places in a table, or nothing. */
typedef struct {
    const Table *table;
    float *x;
    void *places;
} Kept;

CLONES static void step(const FloatSpec *spec, const float *restrict current, const float *restrict bias,
                        float *restrict syn, float *restrict mem, float *restrict out, float *restrict x, int64_t n)
{
    const float beta = spec->beta, threshold = spec->threshold, drop = spec->drop;
    if (spec->cuba) {
        const float alpha = spec->alpha;
        for (int64_t i = 0; i < n; i++)
            syn[i] = alpha * syn[i] + current[i];
        current = syn;
    }
    if (bias)
        for (int64_t i = 0; i < n; i++)
            mem[i] = beta * mem[i] + (current[i] + bias[i]);
    else
        for (int64_t i = 0; i < n; i++)
            mem[i] = beta * mem[i] + current[i];
    if (spec->readout) {
        memcpy(out, mem, (size_t)n * sizeof *mem);
        return;
    }
    if (spec->to_zero)
        for (int64_t i = 0; i < n; i++) {
            float above = mem[i] - threshold, fired = above >= 0.0f ? 1.0f : 0.0f;
            x[i] = above;
            out[i] = fired;
            mem[i] = mem[i] * (1.0f - fired);
        }
    else
        for (int64_t i = 0; i < n; i++) {
            float above = mem[i] - threshold, fired = above >= 0.0f ? 1.0f : 0.0f;
            x[i] = above;
            out[i] = fired;
            mem[i] = mem[i] - fired * drop;
        }
}

static void forward_block(const FloatSpec *spec, const Kept *kept, const float *current, const float *bias, float *out,
                          int64_t steps, int64_t neurons, int64_t at, int64_t n)
{
    float mem[BLOCK], syn[BLOCK], held[PIECE];
    memset(mem, 0, sizeof mem);
    memset(syn, 0, sizeof syn);
    for (int64_t t = 0; t < steps; t++)
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            float *x = kept->x ? kept->x + row : held;
            step(spec, current + row, bias ? bias + at + i : NULL, syn + i, mem + i, out + row, x, m);
            if (kept->places)
                table_places_of_real(kept->table, x, (char *)kept->places + row * kept->table->width, m);
        }
}

/* Spikes, or of a read-out membranes, out [steps, neurons] for `current` of that shape; `x` or `places` are kept. */
EXPORT void spikelut_float_forward(const FloatSpec *spec, const Table *table, const float *current, const float *bias,
                                   float *out, float *x, void *places, int64_t steps, int64_t neurons, int threads)
{
    const int64_t blocks = (neurons + BLOCK - 1) / BLOCK;
    const Kept kept = {table, x, places};
    const size_t count = (size_t)(steps * neurons);
    in_large_pages(out, count * sizeof *out);
    in_large_pages(x, count * sizeof *x);
    in_large_pages(places, places ? count * (size_t)table->width : 0);
    const int crew = team(threads, steps * neurons, blocks);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t at = block * BLOCK, n = neurons - at < BLOCK ? neurons - at : BLOCK;
        forward_block(spec, &kept, current, bias, out, steps, neurons, at, n);
    }
}

CLONES static void back(const FloatSpec *spec, const float *restrict through, const float *restrict keeps,
                        float *restrict mem, float *restrict syn, float *restrict bias, float *restrict out, int64_t n)
{
    const float alpha = spec->alpha, beta = spec->beta;
    if (keeps)
        for (int64_t i = 0; i < n; i++)
            mem[i] = mem[i] * keeps[i];
    if (!spec->cuba && !bias) {
        for (int64_t i = 0; i < n; i++) {
            float total = mem[i] + through[i];
            out[i] = total;
            mem[i] = beta * total;
        }
        return;
    }
    for (int64_t i = 0; i < n; i++)
        mem[i] = mem[i] + through[i];
    if (bias)
        for (int64_t i = 0; i < n; i++)
            bias[i] = bias[i] + mem[i];
    if (spec->cuba)
        for (int64_t i = 0; i < n; i++) {
            float total = syn[i] + mem[i];
            out[i] = total;
            syn[i] = alpha * total;
        }
    else
        memcpy(out, mem, (size_t)n * sizeof *mem);
    for (int64_t i = 0; i < n; i++)
        mem[i] = beta * mem[i];
}

CLONES static void silent(const float *restrict spikes, float *restrict keeps, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        keeps[i] = 1.0f - spikes[i];
}

/* The surrogate's part: a curve at `x`, a table's `values` at `places`, or slopes that are known already, in `x`. */
typedef struct {
    const Curve *curve;
    const float *x;
    const void *places;
    Values values;
} Slope;

CLONES static void product(const float *restrict a, const float *restrict b, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] * b[i];
}

static void slopes(const Slope *slope, const float *grad, float *through, int64_t row, int64_t n)
{
    if (slope->places)
        table_slopes(&slope->values, (const char *)slope->places + row * slope->values.width, grad, through, n);
    else if (slope->curve)
        curve_slopes(slope->curve, slope->x + row, grad, through, n);
    else
        product(grad, slope->x + row, through, n);
}

static void backward_block(const FloatSpec *spec, const Slope *slope, const float *spikes, const float *grad,
                           float *out, float *bias, int64_t steps, int64_t neurons, int64_t at, int64_t n)
{
    float mem[BLOCK], syn[BLOCK], held[PIECE], keeps[PIECE];
    memset(mem, 0, sizeof mem);
    memset(syn, 0, sizeof syn);
    for (int64_t t = steps - 1; t >= 0; t--) {
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const float *through = grad + row;
            if (!spec->readout) {
                slopes(slope, grad + row, held, row, m);
                through = held;
                if (spec->to_zero)
                    silent(spikes + row, keeps, m);
            }
            back(spec, through, spec->to_zero && !spec->readout ? keeps : NULL, mem + i, syn + i,
                 bias ? bias + at + i : NULL, out + row, m);
        }
        if (spec->truncate && t % spec->truncate == 0) {
            memset(mem, 0, sizeof mem);
            memset(syn, 0, sizeof syn);
        }
    }
}

/* Gradients of the currents, and, added up over time in `bias` [neurons] if it is not NULL, of a bias. */
EXPORT void spikelut_float_backward(const FloatSpec *spec, const Curve *curve, const float *x, const void *places,
                                    const float *entries, int32_t count, int32_t width, const float *spikes,
                                    const float *grad, float *out, float *bias, int64_t steps, int64_t neurons,
                                    int threads)
{
    const int64_t blocks = (neurons + BLOCK - 1) / BLOCK;
    const Slope slope = {curve, x, places, {entries, count, width}};
    in_large_pages(out, (size_t)(steps * neurons) * sizeof *out);
    const int crew = team(threads, steps * neurons, blocks);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t at = block * BLOCK, n = neurons - at < BLOCK ? neurons - at : BLOCK;
        backward_block(spec, &slope, spikes, grad, out, bias, steps, neurons, at, n);
    }
}
