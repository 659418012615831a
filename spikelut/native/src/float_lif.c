/* Layers of neurons in floats over all time steps: states in the first cache, block by block. */
#include "float_lif.h"

#include "curve.h"
#include "generated/float_kernels.h"
#include "table.h"

/* What of the forward pass the backward one reads: x above threshold, places in a table, or nothing. */
typedef struct {
    const Table *table;
    float *x;
    void *places;
} Kept;

static void forward_block(const FloatSpec *spec, const Kept *kept, const float *current, const float *bias, float *out,
                          int64_t steps, int64_t neurons, int64_t at, int64_t n)
{
    FloatStep *step = float_steps[float_kind(spec, bias)];
    LINED float states[2 * BLOCK] = {0};
    LINED float held[PIECE];
    for (int64_t t = 0; t < steps; t++)
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const int64_t next = t + 1 < steps ? row + neurons : row;
            if (far_apart(steps * neurons)) {
                COMING(current + next, m * 4, 0);
                COMING(out + next, m * 4, 1);
            }
            float *x = kept->x ? kept->x + row : held;
            step(spec, current + row, bias ? bias + at + i : NULL, states + i, out + row, x, m);
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
    FloatBack *back = float_backs[float_kind(spec, bias)];
    LINED float grads[2 * BLOCK] = {0};
    LINED float held[PIECE];
    for (int64_t t = steps - 1; t >= 0; t--) {
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const int64_t next = t ? row - neurons : row;
            if (far_apart(steps * neurons)) {
                COMING(grad + next, m * 4, 0);
                COMING(out + next, m * 4, 1);
            }
            if (!spec->readout)
                slopes(slope, grad + row, held, row, m);
            back(spec, spec->readout ? grad + row : held, spikes ? spikes + row : NULL, grads + i, out + row,
                 bias ? bias + at + i : NULL, m);
        }
        if (spec->truncate && t % spec->truncate == 0)
            memset(grads, 0, sizeof grads);
    }
}

/* Gradients of the currents, and, added up over time in `bias` [neurons] if it is not NULL, of a bias. */
EXPORT void spikelut_float_backward(const FloatSpec *spec, const Curve *curve, const float *x, const void *places,
                                    const float *entries, int32_t count, int32_t width, const float *spikes,
                                    const float *grad, float *out, float *bias, int64_t steps, int64_t neurons,
                                    int threads)
{
    const int64_t blocks = (neurons + BLOCK - 1) / BLOCK;
    const Slope slope = {curve, x, places, values_of(entries, count, width)};
    in_large_pages(out, (size_t)(steps * neurons) * sizeof *out);
    const int crew = team(threads, steps * neurons, blocks);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t at = block * BLOCK, n = neurons - at < BLOCK ? neurons - at : BLOCK;
        backward_block(spec, &slope, spikes, grad, out, bias, steps, neurons, at, n);
    }
}
