/* Synapses that each have a delay: rows of events [T * B] of an input, or of sums of an output, and for each pair of
   these one pass over both, shifted against each other by whole steps. The time does not depend on the delays. */
#include "common.h"

CLONES static void add(float *restrict into, const float *restrict from, float weight, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        into[i] += weight * from[i];
}

CLONES static float product(const float *restrict a, const float *restrict b, int64_t n)
{
    float total = 0;
    _Pragma("omp simd reduction(+ : total)")
    for (int64_t i = 0; i < n; i++)
        total += a[i] * b[i];
    return total;
}

/* A row of inputs in which nothing happens adds nothing. */
CLONES static int32_t is_silent(const float *x, int64_t n)
{
    uint32_t seen = 0;
    for (int64_t i = 0; i < n; i++)
        seen |= x[i] != 0;
    return seen == 0;
}

/* out[o][t] = sum over i of weight[o][i] * x[i][t - step[o][i]]; `batch` values are a step, `n` of them a row. */
EXPORT void spikelut_delayed_forward(const float *x, const float *weight, const int32_t *step, float *out,
                                     int64_t inputs, int64_t outputs, int64_t n, int64_t batch, int threads)
{
    const int crew = team(threads, inputs * outputs * n, outputs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t o = 0; o < outputs; o++) {
        float *row = out + o * n;
        memset(row, 0, (size_t)n * sizeof *row);
        for (int64_t i = 0; i < inputs; i++) {
            const float w = weight[o * inputs + i];
            const int64_t late = (int64_t)step[o * inputs + i] * batch;
            if (w != 0 && late < n)
                add(row + late, x + i * n, w, n - late);
        }
    }
}

/* by_x[i][t] = sum over o of weight[o][i] * grad[o][t + step[o][i]]. */
EXPORT void spikelut_delayed_by_x(const float *grad, const float *weight, const int32_t *step, float *by_x,
                                  int64_t inputs, int64_t outputs, int64_t n, int64_t batch, int threads)
{
    const int crew = team(threads, inputs * outputs * n, inputs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t i = 0; i < inputs; i++) {
        float *row = by_x + i * n;
        memset(row, 0, (size_t)n * sizeof *row);
        for (int64_t o = 0; o < outputs; o++) {
            const float w = weight[o * inputs + i];
            const int64_t late = (int64_t)step[o * inputs + i] * batch;
            if (w != 0 && late < n)
                add(row, grad + o * n + late, w, n - late);
        }
    }
}

/* met[o][i] = sum over t of grad[o][t] * x[i][t - step[o][i]]. */
EXPORT void spikelut_delayed_met(const float *grad, const float *x, const int32_t *step, float *met, int64_t inputs,
                                 int64_t outputs, int64_t n, int64_t batch, int threads)
{
    const int crew = team(threads, inputs * outputs * n, inputs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t i = 0; i < inputs; i++) {
        const int32_t silent = is_silent(x + i * n, n);
        for (int64_t o = 0; o < outputs; o++) {
            const int64_t late = (int64_t)step[o * inputs + i] * batch;
            met[o * inputs + i] = silent || late >= n ? 0 : product(grad + o * n + late, x + i * n, n - late);
        }
    }
}
