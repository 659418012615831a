/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../step.h"

/* reset by subtraction, leaks first */
CLONES static void back0(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        grads[i] = v5;
        current[i] = v4;
    }
}

CLONES static void back0_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = (float)v4;
        const float v11 = v9 * v10;
        const float v12 = v11 * v1;
        const float v13 = (float)v6;
        const float v14 = v11 * v13;
        grads[i] = v12;
        current[i] = v14;
    }
}

CLONES static void back0_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v4;
        grads[i] = v5;
        current[i] = v4;
        bias[i] = v7;
    }
}

CLONES static void back0_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = (float)v4;
        const float v11 = v9 * v10;
        const float v12 = v11 * v1;
        const float v13 = (float)v6;
        const float v14 = v11 * v13;
        const float v15 = bias[i];
        const float v16 = v15 + v11;
        grads[i] = v12;
        current[i] = v14;
        bias[i] = v16;
    }
}

/* reset to zero, leaks first */
CLONES static void back1(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v1;
        grads[i] = v9;
        current[i] = v8;
    }
}

CLONES static void back1_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 + v8;
        const float v14 = (float)v4;
        const float v15 = v13 * v14;
        const float v16 = v15 * v1;
        const float v17 = (float)v6;
        const float v18 = v15 * v17;
        grads[i] = v16;
        current[i] = v18;
    }
}

CLONES static void back1_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v1;
        const float v10 = bias[i];
        const float v11 = v10 + v8;
        grads[i] = v9;
        current[i] = v8;
        bias[i] = v11;
    }
}

CLONES static void back1_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 + v8;
        const float v14 = (float)v4;
        const float v15 = v13 * v14;
        const float v16 = v15 * v1;
        const float v17 = (float)v6;
        const float v18 = v15 * v17;
        const float v19 = bias[i];
        const float v20 = v19 + v15;
        grads[i] = v16;
        current[i] = v18;
        bias[i] = v20;
    }
}

/* read-out, leaks first */
CLONES static void back2(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        grads[i] = v5;
        current[i] = v4;
    }
}

CLONES static void back2_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = (float)v4;
        const float v11 = v9 * v10;
        const float v12 = v11 * v1;
        const float v13 = (float)v6;
        const float v14 = v11 * v13;
        grads[i] = v12;
        current[i] = v14;
    }
}

CLONES static void back2_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v4;
        grads[i] = v5;
        current[i] = v4;
        bias[i] = v7;
    }
}

CLONES static void back2_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = (float)v4;
        const float v11 = v9 * v10;
        const float v12 = v11 * v1;
        const float v13 = (float)v6;
        const float v14 = v11 * v13;
        const float v15 = bias[i];
        const float v16 = v15 + v11;
        grads[i] = v12;
        current[i] = v14;
        bias[i] = v16;
    }
}

/* reset to zero, leaks first, synapse, synapse leaks first */
CLONES static void back3(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = spikes[i];
        const int32_t v8 = v7 == 0.0f;
        const float v9 = (float)v8;
        const float v10 = v4 * v9;
        const float v11 = v10 + v6;
        const float v12 = v11 * v2;
        const float v13 = v5 + v11;
        const float v14 = v13 * v3;
        grads[i] = v12;
        grads[BLOCK + i] = v14;
        current[i] = v13;
    }
}

CLONES static void back3_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = spikes[i];
        const int32_t v16 = v15 == 0.0f;
        const float v17 = (float)v16;
        const float v18 = v12 * v17;
        const float v19 = v18 + v14;
        const float v20 = (float)v6;
        const float v21 = v19 * v20;
        const float v22 = v21 * v2;
        const float v23 = (float)v9;
        const float v24 = v21 * v23;
        const float v25 = v13 + v24;
        const float v26 = (float)v11;
        const float v27 = v25 * v26;
        const float v28 = v27 * v3;
        grads[i] = v22;
        grads[BLOCK + i] = v28;
        current[i] = v27;
    }
}

