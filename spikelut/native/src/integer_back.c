/* The straight-through derivative of a layer's integers; see `Backward` in `quant/sequence.py`. */
#include "curve.h"
#include "neuron.h"
#include "table.h"

/* What the forward pass left, and where the gradients go. */
typedef struct {
    const Curve *curve;  /* of `codes`; NULL: `slopes` are known, or there is a table */
    const void *read;    /* places, or codes */
    Values values;       /* of a table's places; no entries: there is no table */
    const float *slopes;
    int32_t width; /* bytes of a place or a code */
    const float *spikes, *grad_out;
    const uint8_t *flags; /* NULL: no register was cut */
    float *mem, *syn, *out, *bias;
    int64_t steps, neurons;
} Back;

CLONES static void times(const float *restrict a, const float *restrict b, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] * b[i];
}

CLONES static void real32(const int32_t *restrict codes, float step, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)codes[i] * step;
}

CLONES static void real64(const int64_t *restrict codes, float step, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = (float)codes[i] * step;
}

/* through = the gradient of the output times the surrogate's slope. */
static void through_spike(const Neuron *spec, const Back *b, int64_t row, float *through, int64_t n)
{
    const float *grad = b->grad_out + row;
    const char *read = (const char *)b->read + row * b->width;
    if (b->values.entries)
        table_slopes(&b->values, read, grad, through, n);
    else if (b->slopes)
        times(grad, b->slopes + row, through, n);
    else {
        float x[PIECE];
        if (b->width == 8)
            real64((const int64_t *)(const void *)read, spec->step, x, n);
        else
            real32((const int32_t *)(const void *)read, spec->step, x, n);
        curve_slopes(b->curve, x, grad, through, n);
    }
}

CLONES static void silent(const float *restrict spikes, float *restrict grad, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        grad[i] = grad[i] * (spikes[i] == 0.0f ? 1.0f : 0.0f);
}

CLONES static void scaled(float *restrict grad, float by, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        grad[i] = grad[i] * by;
}

CLONES static void added(float *restrict grad, const float *restrict more, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        grad[i] = grad[i] + more[i];
}

/* Nothing passes a register that was cut. */
CLONES static void passed(const uint8_t *restrict flags, uint8_t flag, float *restrict grad, int64_t n)
{
    if (flags)
        for (int64_t i = 0; i < n; i++)
            grad[i] = grad[i] * (flags[i] & flag ? 0.0f : 1.0f);
}

static void back_step(const Neuron *spec, const Back *b, int64_t row, int64_t at, float *mem, float *syn, int64_t n)
{
    const uint8_t *flags = b->flags ? b->flags + row : NULL;
    float through[PIECE], *out = b->out + row;
    if (spec->readout)
        added(mem, b->grad_out + row, n);
    else {
        through_spike(spec, b, row, through, n);
        if (spec->to_zero)
            silent(b->spikes + row, mem, n);
    }
    if (!spec->leak_first)
        scaled(mem, spec->leak.beta, n);
    if (!spec->readout)
        added(mem, through, n);
    passed(flags, MEMBRANE, mem, n);
    memcpy(out, mem, (size_t)n * sizeof *mem);
    if (spec->leak.kind == RELAX)
        scaled(out, spec->share, n);
    if (b->bias)
        added(b->bias + at, out, n);
    if (spec->leak_first)
        scaled(mem, spec->leak.beta, n);
    passed(flags, CURRENT, out, n);
    if (!spec->has_synapse)
        return;
    added(syn, out, n);
    passed(flags, SYNAPSE, syn, n);
    if (spec->input_first)
        scaled(syn, spec->decay.beta, n);
    memcpy(out, syn, (size_t)n * sizeof *syn);
    if (!spec->input_first)
        scaled(syn, spec->decay.beta, n);
}

static void begin(const float *given, int64_t at, float *grad, int64_t n)
{
    if (given)
        memcpy(grad, given + at, (size_t)n * sizeof *grad);
    else
        memset(grad, 0, (size_t)n * sizeof *grad);
}

static void back_block(const Neuron *spec, const Back *b, int64_t at, int64_t n)
{
    float mem[BLOCK], syn[BLOCK];
    begin(b->mem, at, mem, n);
    begin(b->syn, at, syn, n);
    for (int64_t t = b->steps - 1; t >= 0; t--) {
        for (int64_t i = 0; i < n; i += PIECE)
            back_step(spec, b, t * b->neurons + at + i, at + i, mem + i, syn + i, n - i < PIECE ? n - i : PIECE);
        if (spec->truncate && t % spec->truncate == 0) {
            memset(mem, 0, sizeof mem);
            memset(syn, 0, sizeof syn);
        }
    }
    if (b->mem)
        memcpy(b->mem + at, mem, (size_t)n * sizeof *mem);
    if (b->syn)
        memcpy(b->syn + at, syn, (size_t)n * sizeof *syn);
}

/* Gradients of the currents in `out` [steps, neurons]; those of the states go in and come out in `mem` and `syn`,
   or are NULL: zero, and not wanted. */
EXPORT void spikelut_integer_backward(const Neuron *spec, const Curve *curve, const void *read, const float *entries,
                                      int32_t count, const float *slopes, int32_t width, const float *spikes,
                                      const float *grad_out, const uint8_t *flags, float *mem, float *syn, float *out,
                                      float *bias, int64_t steps, int64_t neurons, int threads)
{
    in_large_pages(out, (size_t)(steps * neurons) * sizeof *out);
    const Values values = {entries, count, width};
    const Back b = {curve, read, values, slopes, width, spikes, grad_out, flags, mem, syn, out, bias, steps, neurons};
    const int64_t blocks = (neurons + BLOCK - 1) / BLOCK;
    const int crew = team(threads, steps * neurons, blocks);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t at = block * BLOCK, n = neurons - at < BLOCK ? neurons - at : BLOCK;
        back_block(spec, &b, at, n);
    }
}
