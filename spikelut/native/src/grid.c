/* Weights on a grid of powers of two: the largest of each row, the nearest points, and the derivative. */
#include "common.h"

/* Magnitudes compare as the integers of their bits; infinities and NaN are above all numbers. */
CLONES static int32_t largest_bits(const float *restrict w, int64_t n)
{
    int32_t most = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t bits = float_bits(w[i]) & 0x7fffffff;
        most = bits > most ? bits : most;
    }
    return most;
}

EXPORT void spikelut_grid_sizes(const float *w, float *sizes, int64_t rows, int64_t columns, int threads)
{
    const int crew = team(threads, rows * columns, rows);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t row = 0; row < rows; row++) {
        const int32_t bits = largest_bits(w + row * columns, columns);
        memcpy(sizes + row, &bits, sizeof bits);
    }
}

/* Half to even: codes are below 2**23, as those beyond `low` and `high` are cut first, which rounds them the same. */
CLONES static void snap(const float *restrict w, float scale, float low, float high, float *restrict out, int64_t n)
{
    const float shift = 12582912.0f; /* 1.5 * 2**23, where a unit is the last place */
    for (int64_t i = 0; i < n; i++) {
        float code = w[i] / scale;
        code = code < low ? low : code > high ? high : code;
        out[i] = ((code + shift) - shift) * scale; /* of which none is a negative zero */
    }
}

/* `step`: 1 where each row has a scale of its own, 0 where all have the first. */
EXPORT void spikelut_grid_snap(const float *w, const float *scales, int32_t step, float low, float high, float *out,
                               int64_t rows, int64_t columns, int threads)
{
    const int crew = team(threads, rows * columns, rows);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t row = 0; row < rows; row++)
        snap(w + row * columns, scales[step * row], low, high, out + row * columns, columns);
}

/* The gradient passes straight through; the sum of gradient * (point - weight) is what the scale gets. */
CLONES static double passed(const float *restrict w, const float *restrict point, const float *restrict grad,
                            float *restrict out, int64_t n)
{
    float total = 0;
    _Pragma("omp simd reduction(+ : total)")
    for (int64_t i = 0; i < n; i++) {
        out[i] = grad[i];
        total += grad[i] * (point[i] - w[i]);
    }
    return (double)total;
}

EXPORT void spikelut_grid_backward(const float *w, const float *points, const float *grad, float *out, double *sums,
                                   int64_t rows, int64_t columns, int threads)
{
    const int crew = team(threads, rows * columns, rows);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t row = 0; row < rows; row++)
        sums[row] = passed(w + row * columns, points + row * columns, grad + row * columns, out + row * columns, columns);
}
