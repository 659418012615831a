/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../float_lif.h"

CLONES static void float_step_read_out(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = states[i];
        const float v2 = current[i];
        const float v3 = v0 * v1;
        const float v4 = v3 + v2;
        states[i] = v4;
        out[i] = v4;
    }
}

CLONES static void float_step_read_out_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = states[i];
        const float v2 = bias[i];
        const float v3 = current[i];
        const float v4 = v0 * v1;
        const float v5 = v3 + v2;
        const float v6 = v4 + v5;
        states[i] = v6;
        out[i] = v6;
    }
}

CLONES static void float_step_subtract(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->drop;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = states[i];
        const float v4 = current[i];
        const float v5 = v0 * v3;
        const float v6 = v5 + v4;
        const float v7 = v6 - v1;
        const int32_t v8 = 0.0f <= v7;
        const float v9 = (float)v8;
        const float v10 = v9 * v2;
        const float v11 = v6 - v10;
        states[i] = v11;
        out[i] = v9;
        x[i] = v7;
    }
}

CLONES static void float_step_subtract_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->drop;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = states[i];
        const float v4 = bias[i];
        const float v5 = current[i];
        const float v6 = v0 * v3;
        const float v7 = v5 + v4;
        const float v8 = v6 + v7;
        const float v9 = v8 - v1;
        const int32_t v10 = 0.0f <= v9;
        const float v11 = (float)v10;
        const float v12 = v11 * v2;
        const float v13 = v8 - v12;
        states[i] = v13;
        out[i] = v11;
        x[i] = v9;
    }
}

CLONES static void float_step_zero(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = states[i];
        const float v3 = current[i];
        const float v4 = v0 * v2;
        const float v5 = v4 + v3;
        const float v6 = v5 - v1;
        const int32_t v7 = 0.0f <= v6;
        const float v8 = (float)v7;
        const float v9 = 1.0f - v8;
        const float v10 = v5 * v9;
        states[i] = v10;
        out[i] = v8;
        x[i] = v6;
    }
}

CLONES static void float_step_zero_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = states[i];
        const float v3 = bias[i];
        const float v4 = current[i];
        const float v5 = v0 * v2;
        const float v6 = v4 + v3;
        const float v7 = v5 + v6;
        const float v8 = v7 - v1;
        const int32_t v9 = 0.0f <= v8;
        const float v10 = (float)v9;
        const float v11 = 1.0f - v10;
        const float v12 = v7 * v11;
        states[i] = v12;
        out[i] = v10;
        x[i] = v8;
    }
}

CLONES static void float_step_read_out_current(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = states[i];
        const float v3 = states[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v1 * v3;
        const float v6 = v5 + v4;
        const float v7 = v0 * v2;
        const float v8 = v7 + v6;
        states[i] = v8;
        states[BLOCK + i] = v6;
        out[i] = v8;
    }
}

CLONES static void float_step_read_out_current_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = states[i];
        const float v3 = states[BLOCK + i];
        const float v4 = bias[i];
        const float v5 = current[i];
        const float v6 = v1 * v3;
        const float v7 = v6 + v5;
        const float v8 = v0 * v2;
        const float v9 = v7 + v4;
        const float v10 = v8 + v9;
        states[i] = v10;
        states[BLOCK + i] = v7;
        out[i] = v10;
    }
}

CLONES static void float_step_subtract_current(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->drop;
    const float v3 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = states[i];
        const float v5 = states[BLOCK + i];
        const float v6 = current[i];
        const float v7 = v3 * v5;
        const float v8 = v7 + v6;
        const float v9 = v0 * v4;
        const float v10 = v9 + v8;
        const float v11 = v10 - v1;
        const int32_t v12 = 0.0f <= v11;
        const float v13 = (float)v12;
        const float v14 = v13 * v2;
        const float v15 = v10 - v14;
        states[i] = v15;
        states[BLOCK + i] = v8;
        out[i] = v13;
        x[i] = v11;
    }
}

CLONES static void float_step_subtract_current_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->drop;
    const float v3 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = states[i];
        const float v5 = states[BLOCK + i];
        const float v6 = bias[i];
        const float v7 = current[i];
        const float v8 = v3 * v5;
        const float v9 = v8 + v7;
        const float v10 = v0 * v4;
        const float v11 = v9 + v6;
        const float v12 = v10 + v11;
        const float v13 = v12 - v1;
        const int32_t v14 = 0.0f <= v13;
        const float v15 = (float)v14;
        const float v16 = v15 * v2;
        const float v17 = v12 - v16;
        states[i] = v17;
        states[BLOCK + i] = v9;
        out[i] = v15;
        x[i] = v13;
    }
}

