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

/* reset by subtraction, leaks first, refractory */
CLONES static void back3(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v1;
        const float v7 = v3 * 0.0f;
        grads[i] = v6;
        grads[BLOCK + i] = v7;
        current[i] = v5;
    }
}

CLONES static void back3_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
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
        const float v19 = (float)v9;
        const float v20 = v16 * v19;
        const int32_t v21 = !v9;
        const float v22 = (float)v21;
        const float v23 = v10 * v22;
        const float v24 = v20 + v23;
        const float v25 = v18 * v19;
        const float v26 = v11 * 0.0f;
        grads[i] = v24;
        grads[BLOCK + i] = v26;
        current[i] = v25;
    }
}

CLONES static void back3_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v1;
        const float v7 = v3 * 0.0f;
        const float v8 = bias[i];
        const float v9 = v8 + v5;
        grads[i] = v6;
        grads[BLOCK + i] = v7;
        current[i] = v5;
        bias[i] = v9;
    }
}

CLONES static void back3_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
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
        const float v19 = (float)v9;
        const float v20 = v16 * v19;
        const int32_t v21 = !v9;
        const float v22 = (float)v21;
        const float v23 = v10 * v22;
        const float v24 = v20 + v23;
        const float v25 = v18 * v19;
        const float v26 = v15 * v19;
        const float v27 = v11 * 0.0f;
        const float v28 = bias[i];
        const float v29 = v28 + v26;
        grads[i] = v24;
        grads[BLOCK + i] = v27;
        current[i] = v25;
        bias[i] = v29;
    }
}

/* reset to zero, leaks first, refractory */
CLONES static void back4(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v1;
        const float v11 = v3 * 0.0f;
        grads[i] = v10;
        grads[BLOCK + i] = v11;
        current[i] = v9;
    }
}

CLONES static void back4_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
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
        const float v23 = (float)v9;
        const float v24 = v20 * v23;
        const int32_t v25 = !v9;
        const float v26 = (float)v25;
        const float v27 = v10 * v26;
        const float v28 = v24 + v27;
        const float v29 = v22 * v23;
        const float v30 = v11 * 0.0f;
        grads[i] = v28;
        grads[BLOCK + i] = v30;
        current[i] = v29;
    }
}

CLONES static void back4_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v1;
        const float v11 = v3 * 0.0f;
        const float v12 = bias[i];
        const float v13 = v12 + v9;
        grads[i] = v10;
        grads[BLOCK + i] = v11;
        current[i] = v9;
        bias[i] = v13;
    }
}

CLONES static void back4_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
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
        const float v23 = (float)v9;
        const float v24 = v20 * v23;
        const int32_t v25 = !v9;
        const float v26 = (float)v25;
        const float v27 = v10 * v26;
        const float v28 = v24 + v27;
        const float v29 = v22 * v23;
        const float v30 = v19 * v23;
        const float v31 = v11 * 0.0f;
        const float v32 = bias[i];
        const float v33 = v32 + v30;
        grads[i] = v28;
        grads[BLOCK + i] = v31;
        current[i] = v29;
        bias[i] = v33;
    }
}

/* reset by subtraction, leaks first, adaptation */
CLONES static void back5(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const float v3 = (float)v0;
    const float v4 = (float)v1;
    const float v5 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = grads[i];
        const float v7 = grads[BLOCK + i];
        const float v8 = grads[2 * BLOCK + i];
        const float v9 = output[i];
        const float v10 = spikes[i];
        const float v11 = v6 + v9;
        const float v12 = v11 * v3;
        const float v13 = v8 * v10;
        const float v14 = v13 * 2.0f;
        const float v15 = v7 + v14;
        const float v16 = v15 - v9;
        const float v17 = v8 - v9;
        const float v18 = v16 * v4;
        const float v19 = v17 * v5;
        grads[i] = v12;
        grads[BLOCK + i] = v18;
        grads[2 * BLOCK + i] = v19;
        current[i] = v11;
    }
}

CLONES static void back5_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const float v3 = (float)v0;
    const float v4 = (float)v1;
    const float v5 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const int32_t v12 = v6 >> 2;
        const int32_t v13 = v12 & 1;
        const int32_t v14 = v13 == 0;
        const int32_t v15 = v6 >> 3;
        const int32_t v16 = v15 == 0;
        const float v17 = grads[i];
        const float v18 = grads[BLOCK + i];
        const float v19 = grads[2 * BLOCK + i];
        const float v20 = output[i];
        const float v21 = spikes[i];
        const float v22 = v17 + v20;
        const float v23 = (float)v8;
        const float v24 = v22 * v23;
        const float v25 = v24 * v3;
        const float v26 = (float)v11;
        const float v27 = v24 * v26;
        const float v28 = (float)v16;
        const float v29 = v19 * v28;
        const float v30 = (float)v14;
        const float v31 = v18 * v30;
        const float v32 = v29 * v21;
        const float v33 = v32 * 2.0f;
        const float v34 = v31 + v33;
        const float v35 = v34 - v20;
        const float v36 = v29 - v20;
        const float v37 = v35 * v4;
        const float v38 = v36 * v5;
        grads[i] = v25;
        grads[BLOCK + i] = v37;
        grads[2 * BLOCK + i] = v38;
        current[i] = v27;
    }
}

CLONES static void back5_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const float v3 = (float)v0;
    const float v4 = (float)v1;
    const float v5 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = grads[i];
        const float v7 = grads[BLOCK + i];
        const float v8 = grads[2 * BLOCK + i];
        const float v9 = output[i];
        const float v10 = spikes[i];
        const float v11 = v6 + v9;
        const float v12 = v11 * v3;
        const float v13 = v8 * v10;
        const float v14 = v13 * 2.0f;
        const float v15 = v7 + v14;
        const float v16 = v15 - v9;
        const float v17 = v8 - v9;
        const float v18 = v16 * v4;
        const float v19 = v17 * v5;
        const float v20 = bias[i];
        const float v21 = v20 + v11;
        grads[i] = v12;
        grads[BLOCK + i] = v18;
        grads[2 * BLOCK + i] = v19;
        current[i] = v11;
        bias[i] = v21;
    }
}

CLONES static void back5_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const float v3 = (float)v0;
    const float v4 = (float)v1;
    const float v5 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const int32_t v12 = v6 >> 2;
        const int32_t v13 = v12 & 1;
        const int32_t v14 = v13 == 0;
        const int32_t v15 = v6 >> 3;
        const int32_t v16 = v15 == 0;
        const float v17 = grads[i];
        const float v18 = grads[BLOCK + i];
        const float v19 = grads[2 * BLOCK + i];
        const float v20 = output[i];
        const float v21 = spikes[i];
        const float v22 = v17 + v20;
        const float v23 = (float)v8;
        const float v24 = v22 * v23;
        const float v25 = v24 * v3;
        const float v26 = (float)v11;
        const float v27 = v24 * v26;
        const float v28 = (float)v16;
        const float v29 = v19 * v28;
        const float v30 = (float)v14;
        const float v31 = v18 * v30;
        const float v32 = v29 * v21;
        const float v33 = v32 * 2.0f;
        const float v34 = v31 + v33;
        const float v35 = v34 - v20;
        const float v36 = v29 - v20;
        const float v37 = v35 * v4;
        const float v38 = v36 * v5;
        const float v39 = bias[i];
        const float v40 = v39 + v24;
        grads[i] = v25;
        grads[BLOCK + i] = v37;
        grads[2 * BLOCK + i] = v38;
        current[i] = v27;
        bias[i] = v40;
    }
}

CLONES static void back5_spikes(TO_SPIKES_ARGUMENTS)
{
    const double v0 = numbers->betas[3];
    const float v1 = numbers->step;
    const double v2 = v0 * 1.0;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const int32_t v6 = noted[i];
        const float v7 = (float)v6;
        const float v8 = v7 * v1;
        const float v9 = v4 * v3;
        const float v10 = v8 * 2.0f;
        const float v11 = v5 * v10;
        const float v12 = v9 + v11;
        const float v13 = output[i];
        const float v14 = v13 + v12;
        given[i] = v14;
    }
}

