/* The events of a time step, one after the other, of chips that saturate after each: see quant/dynamics/event_lif.py.
   For each place of the output its channels are held together while its window is gone through: what no event comes
   from costs one look. */
#include "event.h"
#include "spike_loops.h"

/* Channels of one place that are gone through at once, and events that are listed before they are. */
#define LANES 512
#define LISTED 1024
#define MOST_COUNT 256 /* above what comes from one source in a step */

/* Of the neurons that are gone through: membranes, spikes, and the largest and the least membrane before it was cut. */
typedef struct {
    LINED int32_t mem[LANES], fired[LANES], most[LANES], least[LANES];
} Compared;

/* One event after the other for `n` neurons; event k has the weights from `weights + events[k]` on. A threshold of zero
   stands for a reset to zero. */
typedef void Compare(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count, int32_t n,
                     Compared *of);

CLONES static void compare_one(const EventGeometry *g, const int32_t *restrict weight, int32_t n, int32_t *restrict mem,
                               int32_t *restrict fired, int32_t *restrict most, int32_t *restrict least)
{
    const int32_t low = g->low, high = g->high, at = g->spike_at, threshold = g->threshold;
    for (int32_t o = 0; o < n; o++) {
        const int32_t exact = mem[o] + weight[o];
        const int32_t above = exact > low ? exact : low, full = above < high ? above : high;
        const int32_t spike = full >= at;
        most[o] = most[o] > exact ? most[o] : exact;
        least[o] = least[o] < exact ? least[o] : exact;
        fired[o] += spike;
        mem[o] = threshold ? full - (spike ? threshold : 0) : (spike ? 0 : full);
    }
}

/* Neurons from `first` on, for processors whose vectors `compare_64` and `compare_32` do not take, and what they leave. */
static void compare_from(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count,
                         int32_t first, int32_t n, Compared *of)
{
    for (int64_t k = 0; first < n && k < count; k++)
        compare_one(g, weights + events[k] + first, n - first, of->mem + first, of->fired + first, of->most + first,
                    of->least + first);
}

