/* The straight-through derivative of a layer's integers; see `lif_backward` in `quant/dynamics/lif.py`. */
#include "curve.h"
#include "product.h"
#include "step.h"
#include "table.h"

/* Recurrent weights: a step's gradients of the currents, times these, come to the spikes of the step before. */
typedef struct {
    const Products *of;
    float *panels; /* of the weights [features, features] */
    int64_t features;
    float *last; /* the gradient of the spikes before the first step, [neurons] */
} FedBack;

/* What the forward pass left, and where the gradients go. */
typedef struct {
    const Curve *curve;  /* of `codes`; NULL: `slopes` are known, or there is a table */
    const void *read;    /* places, or codes */
    Values values;       /* of a table's places; no entries: there is no table */
    const float *slopes;
    int32_t width; /* bytes of a place or a code */
    const float *spikes; /* NULL: they are not needed, or `told` */
    int32_t first, last; /* what is read from `first` to `last` tells a spike; none: last < first */
    const float *grad_out;
    const uint8_t *flags; /* NULL: no register was cut */
    float *const *states; /* gradients, which go in and come out; each NULL: zero, and not wanted */
    float *out, *bias;
    int64_t steps, neurons;
    int32_t count;    /* of the states */
    const int32_t *noted; /* codes that the kind noted; NULL: none */
    const float *own; /* [MOST_NUMBERS, neurons], see `step.h`; NULL: one derivative of a leak for all */
    int far;          /* see `COMING` */
    const FedBack *fed; /* NULL: no spikes were fed back */
} Layer;

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

/* through = the gradient of the spikes times the surrogate's slope. */
static void through_spike(const Numbers *numbers, const Layer *b, int64_t row, const float *grad, float *through, int64_t n)
{
    const char *read = (const char *)b->read + row * b->width;
    if (b->values.entries)
        table_slopes(&b->values, read, grad, through, n);
    else if (b->slopes)
        times(grad, b->slopes + row, through, n);
    else {
        LINED float x[PIECE];
        if (b->width == 8)
            real64((const int64_t *)(const void *)read, numbers->step, x, n);
        else
            real32((const int32_t *)(const void *)read, numbers->step, x, n);
        curve_slopes(b->curve, x, grad, through, n);
    }
}

CLONES static void sums(const float *restrict a, const float *restrict b, float *restrict out, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        out[i] = a[i] + b[i];
}

/* Spikes where what was read is in `first`..`last`, of bytes and wider. */
#define TOLD(NAME, TYPE, WIDE)                                                                                         \
    CLONES static void NAME(const TYPE *restrict read, WIDE first, WIDE last, float *restrict out, int64_t n)         \
    {                                                                                                                  \
        for (int64_t i = 0; i < n; i++)                                                                                \
            out[i] = read[i] >= first && read[i] <= last ? 1.0f : 0.0f;                                                \
    }
TOLD(told8, uint8_t, int32_t)
TOLD(told16, int16_t, int32_t)
TOLD(told32, int32_t, int32_t)
TOLD(told64, int64_t, int64_t)

static const float *spikes_of(const Layer *b, int64_t row, float *told, int64_t n)
{
    const char *read = (const char *)b->read + row * b->width;
    if (b->spikes || b->last < b->first)
        return b->spikes ? b->spikes + row : NULL;
    if (b->width == 1)
        told8((const uint8_t *)read, b->first, b->last, told, n);
    else if (b->width == 2)
        told16((const int16_t *)(const void *)read, b->first, b->last, told, n);
    else if (b->width == 4)
        told32((const int32_t *)(const void *)read, b->first, b->last, told, n);
    else
        told64((const int64_t *)(const void *)read, b->first, b->last == INT32_MAX ? INT64_MAX : b->last, told, n);
    return told;
}

static void begin(const float *given, int64_t at, float *grad, int64_t n)
{
    if (given)
        memcpy(grad, given + at, (size_t)n * sizeof *grad);
    else
        memset(grad, 0, (size_t)n * sizeof *grad);
}