CLONES static void back3_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = spikes[i];
        const int32_t v8 = v7 == 0.0f;
        const float v9 = (float)v8;
        const float v10 = v4 * v9;
        const float v11 = v10 + v6;
        const float v12 = v11 * v2;
        const float v13 = v5 + v11;
        const float v14 = v13 * v3;
        const float v15 = bias[i];
        const float v16 = v15 + v11;
        grads[i] = v12;
        grads[BLOCK + i] = v14;
        current[i] = v13;
        bias[i] = v16;
    }
}

CLONES static void back3_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = spikes[i];
        const int32_t v16 = v15 == 0.0f;
        const float v17 = (float)v16;
        const float v18 = v12 * v17;
        const float v19 = v18 + v14;
        const float v20 = (float)v6;
        const float v21 = v19 * v20;
        const float v22 = v21 * v2;
        const float v23 = (float)v9;
        const float v24 = v21 * v23;
        const float v25 = v13 + v24;
        const float v26 = (float)v11;
        const float v27 = v25 * v26;
        const float v28 = v27 * v3;
        const float v29 = bias[i];
        const float v30 = v29 + v21;
        grads[i] = v22;
        grads[BLOCK + i] = v28;
        current[i] = v27;
        bias[i] = v30;
    }
}

/* read-out, leaks first, synapse, synapse leaks first */
CLONES static void back4(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v9;
    }
}

CLONES static void back4_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v23;
    }
}

CLONES static void back4_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v7;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v9;
        bias[i] = v12;
    }
}

CLONES static void back4_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v17;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v23;
        bias[i] = v26;
    }
}

/* reset by subtraction, leaks last */
CLONES static void back5(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 * v1;
        const float v5 = v4 + v3;
        grads[i] = v5;
        current[i] = v5;
    }
}

CLONES static void back5_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 * v1;
        const float v10 = v9 + v8;
        const float v11 = (float)v4;
        const float v12 = v10 * v11;
        const float v13 = (float)v6;
        const float v14 = v12 * v13;
        grads[i] = v12;
        current[i] = v14;
    }
}

CLONES static void back5_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 * v1;
        const float v5 = v4 + v3;
        const float v6 = bias[i];
        const float v7 = v6 + v5;
        grads[i] = v5;
        current[i] = v5;
        bias[i] = v7;
    }
}

CLONES static void back5_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 * v1;
        const float v10 = v9 + v8;
        const float v11 = (float)v4;
        const float v12 = v10 * v11;
        const float v13 = (float)v6;
        const float v14 = v12 * v13;
        const float v15 = bias[i];
        const float v16 = v15 + v12;
        grads[i] = v12;
        current[i] = v14;
        bias[i] = v16;
    }
}

/* reset to zero, leaks last */
CLONES static void back6(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v8 + v3;
        grads[i] = v9;
        current[i] = v9;
    }
}

CLONES static void back6_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 * v1;
        const float v14 = v13 + v8;
        const float v15 = (float)v4;
        const float v16 = v14 * v15;
        const float v17 = (float)v6;
        const float v18 = v16 * v17;
        grads[i] = v16;
        current[i] = v18;
    }
}

CLONES static void back6_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v8 + v3;
        const float v10 = bias[i];
        const float v11 = v10 + v9;
        grads[i] = v9;
        current[i] = v9;
        bias[i] = v11;
    }
}

CLONES static void back6_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 * v1;
        const float v14 = v13 + v8;
        const float v15 = (float)v4;
        const float v16 = v14 * v15;
        const float v17 = (float)v6;
        const float v18 = v16 * v17;
        const float v19 = bias[i];
        const float v20 = v19 + v16;
        grads[i] = v16;
        current[i] = v18;
        bias[i] = v20;
    }
}

/* read-out, leaks last */
CLONES static void back7(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        grads[i] = v5;
        current[i] = v5;
    }
}

CLONES static void back7_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = v9 * v1;
        const float v11 = (float)v4;
        const float v12 = v10 * v11;
        const float v13 = (float)v6;
        const float v14 = v12 * v13;
        grads[i] = v12;
        current[i] = v14;
    }
}

CLONES static void back7_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v5;
        grads[i] = v5;
        current[i] = v5;
        bias[i] = v7;
    }
}