CLONES static void back5_spikes_flags(TO_SPIKES_ARGUMENTS)
{
    const double v0 = numbers->betas[3];
    const float v1 = numbers->step;
    const double v2 = v0 * 1.0;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const int32_t v6 = noted[i];
        const float v7 = (float)v6;
        const float v8 = v7 * v1;
        const int32_t v9 = flags[i];
        const int32_t v10 = v9 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v9 >> 3;
        const int32_t v14 = v13 == 0;
        const float v15 = (float)v12;
        const float v16 = v4 * v15;
        const float v17 = v16 * v3;
        const float v18 = (float)v14;
        const float v19 = v5 * v18;
        const float v20 = v8 * 2.0f;
        const float v21 = v19 * v20;
        const float v22 = v17 + v21;
        const float v23 = output[i];
        const float v24 = v23 + v22;
        given[i] = v24;
    }
}

/* reset by subtraction, leaks first, synapse, synapse leaks first */
CLONES static void back6(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back6_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back6_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back6_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

/* reset to zero, leaks first, synapse, synapse leaks first */
CLONES static void back7(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back7_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back7_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back7_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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
CLONES static void back8(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back8_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back8_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back8_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

/* reset by subtraction, leaks first, synapse, synapse leaks first, refractory */
CLONES static void back9(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = output[i];
        const float v8 = v4 + v7;
        const float v9 = v8 * v2;
        const float v10 = v5 * 0.0f;
        const float v11 = v6 + v8;
        const float v12 = v11 * v3;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        grads[2 * BLOCK + i] = v12;
        current[i] = v11;
    }
}

CLONES static void back9_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 == 0;
        const float v15 = grads[i];
        const float v16 = grads[BLOCK + i];
        const float v17 = grads[2 * BLOCK + i];
        const float v18 = output[i];
        const float v19 = v15 + v18;
        const float v20 = (float)v6;
        const float v21 = v19 * v20;
        const float v22 = v21 * v2;
        const float v23 = (float)v9;
        const float v24 = v21 * v23;
        const float v25 = (float)v12;
        const float v26 = v22 * v25;
        const int32_t v27 = !v12;
        const float v28 = (float)v27;
        const float v29 = v15 * v28;
        const float v30 = v26 + v29;
        const float v31 = v24 * v25;
        const float v32 = v16 * 0.0f;
        const float v33 = v17 + v31;
        const float v34 = (float)v14;
        const float v35 = v33 * v34;
        const float v36 = v35 * v3;
        grads[i] = v30;
        grads[BLOCK + i] = v32;
        grads[2 * BLOCK + i] = v36;
        current[i] = v35;
    }
}

CLONES static void back9_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = output[i];
        const float v8 = v4 + v7;
        const float v9 = v8 * v2;
        const float v10 = v5 * 0.0f;
        const float v11 = v6 + v8;
        const float v12 = v11 * v3;
        const float v13 = bias[i];
        const float v14 = v13 + v8;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        grads[2 * BLOCK + i] = v12;
        current[i] = v11;
        bias[i] = v14;
    }
}

CLONES static void back9_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 == 0;
        const float v15 = grads[i];
        const float v16 = grads[BLOCK + i];
        const float v17 = grads[2 * BLOCK + i];
        const float v18 = output[i];
        const float v19 = v15 + v18;
        const float v20 = (float)v6;
        const float v21 = v19 * v20;
        const float v22 = v21 * v2;
        const float v23 = (float)v9;
        const float v24 = v21 * v23;
        const float v25 = (float)v12;
        const float v26 = v22 * v25;
        const int32_t v27 = !v12;
        const float v28 = (float)v27;
        const float v29 = v15 * v28;
        const float v30 = v26 + v29;
        const float v31 = v24 * v25;
        const float v32 = v21 * v25;
        const float v33 = v16 * 0.0f;
        const float v34 = v17 + v31;
        const float v35 = (float)v14;
        const float v36 = v34 * v35;
        const float v37 = v36 * v3;
        const float v38 = bias[i];
        const float v39 = v38 + v32;
        grads[i] = v30;
        grads[BLOCK + i] = v33;
        grads[2 * BLOCK + i] = v37;
        current[i] = v36;
        bias[i] = v39;
    }
}

/* reset to zero, leaks first, synapse, synapse leaks first, refractory */
CLONES static void back10(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v4 * v10;
        const float v12 = v11 + v7;
        const float v13 = v12 * v2;
        const float v14 = v5 * 0.0f;
        const float v15 = v6 + v12;
        const float v16 = v15 * v3;
        grads[i] = v13;
        grads[BLOCK + i] = v14;
        grads[2 * BLOCK + i] = v16;
        current[i] = v15;
    }
}

CLONES static void back10_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 == 0;
        const float v15 = grads[i];
        const float v16 = grads[BLOCK + i];
        const float v17 = grads[2 * BLOCK + i];
        const float v18 = output[i];
        const float v19 = spikes[i];
        const int32_t v20 = v19 == 0.0f;
        const float v21 = (float)v20;
        const float v22 = v15 * v21;
        const float v23 = v22 + v18;
        const float v24 = (float)v6;
        const float v25 = v23 * v24;
        const float v26 = v25 * v2;
        const float v27 = (float)v9;
        const float v28 = v25 * v27;
        const float v29 = (float)v12;
        const float v30 = v26 * v29;
        const int32_t v31 = !v12;
        const float v32 = (float)v31;
        const float v33 = v15 * v32;
        const float v34 = v30 + v33;
        const float v35 = v28 * v29;
        const float v36 = v16 * 0.0f;
        const float v37 = v17 + v35;
        const float v38 = (float)v14;
        const float v39 = v37 * v38;
        const float v40 = v39 * v3;
        grads[i] = v34;
        grads[BLOCK + i] = v36;
        grads[2 * BLOCK + i] = v40;
        current[i] = v39;
    }
}

CLONES static void back10_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = output[i];
        const float v8 = spikes[i];
        const int32_t v9 = v8 == 0.0f;
        const float v10 = (float)v9;
        const float v11 = v4 * v10;
        const float v12 = v11 + v7;
        const float v13 = v12 * v2;
        const float v14 = v5 * 0.0f;
        const float v15 = v6 + v12;
        const float v16 = v15 * v3;
        const float v17 = bias[i];
        const float v18 = v17 + v12;
        grads[i] = v13;
        grads[BLOCK + i] = v14;
        grads[2 * BLOCK + i] = v16;
        current[i] = v15;
        bias[i] = v18;
    }
}

CLONES static void back10_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[2];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 == 0;
        const float v15 = grads[i];
        const float v16 = grads[BLOCK + i];
        const float v17 = grads[2 * BLOCK + i];
        const float v18 = output[i];
        const float v19 = spikes[i];
        const int32_t v20 = v19 == 0.0f;
        const float v21 = (float)v20;
        const float v22 = v15 * v21;
        const float v23 = v22 + v18;
        const float v24 = (float)v6;
        const float v25 = v23 * v24;
        const float v26 = v25 * v2;
        const float v27 = (float)v9;
        const float v28 = v25 * v27;
        const float v29 = (float)v12;
        const float v30 = v26 * v29;
        const int32_t v31 = !v12;
        const float v32 = (float)v31;
        const float v33 = v15 * v32;
        const float v34 = v30 + v33;
        const float v35 = v28 * v29;
        const float v36 = v25 * v29;
        const float v37 = v16 * 0.0f;
        const float v38 = v17 + v35;
        const float v39 = (float)v14;
        const float v40 = v38 * v39;
        const float v41 = v40 * v3;
        const float v42 = bias[i];
        const float v43 = v42 + v36;
        grads[i] = v34;
        grads[BLOCK + i] = v37;
        grads[2 * BLOCK + i] = v41;
        current[i] = v40;
        bias[i] = v43;
    }
}

/* reset by subtraction, leaks first, synapse, synapse leaks first, adaptation */
CLONES static void back11(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const double v3 = numbers->betas[4];
    const float v4 = (float)v0;
    const float v5 = (float)v1;
    const float v6 = (float)v2;
    const float v7 = (float)v3;
    for (int64_t i = 0; i < n; i++) {
        const float v8 = grads[i];
        const float v9 = grads[BLOCK + i];
        const float v10 = grads[2 * BLOCK + i];
        const float v11 = grads[3 * BLOCK + i];
        const float v12 = output[i];
        const float v13 = spikes[i];
        const float v14 = v8 + v12;
        const float v15 = v14 * v4;
        const float v16 = v10 * v13;
        const float v17 = v16 * 2.0f;
        const float v18 = v9 + v17;
        const float v19 = v18 - v12;
        const float v20 = v10 - v12;
        const float v21 = v19 * v5;
        const float v22 = v20 * v6;
        const float v23 = v11 + v14;
        const float v24 = v23 * v7;
        grads[i] = v15;
        grads[BLOCK + i] = v21;
        grads[2 * BLOCK + i] = v22;
        grads[3 * BLOCK + i] = v24;
        current[i] = v23;
    }
}

