/* Layers of neurons in a chip's integers over all time steps, forward. */
#include "spike_loops.h"
#include "step.h"
#include "table.h"

#include <stdlib.h>

/* Why there is no result: no memory for the flags; a state outside its register, which no step leaves there; a current
   that is NaN or infinite; one that is fed back from several spikes, or whose sum may not be exact. */
enum { NO_MEMORY = 1, OUTSIDE = 2, ODD_CURRENT = 3, ODD_FED = 4 };

/* Spikes that are fed back into the next step: codes are in the place of real units then, the kernel's scale is 1. */
typedef struct {
    const int16_t *codes; /* of recurrent weights, int16 [features, width], see `spike_sums.c` */
    float unit, scale;    /* membrane codes of one weight code, and of a real current */
    float limit;          /* codes of currents lie below it, so that their sums with what is fed back are exact */
    int64_t most;         /* codes that can be added in 16 bits */
    int64_t features;
    const float *last; /* the spikes before the first step, [neurons]; NULL: none */
} Fed;

/* A layer's memory: rows are [steps, neurons], states [neurons]. */
typedef struct {
    const float *current, *bias; /* bias NULL: none */
    const int32_t *own;          /* [MOST_NUMBERS + 1, neurons], see `step.h`; NULL: one number for all */
    const float *const *first;   /* states before the first step, and after the last */
    float *const *last;
    float *out;
    void *read;      /* places in the table, or codes x; NULL: not kept */
    int32_t *noted;  /* codes that the kind notes; NULL: none */
    uint8_t **flags; /* allocated when a register is cut for the first time */
    int *failed;
    int64_t steps, neurons;
    int far; /* see `COMING` */
    const Fed *fed; /* NULL: no spikes are fed back */
} Rows;

/* The bits of 1.0f, a spike. */
static const uint32_t ONE = 0x3f800000;

/* Codes of currents; whether all lie within `limit`, as NaN does not. */
CLONES static int rounded(const float *restrict x, float scale, float limit, float *restrict out, int64_t n)
{
    uint32_t over = 0;
    for (int64_t i = 0; i < n; i++) {
        out[i] = rintf(x[i] * scale);
        over |= !(fabsf(out[i]) < limit);
    }
    return over == 0;
}

/* Codes of the currents of step t, with what the spikes of the step before add; whether these are all 0 or 1, and the
   sums exact. */
static int feed(const Rows *rows, int64_t t, int64_t at, float *given, int64_t n)
{
    const Fed *fed = rows->fed;
    const SpikeLoops *run = spike_loops();
    const int64_t width = (fed->features + FILL - 1) / FILL * FILL;
    const float *last = t ? rows->out + (t - 1) * rows->neurons + at : fed->last ? fed->last + at : NULL;
    uint16_t places[ROOM(BLOCK)];
    int32_t sums[BLOCK + FILL];
    if (!rounded(rows->current + t * rows->neurons + at, fed->scale, fed->limit, given, n))
        return 0;
    for (int64_t i = 0; last && i < n; i += fed->features) {
        const int64_t count = run->places((const uint32_t *)(const void *)(last + i), ONE, fed->features, places);
        if (count < 0)
            return 0;
        run->sums(places, count, fed->codes, width, fed->most, sums);
        run->more_of(sums, fed->unit, given + i, fed->features);
    }
    return 1;
}

/* The flags of all rows. Registers seldom saturate: as long as none does, no byte per neuron and step is spent on it. */
static uint8_t *flags_of_all(const Rows *rows)
{
    uint8_t *all;
    const size_t count = (size_t)(rows->steps * rows->neurons);
    #pragma omp critical(spikelut_flags)
    {
        if (!*rows->flags)
            in_large_pages(*rows->flags = calloc(count, 1), count);
        all = *rows->flags;
    }
    return all;
}

/* Codes of real states; returns whether any lies outside low..high. */
CLONES static int state_codes(const float *restrict x, float scale, double low, double high, int32_t *restrict out,
                              int64_t n)
{
    int outside = 0;
    for (int64_t i = 0; i < n; i++) {
        const double real = (double)rintf(x[i] * scale);
        double v = real > low ? real : low;
        v = v < high ? v : high;
        outside |= v != real;
        out[i] = (int32_t)v;
    }
    return outside;
}

CLONES static void state_reals(const int32_t *restrict codes, float step, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)codes[i] * step;
}

/* Codes of real biases of up to 32 bits, or 64; see `to_codes`. */
CLONES static void bias_codes(const float *restrict x, float scale, int wide, void *restrict codes, int64_t n)
{
    const float limit = wide ? 0x1p40f : 0x1p30f - 64.0f;
    int32_t *restrict narrow_codes = codes;
    int64_t *restrict wide_codes = codes;
    for (int64_t i = 0; i < n; i++) {
        float v = x ? rintf(x[i] * scale) : 0.0f;
        v = v > -limit ? v : -limit;
        v = v < limit ? v : limit;
        if (wide)
            wide_codes[i] = (int64_t)v;
        else
            narrow_codes[i] = (int32_t)v;
    }
}

static void wide_places(const Table *table, const int64_t *x, void *places, int64_t n)
{
    LINED int32_t held[PIECE];
    for (int64_t i = 0; i < n; i++) {
        int64_t v = x[i] < table->low ? table->low : x[i];
        held[i] = (int32_t)(v > table->high ? table->high : v);
    }
    table_places(table, held, places, n);
}