CLONES static void back7_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = v7 + v8;
        const float v10 = v9 * v1;
        const float v11 = (float)v4;
        const float v12 = v10 * v11;
        const float v13 = (float)v6;
        const float v14 = v12 * v13;
        const float v15 = bias[i];
        const float v16 = v15 + v12;
        grads[i] = v12;
        current[i] = v14;
        bias[i] = v16;
    }
}

/* reset by subtraction, instead of the leak, leaks last */
CLONES static void back8(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v2 - v7;
        const float v10 = v8 + v9;
        const float v11 = v10 + v3;
        grads[i] = v11;
        current[i] = v11;
    }
}

CLONES static void back8_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 * v1;
        const float v14 = v7 - v12;
        const float v15 = v13 + v14;
        const float v16 = v15 + v8;
        const float v17 = (float)v4;
        const float v18 = v16 * v17;
        const float v19 = (float)v6;
        const float v20 = v18 * v19;
        grads[i] = v18;
        current[i] = v20;
    }
}

CLONES static void back8_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v2 - v7;
        const float v10 = v8 + v9;
        const float v11 = v10 + v3;
        const float v12 = bias[i];
        const float v13 = v12 + v11;
        grads[i] = v11;
        current[i] = v11;
        bias[i] = v13;
    }
}

CLONES static void back8_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 == 0;
        const float v7 = grads[i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const int32_t v10 = v9 == 0.0f;
        const float v11 = (float)v10;
        const float v12 = v7 * v11;
        const float v13 = v12 * v1;
        const float v14 = v7 - v12;
        const float v15 = v13 + v14;
        const float v16 = v15 + v8;
        const float v17 = (float)v4;
        const float v18 = v16 * v17;
        const float v19 = (float)v6;
        const float v20 = v18 * v19;
        const float v21 = bias[i];
        const float v22 = v21 + v18;
        grads[i] = v18;
        current[i] = v20;
        bias[i] = v22;
    }
}

/* reset to zero, leaks first, relaxes */
CLONES static void back9(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v4 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v2;
        const float v12 = v10 * v3;
        grads[i] = v12;
        current[i] = v11;
    }
}

CLONES static void back9_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = spikes[i];
        const int32_t v12 = v11 == 0.0f;
        const float v13 = (float)v12;
        const float v14 = v9 * v13;
        const float v15 = v14 + v10;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = v17 * v3;
        const float v20 = (float)v8;
        const float v21 = v18 * v20;
        grads[i] = v19;
        current[i] = v21;
    }
}

CLONES static void back9_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v4 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v2;
        const float v12 = v10 * v3;
        const float v13 = bias[i];
        const float v14 = v13 + v11;
        grads[i] = v12;
        current[i] = v11;
        bias[i] = v14;
    }
}

CLONES static void back9_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = spikes[i];
        const int32_t v12 = v11 == 0.0f;
        const float v13 = (float)v12;
        const float v14 = v9 * v13;
        const float v15 = v14 + v10;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = v17 * v3;
        const float v20 = (float)v8;
        const float v21 = v18 * v20;
        const float v22 = bias[i];
        const float v23 = v22 + v18;
        grads[i] = v19;
        current[i] = v21;
        bias[i] = v23;
    }
}

/* read-out, leaks first, relaxes */
CLONES static void back10(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        grads[i] = v8;
        current[i] = v7;
    }
}

CLONES static void back10_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = v9 + v10;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = v13 * v2;
        const float v15 = v13 * v3;
        const float v16 = (float)v8;
        const float v17 = v14 * v16;
        grads[i] = v15;
        current[i] = v17;
    }
}

CLONES static void back10_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        const float v9 = bias[i];
        const float v10 = v9 + v7;
        grads[i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back10_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = v9 + v10;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = v13 * v2;
        const float v15 = v13 * v3;
        const float v16 = (float)v8;
        const float v17 = v14 * v16;
        const float v18 = bias[i];
        const float v19 = v18 + v14;
        grads[i] = v15;
        current[i] = v17;
        bias[i] = v19;
    }
}

/* reset by subtraction, leaks first, relaxes */
CLONES static void back11(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        grads[i] = v8;
        current[i] = v7;
    }
}

