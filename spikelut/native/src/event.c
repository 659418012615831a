/* The events of a time step, one after the other, of chips that saturate after each: see quant/dynamics/event_lif.py.
   For each place of the output its channels are held together while its window is gone through: what no event comes
   from costs one look. */
#include "event.h"

/* Channels of one place that are gone through at once. */
#define LANES 256

/* One event for `n` neurons: `x` the largest membrane that was compared, `kept` whether none was cut. */
CLONES static void compared(const EventGeometry *g, const int32_t *restrict weight, int32_t n, int32_t *restrict mem,
                            int32_t *restrict spikes, int32_t *restrict x, int32_t *restrict kept)
{
    const int32_t low = g->low, high = g->high, at = g->spike_at, threshold = g->threshold;
    for (int32_t o = 0; o < n; o++) {
        const int32_t exact = mem[o] + weight[o];
        const int32_t above = exact > low ? exact : low, full = above < high ? above : high;
        const int32_t spike = full >= at;
        kept[o] &= full == exact;
        x[o] = x[o] > full ? x[o] : full;
        spikes[o] += spike;
        mem[o] = threshold ? full - (spike ? threshold : 0) : (spike ? 0 : full);
    }
}

CLONES static void added(const EventGeometry *g, const int32_t *restrict weight, int32_t count, int32_t n,
                         int32_t *restrict state)
{
    const int32_t low = g->low, high = g->high;
    for (int32_t o = 0; o < n; o++) {
        const int32_t exact = state[o] + weight[o] * count;
        const int32_t above = exact > low ? exact : low;
        state[o] = above < high ? above : high;
    }
}

/* `n` channels, from `first` on, of the place (`row`, `column`); `image` and `weights` begin with those of the group. */
static void place(const EventGeometry *g, const int32_t *weights, const int32_t *image, int32_t row, int32_t column,
                  int32_t first, int32_t n, int32_t *state, int32_t *spikes, int32_t *x, int32_t *kept)
{
    const int32_t per_group = g->out / g->groups, inputs = g->channels / g->groups;
    int32_t mem[LANES], fired[LANES] = {0}, most[LANES], whole[LANES];
    const int64_t places = (int64_t)g->rows * g->columns, at = (int64_t)row * g->columns + column;
    const int32_t *source = image + (int64_t)row * g->down * g->width + (int64_t)column * g->right;
    const int32_t came = source[0] != 0;
    for (int32_t o = 0; o < n; o++) {
        mem[o] = state[(first + o) * places + at];
        /* A first source that did not come saw the membrane as it stood. */
        most[o] = came ? g->low : mem[o];
        whole[o] = 1;
    }
    const int32_t *weight = weights + first % per_group;
    for (int32_t channel = 0; channel < inputs; channel++)
        for (int32_t i = 0; i < g->tall; i++)
            for (int32_t j = 0; j < g->wide; j++, weight += per_group) {
                const int32_t count = source[((int64_t)channel * g->height + (int64_t)i * g->apart) * g->width +
                                             (int64_t)j * g->aside];
                if (!g->each && count)
                    added(g, weight, count, n, mem);
                for (int32_t event = 0; g->each && event < count; event++)
                    compared(g, weight, n, mem, fired, most, whole);
            }
    for (int32_t o = 0; o < n; o++) {
        const int64_t to = (first + o) * places + at;
        state[to] = mem[o];
        if (g->each) {
            spikes[to] = fired[o];
            x[to] = most[o] - g->spike_at;
            kept[to] = whole[o];
        }
    }
}

/* The events of a step: `counts` [B, channels, height, width], `weights` [groups, sources of a neuron, out / groups];
   `state` [B, out, rows, columns] is changed; the other three, of its shape, are written where events are compared. */
EXPORT void spikelut_events(const EventGeometry *g, const int32_t *weights, const int32_t *counts, int32_t *state,
                            int32_t *spikes, int32_t *x, int32_t *kept, int64_t batch, int threads)
{
    const int32_t per_group = g->out / g->groups, inputs = g->channels / g->groups;
    const int64_t places = (int64_t)g->rows * g->columns, whole = (int64_t)g->out * places;
    const int64_t image = (int64_t)g->height * g->width, taps = (int64_t)inputs * g->tall * g->wide;
    const int64_t jobs = batch * g->rows;
    const int crew = team(threads, batch * whole * taps, jobs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t job = 0; job < jobs; job++) {
        const int64_t b = job / g->rows, from = b * whole;
        const int32_t row = (int32_t)(job % g->rows);
        for (int32_t column = 0; column < g->columns; column++)
            for (int32_t group = 0; group < g->groups; group++)
                for (int32_t lane = 0; lane < per_group; lane += LANES) {
                    const int32_t n = per_group - lane < LANES ? per_group - lane : LANES;
                    place(g, weights + group * taps * per_group,
                          counts + (b * g->channels + (int64_t)group * inputs) * image, row, column,
                          group * per_group + lane, n, state + from, spikes ? spikes + from : spikes,
                          x ? x + from : x, kept ? kept + from : kept);
                }
    }
}
