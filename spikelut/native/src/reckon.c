/* A sample on ReckOn, which learns while it runs: what `quant/chips/reckon` does in NumPy, a tick after the other. The
   rules are printed from there; here are the loops over neurons and weights, and who takes which random number. */
#include "reckon.h"
#include "generated/reckon_rules.h"

/* What lasts for a sample. */
typedef struct {
    int32_t u[PLACES], spike[PLACES], trace[2][PLACES], trace_out[PLACES], outputs[LANES], votes[LANES];
    int32_t error[LANES], signal[PLACES], slope[PLACES], excess[PLACES];
} State;

typedef struct {
    ReckonSpec *spec;
    const int32_t *alpha, *threshold; /* of each pair */
    int32_t *w[2], *w_out;            /* [from][to] */
} Chip;

static void call(ReckonGenerator *of, uint64_t *bits)
{
    uint32_t state = (uint32_t)of->state, next = 0;
    memset(bits, 0, (size_t)of->words * sizeof *bits);
    for (int32_t first = 0; first < of->length; first += 8) {
        const uint32_t row = (uint32_t)first / 8 * 256 + (state >> first & 255);
        next ^= of->after[row];
        for (int32_t w = 0; w < of->words; w++)
            bits[w] ^= of->outputs[row * (uint32_t)of->words + w];
    }
    of->state = next;
}

/* Number `lane` of so many bits each. */
INLINE int64_t lane_of(const uint64_t *bits, int32_t lane, int32_t width)
{
    const int32_t first = lane * width, word = first / 64, shift = first % 64;
    uint64_t found = bits[word] >> shift;
    if (shift + width > 64)
        found |= bits[word + 1] << (64 - shift);
    return (int64_t)(found & ((UINT64_C(1) << width) - 1));
}

/* A number of each of two generators, for a pair of neurons. */
INLINE void for_pair(ReckonSpec *spec, int32_t first, int32_t *even, int32_t *odd)
{
    uint64_t bits[1];
    call(&spec->generators[first], bits);
    *even = (int32_t)bits[0];
    call(&spec->generators[first + 1], bits);
    *odd = (int32_t)bits[0];
}

static int32_t places_of(const ReckonSpec *spec)
{
    int32_t most = spec->inputs > spec->neurons ? spec->inputs : spec->neurons;
    return most > spec->outputs ? most : spec->outputs;
}

static void step_neurons(Chip *chip, State *state)
{
    ReckonSpec *spec = chip->spec;
    const int32_t pairs = (places_of(spec) + 1) / 2, count[2] = {spec->inputs, spec->neurons};
    for (int32_t p = 0; p < pairs; p++) {
        const int32_t alpha = chip->alpha[p], threshold = chip->threshold[p];
        int32_t random[2] = {1 << 15, 1 << 15}, of_traces[2][2] = {{1 << 15, 1 << 15}, {1 << 15, 1 << 15}};
        int32_t of_outputs[2] = {1 << 7, 1 << 7};
        if (spec->en_stoch_round) {
            if (alpha != 1 << 15)
                for_pair(spec, EVEN, &random[0], &random[1]);
            for_pair(spec, TINP_EVEN, &of_traces[0][0], &of_traces[0][1]);
            for_pair(spec, TREC_EVEN, &of_traces[1][0], &of_traces[1][1]);
            for_pair(spec, TOUT_EVEN, &of_outputs[0], &of_outputs[1]);
        }
        for (int32_t side = 0; side < 2; side++) {
            const int32_t j = 2 * p + side;
            for (int32_t kind = 0; kind < 2; kind++)
                if (j < count[kind])
                    state->trace[kind][j] = reckon_leak_trace(state->trace[kind][j], alpha, of_traces[kind][side]);
            if (j >= spec->neurons)
                continue;
            const int32_t leaked = reckon_leak(state->u[j], alpha, random[side]);
            state->spike[j] = state->u[j] >= threshold;
            state->u[j] = reckon_after_reset(state->spike[j], leaked, threshold, spec->rst_mode);
            state->trace_out[j] = reckon_leak_output_trace(state->trace_out[j], spec->kappa, of_outputs[side]);
        }
    }
}