CLONES static void back11_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const double v3 = numbers->betas[4];
    const float v4 = (float)v0;
    const float v5 = (float)v1;
    const float v6 = (float)v2;
    const float v7 = (float)v3;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v8 = flags[i];
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v8 >> 1;
        const int32_t v12 = v11 & 1;
        const int32_t v13 = v12 == 0;
        const int32_t v14 = v8 >> 2;
        const int32_t v15 = v14 & 1;
        const int32_t v16 = v15 == 0;
        const int32_t v17 = v8 >> 3;
        const int32_t v18 = v17 & 1;
        const int32_t v19 = v18 == 0;
        const int32_t v20 = v8 >> 4;
        const int32_t v21 = v20 == 0;
        const float v22 = grads[i];
        const float v23 = grads[BLOCK + i];
        const float v24 = grads[2 * BLOCK + i];
        const float v25 = grads[3 * BLOCK + i];
        const float v26 = output[i];
        const float v27 = spikes[i];
        const float v28 = v22 + v26;
        const float v29 = (float)v10;
        const float v30 = v28 * v29;
        const float v31 = v30 * v4;
        const float v32 = (float)v13;
        const float v33 = v30 * v32;
        const float v34 = (float)v19;
        const float v35 = v24 * v34;
        const float v36 = (float)v16;
        const float v37 = v23 * v36;
        const float v38 = v35 * v27;
        const float v39 = v38 * 2.0f;
        const float v40 = v37 + v39;
        const float v41 = v40 - v26;
        const float v42 = v35 - v26;
        const float v43 = v41 * v5;
        const float v44 = v42 * v6;
        const float v45 = v25 + v33;
        const float v46 = (float)v21;
        const float v47 = v45 * v46;
        const float v48 = v47 * v7;
        grads[i] = v31;
        grads[BLOCK + i] = v43;
        grads[2 * BLOCK + i] = v44;
        grads[3 * BLOCK + i] = v48;
        current[i] = v47;
    }
}

CLONES static void back11_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const double v3 = numbers->betas[4];
    const float v4 = (float)v0;
    const float v5 = (float)v1;
    const float v6 = (float)v2;
    const float v7 = (float)v3;
    for (int64_t i = 0; i < n; i++) {
        const float v8 = grads[i];
        const float v9 = grads[BLOCK + i];
        const float v10 = grads[2 * BLOCK + i];
        const float v11 = grads[3 * BLOCK + i];
        const float v12 = output[i];
        const float v13 = spikes[i];
        const float v14 = v8 + v12;
        const float v15 = v14 * v4;
        const float v16 = v10 * v13;
        const float v17 = v16 * 2.0f;
        const float v18 = v9 + v17;
        const float v19 = v18 - v12;
        const float v20 = v10 - v12;
        const float v21 = v19 * v5;
        const float v22 = v20 * v6;
        const float v23 = v11 + v14;
        const float v24 = v23 * v7;
        const float v25 = bias[i];
        const float v26 = v25 + v14;
        grads[i] = v15;
        grads[BLOCK + i] = v21;
        grads[2 * BLOCK + i] = v22;
        grads[3 * BLOCK + i] = v24;
        current[i] = v23;
        bias[i] = v26;
    }
}

CLONES static void back11_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const double v2 = numbers->betas[2];
    const double v3 = numbers->betas[4];
    const float v4 = (float)v0;
    const float v5 = (float)v1;
    const float v6 = (float)v2;
    const float v7 = (float)v3;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v8 = flags[i];
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v8 >> 1;
        const int32_t v12 = v11 & 1;
        const int32_t v13 = v12 == 0;
        const int32_t v14 = v8 >> 2;
        const int32_t v15 = v14 & 1;
        const int32_t v16 = v15 == 0;
        const int32_t v17 = v8 >> 3;
        const int32_t v18 = v17 & 1;
        const int32_t v19 = v18 == 0;
        const int32_t v20 = v8 >> 4;
        const int32_t v21 = v20 == 0;
        const float v22 = grads[i];
        const float v23 = grads[BLOCK + i];
        const float v24 = grads[2 * BLOCK + i];
        const float v25 = grads[3 * BLOCK + i];
        const float v26 = output[i];
        const float v27 = spikes[i];
        const float v28 = v22 + v26;
        const float v29 = (float)v10;
        const float v30 = v28 * v29;
        const float v31 = v30 * v4;
        const float v32 = (float)v13;
        const float v33 = v30 * v32;
        const float v34 = (float)v19;
        const float v35 = v24 * v34;
        const float v36 = (float)v16;
        const float v37 = v23 * v36;
        const float v38 = v35 * v27;
        const float v39 = v38 * 2.0f;
        const float v40 = v37 + v39;
        const float v41 = v40 - v26;
        const float v42 = v35 - v26;
        const float v43 = v41 * v5;
        const float v44 = v42 * v6;
        const float v45 = v25 + v33;
        const float v46 = (float)v21;
        const float v47 = v45 * v46;
        const float v48 = v47 * v7;
        const float v49 = bias[i];
        const float v50 = v49 + v30;
        grads[i] = v31;
        grads[BLOCK + i] = v43;
        grads[2 * BLOCK + i] = v44;
        grads[3 * BLOCK + i] = v48;
        current[i] = v47;
        bias[i] = v50;
    }
}

CLONES static void back11_spikes(TO_SPIKES_ARGUMENTS)
{
    const double v0 = numbers->betas[3];
    const float v1 = numbers->step;
    const double v2 = v0 * 1.0;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const int32_t v6 = noted[i];
        const float v7 = (float)v6;
        const float v8 = v7 * v1;
        const float v9 = v4 * v3;
        const float v10 = v8 * 2.0f;
        const float v11 = v5 * v10;
        const float v12 = v9 + v11;
        const float v13 = output[i];
        const float v14 = v13 + v12;
        given[i] = v14;
    }
}

CLONES static void back11_spikes_flags(TO_SPIKES_ARGUMENTS)
{
    const double v0 = numbers->betas[3];
    const float v1 = numbers->step;
    const double v2 = v0 * 1.0;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const int32_t v6 = noted[i];
        const float v7 = (float)v6;
        const float v8 = v7 * v1;
        const int32_t v9 = flags[i];
        const int32_t v10 = v9 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v9 >> 3;
        const int32_t v14 = v13 & 1;
        const int32_t v15 = v14 == 0;
        const float v16 = (float)v12;
        const float v17 = v4 * v16;
        const float v18 = v17 * v3;
        const float v19 = (float)v15;
        const float v20 = v5 * v19;
        const float v21 = v8 * 2.0f;
        const float v22 = v20 * v21;
        const float v23 = v18 + v22;
        const float v24 = output[i];
        const float v25 = v24 + v23;
        given[i] = v25;
    }
}

/* reset by subtraction, leaks last */
CLONES static void back12(BACK_ARGUMENTS)
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

CLONES static void back12_flags(BACK_ARGUMENTS)
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

CLONES static void back12_bias(BACK_ARGUMENTS)
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

CLONES static void back12_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back13(BACK_ARGUMENTS)
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

CLONES static void back13_flags(BACK_ARGUMENTS)
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

CLONES static void back13_bias(BACK_ARGUMENTS)
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

CLONES static void back13_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back14(BACK_ARGUMENTS)
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

CLONES static void back14_flags(BACK_ARGUMENTS)
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

CLONES static void back14_bias(BACK_ARGUMENTS)
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

CLONES static void back14_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back15(BACK_ARGUMENTS)
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

CLONES static void back15_flags(BACK_ARGUMENTS)
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

CLONES static void back15_bias(BACK_ARGUMENTS)
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

CLONES static void back15_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back16(BACK_ARGUMENTS)
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

CLONES static void back16_flags(BACK_ARGUMENTS)
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

CLONES static void back16_bias(BACK_ARGUMENTS)
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

CLONES static void back16_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back17(BACK_ARGUMENTS)
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

CLONES static void back17_flags(BACK_ARGUMENTS)
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

CLONES static void back17_bias(BACK_ARGUMENTS)
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

CLONES static void back17_flags_bias(BACK_ARGUMENTS)
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

/* reset to zero, leaks first, relaxes, refractory */
CLONES static void back18(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
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
        const float v13 = v11 * v3;
        const float v14 = v5 * 0.0f;
        grads[i] = v13;
        grads[BLOCK + i] = v14;
        current[i] = v12;
    }
}