static void back_block(const BackKernel *kernel, const Numbers *numbers, int64_t truncate, const Layer *b, int64_t at, int64_t n)
{
    Back *back = kernel->back[(b->flags ? 1 : 0) + (b->bias ? 2 : 0)];
    ToSpikes *to_spikes = kernel->spikes[b->flags ? 1 : 0];
    LINED float grads[MOST_STATES * BLOCK];
    LINED float own[MOST_NUMBERS * BLOCK];
    LINED float through[PIECE];
    LINED float given[PIECE];
    LINED float arriving[PIECE];
    LINED float fed[BLOCK];
    LINED float told[PIECE];
    memset(fed, 0, b->fed ? (size_t)n * sizeof *fed : 0);
    for (int32_t k = 0; k < b->count; k++)
        begin(b->states[k], at, grads + k * BLOCK, n);
    for (int32_t k = 0; b->own && k < MOST_NUMBERS; k++)
        memcpy(own + k * BLOCK, b->own + k * b->neurons + at, (size_t)n * sizeof *own);
    for (int64_t t = b->steps - 1; t >= 0; t--) {
        for (int64_t i = 0; i < n; i += PIECE) {
            const int64_t row = t * b->neurons + at + i, m = n - i < PIECE ? n - i : PIECE;
            const float *grad = b->grad_out + row;
            const int64_t next = t ? row - b->neurons : row;
            if (b->far) {
                COMING(b->grad_out + next, m * 4, 0);
                COMING(b->out + next, m * 4, 1);
            }
            if (b->fed) {
                sums(grad, fed + i, arriving, m);
                grad = arriving;
            }
            if (to_spikes) {
                to_spikes(numbers, own + i, grad, b->noted + row, b->flags ? b->flags + row : NULL, grads + i, given, m);
                grad = given;
            }
            const float *spikes = spikes_of(b, row, told, m);
            if (!kernel->reads_out)
                through_spike(numbers, b, row, grad, through, m);
            back(numbers, own + i, kernel->reads_out ? b->grad_out + row : through, spikes,
                 b->flags ? b->flags + row : NULL, grads + i, b->out + row, b->bias ? b->bias + at + i : NULL,
                 m);
        }
        if (b->fed)
            product_of_panels(b->fed->of, b->out + t * b->neurons + at, b->fed->panels, fed, n / b->fed->features,
                              b->fed->features, b->fed->features);
        if (truncate && t % truncate == 0) {
            memset(grads, 0, (size_t)b->count * BLOCK * sizeof *grads);
            memset(fed, 0, b->fed ? (size_t)n * sizeof *fed : 0);
        }
    }
    if (b->fed)
        memcpy(b->fed->last + at, fed, (size_t)n * sizeof *fed);
    for (int32_t k = 0; k < b->count; k++)
        if (b->states[k])
            memcpy(b->states[k] + at, grads + k * BLOCK, (size_t)n * sizeof *grads);
}

/* The keys of the ways back there are; NULL after the last. */
EXPORT const char *spikelut_back_key(int32_t index)
{
    return index < back_kernel_count ? back_kernels[index].key : NULL;
}

static void all_blocks(int32_t index, const Numbers *numbers, int64_t truncate, const Layer *b, int64_t block, int threads)
{
    const int64_t blocks = (b->neurons + block - 1) / block;
    const int crew = team(threads, b->steps * b->neurons, blocks);
    in_large_pages(b->out, (size_t)(b->steps * b->neurons) * sizeof *b->out);
    #pragma omp parallel for num_threads(crew) if (parallel : crew > 1) schedule(static)
    for (int64_t at = 0; at < b->neurons; at += block)
        back_block(&back_kernels[index], numbers, truncate, b, at, b->neurons - at < block ? b->neurons - at : block);
}

/* Gradients of the currents in `out` [steps, neurons]. `spikes`, where they are needed, may be NULL if what was read
   between `first` and `last` tells them. */
EXPORT void spikelut_integer_backward(int32_t index, const Numbers *numbers, int64_t truncate, const Curve *curve,
                                      const void *read, const float *entries, int32_t count, const float *slopes,
                                      int32_t width, const float *spikes, int32_t first, int32_t last,
                                      const float *grad_out, const uint8_t *flags, float *const *states,
                                      int32_t state_count, float *out, float *bias,
                                      const int32_t *noted, const float *own, int64_t steps, int64_t neurons, int threads)
{
    const Values values = values_of(entries, count, width);
    const Layer b = {curve, read, values, slopes, width, spikes, first, last, grad_out, flags, states, out, bias, steps, neurons, state_count, noted, own,
                     far_apart(steps * neurons), NULL};
    all_blocks(index, numbers, truncate, &b, BLOCK, threads);
}

/* The same of neurons whose spikes were fed back through `weight` [features, features]; `before` is the gradient of
   the spikes before the first step. `panels` has room for the weights: see `product.h`. */
EXPORT void spikelut_integer_fed_backward(int32_t index, const Numbers *numbers, int64_t truncate, const Curve *curve,
                                          const void *read, const float *entries, int32_t count, const float *slopes,
                                          int32_t width, const float *spikes, int32_t first, int32_t last, const float *grad_out,
                                          const uint8_t *flags, float *const *states, int32_t state_count, float *out,
                                          float *bias, const int32_t *noted, const float *own, const float *weight,
                                          float *panels, float *before, int64_t features, int64_t steps, int64_t neurons,
                                          int threads)
{
    const Products *of = products();
    const Values values = values_of(entries, count, width);
    const FedBack fed = {of, panels, features, before};
    const Layer b = {curve, read, values, slopes, width, spikes, first, last, grad_out, flags, states, out, bias, steps, neurons, state_count, noted, own,
                     far_apart(steps * neurons), &fed};
    const int64_t samples = neurons / features, most_samples = BLOCK / features;
    const int64_t each = (samples + threads - 1) / (threads > 0 ? threads : 1);
    for (int64_t p = 0; p * of->wide < features; p++)
        into_panel(of, weight, p, features, features, panels);
    all_blocks(index, numbers, truncate, &b, (each < most_samples ? each : most_samples) * features, threads);
}