CLONES static void float_step_zero_current(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = states[i];
        const float v4 = states[BLOCK + i];
        const float v5 = current[i];
        const float v6 = v2 * v4;
        const float v7 = v6 + v5;
        const float v8 = v0 * v3;
        const float v9 = v8 + v7;
        const float v10 = v9 - v1;
        const int32_t v11 = 0.0f <= v10;
        const float v12 = (float)v11;
        const float v13 = 1.0f - v12;
        const float v14 = v9 * v13;
        states[i] = v14;
        states[BLOCK + i] = v7;
        out[i] = v12;
        x[i] = v10;
    }
}

CLONES static void float_step_zero_current_bias(FLOAT_STEP_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->threshold;
    const float v2 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = states[i];
        const float v4 = states[BLOCK + i];
        const float v5 = bias[i];
        const float v6 = current[i];
        const float v7 = v2 * v4;
        const float v8 = v7 + v6;
        const float v9 = v0 * v3;
        const float v10 = v8 + v5;
        const float v11 = v9 + v10;
        const float v12 = v11 - v1;
        const int32_t v13 = 0.0f <= v12;
        const float v14 = (float)v13;
        const float v15 = 1.0f - v14;
        const float v16 = v11 * v15;
        states[i] = v16;
        states[BLOCK + i] = v8;
        out[i] = v14;
        x[i] = v12;
    }
}

CLONES static void float_back_read_out(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        grads[i] = v4;
        current[i] = v3;
    }
}

CLONES static void float_back_read_out_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        const float v5 = bias[i];
        const float v6 = v5 + v3;
        grads[i] = v4;
        current[i] = v3;
        bias[i] = v6;
    }
}

CLONES static void float_back_subtract(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        grads[i] = v4;
        current[i] = v3;
    }
}

CLONES static void float_back_subtract_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        const float v5 = bias[i];
        const float v6 = v5 + v3;
        grads[i] = v4;
        current[i] = v3;
        bias[i] = v6;
    }
}

CLONES static void float_back_zero(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 + v2;
        const float v8 = v7 * v0;
        grads[i] = v8;
        current[i] = v7;
    }
}

CLONES static void float_back_zero_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 + v2;
        const float v8 = v7 * v0;
        const float v9 = bias[i];
        const float v10 = v9 + v7;
        grads[i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void float_back_read_out_current(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v3 + v5;
        const float v7 = v6 * v1;
        const float v8 = v5 * v0;
        grads[i] = v8;
        grads[BLOCK + i] = v7;
        current[i] = v6;
    }
}

CLONES static void float_back_read_out_current_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v3 + v5;
        const float v7 = v6 * v1;
        const float v8 = v5 * v0;
        const float v9 = bias[i];
        const float v10 = v9 + v5;
        grads[i] = v8;
        grads[BLOCK + i] = v7;
        current[i] = v6;
        bias[i] = v10;
    }
}

CLONES static void float_back_subtract_current(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v3 + v5;
        const float v7 = v6 * v1;
        const float v8 = v5 * v0;
        grads[i] = v8;
        grads[BLOCK + i] = v7;
        current[i] = v6;
    }
}

CLONES static void float_back_subtract_current_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v3 + v5;
        const float v7 = v6 * v1;
        const float v8 = v5 * v0;
        const float v9 = bias[i];
        const float v10 = v9 + v5;
        grads[i] = v8;
        grads[BLOCK + i] = v7;
        current[i] = v6;
        bias[i] = v10;
    }
}

CLONES static void float_back_zero_current(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v3 + v9;
        const float v11 = v10 * v1;
        const float v12 = v9 * v0;
        grads[i] = v12;
        grads[BLOCK + i] = v11;
        current[i] = v10;
    }
}

CLONES static void float_back_zero_current_bias(FLOAT_BACK_ARGUMENTS)
{
    const float v0 = spec->beta;
    const float v1 = spec->alpha;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v3 + v9;
        const float v11 = v10 * v1;
        const float v12 = v9 * v0;
        const float v13 = bias[i];
        const float v14 = v13 + v9;
        grads[i] = v12;
        grads[BLOCK + i] = v11;
        current[i] = v10;
        bias[i] = v14;
    }
}

static FloatStep *const float_steps[] = {
    float_step_read_out,
    float_step_read_out_bias,
    float_step_subtract,
    float_step_subtract_bias,
    float_step_zero,
    float_step_zero_bias,
    float_step_read_out_current,
    float_step_read_out_current_bias,
    float_step_subtract_current,
    float_step_subtract_current_bias,
    float_step_zero_current,
    float_step_zero_current_bias,
};

static FloatBack *const float_backs[] = {
    float_back_read_out,
    float_back_read_out_bias,
    float_back_subtract,
    float_back_subtract_bias,
    float_back_zero,
    float_back_zero_bias,
    float_back_read_out_current,
    float_back_read_out_current_bias,
    float_back_subtract_current,
    float_back_subtract_current_bias,
    float_back_zero_current,
    float_back_zero_current_bias,
};