CLONES static void back18_flags(BACK_ARGUMENTS)
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
        const float v23 = v21 * v3;
        const float v24 = (float)v9;
        const float v25 = v22 * v24;
        const float v26 = (float)v11;
        const float v27 = v23 * v26;
        const int32_t v28 = !v11;
        const float v29 = (float)v28;
        const float v30 = v12 * v29;
        const float v31 = v27 + v30;
        const float v32 = v25 * v26;
        const float v33 = v13 * 0.0f;
        grads[i] = v31;
        grads[BLOCK + i] = v33;
        current[i] = v32;
    }
}

CLONES static void back18_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
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
        const float v13 = v11 * v3;
        const float v14 = v5 * 0.0f;
        const float v15 = bias[i];
        const float v16 = v15 + v12;
        grads[i] = v13;
        grads[BLOCK + i] = v14;
        current[i] = v12;
        bias[i] = v16;
    }
}

CLONES static void back18_flags_bias(BACK_ARGUMENTS)
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
        const float v23 = v21 * v3;
        const float v24 = (float)v9;
        const float v25 = v22 * v24;
        const float v26 = (float)v11;
        const float v27 = v23 * v26;
        const int32_t v28 = !v11;
        const float v29 = (float)v28;
        const float v30 = v12 * v29;
        const float v31 = v27 + v30;
        const float v32 = v25 * v26;
        const float v33 = v22 * v26;
        const float v34 = v13 * 0.0f;
        const float v35 = bias[i];
        const float v36 = v35 + v33;
        grads[i] = v31;
        grads[BLOCK + i] = v34;
        current[i] = v32;
        bias[i] = v36;
    }
}

/* reset by subtraction, leaks first, relaxes */
CLONES static void back19(BACK_ARGUMENTS)
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

CLONES static void back19_flags(BACK_ARGUMENTS)
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

CLONES static void back19_bias(BACK_ARGUMENTS)
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

CLONES static void back19_flags_bias(BACK_ARGUMENTS)
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

/* reset by subtraction, leaks first, relaxes, refractory */
CLONES static void back20(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v7 * v3;
        const float v10 = v5 * 0.0f;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        current[i] = v8;
    }
}

CLONES static void back20_flags(BACK_ARGUMENTS)
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
        const float v19 = v17 * v3;
        const float v20 = (float)v9;
        const float v21 = v18 * v20;
        const float v22 = (float)v11;
        const float v23 = v19 * v22;
        const int32_t v24 = !v11;
        const float v25 = (float)v24;
        const float v26 = v12 * v25;
        const float v27 = v23 + v26;
        const float v28 = v21 * v22;
        const float v29 = v13 * 0.0f;
        grads[i] = v27;
        grads[BLOCK + i] = v29;
        current[i] = v28;
    }
}

CLONES static void back20_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = output[i];
        const float v7 = v4 + v6;
        const float v8 = v7 * v2;
        const float v9 = v7 * v3;
        const float v10 = v5 * 0.0f;
        const float v11 = bias[i];
        const float v12 = v11 + v8;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        current[i] = v8;
        bias[i] = v12;
    }
}

CLONES static void back20_flags_bias(BACK_ARGUMENTS)
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
        const float v19 = v17 * v3;
        const float v20 = (float)v9;
        const float v21 = v18 * v20;
        const float v22 = (float)v11;
        const float v23 = v19 * v22;
        const int32_t v24 = !v11;
        const float v25 = (float)v24;
        const float v26 = v12 * v25;
        const float v27 = v23 + v26;
        const float v28 = v21 * v22;
        const float v29 = v18 * v22;
        const float v30 = v13 * 0.0f;
        const float v31 = bias[i];
        const float v32 = v31 + v29;
        grads[i] = v27;
        grads[BLOCK + i] = v30;
        current[i] = v28;
        bias[i] = v32;
    }
}

/* reset by subtraction, leaks first, synapse, input first */
CLONES static void back21(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back21_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back21_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back21_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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
CLONES static void back22(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back22_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back22_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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

CLONES static void back22_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->betas[0];
    const double v1 = numbers->betas[1];
    const float v2 = (float)v0;
    const float v3 = (float)v1;
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
CLONES static void back23(BACK_ARGUMENTS)
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
        const float v11 = v10 * v0;
        const float v12 = (float)v5;
        const float v13 = v10 * v12;
        grads[i] = v11;
        current[i] = v13;
    }
}

CLONES static void back23_bias(BACK_ARGUMENTS)
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
CLONES static void back24(BACK_ARGUMENTS)
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

CLONES static void back24_flags(BACK_ARGUMENTS)
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

CLONES static void back24_bias(BACK_ARGUMENTS)
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

CLONES static void back24_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back25(BACK_ARGUMENTS)
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

CLONES static void back25_flags(BACK_ARGUMENTS)
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

CLONES static void back25_bias(BACK_ARGUMENTS)
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

CLONES static void back25_flags_bias(BACK_ARGUMENTS)
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

/* reset by subtraction, factors of each neuron, leaks first, refractory */
CLONES static void back26(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = v1 + v3;
        const float v5 = v4 * v0;
        const float v6 = v2 * 0.0f;
        grads[i] = v5;
        grads[BLOCK + i] = v6;
        current[i] = v4;
    }
}

CLONES static void back26_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = v9 + v11;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = v14 * v0;
        const float v16 = (float)v6;
        const float v17 = v14 * v16;
        const float v18 = (float)v8;
        const float v19 = v15 * v18;
        const int32_t v20 = !v8;
        const float v21 = (float)v20;
        const float v22 = v9 * v21;
        const float v23 = v19 + v22;
        const float v24 = v17 * v18;
        const float v25 = v10 * 0.0f;
        grads[i] = v23;
        grads[BLOCK + i] = v25;
        current[i] = v24;
    }
}

CLONES static void back26_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = v1 + v3;
        const float v5 = v4 * v0;
        const float v6 = v2 * 0.0f;
        const float v7 = bias[i];
        const float v8 = v7 + v4;
        grads[i] = v5;
        grads[BLOCK + i] = v6;
        current[i] = v4;
        bias[i] = v8;
    }
}

CLONES static void back26_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = v9 + v11;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = v14 * v0;
        const float v16 = (float)v6;
        const float v17 = v14 * v16;
        const float v18 = (float)v8;
        const float v19 = v15 * v18;
        const int32_t v20 = !v8;
        const float v21 = (float)v20;
        const float v22 = v9 * v21;
        const float v23 = v19 + v22;
        const float v24 = v17 * v18;
        const float v25 = v14 * v18;
        const float v26 = v10 * 0.0f;
        const float v27 = bias[i];
        const float v28 = v27 + v25;
        grads[i] = v23;
        grads[BLOCK + i] = v26;
        current[i] = v24;
        bias[i] = v28;
    }
}

/* reset to zero, factors of each neuron, leaks first, refractory */
CLONES static void back27(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v1 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v0;
        const float v10 = v2 * 0.0f;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        current[i] = v8;
    }
}

CLONES static void back27_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = spikes[i];
        const int32_t v13 = v12 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v9 * v14;
        const float v16 = v15 + v11;
        const float v17 = (float)v3;
        const float v18 = v16 * v17;
        const float v19 = v18 * v0;
        const float v20 = (float)v6;
        const float v21 = v18 * v20;
        const float v22 = (float)v8;
        const float v23 = v19 * v22;
        const int32_t v24 = !v8;
        const float v25 = (float)v24;
        const float v26 = v9 * v25;
        const float v27 = v23 + v26;
        const float v28 = v21 * v22;
        const float v29 = v10 * 0.0f;
        grads[i] = v27;
        grads[BLOCK + i] = v29;
        current[i] = v28;
    }
}

CLONES static void back27_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v1 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v0;
        const float v10 = v2 * 0.0f;
        const float v11 = bias[i];
        const float v12 = v11 + v8;
        grads[i] = v9;
        grads[BLOCK + i] = v10;
        current[i] = v8;
        bias[i] = v12;
    }
}

CLONES static void back27_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = spikes[i];
        const int32_t v13 = v12 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v9 * v14;
        const float v16 = v15 + v11;
        const float v17 = (float)v3;
        const float v18 = v16 * v17;
        const float v19 = v18 * v0;
        const float v20 = (float)v6;
        const float v21 = v18 * v20;
        const float v22 = (float)v8;
        const float v23 = v19 * v22;
        const int32_t v24 = !v8;
        const float v25 = (float)v24;
        const float v26 = v9 * v25;
        const float v27 = v23 + v26;
        const float v28 = v21 * v22;
        const float v29 = v18 * v22;
        const float v30 = v10 * 0.0f;
        const float v31 = bias[i];
        const float v32 = v31 + v29;
        grads[i] = v27;
        grads[BLOCK + i] = v30;
        current[i] = v28;
        bias[i] = v32;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, adaptation */