CLONES static void back11_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = v9 + v10;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = v13 * v2;
        const float v15 = v13 * v3;
        const float v16 = (float)v8;
        const float v17 = v14 * v16;
        grads[i] = v15;
        current[i] = v17;
    }
}

CLONES static void back11_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        const float v9 = bias[i];
        const float v10 = v9 + v7;
        grads[i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back11_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = output[i];
        const float v11 = v9 + v10;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = v13 * v2;
        const float v15 = v13 * v3;
        const float v16 = (float)v8;
        const float v17 = v14 * v16;
        const float v18 = bias[i];
        const float v19 = v18 + v14;
        grads[i] = v15;
        current[i] = v17;
        bias[i] = v19;
    }
}

/* reset by subtraction, leaks first, synapse, input first */
CLONES static void back12(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v10;
    }
}

CLONES static void back12_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v24;
    }
}

CLONES static void back12_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v7;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v10;
        bias[i] = v12;
    }
}

CLONES static void back12_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v17;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v24;
        bias[i] = v26;
    }
}

/* read-out, leaks first, synapse, input first */
CLONES static void back13(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v10;
    }
}

CLONES static void back13_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v24;
    }
}

CLONES static void back13_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v5 + v7;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v7;
        grads[i] = v8;
        grads[BLOCK + i] = v10;
        current[i] = v10;
        bias[i] = v12;
    }
}

CLONES static void back13_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[1];
    const double v1 = numbers->betas[0];
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 == 0;
        const float v12 = grads[i];
        const float v13 = grads[BLOCK + i];
        const float v14 = output[i];
        const float v15 = v12 + v14;
        const float v16 = (float)v6;
        const float v17 = v15 * v16;
        const float v18 = v17 * v2;
        const float v19 = (float)v9;
        const float v20 = v17 * v19;
        const float v21 = v13 + v20;
        const float v22 = (float)v11;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v17;
        grads[i] = v18;
        grads[BLOCK + i] = v24;
        current[i] = v24;
        bias[i] = v26;
    }
}

/* reset by subtraction, factors of each neuron, leaks first */
CLONES static void back14(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        grads[i] = v4;
        current[i] = v3;
    }
}

CLONES static void back14_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = v10 * v0;
        const float v12 = (float)v5;
        const float v13 = v10 * v12;
        grads[i] = v11;
        current[i] = v13;
    }
}

CLONES static void back14_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
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

CLONES static void back14_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = v10 * v0;
        const float v12 = (float)v5;
        const float v13 = v10 * v12;
        const float v14 = bias[i];
        const float v15 = v14 + v10;
        grads[i] = v11;
        current[i] = v13;
        bias[i] = v15;
    }
}

/* reset to zero, factors of each neuron, leaks first */
CLONES static void back15(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
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

CLONES static void back15_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 + v7;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = v14 * v0;
        const float v16 = (float)v5;
        const float v17 = v14 * v16;
        grads[i] = v15;
        current[i] = v17;
    }
}

CLONES static void back15_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
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

CLONES static void back15_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 + v7;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = v14 * v0;
        const float v16 = (float)v5;
        const float v17 = v14 * v16;
        const float v18 = bias[i];
        const float v19 = v18 + v14;
        grads[i] = v15;
        current[i] = v17;
        bias[i] = v19;
    }
}

/* read-out, factors of each neuron, leaks first */
CLONES static void back16(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = v3 * v0;
        grads[i] = v4;
        current[i] = v3;
    }
}

CLONES static void back16_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = v10 * v0;
        const float v12 = (float)v5;
        const float v13 = v10 * v12;
        grads[i] = v11;
        current[i] = v13;
    }
}

CLONES static void back16_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
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

CLONES static void back16_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = v10 * v0;
        const float v12 = (float)v5;
        const float v13 = v10 * v12;
        const float v14 = bias[i];
        const float v15 = v14 + v10;
        grads[i] = v11;
        current[i] = v13;
        bias[i] = v15;
    }
}

/* reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first */
CLONES static void back17(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v1;
        const float v11 = v3 + v9;
        const float v12 = v11 * v0;
        grads[i] = v10;
        grads[BLOCK + i] = v12;
        current[i] = v11;
    }
}

