/* Axons that each have a delay: channels moved by whole steps, later, or earlier on the way back. */
#include "common.h"

/* Values of a step that are moved before the next one is begun: those of the steps around it stay in the cache. */
#define NEAR 2048

/* Channels [n] of a step, each from `by` values away, which lie in the step `late` before it; zero where there is none
   in 0..steps - 1. */
static void gathered(const float *x, const int64_t *late, int64_t row, int64_t t, int64_t steps, float *restrict out,
                     int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t from = t - late[i];
        const int inside = from >= 0 && from < steps;
        const float value = x[inside ? i - late[i] * row : i];
        out[i] = inside ? value : 0;
    }
}

/* out[t][b][n] = x[t - late[n]][b][n] of [steps, batch, channels, inner], zero before the first step and after the
   last; `late` is negative where channels come earlier. */
EXPORT void spikelut_moved(const float *x, const int64_t *late, float *out, int64_t steps, int64_t batch,
                           int64_t channels, int64_t inner, int threads)
{
    const int64_t row = batch * channels * inner, each = channels * inner;
    if (!row)
        return;
    const int64_t near = each < NEAR ? NEAR / each : 1, shares = (batch + near - 1) / near;
    const int crew = team(threads, steps * row, shares);
    in_large_pages(out, (size_t)(steps * row) * sizeof *out);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t share = 0; share < shares; share++)
        for (int64_t t = 0; t < steps; t++)
            for (int64_t b = share * near; b < batch && b < (share + 1) * near; b++) {
                const int64_t at = t * row + b * each;
                if (inner == 1) {
                    gathered(x + at, late, row, t, steps, out + at, channels);
                    continue;
                }
                for (int64_t n = 0; n < channels; n++) {
                    const int64_t from = t - late[n], to = at + n * inner;
                    if (from >= 0 && from < steps)
                        memcpy(out + to, x + to - late[n] * row, (size_t)inner * sizeof *out);
                    else
                        memset(out + to, 0, (size_t)inner * sizeof *out);
                }
            }
}