static void run(const StepKernel *kernel, const Numbers *numbers, const Table *table, const Rows *rows, int64_t at,
                int64_t n)
{
    LINED int32_t states[2][MOST_STATES * BLOCK];
    LINED int32_t own[(MOST_NUMBERS + 1) * BLOCK];
    LINED int64_t bias[BLOCK];
    LINED float given[BLOCK];
    LINED int64_t held[PIECE];
    const int64_t width = kernel->wide ? 8 : 4;
    uint8_t *flags = NULL; /* once a register was cut: where it does once, it does again */
    for (int32_t k = 0; k < kernel->states; k++)
        if (state_codes(rows->first[k] + at, numbers->scale, kernel->low[k], kernel->high[k], states[0] + k * BLOCK, n)) {
            *rows->failed = OUTSIDE;
            return;
        }
    for (int32_t k = 0; rows->own && k <= MOST_NUMBERS; k++) {
        if (k >= kernel->numbers && k < MOST_NUMBERS)
            continue;
        memcpy(own + k * BLOCK, rows->own + k * rows->neurons + at, (size_t)n * sizeof *own);
    }
    bias_codes(rows->bias ? rows->bias + at : NULL, numbers->scale, kernel->wide, bias, n);
    for (int64_t t = 0; t < rows->steps; t++) {
        const int now = (int)(t & 1), then = 1 - now;
        if (rows->fed && !feed(rows, t, at, given, n)) {
            *rows->failed = ODD_FED;
            return;
        }
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * rows->neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const int64_t next = t + 1 < rows->steps ? row + rows->neurons : row;
            if (rows->far) {
                COMING(rows->current + next, m * 4, 0);
                COMING(rows->out + next, m * 4, 1);
            }
            void *x = rows->read && !table ? (char *)rows->read + row * width : (char *)held;
#define RUN(STEP, FLAGS)                                                                                               \
    STEP(numbers, own + i, rows->fed ? given + i : rows->current + row, (const char *)bias + i * width, states[now] + i, states[then] + i,     \
         rows->out + row, x, FLAGS, rows->noted ? rows->noted + row : NULL, m)
            int found = flags ? 0 : RUN(kernel->step, NULL), failed = 0;
            if (found & CUT && kernel->cut && !(flags = flags_of_all(rows)))
                failed = NO_MEMORY;
            if (flags)
                found = RUN(kernel->cut, flags + row);
            if (found & NOT_FINITE)
                failed = ODD_CURRENT;
            if (failed) {
                *rows->failed = failed;
                return;
            }
#undef RUN
            if (table && kernel->wide)
                wide_places(table, held, (char *)rows->read + row * table->width, m);
            else if (table)
                table_places(table, (const int32_t *)held, (char *)rows->read + row * table->width, m);
        }
    }
    for (int32_t k = 0; k < kernel->states; k++)
        state_reals(states[rows->steps & 1] + k * BLOCK, numbers->step, rows->last[k] + at, n);
}

/* The keys of the structures there are; NULL after the last. */
EXPORT const char *spikelut_step_key(int32_t index)
{
    return index < step_kernel_count ? step_kernels[index].key : NULL;
}

static int all_rows(int32_t index, const Numbers *numbers, const Table *table, const Rows *rows, int64_t block, int threads)
{
    const int64_t blocks = (rows->neurons + block - 1) / block;
    const int crew = team(threads, rows->steps * rows->neurons, blocks);
    const size_t count = (size_t)(rows->steps * rows->neurons), width = step_kernels[index].wide ? 8 : 4;
    in_large_pages(rows->out, count * sizeof *rows->out);
    in_large_pages(rows->read, count * (table ? (size_t)table->width : width));
    in_large_pages(rows->noted, count * sizeof *rows->noted);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t at = 0; at < rows->neurons; at += block)
        run(&step_kernels[index], numbers, table, rows, at, rows->neurons - at < block ? rows->neurons - at : block);
    return *rows->failed;
}

/* Spikes, or of a read-out membranes, and the last states. `flags`, of the registers that were cut, is made where one
   was, and NULL otherwise; `spikelut_free` frees it. Returns 0, or why there is no result. */
EXPORT int spikelut_integer_forward(int32_t index, const Numbers *numbers, const Table *table, const float *current,
                                    const float *bias, const int32_t *own, const float *const *first,
                                    float *const *last, float *out, void *read, int32_t *noted, uint8_t **flags,
                                    int64_t steps, int64_t neurons, int threads)
{
    int failed = 0;
    const Rows rows = {current, bias, own, first, last, out, read, noted, flags, &failed, steps, neurons,
                       far_apart(steps * neurons), NULL};
    return all_rows(index, numbers, table, &rows, BLOCK, threads);
}

/* The same of neurons whose spikes are fed back, `features` of them for each sample; states, biases and numbers are
   in codes, and currents are real ones, of which `scale` makes codes. */
EXPORT int spikelut_integer_fed(int32_t index, const Numbers *numbers, const Table *table, const float *current,
                                const float *bias, const int32_t *own, const float *const *first, float *const *last,
                                float *out, void *read, int32_t *noted, uint8_t **flags, const int16_t *codes,
                                float unit, float scale, float limit, int64_t most, int64_t features, const float *before,
                                int64_t steps, int64_t neurons, int threads)
{
    int failed = 0;
    const Fed fed = {codes, unit, scale, limit, most, features, before};
    const Rows rows = {current, bias, own, first, last, out, read, noted, flags, &failed, steps, neurons,
                       far_apart(steps * neurons), &fed};
    const int64_t samples = neurons / features, most_samples = BLOCK / features;
    const int64_t each = (samples + threads - 1) / (threads > 0 ? threads : 1);
    return all_rows(index, numbers, table, &rows, (each < most_samples ? each : most_samples) * features, threads);
}

EXPORT void spikelut_free(void *memory) { free(memory); }