CLONES static void back17_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 == 0;
        const float v10 = grads[i];
        const float v11 = grads[BLOCK + i];
        const float v12 = output[i];
        const float v13 = spikes[i];
        const int32_t v14 = v13 == 0.0f;
        const float v15 = (float)v14;
        const float v16 = v10 * v15;
        const float v17 = v16 + v12;
        const float v18 = (float)v4;
        const float v19 = v17 * v18;
        const float v20 = v19 * v1;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = v11 + v22;
        const float v24 = (float)v9;
        const float v25 = v23 * v24;
        const float v26 = v25 * v0;
        grads[i] = v20;
        grads[BLOCK + i] = v26;
        current[i] = v25;
    }
}

CLONES static void back17_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v1;
        const float v11 = v3 + v9;
        const float v12 = v11 * v0;
        const float v13 = bias[i];
        const float v14 = v13 + v9;
        grads[i] = v10;
        grads[BLOCK + i] = v12;
        current[i] = v11;
        bias[i] = v14;
    }
}

CLONES static void back17_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 == 0;
        const float v10 = grads[i];
        const float v11 = grads[BLOCK + i];
        const float v12 = output[i];
        const float v13 = spikes[i];
        const int32_t v14 = v13 == 0.0f;
        const float v15 = (float)v14;
        const float v16 = v10 * v15;
        const float v17 = v16 + v12;
        const float v18 = (float)v4;
        const float v19 = v17 * v18;
        const float v20 = v19 * v1;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = v11 + v22;
        const float v24 = (float)v9;
        const float v25 = v23 * v24;
        const float v26 = v25 * v0;
        const float v27 = bias[i];
        const float v28 = v27 + v19;
        grads[i] = v20;
        grads[BLOCK + i] = v26;
        current[i] = v25;
        bias[i] = v28;
    }
}

/* read-out, factors of each neuron, leaks first, synapse, synapse leaks first */
CLONES static void back18(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v1;
        const float v7 = v3 + v5;
        const float v8 = v7 * v0;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
    }
}

CLONES static void back18_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 == 0;
        const float v10 = grads[i];
        const float v11 = grads[BLOCK + i];
        const float v12 = output[i];
        const float v13 = v10 + v12;
        const float v14 = (float)v4;
        const float v15 = v13 * v14;
        const float v16 = v15 * v1;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v0;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
    }
}

CLONES static void back18_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v1;
        const float v7 = v3 + v5;
        const float v8 = v7 * v0;
        const float v9 = bias[i];
        const float v10 = v9 + v5;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back18_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[BLOCK + i];
        const float v1 = own[i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 == 0;
        const float v10 = grads[i];
        const float v11 = grads[BLOCK + i];
        const float v12 = output[i];
        const float v13 = v10 + v12;
        const float v14 = (float)v4;
        const float v15 = v13 * v14;
        const float v16 = v15 * v1;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v0;
        const float v23 = bias[i];
        const float v24 = v23 + v15;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
        bias[i] = v24;
    }
}

/* reset to zero, factors of each neuron, leaks last */
CLONES static void back19(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 * v0;
        const float v8 = v7 + v2;
        grads[i] = v8;
        current[i] = v8;
    }
}

CLONES static void back19_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 * v0;
        const float v13 = v12 + v7;
        const float v14 = (float)v3;
        const float v15 = v13 * v14;
        const float v16 = (float)v5;
        const float v17 = v15 * v16;
        grads[i] = v15;
        current[i] = v17;
    }
}

CLONES static void back19_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 * v0;
        const float v8 = v7 + v2;
        const float v9 = bias[i];
        const float v10 = v9 + v8;
        grads[i] = v8;
        current[i] = v8;
        bias[i] = v10;
    }
}

CLONES static void back19_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 * v0;
        const float v13 = v12 + v7;
        const float v14 = (float)v3;
        const float v15 = v13 * v14;
        const float v16 = (float)v5;
        const float v17 = v15 * v16;
        const float v18 = bias[i];
        const float v19 = v18 + v15;
        grads[i] = v15;
        current[i] = v17;
        bias[i] = v19;
    }
}