CLONES static void back28(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = grads[i];
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const float v6 = output[i];
        const float v7 = spikes[i];
        const float v8 = v3 + v6;
        const float v9 = v8 * v0;
        const float v10 = v5 * v7;
        const float v11 = v10 * 2.0f;
        const float v12 = v4 + v11;
        const float v13 = v12 - v6;
        const float v14 = v5 - v6;
        const float v15 = v13 * v1;
        const float v16 = v14 * v2;
        grads[i] = v9;
        grads[BLOCK + i] = v15;
        grads[2 * BLOCK + i] = v16;
        current[i] = v8;
    }
}

CLONES static void back28_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const int32_t v3 = flags[i];
        const int32_t v4 = v3 & 1;
        const int32_t v5 = v4 == 0;
        const int32_t v6 = v3 >> 1;
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v3 >> 2;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const int32_t v12 = v3 >> 3;
        const int32_t v13 = v12 == 0;
        const float v14 = grads[i];
        const float v15 = grads[BLOCK + i];
        const float v16 = grads[2 * BLOCK + i];
        const float v17 = output[i];
        const float v18 = spikes[i];
        const float v19 = v14 + v17;
        const float v20 = (float)v5;
        const float v21 = v19 * v20;
        const float v22 = v21 * v0;
        const float v23 = (float)v8;
        const float v24 = v21 * v23;
        const float v25 = (float)v13;
        const float v26 = v16 * v25;
        const float v27 = (float)v11;
        const float v28 = v15 * v27;
        const float v29 = v26 * v18;
        const float v30 = v29 * 2.0f;
        const float v31 = v28 + v30;
        const float v32 = v31 - v17;
        const float v33 = v26 - v17;
        const float v34 = v32 * v1;
        const float v35 = v33 * v2;
        grads[i] = v22;
        grads[BLOCK + i] = v34;
        grads[2 * BLOCK + i] = v35;
        current[i] = v24;
    }
}

CLONES static void back28_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = grads[i];
        const float v4 = grads[BLOCK + i];
        const float v5 = grads[2 * BLOCK + i];
        const float v6 = output[i];
        const float v7 = spikes[i];
        const float v8 = v3 + v6;
        const float v9 = v8 * v0;
        const float v10 = v5 * v7;
        const float v11 = v10 * 2.0f;
        const float v12 = v4 + v11;
        const float v13 = v12 - v6;
        const float v14 = v5 - v6;
        const float v15 = v13 * v1;
        const float v16 = v14 * v2;
        const float v17 = bias[i];
        const float v18 = v17 + v8;
        grads[i] = v9;
        grads[BLOCK + i] = v15;
        grads[2 * BLOCK + i] = v16;
        current[i] = v8;
        bias[i] = v18;
    }
}

CLONES static void back28_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const int32_t v3 = flags[i];
        const int32_t v4 = v3 & 1;
        const int32_t v5 = v4 == 0;
        const int32_t v6 = v3 >> 1;
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v3 >> 2;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const int32_t v12 = v3 >> 3;
        const int32_t v13 = v12 == 0;
        const float v14 = grads[i];
        const float v15 = grads[BLOCK + i];
        const float v16 = grads[2 * BLOCK + i];
        const float v17 = output[i];
        const float v18 = spikes[i];
        const float v19 = v14 + v17;
        const float v20 = (float)v5;
        const float v21 = v19 * v20;
        const float v22 = v21 * v0;
        const float v23 = (float)v8;
        const float v24 = v21 * v23;
        const float v25 = (float)v13;
        const float v26 = v16 * v25;
        const float v27 = (float)v11;
        const float v28 = v15 * v27;
        const float v29 = v26 * v18;
        const float v30 = v29 * 2.0f;
        const float v31 = v28 + v30;
        const float v32 = v31 - v17;
        const float v33 = v26 - v17;
        const float v34 = v32 * v1;
        const float v35 = v33 * v2;
        const float v36 = bias[i];
        const float v37 = v36 + v21;
        grads[i] = v22;
        grads[BLOCK + i] = v34;
        grads[2 * BLOCK + i] = v35;
        current[i] = v24;
        bias[i] = v37;
    }
}

CLONES static void back28_spikes(TO_SPIKES_ARGUMENTS)
{
    const float v0 = numbers->step;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = own[3 * BLOCK + i];
        const float v2 = grads[BLOCK + i];
        const float v3 = grads[2 * BLOCK + i];
        const int32_t v4 = noted[i];
        const float v5 = (float)v4;
        const float v6 = v5 * v0;
        const float v7 = v1 * 1.0f;
        const float v8 = v2 * v7;
        const float v9 = v6 * 2.0f;
        const float v10 = v3 * v9;
        const float v11 = v8 + v10;
        const float v12 = output[i];
        const float v13 = v12 + v11;
        given[i] = v13;
    }
}

CLONES static void back28_spikes_flags(TO_SPIKES_ARGUMENTS)
{
    const float v0 = numbers->step;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = own[3 * BLOCK + i];
        const float v2 = grads[BLOCK + i];
        const float v3 = grads[2 * BLOCK + i];
        const int32_t v4 = noted[i];
        const float v5 = (float)v4;
        const float v6 = v5 * v0;
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v7 >> 3;
        const int32_t v12 = v11 == 0;
        const float v13 = v1 * 1.0f;
        const float v14 = (float)v10;
        const float v15 = v2 * v14;
        const float v16 = v15 * v13;
        const float v17 = (float)v12;
        const float v18 = v3 * v17;
        const float v19 = v6 * 2.0f;
        const float v20 = v18 * v19;
        const float v21 = v16 + v20;
        const float v22 = output[i];
        const float v23 = v22 + v21;
        given[i] = v23;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first */
CLONES static void back29(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v0;
        const float v7 = v3 + v5;
        const float v8 = v7 * v1;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
    }
}

CLONES static void back29_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v16 = v15 * v0;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v1;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
    }
}

CLONES static void back29_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v0;
        const float v7 = v3 + v5;
        const float v8 = v7 * v1;
        const float v9 = bias[i];
        const float v10 = v9 + v5;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back29_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v16 = v15 * v0;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v1;
        const float v23 = bias[i];
        const float v24 = v23 + v15;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
        bias[i] = v24;
    }
}

/* reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first */
CLONES static void back30(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v0;
        const float v11 = v3 + v9;
        const float v12 = v11 * v1;
        grads[i] = v10;
        grads[BLOCK + i] = v12;
        current[i] = v11;
    }
}

CLONES static void back30_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v20 = v19 * v0;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = v11 + v22;
        const float v24 = (float)v9;
        const float v25 = v23 * v24;
        const float v26 = v25 * v1;
        grads[i] = v20;
        grads[BLOCK + i] = v26;
        current[i] = v25;
    }
}

CLONES static void back30_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = spikes[i];
        const int32_t v6 = v5 == 0.0f;
        const float v7 = (float)v6;
        const float v8 = v2 * v7;
        const float v9 = v8 + v4;
        const float v10 = v9 * v0;
        const float v11 = v3 + v9;
        const float v12 = v11 * v1;
        const float v13 = bias[i];
        const float v14 = v13 + v9;
        grads[i] = v10;
        grads[BLOCK + i] = v12;
        current[i] = v11;
        bias[i] = v14;
    }
}

CLONES static void back30_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v20 = v19 * v0;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = v11 + v22;
        const float v24 = (float)v9;
        const float v25 = v23 * v24;
        const float v26 = v25 * v1;
        const float v27 = bias[i];
        const float v28 = v27 + v19;
        grads[i] = v20;
        grads[BLOCK + i] = v26;
        current[i] = v25;
        bias[i] = v28;
    }
}

/* read-out, factors of each neuron, leaks first, synapse, synapse leaks first */
CLONES static void back31(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v0;
        const float v7 = v3 + v5;
        const float v8 = v7 * v1;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
    }
}

CLONES static void back31_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v16 = v15 * v0;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v1;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
    }
}

