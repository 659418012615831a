/* Axons that each have a delay: channels moved by whole steps, later, or earlier on the way back. */
#include "common.h"

/* Values of a step that are moved before the next one is begun: those of the steps around it stay in the cache. */
#define NEAR 2048

/* A layer's memory, [steps, batch, channels, inner], and how many steps later each channel comes. */
typedef struct {
    const float *x;
    float *out;
    const int64_t *late;
    int64_t steps, channels, inner, row; /* a row is a step */
} Moves;

/* Channel i of out is x[from[i]]. Offsets of 32 bits are those with which processors load several values at once. */
CLONES static void all_picked(const float *restrict x, const int32_t *restrict from, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = x[from[i]];
}

/* The same, or zero where the step `late[i]` before step t is none of the steps. */
CLONES static void picked(const float *restrict x, const int32_t *restrict late, const int32_t *restrict from, int32_t t,
                          int32_t steps, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (uint32_t)(t - late[i]) < (uint32_t)steps ? x[from[i]] : 0;
}

/* Channels of one value, of samples first..end - 1, where offsets fit 32 bits. */
static void values(const Moves *m, int64_t first, int64_t end)
{
    int32_t late[BLOCK], from[BLOCK];
    const int32_t steps = (int32_t)m->steps;
    for (int64_t at = 0; at < m->channels; at += BLOCK) {
        const int64_t n = m->channels - at < BLOCK ? m->channels - at : BLOCK;
        int32_t least = steps, most = -steps;
        for (int64_t i = 0; i < n; i++) {
            const int64_t by = m->late[at + i];
            late[i] = by > steps ? steps : by < -steps ? -steps : (int32_t)by;
            from[i] = (int32_t)(i - late[i] * m->row);
            least = late[i] < least ? late[i] : least;
            most = late[i] > most ? late[i] : most;
        }
        for (int32_t t = 0; t < steps; t++)
            for (int64_t b = first; b < end; b++) {
                const int64_t to = t * m->row + b * m->channels + at;
                if (t >= most && t - least < steps)
                    all_picked(m->x + to, from, m->out + to, n);
                else
                    picked(m->x + to, late, from, t, steps, m->out + to, n);
            }
    }
}

/* Channels of several values, one by one. */
static void pieces(const Moves *m, int64_t first, int64_t end)
{
    const size_t bytes = (size_t)m->inner * sizeof *m->out;
    for (int64_t t = 0; t < m->steps; t++)
        for (int64_t b = first; b < end; b++)
            for (int64_t n = 0; n < m->channels; n++) {
                const int64_t from = t - m->late[n], to = t * m->row + (b * m->channels + n) * m->inner;
                if (from >= 0 && from < m->steps)
                    memcpy(m->out + to, m->x + to - m->late[n] * m->row, bytes);
                else
                    memset(m->out + to, 0, bytes);
            }
}

/* out[t][b][n] = x[t - late[n]][b][n], zero before the first step and after the last; `late` is negative where channels
   come earlier. */
EXPORT void spikelut_moved(const float *x, const int64_t *late, float *out, int64_t steps, int64_t batch,
                           int64_t channels, int64_t inner, int threads)
{
    const int64_t each = channels * inner, row = batch * each;
    if (!row)
        return;
    const Moves moves = {x, out, late, steps, channels, inner, row};
    const int small = inner == 1 && (steps + 1) * row < INT32_MAX;
    const int64_t near = each < NEAR ? NEAR / each : 1, shares = (batch + near - 1) / near;
    const int crew = team(threads, steps * row, shares);
    in_large_pages(out, (size_t)(steps * row) * sizeof *out);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t share = 0; share < shares; share++)
        (small ? values : pieces)(&moves, share * near, share * near + near < batch ? share * near + near : batch);
}