/* reset by subtraction, instead of the leak, factors of each neuron, leaks last */
CLONES static void back20(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 * v0;
        const float v8 = v1 - v6;
        const float v9 = v7 + v8;
        const float v10 = v9 + v2;
        grads[i] = v10;
        current[i] = v10;
    }
}

CLONES static void back20_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 * v0;
        const float v13 = v6 - v11;
        const float v14 = v12 + v13;
        const float v15 = v14 + v7;
        const float v16 = (float)v3;
        const float v17 = v15 * v16;
        const float v18 = (float)v5;
        const float v19 = v17 * v18;
        grads[i] = v17;
        current[i] = v19;
    }
}

CLONES static void back20_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 * v0;
        const float v8 = v1 - v6;
        const float v9 = v7 + v8;
        const float v10 = v9 + v2;
        const float v11 = bias[i];
        const float v12 = v11 + v10;
        grads[i] = v10;
        current[i] = v10;
        bias[i] = v12;
    }
}

CLONES static void back20_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 * v0;
        const float v13 = v6 - v11;
        const float v14 = v12 + v13;
        const float v15 = v14 + v7;
        const float v16 = (float)v3;
        const float v17 = v15 * v16;
        const float v18 = (float)v5;
        const float v19 = v17 * v18;
        const float v20 = bias[i];
        const float v21 = v20 + v17;
        grads[i] = v17;
        current[i] = v19;
        bias[i] = v21;
    }
}

/* reset to zero, factors of each neuron, leaks first, relaxes */
CLONES static void back21(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 + v2;
        const float v8 = 1.0f - v0;
        const float v9 = v7 * v8;
        const float v10 = v7 * v0;
        grads[i] = v10;
        current[i] = v9;
    }
}

CLONES static void back21_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 + v7;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = 1.0f - v0;
        const float v16 = v14 * v15;
        const float v17 = v14 * v0;
        const float v18 = (float)v5;
        const float v19 = v16 * v18;
        grads[i] = v17;
        current[i] = v19;
    }
}

CLONES static void back21_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = spikes[i];
        const int32_t v4 = v3 == 0.0f;
        const float v5 = (float)v4;
        const float v6 = v1 * v5;
        const float v7 = v6 + v2;
        const float v8 = 1.0f - v0;
        const float v9 = v7 * v8;
        const float v10 = v7 * v0;
        const float v11 = bias[i];
        const float v12 = v11 + v9;
        grads[i] = v10;
        current[i] = v9;
        bias[i] = v12;
    }
}

CLONES static void back21_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v6 * v10;
        const float v12 = v11 + v7;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = 1.0f - v0;
        const float v16 = v14 * v15;
        const float v17 = v14 * v0;
        const float v18 = (float)v5;
        const float v19 = v16 * v18;
        const float v20 = bias[i];
        const float v21 = v20 + v16;
        grads[i] = v17;
        current[i] = v19;
        bias[i] = v21;
    }
}

/* read-out, factors of each neuron, leaks first, relaxes */
CLONES static void back22(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = 1.0f - v0;
        const float v5 = v3 * v4;
        const float v6 = v3 * v0;
        grads[i] = v6;
        current[i] = v5;
    }
}

CLONES static void back22_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = 1.0f - v0;
        const float v12 = v10 * v11;
        const float v13 = v10 * v0;
        const float v14 = (float)v5;
        const float v15 = v12 * v14;
        grads[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back22_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = 1.0f - v0;
        const float v5 = v3 * v4;
        const float v6 = v3 * v0;
        const float v7 = bias[i];
        const float v8 = v7 + v5;
        grads[i] = v6;
        current[i] = v5;
        bias[i] = v8;
    }
}

CLONES static void back22_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = 1.0f - v0;
        const float v12 = v10 * v11;
        const float v13 = v10 * v0;
        const float v14 = (float)v5;
        const float v15 = v12 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v12;
        grads[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, relaxes */
CLONES static void back23(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = 1.0f - v0;
        const float v5 = v3 * v4;
        const float v6 = v3 * v0;
        grads[i] = v6;
        current[i] = v5;
    }
}

