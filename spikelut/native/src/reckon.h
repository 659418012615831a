/* ReckOn as it is programmed; see `quant/chips/reckon`. */
#ifndef SPIKELUT_RECKON_H
#define SPIKELUT_RECKON_H

#include "common.h"

/* The most inputs and neurons, the most outputs, which are also the neurons whose weights are updated at once. */
#define PLACES 256
#define LANES 16

/* A shift register with feedback: a call's bits, `words` times 64 of them, and the state after it are sums without
   carries of what each byte of the state's `length` bits adds to them, by its value. */
typedef struct {
    int32_t length, words;
    const uint64_t *outputs; /* [bytes][256][words] */
    const uint32_t *after;   /* [bytes][256] */
    int64_t state;
} ReckonGenerator;

/* In the order of `generators.ALL`. */
enum { EVEN, ODD, TINP_EVEN, TINP_ODD, TREC_EVEN, TREC_ODD, TOUT_EVEN, TOUT_ODD, OUTPUTS, W_INP, W_REC, W_OUT, NOISE };
#define GENERATORS (NOISE + 1)

/* The registers, by their names; what is there once for input and once for recurrent weights is an array of two. */
typedef struct {
    int32_t inputs, neurons, outputs, rst_mode, kappa, noise_en, noise_str, en_stoch_round, do_eprop, force_traces;
    int32_t fp_loc_w[2], fp_loc_wout, fp_loc_t[2], fp_loc_tout;
    int32_t thr_h[4], h[5];
    int32_t learn_sig_scale, lr_p_w[2], lr_r_w[2], lr_p_wout, lr_r_wout;
    int32_t regression, no_out_act;
    int32_t regul_mode, regul_w, regul_f0, regul_k_p[2], regul_k_r[2], regul_k_mul;
    const int32_t *curve; /* in place of `h`, of membranes -32768 on; NULL on the chip */
    int32_t curve_frac;
    ReckonGenerator generators[GENERATORS];
    int64_t calls[3];
} ReckonSpec;

#endif
