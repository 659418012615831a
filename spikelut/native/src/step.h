/* Time steps of neurons, one function for each structure; those of generated/ are printed by `quant/codegen`. */
#ifndef SPIKELUT_STEP_H
#define SPIKELUT_STEP_H

#include "common.h"

/* States of a neuron at most, and numbers of a kind besides the threshold, as in `quant/codegen/structures.py`. */
#define MOST_STATES 4
#define MOST_NUMBERS 5

/* What of a layer is not built into its function; see `Numbers` in `quant/codegen/structures.py`. */
typedef struct {
    int32_t amounts[MOST_NUMBERS], threshold, most;
    float scale, step;          /* codes per unit, units per code */
    double betas[MOST_NUMBERS]; /* the derivatives of the leaks, the real values of other numbers */
} Numbers;

/* What a step met: a register that was cut; a current that is NaN or infinite. */
enum { CUT = 1, NOT_FINITE = 2 };

/* A time step of n <= PIECE neurons. Returns what it met. Biases and x are codes of 32 bits, or of 64
   where the sums of a layer leave 32; state k of neuron i is states[k * BLOCK + i]. `flags`, which registers were cut
   where, is for those that note it. `own`, for those that read it, has numbers of each neuron: amount k of neuron i is
   own[k * BLOCK + i], its threshold that with k = MOST_NUMBERS. `noted`, for kinds that note something. */
#define STEP_ARGUMENTS                                                                                                 \
    const Numbers *numbers, const int32_t *restrict own, const float *restrict current, const void *restrict biases,   \
        const int32_t *restrict states, int32_t *restrict next, float *restrict out, void *restrict xs,                \
        uint8_t *restrict flags, int32_t *restrict noted, int64_t n

typedef int Step(STEP_ARGUMENTS);

typedef struct {
    const char *key;  /* as `Structure.key` has it */
    Step *step, *cut; /* `cut` is the same step, which notes flags; NULL where no register can be cut */
    int32_t wide, states, numbers, low[MOST_STATES], high[MOST_STATES]; /* how many states and numbers; the registers */
} StepKernel;

extern const StepKernel step_kernels[];
extern const int32_t step_kernel_count;

/* The way back through a time step: the gradients of states, grads[k * BLOCK + i], and `bias`, which adds up, are
   replaced. `own`, for those that read it: the derivatives of the leaks of each neuron, own[k * BLOCK + i]. */
#define BACK_ARGUMENTS                                                                                                 \
    const Numbers *numbers, const float *restrict own, const float *restrict output, const float *restrict spikes,     \
        const uint8_t *restrict flags,                                                                                 \
        float *restrict grads, float *restrict current, float *restrict bias, int64_t n

typedef void Back(BACK_ARGUMENTS);

/* The gradient of the spikes of a step: that of the output, and what the gradients of states hand back to them. */
#define TO_SPIKES_ARGUMENTS                                                                                            \
    const Numbers *numbers, const float *restrict own, const float *restrict output, const int32_t *restrict noted,    \
        const uint8_t *restrict flags, const float *restrict grads, float *restrict given, int64_t n

typedef void ToSpikes(TO_SPIKES_ARGUMENTS);

typedef struct {
    const char *key;   /* as `Structure.back_key` has it */
    int32_t reads_out; /* there are no spikes: `output` is the gradient of the membrane */
    Back *back[4];     /* plain; with flags; with a bias; with both */
    ToSpikes *spikes[2]; /* plain; with flags; NULL of kinds whose states hand nothing back */
} BackKernel;

extern const BackKernel back_kernels[];
extern const int32_t back_kernel_count;

/* The floor of a / b, b > 0, exact where a float of that many bits holds the magnitudes of a, b and their sum: the
   quotients of such numbers differ from the next whole one by more than a rounding. Without a call, so that there are
   vectors of it. */
INLINE int32_t floor_quotient32(int32_t a, int32_t b)
{
    const float quotient = (float)a / (float)b;
    const int32_t whole = (int32_t)quotient;
    return whole - ((float)whole > quotient);
}

INLINE int64_t floor_quotient64(int64_t a, int64_t b)
{
    const double quotient = (double)a / (double)b;
    const int64_t whole = (int64_t)quotient;
    return whole - ((double)whole > quotient);
}

#endif