CLONES static void back23_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = 1.0f - v0;
        const float v12 = v10 * v11;
        const float v13 = v10 * v0;
        const float v14 = (float)v5;
        const float v15 = v12 * v14;
        grads[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back23_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = output[i];
        const float v3 = v1 + v2;
        const float v4 = 1.0f - v0;
        const float v5 = v3 * v4;
        const float v6 = v3 * v0;
        const float v7 = bias[i];
        const float v8 = v7 + v5;
        grads[i] = v6;
        current[i] = v5;
        bias[i] = v8;
    }
}

CLONES static void back23_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 == 0;
        const float v6 = grads[i];
        const float v7 = output[i];
        const float v8 = v6 + v7;
        const float v9 = (float)v3;
        const float v10 = v8 * v9;
        const float v11 = 1.0f - v0;
        const float v12 = v10 * v11;
        const float v13 = v10 * v0;
        const float v14 = (float)v5;
        const float v15 = v12 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v12;
        grads[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

const BackKernel back_kernels[] = {
    {"reset by subtraction, leaks first", 0, {back0, back0_flags, back0_bias, back0_flags_bias}},
    {"reset to zero, leaks first", 0, {back1, back1_flags, back1_bias, back1_flags_bias}},
    {"read-out, leaks first", 1, {back2, back2_flags, back2_bias, back2_flags_bias}},
    {"reset to zero, leaks first, synapse, synapse leaks first", 0, {back3, back3_flags, back3_bias, back3_flags_bias}},
    {"read-out, leaks first, synapse, synapse leaks first", 1, {back4, back4_flags, back4_bias, back4_flags_bias}},
    {"reset by subtraction, leaks last", 0, {back5, back5_flags, back5_bias, back5_flags_bias}},
    {"reset to zero, leaks last", 0, {back6, back6_flags, back6_bias, back6_flags_bias}},
    {"read-out, leaks last", 1, {back7, back7_flags, back7_bias, back7_flags_bias}},
    {"reset by subtraction, instead of the leak, leaks last", 0, {back8, back8_flags, back8_bias, back8_flags_bias}},
    {"reset to zero, leaks first, relaxes", 0, {back9, back9_flags, back9_bias, back9_flags_bias}},
    {"read-out, leaks first, relaxes", 1, {back10, back10_flags, back10_bias, back10_flags_bias}},
    {"reset by subtraction, leaks first, relaxes", 0, {back11, back11_flags, back11_bias, back11_flags_bias}},
    {"reset by subtraction, leaks first, synapse, input first", 0, {back12, back12_flags, back12_bias, back12_flags_bias}},
    {"read-out, leaks first, synapse, input first", 1, {back13, back13_flags, back13_bias, back13_flags_bias}},
    {"reset by subtraction, factors of each neuron, leaks first", 0, {back14, back14_flags, back14_bias, back14_flags_bias}},
    {"reset to zero, factors of each neuron, leaks first", 0, {back15, back15_flags, back15_bias, back15_flags_bias}},
    {"read-out, factors of each neuron, leaks first", 1, {back16, back16_flags, back16_bias, back16_flags_bias}},
    {"reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first", 0, {back17, back17_flags, back17_bias, back17_flags_bias}},
    {"read-out, factors of each neuron, leaks first, synapse, synapse leaks first", 1, {back18, back18_flags, back18_bias, back18_flags_bias}},
    {"reset to zero, factors of each neuron, leaks last", 0, {back19, back19_flags, back19_bias, back19_flags_bias}},
    {"reset by subtraction, instead of the leak, factors of each neuron, leaks last", 0, {back20, back20_flags, back20_bias, back20_flags_bias}},
    {"reset to zero, factors of each neuron, leaks first, relaxes", 0, {back21, back21_flags, back21_bias, back21_flags_bias}},
    {"read-out, factors of each neuron, leaks first, relaxes", 1, {back22, back22_flags, back22_bias, back22_flags_bias}},
    {"reset by subtraction, factors of each neuron, leaks first, relaxes", 0, {back23, back23_flags, back23_bias, back23_flags_bias}},
};

const int32_t back_kernel_count = sizeof back_kernels / sizeof *back_kernels;