static void compare_16(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count, int32_t n,
                       Compared *of)
{
    compare_from(g, weights, events, count, 0, n, of);
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f")))
WIDE INLINE void whole_64(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count,
                          int32_t n, Compared *of, const int to_zero)
{
    const __m512i low = _mm512_set1_epi32(g->low), high = _mm512_set1_epi32(g->high), one = _mm512_set1_epi32(1);
    const __m512i at = _mm512_set1_epi32(g->spike_at), threshold = _mm512_set1_epi32(g->threshold);
    int32_t first = 0;
    for (; first + 64 <= n; first += 64) {
        __m512i mem[4], fired[4], most[4], least[4];
        for (int v = 0; v < 4; v++) {
            const int32_t place = first + 16 * v;
            mem[v] = _mm512_load_si512(of->mem + place), fired[v] = _mm512_load_si512(of->fired + place);
            most[v] = _mm512_load_si512(of->most + place), least[v] = _mm512_load_si512(of->least + place);
        }
        for (int64_t k = 0; k < count; k++)
            for (int v = 0; v < 4; v++) {
                const __m512i exact = _mm512_add_epi32(mem[v], _mm512_loadu_si512(weights + events[k] + first + 16 * v));
                const __m512i full = _mm512_min_epi32(_mm512_max_epi32(exact, low), high);
                const __mmask16 spike = _mm512_cmpge_epi32_mask(full, at);
                most[v] = _mm512_max_epi32(most[v], exact), least[v] = _mm512_min_epi32(least[v], exact);
                fired[v] = _mm512_mask_add_epi32(fired[v], spike, fired[v], one);
                mem[v] = to_zero ? _mm512_maskz_mov_epi32((__mmask16)~spike, full)
                                 : _mm512_mask_sub_epi32(full, spike, full, threshold);
            }
        for (int v = 0; v < 4; v++) {
            const int32_t place = first + 16 * v;
            _mm512_store_si512(of->mem + place, mem[v]), _mm512_store_si512(of->fired + place, fired[v]);
            _mm512_store_si512(of->most + place, most[v]), _mm512_store_si512(of->least + place, least[v]);
        }
    }
    compare_from(g, weights, events, count, first, n, of);
}

WIDE static void compare_64(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count,
                            int32_t n, Compared *of)
{
    if (g->threshold)
        whole_64(g, weights, events, count, n, of, 0);
    else
        whole_64(g, weights, events, count, n, of, 1);
}

#define HALF __attribute__((target("avx2")))
HALF INLINE void whole_32(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count,
                          int32_t n, Compared *of, const int to_zero)
{
    const __m256i low = _mm256_set1_epi32(g->low), high = _mm256_set1_epi32(g->high);
    const __m256i below = _mm256_set1_epi32(g->spike_at - 1), threshold = _mm256_set1_epi32(g->threshold);
    int32_t first = 0;
    for (; first + 16 <= n; first += 16) {
        __m256i mem[2], fired[2], most[2], least[2];
        for (int v = 0; v < 2; v++) {
            const int32_t place = first + 8 * v;
            mem[v] = _mm256_load_si256((void *)(of->mem + place)), fired[v] = _mm256_load_si256((void *)(of->fired + place));
            most[v] = _mm256_load_si256((void *)(of->most + place)), least[v] = _mm256_load_si256((void *)(of->least + place));
        }
        for (int64_t k = 0; k < count; k++)
            for (int v = 0; v < 2; v++) {
                const __m256i *weight = (const void *)(weights + events[k] + first + 8 * v);
                const __m256i exact = _mm256_add_epi32(mem[v], _mm256_loadu_si256(weight));
                const __m256i full = _mm256_min_epi32(_mm256_max_epi32(exact, low), high);
                const __m256i spike = _mm256_cmpgt_epi32(full, below);
                most[v] = _mm256_max_epi32(most[v], exact), least[v] = _mm256_min_epi32(least[v], exact);
                fired[v] = _mm256_sub_epi32(fired[v], spike);
                mem[v] = to_zero ? _mm256_andnot_si256(spike, full)
                                 : _mm256_sub_epi32(full, _mm256_and_si256(spike, threshold));
            }
        for (int v = 0; v < 2; v++) {
            const int32_t place = first + 8 * v;
            _mm256_store_si256((void *)(of->mem + place), mem[v]), _mm256_store_si256((void *)(of->fired + place), fired[v]);
            _mm256_store_si256((void *)(of->most + place), most[v]), _mm256_store_si256((void *)(of->least + place), least[v]);
        }
    }
    compare_from(g, weights, events, count, first, n, of);
}

HALF static void compare_32(const EventGeometry *g, const int32_t *weights, const int64_t *events, int64_t count,
                            int32_t n, Compared *of)
{
    if (g->threshold)
        whole_32(g, weights, events, count, n, of, 0);
    else
        whole_32(g, weights, events, count, n, of, 1);
}
#endif

static Compare *compare_for(int32_t bytes)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (bytes >= 32)
        return bytes == 64 ? compare_64 : compare_32;
#endif
    (void)bytes;
    return compare_16;
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
static void place(const EventGeometry *g, Compare *compare, const int32_t *weights, const int32_t *image, int32_t row,
                  int32_t column, int32_t first, int32_t n, int32_t *state, int32_t *spikes, int32_t *x, int32_t *kept)
{
    const int32_t per_group = g->out / g->groups, inputs = g->channels / g->groups;
    const int64_t places = (int64_t)g->rows * g->columns, at = (int64_t)row * g->columns + column;
    const int32_t *source = image + (int64_t)row * g->down * g->width + (int64_t)column * g->right;
    const int32_t came = source[0] != 0;
    Compared of;
    int64_t events[LISTED], listed = 0, weight = first % per_group;
    for (int32_t o = 0; o < n; o++) {
        of.mem[o] = state[(first + o) * places + at];
        of.fired[o] = 0;
        of.most[o] = INT32_MIN;
        of.least[o] = INT32_MAX;
    }
    for (int32_t channel = 0; channel < inputs; channel++)
        for (int32_t i = 0; i < g->tall; i++)
            for (int32_t j = 0; j < g->wide; j++, weight += per_group) {
                const int32_t count = source[((int64_t)channel * g->height + (int64_t)i * g->apart) * g->width +
                                             (int64_t)j * g->aside];
                if (!g->each) {
                    if (count)
                        added(g, weights + weight, count, n, of.mem);
                    continue;
                }
                /* Most come once or not at all, which no processor foresees: so without a branch. */
                events[listed] = weight;
                listed += count > 0;
                for (int32_t event = 1; event < count; event++)
                    events[listed++] = weight;
                if (listed > LISTED - MOST_COUNT) {
                    compare(g, weights, events, listed, n, &of);
                    listed = 0;
                }
            }
    if (g->each)
        compare(g, weights, events, listed, n, &of);
    for (int32_t o = 0; o < n; o++) {
        const int64_t to = (first + o) * places + at;
        if (g->each) {
            /* What was compared was cut first; a first source that did not come saw the membrane as it stood. */
            const int32_t cut = of.most[o] < g->high ? of.most[o] : g->high, least = came ? g->low : state[to];
            spikes[to] = of.fired[o];
            x[to] = (cut > least ? cut : least) - g->spike_at;
            kept[to] = of.least[o] >= g->low && of.most[o] <= g->high;
        }
        state[to] = of.mem[o];
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
    Compare *compare = compare_for(spike_loops()->bytes);
    const int crew = team(threads, batch * whole * taps, jobs);
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t job = 0; job < jobs; job++) {
        const int64_t b = job / g->rows, from = b * whole;
        const int32_t row = (int32_t)(job % g->rows);
        for (int32_t column = 0; column < g->columns; column++)
            for (int32_t group = 0; group < g->groups; group++)
                for (int32_t lane = 0; lane < per_group; lane += LANES) {
                    const int32_t n = per_group - lane < LANES ? per_group - lane : LANES;
                    place(g, compare, weights + group * taps * per_group,
                          counts + (b * g->channels + (int64_t)group * inputs) * image, row, column,
                          group * per_group + lane, n, state + from, spikes ? spikes + from : spikes,
                          x ? x + from : x, kept ? kept + from : kept);
                }
    }
}
