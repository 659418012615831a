/* Linear layers on spikes: the inputs that are one are gone through, those that are zero cost nothing.

   Sums of weight codes are integers, exact in any order. Weights are int16 [inputs][width], so that what one input adds
   to all outputs is a row; `width` is the number of outputs, filled up to whole vectors. */
#include "spike_loops.h"

#include <stdlib.h>

/* Of the gradient of weights: rows, outputs and inputs of a block. */
#define DEEP 64
#define COLUMNS 128
#define SHARE 128
#define LEAST 16 /* of outputs and inputs, of threads that share few */

/* Blocks of rows that are added up by themselves, as small sums lose less to rounding. */
#define RUN 8

#define BYTES 16
#define GROUP 8
#define TARGET
#define NAMED(x) x##_16
#include "spike_sums.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define BYTES 32
#define GROUP 8
#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#define NAMED(x) x##_32
#include "spike_sums.h"

#define BYTES 64
#define GROUP 16
#define TARGET __attribute__((target("avx2,bmi,bmi2,avx512f,avx512bw,avx512vl,avx512dq")))
#define NAMED(x) x##_64
#include "spike_sums.h"
#endif

static int32_t widest = 64;

/* The widest vectors, up to what is allowed, that this processor has. */
const SpikeLoops *spike_loops(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    const int is_512 = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (widest >= 64 && is_512)
        return &loops_64;
    if (widest >= 32 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        return &loops_32;
#endif
    return &loops_16;
}

/* From now on take vectors of at most so many bytes, to test each; returns what they are. */
EXPORT int32_t spikelut_sums_widest(int32_t bytes)
{
    widest = bytes;
    return spike_loops()->bytes;
}

/* The codes of weights [outputs, inputs] as int16 [inputs, width]. `step`: 1 where each output has a unit, 0 where all
   have the first. Returns 0, or 1 where one is no whole number, up to `high`, of its unit, or a unit no power of two. */
EXPORT int32_t spikelut_sums_codes(const float *real, const float *units, int64_t step, float high, int16_t *codes,
                                   int64_t outputs, int64_t inputs, int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t width = (outputs + FILL - 1) / FILL * FILL;
    const int crew = team(threads, outputs * inputs, width / FILL);
    int32_t failed = 0;
    for (int64_t o = 0; o < (step ? outputs : 1); o++)
        if (!(units[o] >= 0x1p-100f && units[o] <= 0x1p100f) || float_bits(units[o]) & 0x7fffff)
            return 1;
    _Pragma("omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)")
    for (int64_t o = 0; o < width; o += FILL) {
        if (run->codes(real + o * inputs, units + o * step, step, high, outputs - o, inputs, codes + o, width)) {
            _Pragma("omp atomic write")
            failed = 1;
        }
    }
    return failed;
}

/* Of this many rows the look at the inputs is. */
#define LOOKS 64

enum { TAKEN = 0, NO_EVENTS = 1, MANY = 2, COUNTS = 3 };

/* 0 where a look at some rows of x [rows, inputs] finds counts of `event`, and not too many together; else why sums are
   not made over events. */
EXPORT int32_t spikelut_sums_look(const float *x, float event, int64_t rows, int64_t inputs)
{
    const int64_t looks = rows < LOOKS ? rows : LOOKS;
    const float per_event = 1.0f / event;
    float seen = 0;
    for (int64_t k = 0; k < looks; k++) {
        const float *row = x + rows * k / looks * inputs;
        int wrong = 0;
        float sum = 0;
        for (int64_t i = 0; i < inputs; i++) {
            const float given = row[i] * per_event;
            wrong |= !(given >= 0 && given <= MOST_EVENTS) || rintf(given) != given;
            sum += given;
        }
        if (wrong)
            return NO_EVENTS;
        seen += sum;
    }
    return 2 * seen > (float)(looks * inputs) ? MANY : TAKEN;
}

/* out [rows, outputs] = sums of the codes of events x [rows, inputs], 0 or 1 of `event`, a power of two, or more, times
   the units of the outputs. `most` codes can be added in 16 bits. Returns 0, COUNTS where there were more, or NO_EVENTS. */
EXPORT int32_t spikelut_sums_forward(const float *x, float event, const int16_t *codes, const float *units,
                                     int32_t most, float *out, int64_t rows, int64_t inputs,
                                     int64_t outputs, int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t width = (outputs + FILL - 1) / FILL * FILL;
    const uint32_t one = (uint32_t)float_bits(event);
    const int crew = team(threads, rows * inputs, rows);
    int32_t failed = 0, counted = 0;
    in_large_pages(out, (size_t)(rows * outputs) * sizeof *out);
    _Pragma("omp parallel num_threads(crew) if (parallel : crew > 1)")
    {
        uint16_t places[ROOM(MOST_INPUTS)];
        int32_t *sums = malloc((size_t)width * sizeof *sums);
        _Pragma("omp for schedule(static)")
        for (int64_t row = 0; row < rows; row++) {
            int64_t n = sums ? run->places((const uint32_t *)(const void *)(x + row * inputs), one, inputs, places) : -1;
            if (n < 0 && sums) {
                n = run->counts(x + row * inputs, event, inputs, places);
                _Pragma("omp atomic write")
                counted = COUNTS;
            }
            if (n < 0) {
                _Pragma("omp atomic write")
                failed = NO_EVENTS;
                continue;
            }
            run->sums(places, n, codes, width, most, sums);
            run->reals(sums, units, out + row * outputs, outputs);
        }
        free(sums);
    }
    return failed ? failed : counted;
}

/* Halves the blocks of outputs and inputs until each of the threads has one; what is added does not depend on them. */
static int64_t blocks_of(int64_t inputs, int64_t outputs, int threads, int64_t *share, int64_t *columns)
{
    for (*share = SHARE, *columns = COLUMNS;;) {
        const int64_t blocks = ((inputs + *share - 1) / *share) * ((outputs + *columns - 1) / *columns);
        const int wide = *columns > LEAST && outputs > *columns / 2, tall = *share > LEAST && inputs > *share / 2;
        if (blocks >= threads || !(wide || tall))
            return blocks;
        if (wide)
            *columns /= 2;
        else
            *share /= 2;
    }
}

/* by_weight [outputs, inputs] = the sums of grad [rows, outputs] over the rows where an input spiked. */
EXPORT int32_t spikelut_sums_by_weight(const float *x, float unit, const float *grad, float *by_weight, int64_t rows,
                                       int64_t inputs, int64_t outputs, int threads)
{
    const SpikeLoops *run = spike_loops();
    const int64_t deep = (rows + DEEP - 1) / DEEP;
    int64_t share, columns;
    const int64_t blocks = blocks_of(inputs, outputs, threads, &share, &columns);
    const int crew = team(threads, rows * inputs, blocks);
    uint64_t *bits = malloc((size_t)(deep * inputs) * sizeof *bits);
    int32_t failed = !bits;
    if (failed)
        return failed;
    _Pragma("omp parallel num_threads(crew) if (parallel : crew > 1)")
    {
        _Pragma("omp for schedule(static)")
        for (int64_t d = 0; d < deep; d++)
            run->bits(x + d * DEEP * inputs, rows - d * DEEP < DEEP ? rows - d * DEEP : DEEP, inputs, bits + d * inputs);
        _Pragma("omp for collapse(2) schedule(dynamic)")
        for (int64_t o = 0; o < outputs; o += columns)
            for (int64_t i = 0; i < inputs; i += share) {
                float tile[DEEP * COLUMNS] __attribute__((aligned(64))), met[SHARE * COLUMNS] __attribute__((aligned(64)));
                float total[SHARE * COLUMNS] __attribute__((aligned(64)));
                const int64_t n = inputs - i < share ? inputs - i : share, m = outputs - o < columns ? outputs - o : columns;
                int odd = 0;
                memset(total, 0, sizeof total);
                memset(met, 0, sizeof met);
                for (int64_t d = 0; d < deep; d++) {
                    const int64_t r = rows - d * DEEP < DEEP ? rows - d * DEEP : DEEP;
                    odd |= run->block(grad + d * DEEP * outputs + o, outputs, r, m, tile);
                    run->met(bits + d * inputs + i, n, tile, met, m);
                    if (d % RUN == RUN - 1 || d == deep - 1)
                        run->more(met, total, n * COLUMNS);
                }
                run->turned(total, unit, by_weight + o * inputs + i, inputs, n, m);
                if (odd) {
                    _Pragma("omp atomic write")
                    failed = 1;
                }
            }
    }
    free(bits);
    return failed;
}

/* Whether all of `x` [n] are 0 or `one`; of what are no spikes the first values tell. */
EXPORT int32_t spikelut_are_spikes(const uint32_t *x, float event, int64_t n, int threads)
{
    const SpikeLoops *run = spike_loops();
    const uint32_t one = (uint32_t)float_bits(event);
    int32_t other = run->others(x, one, n < 4 * PIECE ? n : 4 * PIECE);
    if (other)
        return 0;
    IN_CHUNKS({
        int32_t over;
        _Pragma("omp atomic read")
        over = other;
        if (!over && run->others(x + at, one, m)) {
            _Pragma("omp atomic write")
            other = 1;
        }
    })
    return !other;
}
