/* Layers of neurons in a chip's integers over all time steps, forward. */
#include <stdlib.h>

#include "neuron.h"
#include "rounding.h"
#include "table.h"

/* A layer's memory: rows are [steps, neurons], states [neurons]. */
typedef struct {
    const float *current, *mem, *syn, *bias; /* bias NULL: none */
    float *out, *last_mem, *last_syn;
    void *read;      /* places in the table, or codes x; NULL: not kept */
    uint8_t **flags; /* allocated when a register is cut for the first time */
    int *failed;     /* set if that memory is not to be had */
    int64_t steps, neurons;
} Rows;

/* Registers seldom saturate: as long as none does, no byte per neuron and step is spent on it. */
static void note(const Rows *rows, const uint8_t *flags, int64_t row, int64_t n)
{
    uint8_t *all;
    #pragma omp critical(spikelut_flags)
    {
        if (!*rows->flags)
            *rows->flags = calloc((size_t)(rows->steps * rows->neurons), 1);
        all = *rows->flags;
    }
    if (all)
        memcpy(all + row, flags, (size_t)n);
    else
        *rows->failed = 1;
}

static void place32(const Table *table, const int32_t *x, void *places, int64_t n) { table_places(table, x, places, n); }

static void place64(const Table *table, const int64_t *x, void *places, int64_t n)
{
    int32_t held[PIECE];
    for (int64_t i = 0; i < n; i++) {
        int64_t v = x[i] < table->low ? table->low : x[i];
        held[i] = (int32_t)(v > table->high ? table->high : v);
    }
    table_places(table, held, places, n);
}

#include "integer_lean.h"

#define BITS 32
#define INT int32_t
#include "integer_steps.h"
#include "integer_run.h"
#undef BITS
#undef INT
#undef PASTE_
#undef PASTE
#undef NAME
#undef FORMAT
#undef SHIFT_LEAK
#undef MULTIPLY_LEAK
#define BITS 64
#define INT int64_t
#include "integer_steps.h"
#include "integer_run.h"

/* Spikes, or of a read-out membranes, and the last states. `flags`, of the registers that were cut, is made where one
   was, and NULL otherwise; `spikelut_free` frees it. Returns 1 if there was no memory for it. */
EXPORT int spikelut_integer_forward(const Neuron *spec, const Table *table, const float *current, const float *mem,
                                    const float *syn, const float *bias, float *out, float *last_mem, float *last_syn,
                                    void *read, uint8_t **flags, int64_t steps, int64_t neurons, int threads)
{
    int failed = 0;
    in_large_pages(out, (size_t)(steps * neurons) * sizeof *out);
    const Rows rows = {current, mem, syn, bias, out, last_mem, last_syn, read, flags, &failed, steps, neurons};
    const int64_t blocks = (neurons + BLOCK - 1) / BLOCK;
    const int crew = team(threads, steps * neurons, blocks);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t at = block * BLOCK, n = neurons - at < BLOCK ? neurons - at : BLOCK;
        if (spec->wide)
            run64(spec, table, &rows, at, n);
        else
            run32(spec, table, &rows, at, n);
    }
    return failed;
}

EXPORT void spikelut_free(void *memory) { free(memory); }