CLONES static void back31_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = output[i];
        const float v5 = v2 + v4;
        const float v6 = v5 * v0;
        const float v7 = v3 + v5;
        const float v8 = v7 * v1;
        const float v9 = bias[i];
        const float v10 = v9 + v5;
        grads[i] = v6;
        grads[BLOCK + i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back31_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
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
        const float v16 = v15 * v0;
        const float v17 = (float)v7;
        const float v18 = v15 * v17;
        const float v19 = v11 + v18;
        const float v20 = (float)v9;
        const float v21 = v19 * v20;
        const float v22 = v21 * v1;
        const float v23 = bias[i];
        const float v24 = v23 + v15;
        grads[i] = v16;
        grads[BLOCK + i] = v22;
        current[i] = v21;
        bias[i] = v24;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first, refractory */
CLONES static void back32(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = grads[2 * BLOCK + i];
        const float v5 = output[i];
        const float v6 = v2 + v5;
        const float v7 = v6 * v0;
        const float v8 = v3 * 0.0f;
        const float v9 = v4 + v6;
        const float v10 = v9 * v1;
        grads[i] = v7;
        grads[BLOCK + i] = v8;
        grads[2 * BLOCK + i] = v10;
        current[i] = v9;
    }
}

CLONES static void back32_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v2 >> 3;
        const int32_t v12 = v11 == 0;
        const float v13 = grads[i];
        const float v14 = grads[BLOCK + i];
        const float v15 = grads[2 * BLOCK + i];
        const float v16 = output[i];
        const float v17 = v13 + v16;
        const float v18 = (float)v4;
        const float v19 = v17 * v18;
        const float v20 = v19 * v0;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = (float)v10;
        const float v24 = v20 * v23;
        const int32_t v25 = !v10;
        const float v26 = (float)v25;
        const float v27 = v13 * v26;
        const float v28 = v24 + v27;
        const float v29 = v22 * v23;
        const float v30 = v14 * 0.0f;
        const float v31 = v15 + v29;
        const float v32 = (float)v12;
        const float v33 = v31 * v32;
        const float v34 = v33 * v1;
        grads[i] = v28;
        grads[BLOCK + i] = v30;
        grads[2 * BLOCK + i] = v34;
        current[i] = v33;
    }
}

CLONES static void back32_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = grads[2 * BLOCK + i];
        const float v5 = output[i];
        const float v6 = v2 + v5;
        const float v7 = v6 * v0;
        const float v8 = v3 * 0.0f;
        const float v9 = v4 + v6;
        const float v10 = v9 * v1;
        const float v11 = bias[i];
        const float v12 = v11 + v6;
        grads[i] = v7;
        grads[BLOCK + i] = v8;
        grads[2 * BLOCK + i] = v10;
        current[i] = v9;
        bias[i] = v12;
    }
}

CLONES static void back32_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v2 >> 3;
        const int32_t v12 = v11 == 0;
        const float v13 = grads[i];
        const float v14 = grads[BLOCK + i];
        const float v15 = grads[2 * BLOCK + i];
        const float v16 = output[i];
        const float v17 = v13 + v16;
        const float v18 = (float)v4;
        const float v19 = v17 * v18;
        const float v20 = v19 * v0;
        const float v21 = (float)v7;
        const float v22 = v19 * v21;
        const float v23 = (float)v10;
        const float v24 = v20 * v23;
        const int32_t v25 = !v10;
        const float v26 = (float)v25;
        const float v27 = v13 * v26;
        const float v28 = v24 + v27;
        const float v29 = v22 * v23;
        const float v30 = v19 * v23;
        const float v31 = v14 * 0.0f;
        const float v32 = v15 + v29;
        const float v33 = (float)v12;
        const float v34 = v32 * v33;
        const float v35 = v34 * v1;
        const float v36 = bias[i];
        const float v37 = v36 + v30;
        grads[i] = v28;
        grads[BLOCK + i] = v31;
        grads[2 * BLOCK + i] = v35;
        current[i] = v34;
        bias[i] = v37;
    }
}

/* reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first, refractory */
CLONES static void back33(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = grads[2 * BLOCK + i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v2 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v0;
        const float v12 = v3 * 0.0f;
        const float v13 = v4 + v10;
        const float v14 = v13 * v1;
        grads[i] = v11;
        grads[BLOCK + i] = v12;
        grads[2 * BLOCK + i] = v14;
        current[i] = v13;
    }
}

CLONES static void back33_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v2 >> 3;
        const int32_t v12 = v11 == 0;
        const float v13 = grads[i];
        const float v14 = grads[BLOCK + i];
        const float v15 = grads[2 * BLOCK + i];
        const float v16 = output[i];
        const float v17 = spikes[i];
        const int32_t v18 = v17 == 0.0f;
        const float v19 = (float)v18;
        const float v20 = v13 * v19;
        const float v21 = v20 + v16;
        const float v22 = (float)v4;
        const float v23 = v21 * v22;
        const float v24 = v23 * v0;
        const float v25 = (float)v7;
        const float v26 = v23 * v25;
        const float v27 = (float)v10;
        const float v28 = v24 * v27;
        const int32_t v29 = !v10;
        const float v30 = (float)v29;
        const float v31 = v13 * v30;
        const float v32 = v28 + v31;
        const float v33 = v26 * v27;
        const float v34 = v14 * 0.0f;
        const float v35 = v15 + v33;
        const float v36 = (float)v12;
        const float v37 = v35 * v36;
        const float v38 = v37 * v1;
        grads[i] = v32;
        grads[BLOCK + i] = v34;
        grads[2 * BLOCK + i] = v38;
        current[i] = v37;
    }
}

CLONES static void back33_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const float v2 = grads[i];
        const float v3 = grads[BLOCK + i];
        const float v4 = grads[2 * BLOCK + i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v2 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v0;
        const float v12 = v3 * 0.0f;
        const float v13 = v4 + v10;
        const float v14 = v13 * v1;
        const float v15 = bias[i];
        const float v16 = v15 + v10;
        grads[i] = v11;
        grads[BLOCK + i] = v12;
        grads[2 * BLOCK + i] = v14;
        current[i] = v13;
        bias[i] = v16;
    }
}

CLONES static void back33_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[2 * BLOCK + i];
        const int32_t v2 = flags[i];
        const int32_t v3 = v2 & 1;
        const int32_t v4 = v3 == 0;
        const int32_t v5 = v2 >> 1;
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v2 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v2 >> 3;
        const int32_t v12 = v11 == 0;
        const float v13 = grads[i];
        const float v14 = grads[BLOCK + i];
        const float v15 = grads[2 * BLOCK + i];
        const float v16 = output[i];
        const float v17 = spikes[i];
        const int32_t v18 = v17 == 0.0f;
        const float v19 = (float)v18;
        const float v20 = v13 * v19;
        const float v21 = v20 + v16;
        const float v22 = (float)v4;
        const float v23 = v21 * v22;
        const float v24 = v23 * v0;
        const float v25 = (float)v7;
        const float v26 = v23 * v25;
        const float v27 = (float)v10;
        const float v28 = v24 * v27;
        const int32_t v29 = !v10;
        const float v30 = (float)v29;
        const float v31 = v13 * v30;
        const float v32 = v28 + v31;
        const float v33 = v26 * v27;
        const float v34 = v23 * v27;
        const float v35 = v14 * 0.0f;
        const float v36 = v15 + v33;
        const float v37 = (float)v12;
        const float v38 = v36 * v37;
        const float v39 = v38 * v1;
        const float v40 = bias[i];
        const float v41 = v40 + v34;
        grads[i] = v32;
        grads[BLOCK + i] = v35;
        grads[2 * BLOCK + i] = v39;
        current[i] = v38;
        bias[i] = v41;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first, adaptation */
CLONES static void back34(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = own[4 * BLOCK + i];
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = grads[3 * BLOCK + i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const float v10 = v4 + v8;
        const float v11 = v10 * v0;
        const float v12 = v6 * v9;
        const float v13 = v12 * 2.0f;
        const float v14 = v5 + v13;
        const float v15 = v14 - v8;
        const float v16 = v6 - v8;
        const float v17 = v15 * v1;
        const float v18 = v16 * v2;
        const float v19 = v7 + v10;
        const float v20 = v19 * v3;
        grads[i] = v11;
        grads[BLOCK + i] = v17;
        grads[2 * BLOCK + i] = v18;
        grads[3 * BLOCK + i] = v20;
        current[i] = v19;
    }
}