static void step_outputs(ReckonSpec *spec, State *state)
{
    const int32_t places = places_of(spec), cycles = places < LANES ? places : LANES;
    const int32_t rounds = spec->en_stoch_round && spec->kappa != 1 << 7;
    for (int32_t k = 0; k < cycles; k++) {
        uint64_t random[1] = {1 << 7};
        if (rounds)
            call(&spec->generators[OUTPUTS], random);
        if (k < spec->outputs)
            state->outputs[k] = reckon_leak_output(state->outputs[k], spec->kappa, (int32_t)random[0]);
    }
}

static int32_t winner(const int32_t *of, int32_t count)
{
    int32_t best = 0;
    for (int32_t k = 1; k < count; k++)
        best = of[k] > of[best] ? k : best;
    return best;
}

/* What the weights are updated by: errors, learning signals, slopes and excess. */
static void prepare(Chip *chip, State *state, const int32_t *goal)
{
    ReckonSpec *spec = chip->spec;
    for (int32_t k = 0; k < spec->outputs; k++)
        state->error[k] = reckon_output_error(state->outputs[k], goal[k], spec->no_out_act);
    const int32_t *t = spec->thr_h, *h = spec->h;
    for (int32_t j = 0; j < spec->neurons; j++) {
        int32_t total = 0;
        for (int32_t k = 0; k < spec->outputs; k++)
            total += state->error[k] * chip->w_out[j * spec->outputs + k];
        state->signal[j] = spec->do_eprop & 3 ? reckon_learning_signal(total, spec->learn_sig_scale) : 0;
        state->slope[j] = spec->curve ? spec->curve[state->u[j] + 32768] : reckon_slope(state->u[j], t[0], t[1], t[2], t[3], h[0], h[1], h[2], h[3], h[4]);
        const int32_t trace = state->trace[1][j] >> spec->fp_loc_t[1];
        state->excess[j] = spec->regul_mode ? reckon_excess(trace, spec->regul_f0) : 0;
    }
}

static void learn_outputs(Chip *chip, State *state)
{
    ReckonSpec *spec = chip->spec;
    for (int32_t j = 0; j < spec->neurons; j++) {
        const int32_t trace = state->trace_out[j] >> spec->fp_loc_tout;
        uint64_t bits[7];
        if (!trace)
            continue;
        call(&spec->generators[W_OUT], bits);
        spec->calls[2]++;
        for (int32_t k = 0; k < spec->outputs; k++) {
            int32_t *w = &chip->w_out[j * spec->outputs + k];
            const int32_t product = state->error[k] * trace, random = (int32_t)lane_of(bits, k, 28);
            *w = reckon_moved(*w, product, reckon_output_moves(product, spec->lr_p_wout, spec->lr_r_wout, random));
        }
    }
}

/* Weights of one axon to a block of neurons. */
static void learn_row(Chip *chip, State *state, int32_t kind, int32_t i, int32_t first, int32_t trace)
{
    ReckonSpec *spec = chip->spec;
    const int32_t last = first + LANES < spec->neurons ? first + LANES : spec->neurons;
    const int32_t adds = spec->regul_mode & 2 && spec->regul_w >> kind & 1, scales = spec->regul_mode & 1 && spec->regul_w;
    uint64_t bits[8];
    call(&spec->generators[W_INP + kind], bits);
    spec->calls[kind]++;
    for (int32_t j = first; j < last; j++) {
        const int32_t over = state->excess[j];
        const int32_t sixteenths = scales ? reckon_share_left(over, spec->regul_k_mul) : 16;
        const int32_t less = adds ? reckon_taken_away(over, spec->regul_k_p[kind], spec->regul_k_r[kind]) : 0;
        const int32_t signal = state->signal[j], slope = state->slope[j];
        const int32_t product = spec->curve
            ? reckon_product_of_curve(signal, trace, slope, sixteenths, less, spec->curve_frac)
            : reckon_product(signal, trace, slope, sixteenths, less);
        int32_t *w = &chip->w[kind][i * spec->neurons + j];
        const int64_t random = lane_of(bits, j - first, 32);
        const int32_t move = reckon_moves(product, spec->lr_p_w[kind], spec->lr_r_w[kind], random);
        *w = kind == 1 && i == j && move ? 0 : reckon_moved(*w, product, move);
    }
}

