/* Weights on a grid of powers of two for sums over spikes: their codes in the order of these sums, and the derivative,
   which needs no weights on the grid but makes them again. */
#include "spike_loops.h"

#include <stdlib.h>

void spikelut_grid_sizes(const float *w, float *sizes, int64_t rows, int64_t columns, int threads);

/* Why there are no codes: a weight that is not finite; a scale that is no power of two; a magnitude so near a power of
   two that its logarithm in float32 must tell which exponent it gets. */
enum { TAKEN = 0, NOT_FINITE = 1, NO_POWER = 2, NEAR_POWER = 3 };

/* The smallest magnitude whose logarithm is taken, as in `quant/weights/grid.py`. */
static const float SMALLEST = 1e-10f;

/* In last places of a float: the logarithm of what is nearer to a power of two may be rounded to that power's. */
#define NEAR 0x80

/* The exponent of the power of two above `size`; 0 where that is not sure. */
static int exponent_above(float size, float *exponent)
{
    const float known = size > SMALLEST ? size : SMALLEST;
    const int32_t bits = float_bits(known), rest = bits & 0x7fffff;
    *exponent = (float)((bits >> 23) - 126);
    return rest > NEAR && rest < 0x800000 - NEAR;
}

/* The scale of an exponent that is cut to those in reach; 0 where it is no power of two within floats. */
static float scale_of(const Grid *grid, float exponent)
{
    const float held = exponent < (float)grid->least ? (float)grid->least : exponent > (float)grid->most ? (float)grid->most : exponent;
    if (!(held >= -33.0f && held <= 60.0f))
        return 0.0f;
    return ldexpf(1.0f, (int)held - (grid->bits - 1));
}

/* Scales [outputs] or [1] by the sizes of the outputs; `known`: the exponents are there already. */
static int32_t scales_of(const Grid *grid, int known, const float *sizes, float *exponents, float *scales, int64_t outputs)
{
    float largest = 0;
    for (int64_t o = 0; o < outputs; o++) {
        if ((float_bits(sizes[o]) & INFINITE_BITS) == INFINITE_BITS)
            return NOT_FINITE;
        largest = sizes[o] > largest ? sizes[o] : largest;
    }
    for (int64_t o = 0; o < (grid->per_channel ? outputs : 1); o++) {
        if (!known && !exponent_above(grid->per_channel ? sizes[o] : largest, exponents + o))
            return NEAR_POWER;
        scales[o] = scale_of(grid, exponents[o]);
        if (scales[o] == 0.0f)
            return NO_POWER;
    }
    return TAKEN;
}

/* The codes of weights [outputs, inputs] on `grid` as int16 [inputs, width], as `spikelut_sums_forward` takes them; the
   `sizes` of the outputs, and `exponents` and `scales`, one for each output or one for all. `known`: sizes and exponents
   are there already. Returns 0, or why there are none. */
EXPORT int32_t spikelut_sums_on_grid(const float *real, const Grid *grid, int32_t known, float *sizes,
                                     float *exponents, float *scales, int16_t *codes, int64_t outputs, int64_t inputs,
                                     int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t width = (outputs + FILL - 1) / FILL * FILL, step = grid->per_channel ? 1 : 0;
    const int crew = team(threads, outputs * inputs, width / FILL);
    if (!known)
        spikelut_grid_sizes(real, sizes, outputs, inputs, threads);
    const int32_t failed = scales_of(grid, known, sizes, exponents, scales, outputs);
    if (failed)
        return failed;
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t o = 0; o < width; o += FILL)
        run->on_grid(real + o * inputs, scales + o * step, step, grid, outputs - o, inputs, codes + o, width);
    return TAKEN;
}

/* The points of the grid that weights are rounded to. */
EXPORT void spikelut_grid_points(const float *real, const Grid *grid, const float *scales, float *out, int64_t outputs,
                                 int64_t inputs, int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t step = grid->per_channel ? 1 : 0;
    const int crew = team(threads, outputs * inputs, outputs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t o = 0; o < outputs; o++)
        run->points(real + o * inputs, scales[o * step], grid, out + o * inputs, inputs);
}

/* The sum that `passed` in `grid.c` makes, in the same order. */
CLONES static double moved(const float *restrict w, const float *restrict point, const float *restrict grad, int64_t n)
{
    float total = 0;
    _Pragma("omp simd reduction(+ : total)")
    for (int64_t i = 0; i < n; i++)
        total += grad[i] * (point[i] - w[i]);
    return (double)total;
}

/* Of each output the sum of gradient * (point - weight), which its scale gets. Returns 1 where there is no memory. */
EXPORT int32_t spikelut_grid_moved(const float *real, const Grid *grid, const float *scales, const float *grad,
                                   double *sums, int64_t outputs, int64_t inputs, int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t step = grid->per_channel ? 1 : 0;
    const int crew = team(threads, outputs * inputs, outputs);
    int32_t failed = 0;
    _Pragma("omp parallel num_threads(crew) if (parallel : crew > 1)")
    {
        float *points = malloc((size_t)inputs * sizeof *points);
        _Pragma("omp for schedule(static)")
        for (int64_t o = 0; o < outputs; o++) {
            if (!points) {
                _Pragma("omp atomic write")
                failed = 1;
                continue;
            }
            run->points(real + o * inputs, scales[o * step], grid, points, inputs);
            sums[o] = moved(real + o * inputs, points, grad + o * inputs, inputs);
        }
        free(points);
    }
    return failed;
}

static float sign_of(float x) { return (float)((x > 0) - (x < 0)); }

/* What moves a scale by `total` moves its largest magnitude by: through logarithm and power, unless beyond the reach. */
static float move_of(const Grid *grid, float total, float scale, float exponent, float size)
{
    const int reached = exponent >= (float)grid->least && exponent <= (float)grid->most;
    return reached ? total / scale * scale / (size > SMALLEST ? size : SMALLEST) : 0.0f;
}

static int64_t largest_at(const float *real, float size, int64_t n)
{
    int64_t at = 0;
    while (at < n - 1 && fabsf(real[at]) != size)
        at++;
    return at;
}

/* Add to `grad` what moves the largest magnitudes: the first of each output, by `totals`, or all that are it, by `total`. */
EXPORT void spikelut_grid_spread(const float *real, const Grid *grid, const float *sizes, const float *exponents,
                                 const float *scales, const double *totals, double total, float *grad, int64_t outputs,
                                 int64_t inputs)
{
    float largest = 0;
    int64_t count = 0;
    for (int64_t o = 0; grid->per_channel && o < outputs; o++) {
        const int64_t at = o * inputs + largest_at(real + o * inputs, sizes[o], inputs);
        grad[at] += move_of(grid, (float)totals[o], scales[o], exponents[o], sizes[o]) * sign_of(real[at]);
    }
    if (grid->per_channel)
        return;
    for (int64_t o = 0; o < outputs; o++)
        largest = sizes[o] > largest ? sizes[o] : largest;
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t i = 0; sizes[o] == largest && i < inputs; i++)
            count += fabsf(real[o * inputs + i]) == largest;
    const float each = move_of(grid, (float)total, *scales, *exponents, largest) / (float)count;
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t i = 0; sizes[o] == largest && i < inputs; i++) {
            const float w = real[o * inputs + i];
            grad[o * inputs + i] += each * (float)(fabsf(w) == largest) * sign_of(w);
        }
}