CLONES static void back34_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = own[4 * BLOCK + i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 & 1;
        const int32_t v15 = v14 == 0;
        const int32_t v16 = v4 >> 4;
        const int32_t v17 = v16 == 0;
        const float v18 = grads[i];
        const float v19 = grads[BLOCK + i];
        const float v20 = grads[2 * BLOCK + i];
        const float v21 = grads[3 * BLOCK + i];
        const float v22 = output[i];
        const float v23 = spikes[i];
        const float v24 = v18 + v22;
        const float v25 = (float)v6;
        const float v26 = v24 * v25;
        const float v27 = v26 * v0;
        const float v28 = (float)v9;
        const float v29 = v26 * v28;
        const float v30 = (float)v15;
        const float v31 = v20 * v30;
        const float v32 = (float)v12;
        const float v33 = v19 * v32;
        const float v34 = v31 * v23;
        const float v35 = v34 * 2.0f;
        const float v36 = v33 + v35;
        const float v37 = v36 - v22;
        const float v38 = v31 - v22;
        const float v39 = v37 * v1;
        const float v40 = v38 * v2;
        const float v41 = v21 + v29;
        const float v42 = (float)v17;
        const float v43 = v41 * v42;
        const float v44 = v43 * v3;
        grads[i] = v27;
        grads[BLOCK + i] = v39;
        grads[2 * BLOCK + i] = v40;
        grads[3 * BLOCK + i] = v44;
        current[i] = v43;
    }
}

CLONES static void back34_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = own[4 * BLOCK + i];
        const float v4 = grads[i];
        const float v5 = grads[BLOCK + i];
        const float v6 = grads[2 * BLOCK + i];
        const float v7 = grads[3 * BLOCK + i];
        const float v8 = output[i];
        const float v9 = spikes[i];
        const float v10 = v4 + v8;
        const float v11 = v10 * v0;
        const float v12 = v6 * v9;
        const float v13 = v12 * 2.0f;
        const float v14 = v5 + v13;
        const float v15 = v14 - v8;
        const float v16 = v6 - v8;
        const float v17 = v15 * v1;
        const float v18 = v16 * v2;
        const float v19 = v7 + v10;
        const float v20 = v19 * v3;
        const float v21 = bias[i];
        const float v22 = v21 + v10;
        grads[i] = v11;
        grads[BLOCK + i] = v17;
        grads[2 * BLOCK + i] = v18;
        grads[3 * BLOCK + i] = v20;
        current[i] = v19;
        bias[i] = v22;
    }
}

CLONES static void back34_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = own[BLOCK + i];
        const float v2 = own[2 * BLOCK + i];
        const float v3 = own[4 * BLOCK + i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v4 >> 2;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v4 >> 3;
        const int32_t v14 = v13 & 1;
        const int32_t v15 = v14 == 0;
        const int32_t v16 = v4 >> 4;
        const int32_t v17 = v16 == 0;
        const float v18 = grads[i];
        const float v19 = grads[BLOCK + i];
        const float v20 = grads[2 * BLOCK + i];
        const float v21 = grads[3 * BLOCK + i];
        const float v22 = output[i];
        const float v23 = spikes[i];
        const float v24 = v18 + v22;
        const float v25 = (float)v6;
        const float v26 = v24 * v25;
        const float v27 = v26 * v0;
        const float v28 = (float)v9;
        const float v29 = v26 * v28;
        const float v30 = (float)v15;
        const float v31 = v20 * v30;
        const float v32 = (float)v12;
        const float v33 = v19 * v32;
        const float v34 = v31 * v23;
        const float v35 = v34 * 2.0f;
        const float v36 = v33 + v35;
        const float v37 = v36 - v22;
        const float v38 = v31 - v22;
        const float v39 = v37 * v1;
        const float v40 = v38 * v2;
        const float v41 = v21 + v29;
        const float v42 = (float)v17;
        const float v43 = v41 * v42;
        const float v44 = v43 * v3;
        const float v45 = bias[i];
        const float v46 = v45 + v26;
        grads[i] = v27;
        grads[BLOCK + i] = v39;
        grads[2 * BLOCK + i] = v40;
        grads[3 * BLOCK + i] = v44;
        current[i] = v43;
        bias[i] = v46;
    }
}

CLONES static void back34_spikes(TO_SPIKES_ARGUMENTS)
{
    const float v0 = numbers->step;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = own[3 * BLOCK + i];
        const float v2 = grads[BLOCK + i];
        const float v3 = grads[2 * BLOCK + i];
        const int32_t v4 = noted[i];
        const float v5 = (float)v4;
        const float v6 = v5 * v0;
        const float v7 = v1 * 1.0f;
        const float v8 = v2 * v7;
        const float v9 = v6 * 2.0f;
        const float v10 = v3 * v9;
        const float v11 = v8 + v10;
        const float v12 = output[i];
        const float v13 = v12 + v11;
        given[i] = v13;
    }
}

CLONES static void back34_spikes_flags(TO_SPIKES_ARGUMENTS)
{
    const float v0 = numbers->step;
    for (int64_t i = 0; i < n; i++) {
        const float v1 = own[3 * BLOCK + i];
        const float v2 = grads[BLOCK + i];
        const float v3 = grads[2 * BLOCK + i];
        const int32_t v4 = noted[i];
        const float v5 = (float)v4;
        const float v6 = v5 * v0;
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 >> 2;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v7 >> 3;
        const int32_t v12 = v11 & 1;
        const int32_t v13 = v12 == 0;
        const float v14 = v1 * 1.0f;
        const float v15 = (float)v10;
        const float v16 = v2 * v15;
        const float v17 = v16 * v14;
        const float v18 = (float)v13;
        const float v19 = v3 * v18;
        const float v20 = v6 * 2.0f;
        const float v21 = v19 * v20;
        const float v22 = v17 + v21;
        const float v23 = output[i];
        const float v24 = v23 + v22;
        given[i] = v24;
    }
}

/* reset to zero, factors of each neuron, leaks last */
CLONES static void back35(BACK_ARGUMENTS)
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

CLONES static void back35_flags(BACK_ARGUMENTS)
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

CLONES static void back35_bias(BACK_ARGUMENTS)
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

CLONES static void back35_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back36(BACK_ARGUMENTS)
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

CLONES static void back36_flags(BACK_ARGUMENTS)
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

CLONES static void back36_bias(BACK_ARGUMENTS)
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

CLONES static void back36_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back37(BACK_ARGUMENTS)
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

CLONES static void back37_flags(BACK_ARGUMENTS)
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

CLONES static void back37_bias(BACK_ARGUMENTS)
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

CLONES static void back37_flags_bias(BACK_ARGUMENTS)
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
CLONES static void back38(BACK_ARGUMENTS)
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

CLONES static void back38_flags(BACK_ARGUMENTS)
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

CLONES static void back38_bias(BACK_ARGUMENTS)
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

CLONES static void back38_flags_bias(BACK_ARGUMENTS)
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

/* reset to zero, factors of each neuron, leaks first, relaxes, refractory */
CLONES static void back39(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v1 * v6;
        const float v8 = v7 + v3;
        const float v9 = 1.0f - v0;
        const float v10 = v8 * v9;
        const float v11 = v8 * v0;
        const float v12 = v2 * 0.0f;
        grads[i] = v11;
        grads[BLOCK + i] = v12;
        current[i] = v10;
    }
}

CLONES static void back39_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = spikes[i];
        const int32_t v13 = v12 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v9 * v14;
        const float v16 = v15 + v11;
        const float v17 = (float)v3;
        const float v18 = v16 * v17;
        const float v19 = 1.0f - v0;
        const float v20 = v18 * v19;
        const float v21 = v18 * v0;
        const float v22 = (float)v6;
        const float v23 = v20 * v22;
        const float v24 = (float)v8;
        const float v25 = v21 * v24;
        const int32_t v26 = !v8;
        const float v27 = (float)v26;
        const float v28 = v9 * v27;
        const float v29 = v25 + v28;
        const float v30 = v23 * v24;
        const float v31 = v10 * 0.0f;
        grads[i] = v29;
        grads[BLOCK + i] = v31;
        current[i] = v30;
    }
}

CLONES static void back39_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v1 * v6;
        const float v8 = v7 + v3;
        const float v9 = 1.0f - v0;
        const float v10 = v8 * v9;
        const float v11 = v8 * v0;
        const float v12 = v2 * 0.0f;
        const float v13 = bias[i];
        const float v14 = v13 + v10;
        grads[i] = v11;
        grads[BLOCK + i] = v12;
        current[i] = v10;
        bias[i] = v14;
    }
}