static void learn(Chip *chip, State *state, const int32_t *goal)
{
    ReckonSpec *spec = chip->spec;
    const int32_t count[2] = {spec->inputs, spec->neurons};
    prepare(chip, state, goal);
    if (spec->do_eprop & 4)
        learn_outputs(chip, state);
    for (int32_t first = 0; first < spec->neurons; first += LANES) {
        int32_t acts = 0;
        for (int32_t j = first; j < first + LANES && j < spec->neurons; j++)
            acts |= state->excess[j];
        for (int32_t kind = 0; kind < 2; kind++) {
            for (int32_t i = 0; i < count[kind] && spec->do_eprop >> kind & 1; i++) {
                const int32_t trace = state->trace[kind][i] >> spec->fp_loc_t[kind];
                if (trace || acts)
                    learn_row(chip, state, kind, i, first, trace);
            }
        }
    }
}

/* The weights of an event arrive at membranes, with noise where there is any. */
static void arrive(Chip *chip, State *state, const int32_t *inp, const int32_t *rec)
{
    ReckonSpec *spec = chip->spec;
    for (int32_t j = 0; j < spec->neurons; j += 2) {
        uint64_t bits[1] = {0};
        if (spec->noise_en)
            call(&spec->generators[NOISE], bits);
        for (int32_t side = 0; side < 2; side++) {
            const int32_t n = j + side, noise = (int16_t)(bits[0] >> 16 * side);
            const int32_t weight = (inp ? inp[n] * (1 << spec->fp_loc_w[0]) : 0) + (rec ? rec[n] * (1 << spec->fp_loc_w[1]) : 0);
            state->u[n] = spec->noise_en ? reckon_arrive_noisy(state->u[n], weight, noise >> spec->noise_str)
                                         : reckon_arrive(state->u[n], weight);
        }
    }
}

static void propagate(Chip *chip, State *state, const uint8_t *events)
{
    ReckonSpec *spec = chip->spec;
    const int32_t n = spec->neurons, places = spec->inputs > n ? spec->inputs : n;
    const int32_t keeps = spec->force_traces ? 7 : spec->do_eprop;
    for (int32_t i = 0; i < places; i++) {
        const int32_t event = i < spec->inputs && events[i], spike = i < n && state->spike[i];
        if (!event && !spike)
            continue;
        arrive(chip, state, event ? chip->w[0] + i * n : NULL, spike ? chip->w[1] + i * n : NULL);
        for (int32_t k = 0; k < spec->outputs && spike; k++)
            state->outputs[k] = reckon_arrive(state->outputs[k], chip->w_out[i * spec->outputs + k] * (1 << spec->fp_loc_wout));
        for (int32_t kind = 0; kind < 2; kind++)
            if ((kind ? spike : event) && keeps >> kind & 1)
                state->trace[kind][i] = reckon_grow(state->trace[kind][i], 8 << spec->fp_loc_t[kind]);
        if (spike && keeps & 4)
            state->trace_out[i] = reckon_grow_output(state->trace_out[i], 2 << spec->fp_loc_tout);
    }
}

/* `events` [ticks][inputs], `goals` [ticks][outputs]; `outputs` and `spikes` are what came of each step. */
EXPORT void spikelut_reckon(ReckonSpec *spec, const int32_t *alpha, const int32_t *threshold, int32_t *w_inp,
                            int32_t *w_rec, int32_t *w_out, const uint8_t *events, const int32_t *goals,
                            int32_t *outputs, uint8_t *spikes, int32_t *votes, int64_t ticks, int64_t target_from)
{
    Chip chip = {spec, alpha, threshold, {w_inp, w_rec}, w_out};
    State state;
    memset(&state, 0, sizeof state);
    for (int64_t t = 0; t < ticks; t++) {
        if (t > 0) {
            step_neurons(&chip, &state);
            step_outputs(spec, &state);
        }
        if (t >= target_from && !spec->regression)
            state.votes[winner(state.outputs, spec->outputs)]++;
        memcpy(outputs + t * spec->outputs, state.outputs, (size_t)spec->outputs * sizeof *outputs);
        for (int32_t j = 0; j < spec->neurons; j++)
            spikes[t * spec->neurons + j] = (uint8_t)state.spike[j];
        if (t == ticks - 1)
            break;
        if (t >= target_from && spec->do_eprop)
            learn(&chip, &state, goals + t * spec->outputs);
        propagate(&chip, &state, events + t * spec->inputs);
    }
    memcpy(votes, state.votes, (size_t)spec->outputs * sizeof *votes);
}