CLONES static void back39_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = spikes[i];
        const int32_t v13 = v12 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v9 * v14;
        const float v16 = v15 + v11;
        const float v17 = (float)v3;
        const float v18 = v16 * v17;
        const float v19 = 1.0f - v0;
        const float v20 = v18 * v19;
        const float v21 = v18 * v0;
        const float v22 = (float)v6;
        const float v23 = v20 * v22;
        const float v24 = (float)v8;
        const float v25 = v21 * v24;
        const int32_t v26 = !v8;
        const float v27 = (float)v26;
        const float v28 = v9 * v27;
        const float v29 = v25 + v28;
        const float v30 = v23 * v24;
        const float v31 = v20 * v24;
        const float v32 = v10 * 0.0f;
        const float v33 = bias[i];
        const float v34 = v33 + v31;
        grads[i] = v29;
        grads[BLOCK + i] = v32;
        current[i] = v30;
        bias[i] = v34;
    }
}

/* reset by subtraction, factors of each neuron, leaks first, relaxes */
CLONES static void back40(BACK_ARGUMENTS)
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

CLONES static void back40_flags(BACK_ARGUMENTS)
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

CLONES static void back40_bias(BACK_ARGUMENTS)
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

CLONES static void back40_flags_bias(BACK_ARGUMENTS)
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

/* reset by subtraction, factors of each neuron, leaks first, relaxes, refractory */
CLONES static void back41(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = v1 + v3;
        const float v5 = 1.0f - v0;
        const float v6 = v4 * v5;
        const float v7 = v4 * v0;
        const float v8 = v2 * 0.0f;
        grads[i] = v7;
        grads[BLOCK + i] = v8;
        current[i] = v6;
    }
}

CLONES static void back41_flags(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = v9 + v11;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = 1.0f - v0;
        const float v16 = v14 * v15;
        const float v17 = v14 * v0;
        const float v18 = (float)v6;
        const float v19 = v16 * v18;
        const float v20 = (float)v8;
        const float v21 = v17 * v20;
        const int32_t v22 = !v8;
        const float v23 = (float)v22;
        const float v24 = v9 * v23;
        const float v25 = v21 + v24;
        const float v26 = v19 * v20;
        const float v27 = v10 * 0.0f;
        grads[i] = v25;
        grads[BLOCK + i] = v27;
        current[i] = v26;
    }
}

CLONES static void back41_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const float v1 = grads[i];
        const float v2 = grads[BLOCK + i];
        const float v3 = output[i];
        const float v4 = v1 + v3;
        const float v5 = 1.0f - v0;
        const float v6 = v4 * v5;
        const float v7 = v4 * v0;
        const float v8 = v2 * 0.0f;
        const float v9 = bias[i];
        const float v10 = v9 + v6;
        grads[i] = v7;
        grads[BLOCK + i] = v8;
        current[i] = v6;
        bias[i] = v10;
    }
}

CLONES static void back41_flags_bias(BACK_ARGUMENTS)
{
    for (int64_t i = 0; i < n; i++) {
        const float v0 = own[i];
        const int32_t v1 = flags[i];
        const int32_t v2 = v1 & 1;
        const int32_t v3 = v2 == 0;
        const int32_t v4 = v1 >> 1;
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v1 >> 2;
        const int32_t v8 = v7 == 0;
        const float v9 = grads[i];
        const float v10 = grads[BLOCK + i];
        const float v11 = output[i];
        const float v12 = v9 + v11;
        const float v13 = (float)v3;
        const float v14 = v12 * v13;
        const float v15 = 1.0f - v0;
        const float v16 = v14 * v15;
        const float v17 = v14 * v0;
        const float v18 = (float)v6;
        const float v19 = v16 * v18;
        const float v20 = (float)v8;
        const float v21 = v17 * v20;
        const int32_t v22 = !v8;
        const float v23 = (float)v22;
        const float v24 = v9 * v23;
        const float v25 = v21 + v24;
        const float v26 = v19 * v20;
        const float v27 = v16 * v20;
        const float v28 = v10 * 0.0f;
        const float v29 = bias[i];
        const float v30 = v29 + v27;
        grads[i] = v25;
        grads[BLOCK + i] = v28;
        current[i] = v26;
        bias[i] = v30;
    }
}

const BackKernel back_kernels[] = {
    {"reset by subtraction, leaks first", 0, {back0, back0_flags, back0_bias, back0_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first", 0, {back1, back1_flags, back1_bias, back1_flags_bias}, {NULL, NULL}},
    {"read-out, leaks first", 1, {back2, back2_flags, back2_bias, back2_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, refractory", 0, {back3, back3_flags, back3_bias, back3_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first, refractory", 0, {back4, back4_flags, back4_bias, back4_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, adaptation", 0, {back5, back5_flags, back5_bias, back5_flags_bias}, {back5_spikes, back5_spikes_flags}},
    {"reset by subtraction, leaks first, synapse, synapse leaks first", 0, {back6, back6_flags, back6_bias, back6_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first, synapse, synapse leaks first", 0, {back7, back7_flags, back7_bias, back7_flags_bias}, {NULL, NULL}},
    {"read-out, leaks first, synapse, synapse leaks first", 1, {back8, back8_flags, back8_bias, back8_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, synapse, synapse leaks first, refractory", 0, {back9, back9_flags, back9_bias, back9_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first, synapse, synapse leaks first, refractory", 0, {back10, back10_flags, back10_bias, back10_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, synapse, synapse leaks first, adaptation", 0, {back11, back11_flags, back11_bias, back11_flags_bias}, {back11_spikes, back11_spikes_flags}},
    {"reset by subtraction, leaks last", 0, {back12, back12_flags, back12_bias, back12_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks last", 0, {back13, back13_flags, back13_bias, back13_flags_bias}, {NULL, NULL}},
    {"read-out, leaks last", 1, {back14, back14_flags, back14_bias, back14_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, instead of the leak, leaks last", 0, {back15, back15_flags, back15_bias, back15_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first, relaxes", 0, {back16, back16_flags, back16_bias, back16_flags_bias}, {NULL, NULL}},
    {"read-out, leaks first, relaxes", 1, {back17, back17_flags, back17_bias, back17_flags_bias}, {NULL, NULL}},
    {"reset to zero, leaks first, relaxes, refractory", 0, {back18, back18_flags, back18_bias, back18_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, relaxes", 0, {back19, back19_flags, back19_bias, back19_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, relaxes, refractory", 0, {back20, back20_flags, back20_bias, back20_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, leaks first, synapse, input first", 0, {back21, back21_flags, back21_bias, back21_flags_bias}, {NULL, NULL}},
    {"read-out, leaks first, synapse, input first", 1, {back22, back22_flags, back22_bias, back22_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first", 0, {back23, back23_flags, back23_bias, back23_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first", 0, {back24, back24_flags, back24_bias, back24_flags_bias}, {NULL, NULL}},
    {"read-out, factors of each neuron, leaks first", 1, {back25, back25_flags, back25_bias, back25_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, refractory", 0, {back26, back26_flags, back26_bias, back26_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first, refractory", 0, {back27, back27_flags, back27_bias, back27_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, adaptation", 0, {back28, back28_flags, back28_bias, back28_flags_bias}, {back28_spikes, back28_spikes_flags}},
    {"reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first", 0, {back29, back29_flags, back29_bias, back29_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first", 0, {back30, back30_flags, back30_bias, back30_flags_bias}, {NULL, NULL}},
    {"read-out, factors of each neuron, leaks first, synapse, synapse leaks first", 1, {back31, back31_flags, back31_bias, back31_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first, refractory", 0, {back32, back32_flags, back32_bias, back32_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first, synapse, synapse leaks first, refractory", 0, {back33, back33_flags, back33_bias, back33_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, synapse, synapse leaks first, adaptation", 0, {back34, back34_flags, back34_bias, back34_flags_bias}, {back34_spikes, back34_spikes_flags}},
    {"reset to zero, factors of each neuron, leaks last", 0, {back35, back35_flags, back35_bias, back35_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, instead of the leak, factors of each neuron, leaks last", 0, {back36, back36_flags, back36_bias, back36_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first, relaxes", 0, {back37, back37_flags, back37_bias, back37_flags_bias}, {NULL, NULL}},
    {"read-out, factors of each neuron, leaks first, relaxes", 1, {back38, back38_flags, back38_bias, back38_flags_bias}, {NULL, NULL}},
    {"reset to zero, factors of each neuron, leaks first, relaxes, refractory", 0, {back39, back39_flags, back39_bias, back39_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, relaxes", 0, {back40, back40_flags, back40_bias, back40_flags_bias}, {NULL, NULL}},
    {"reset by subtraction, factors of each neuron, leaks first, relaxes, refractory", 0, {back41, back41_flags, back41_bias, back41_flags_bias}, {NULL, NULL}},
};

const int32_t back_kernel_count = sizeof back_kernels / sizeof *back_kernels;
