/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../step.h"

/* reset by subtraction, leaks first */
CLONES static void back0(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        mem[i] = v5;
        current[i] = v4;
    }
}

CLONES static void back0_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v4;
        mem[i] = v5;
        current[i] = v4;
        bias[i] = v7;
    }
}

CLONES static void back0_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = (float)v6;
        const float v12 = v10 * v11;
        const float v13 = v12 * v1;
        const float v14 = (float)v9;
        const float v15 = v12 * v14;
        mem[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back0_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = (float)v6;
        const float v12 = v10 * v11;
        const float v13 = v12 * v1;
        const float v14 = (float)v9;
        const float v15 = v12 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v12;
        mem[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

/* reset to zero, leaks first */
CLONES static void back1(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v1;
        mem[i] = v9;
        current[i] = v8;
    }
}

CLONES static void back1_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 + v3;
        const float v9 = v8 * v1;
        const float v10 = bias[i];
        const float v11 = v10 + v8;
        mem[i] = v9;
        current[i] = v8;
        bias[i] = v11;
    }
}

CLONES static void back1_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = flags[i];
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v5 >> 1;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v4 == 0.0f;
        const float v12 = (float)v11;
        const float v13 = v2 * v12;
        const float v14 = v13 + v3;
        const float v15 = (float)v7;
        const float v16 = v14 * v15;
        const float v17 = v16 * v1;
        const float v18 = (float)v10;
        const float v19 = v16 * v18;
        mem[i] = v17;
        current[i] = v19;
    }
}

CLONES static void back1_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = flags[i];
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v5 >> 1;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v4 == 0.0f;
        const float v12 = (float)v11;
        const float v13 = v2 * v12;
        const float v14 = v13 + v3;
        const float v15 = (float)v7;
        const float v16 = v14 * v15;
        const float v17 = v16 * v1;
        const float v18 = (float)v10;
        const float v19 = v16 * v18;
        const float v20 = bias[i];
        const float v21 = v20 + v16;
        mem[i] = v17;
        current[i] = v19;
        bias[i] = v21;
    }
}

/* read-out, leaks first */
CLONES static void back2(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        mem[i] = v5;
        current[i] = v4;
    }
}

CLONES static void back2_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v4;
        mem[i] = v5;
        current[i] = v4;
        bias[i] = v7;
    }
}

CLONES static void back2_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = (float)v6;
        const float v12 = v10 * v11;
        const float v13 = v12 * v1;
        const float v14 = (float)v9;
        const float v15 = v12 * v14;
        mem[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back2_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = (float)v6;
        const float v12 = v10 * v11;
        const float v13 = v12 * v1;
        const float v14 = (float)v9;
        const float v15 = v12 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v12;
        mem[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

/* reset to zero, leaks first, synapse, synapse leaks first */
CLONES static void back3(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v4 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v1;
        const float v12 = syn[i];
        const float v13 = v12 + v10;
        const float v14 = v13 * v3;
        mem[i] = v11;
        syn[i] = v14;
        current[i] = v13;
    }
}

CLONES static void back3_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v4 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v1;
        const float v12 = syn[i];
        const float v13 = v12 + v10;
        const float v14 = v13 * v3;
        const float v15 = bias[i];
        const float v16 = v15 + v10;
        mem[i] = v11;
        syn[i] = v14;
        current[i] = v13;
        bias[i] = v16;
    }
}

CLONES static void back3_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v7 >> 1;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v6 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v4 * v14;
        const float v16 = v15 + v5;
        const float v17 = (float)v9;
        const float v18 = v16 * v17;
        const float v19 = v18 * v1;
        const float v20 = (float)v12;
        const float v21 = v18 * v20;
        const float v22 = syn[i];
        const int32_t v23 = v7 >> 2;
        const int32_t v24 = v23 == 0;
        const float v25 = v22 + v21;
        const float v26 = (float)v24;
        const float v27 = v25 * v26;
        const float v28 = v27 * v3;
        mem[i] = v19;
        syn[i] = v28;
        current[i] = v27;
    }
}

CLONES static void back3_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v7 >> 1;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v6 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v4 * v14;
        const float v16 = v15 + v5;
        const float v17 = (float)v9;
        const float v18 = v16 * v17;
        const float v19 = v18 * v1;
        const float v20 = (float)v12;
        const float v21 = v18 * v20;
        const float v22 = syn[i];
        const int32_t v23 = v7 >> 2;
        const int32_t v24 = v23 == 0;
        const float v25 = v22 + v21;
        const float v26 = (float)v24;
        const float v27 = v25 * v26;
        const float v28 = v27 * v3;
        const float v29 = bias[i];
        const float v30 = v29 + v18;
        mem[i] = v19;
        syn[i] = v28;
        current[i] = v27;
        bias[i] = v30;
    }
}

/* read-out, leaks first, synapse, synapse leaks first */
CLONES static void back4(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v9;
    }
}

CLONES static void back4_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v6;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v9;
        bias[i] = v12;
    }
}

CLONES static void back4_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v23;
    }
}

CLONES static void back4_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v14;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v23;
        bias[i] = v26;
    }
}

/* reset by subtraction, leaks last */
CLONES static void back5(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 * v1;
        const float v5 = v4 + v3;
        mem[i] = v5;
        current[i] = v5;
    }
}

CLONES static void back5_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 * v1;
        const float v5 = v4 + v3;
        const float v6 = bias[i];
        const float v7 = v6 + v5;
        mem[i] = v5;
        current[i] = v5;
        bias[i] = v7;
    }
}

CLONES static void back5_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 * v1;
        const float v11 = v10 + v3;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = (float)v9;
        const float v15 = v13 * v14;
        mem[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back5_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 * v1;
        const float v11 = v10 + v3;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = (float)v9;
        const float v15 = v13 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v13;
        mem[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

/* reset to zero, leaks last */
CLONES static void back6(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v8 + v3;
        mem[i] = v9;
        current[i] = v9;
    }
}

CLONES static void back6_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = v4 == 0.0f;
        const float v6 = (float)v5;
        const float v7 = v2 * v6;
        const float v8 = v7 * v1;
        const float v9 = v8 + v3;
        const float v10 = bias[i];
        const float v11 = v10 + v9;
        mem[i] = v9;
        current[i] = v9;
        bias[i] = v11;
    }
}

CLONES static void back6_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = flags[i];
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v5 >> 1;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v4 == 0.0f;
        const float v12 = (float)v11;
        const float v13 = v2 * v12;
        const float v14 = v13 * v1;
        const float v15 = v14 + v3;
        const float v16 = (float)v7;
        const float v17 = v15 * v16;
        const float v18 = (float)v10;
        const float v19 = v17 * v18;
        mem[i] = v17;
        current[i] = v19;
    }
}

CLONES static void back6_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = spikes[i];
        const int32_t v5 = flags[i];
        const int32_t v6 = v5 & 1;
        const int32_t v7 = v6 == 0;
        const int32_t v8 = v5 >> 1;
        const int32_t v9 = v8 & 1;
        const int32_t v10 = v9 == 0;
        const int32_t v11 = v4 == 0.0f;
        const float v12 = (float)v11;
        const float v13 = v2 * v12;
        const float v14 = v13 * v1;
        const float v15 = v14 + v3;
        const float v16 = (float)v7;
        const float v17 = v15 * v16;
        const float v18 = (float)v10;
        const float v19 = v17 * v18;
        const float v20 = bias[i];
        const float v21 = v20 + v17;
        mem[i] = v17;
        current[i] = v19;
        bias[i] = v21;
    }
}

/* read-out, leaks last */
CLONES static void back7(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        mem[i] = v5;
        current[i] = v5;
    }
}

CLONES static void back7_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const float v4 = v2 + v3;
        const float v5 = v4 * v1;
        const float v6 = bias[i];
        const float v7 = v6 + v5;
        mem[i] = v5;
        current[i] = v5;
        bias[i] = v7;
    }
}

CLONES static void back7_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = v10 * v1;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = (float)v9;
        const float v15 = v13 * v14;
        mem[i] = v13;
        current[i] = v15;
    }
}

CLONES static void back7_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v2 = mem[i];
        const float v3 = output[i];
        const int32_t v4 = flags[i];
        const int32_t v5 = v4 & 1;
        const int32_t v6 = v5 == 0;
        const int32_t v7 = v4 >> 1;
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const float v10 = v2 + v3;
        const float v11 = v10 * v1;
        const float v12 = (float)v6;
        const float v13 = v11 * v12;
        const float v14 = (float)v9;
        const float v15 = v13 * v14;
        const float v16 = bias[i];
        const float v17 = v16 + v13;
        mem[i] = v13;
        current[i] = v15;
        bias[i] = v17;
    }
}

/* reset to zero, leaks first, relaxes */
CLONES static void back8(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = v6 == 0.0f;
        const float v8 = (float)v7;
        const float v9 = v4 * v8;
        const float v10 = v9 + v5;
        const float v11 = v10 * v2;
        const float v12 = v10 * v3;
        mem[i] = v12;
        current[i] = v11;
    }
}

CLONES static void back8_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
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
        mem[i] = v12;
        current[i] = v11;
        bias[i] = v14;
    }
}

CLONES static void back8_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v7 >> 1;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v6 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v4 * v14;
        const float v16 = v15 + v5;
        const float v17 = (float)v9;
        const float v18 = v16 * v17;
        const float v19 = v18 * v2;
        const float v20 = v18 * v3;
        const float v21 = (float)v12;
        const float v22 = v19 * v21;
        mem[i] = v20;
        current[i] = v22;
    }
}

CLONES static void back8_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = spikes[i];
        const int32_t v7 = flags[i];
        const int32_t v8 = v7 & 1;
        const int32_t v9 = v8 == 0;
        const int32_t v10 = v7 >> 1;
        const int32_t v11 = v10 & 1;
        const int32_t v12 = v11 == 0;
        const int32_t v13 = v6 == 0.0f;
        const float v14 = (float)v13;
        const float v15 = v4 * v14;
        const float v16 = v15 + v5;
        const float v17 = (float)v9;
        const float v18 = v16 * v17;
        const float v19 = v18 * v2;
        const float v20 = v18 * v3;
        const float v21 = (float)v12;
        const float v22 = v19 * v21;
        const float v23 = bias[i];
        const float v24 = v23 + v19;
        mem[i] = v20;
        current[i] = v22;
        bias[i] = v24;
    }
}

/* read-out, leaks first, relaxes */
CLONES static void back9(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        mem[i] = v8;
        current[i] = v7;
    }
}

CLONES static void back9_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        const float v9 = bias[i];
        const float v10 = v9 + v7;
        mem[i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back9_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v2;
        const float v16 = v14 * v3;
        const float v17 = (float)v11;
        const float v18 = v15 * v17;
        mem[i] = v16;
        current[i] = v18;
    }
}

CLONES static void back9_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v2;
        const float v16 = v14 * v3;
        const float v17 = (float)v11;
        const float v18 = v15 * v17;
        const float v19 = bias[i];
        const float v20 = v19 + v15;
        mem[i] = v16;
        current[i] = v18;
        bias[i] = v20;
    }
}

/* reset by subtraction, leaks first, relaxes */
CLONES static void back10(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        mem[i] = v8;
        current[i] = v7;
    }
}

CLONES static void back10_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v2;
        const float v8 = v6 * v3;
        const float v9 = bias[i];
        const float v10 = v9 + v7;
        mem[i] = v8;
        current[i] = v7;
        bias[i] = v10;
    }
}

CLONES static void back10_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v2;
        const float v16 = v14 * v3;
        const float v17 = (float)v11;
        const float v18 = v15 * v17;
        mem[i] = v16;
        current[i] = v18;
    }
}

CLONES static void back10_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const double v1 = 1.0 - v0;
    const float v2 = (float)v1;
    const float v3 = (float)v0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v2;
        const float v16 = v14 * v3;
        const float v17 = (float)v11;
        const float v18 = v15 * v17;
        const float v19 = bias[i];
        const float v20 = v19 + v15;
        mem[i] = v16;
        current[i] = v18;
        bias[i] = v20;
    }
}

/* reset by subtraction, leaks first, synapse, input first */
CLONES static void back11(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v10;
    }
}

CLONES static void back11_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v6;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v10;
        bias[i] = v12;
    }
}

CLONES static void back11_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v24;
    }
}

CLONES static void back11_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v14;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v24;
        bias[i] = v26;
    }
}

/* read-out, leaks first, synapse, input first */
CLONES static void back12(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v10;
    }
}

CLONES static void back12_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const float v6 = v4 + v5;
        const float v7 = v6 * v1;
        const float v8 = syn[i];
        const float v9 = v8 + v6;
        const float v10 = v9 * v3;
        const float v11 = bias[i];
        const float v12 = v11 + v6;
        mem[i] = v7;
        syn[i] = v10;
        current[i] = v10;
        bias[i] = v12;
    }
}

CLONES static void back12_flags(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v24;
    }
}

CLONES static void back12_flags_bias(BACK_ARGUMENTS)
{
    const double v0 = numbers->beta;
    const float v1 = (float)v0;
    const double v2 = numbers->alpha;
    const float v3 = (float)v2;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = mem[i];
        const float v5 = output[i];
        const int32_t v6 = flags[i];
        const int32_t v7 = v6 & 1;
        const int32_t v8 = v7 == 0;
        const int32_t v9 = v6 >> 1;
        const int32_t v10 = v9 & 1;
        const int32_t v11 = v10 == 0;
        const float v12 = v4 + v5;
        const float v13 = (float)v8;
        const float v14 = v12 * v13;
        const float v15 = v14 * v1;
        const float v16 = (float)v11;
        const float v17 = v14 * v16;
        const float v18 = syn[i];
        const int32_t v19 = v6 >> 2;
        const int32_t v20 = v19 == 0;
        const float v21 = v18 + v17;
        const float v22 = (float)v20;
        const float v23 = v21 * v22;
        const float v24 = v23 * v3;
        const float v25 = bias[i];
        const float v26 = v25 + v14;
        mem[i] = v15;
        syn[i] = v24;
        current[i] = v24;
        bias[i] = v26;
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
    {"reset to zero, leaks first, relaxes", 0, {back8, back8_flags, back8_bias, back8_flags_bias}},
    {"read-out, leaks first, relaxes", 1, {back9, back9_flags, back9_bias, back9_flags_bias}},
    {"reset by subtraction, leaks first, relaxes", 0, {back10, back10_flags, back10_bias, back10_flags_bias}},
    {"reset by subtraction, leaks first, synapse, input first", 0, {back11, back11_flags, back11_bias, back11_flags_bias}},
    {"read-out, leaks first, synapse, input first", 1, {back12, back12_flags, back12_bias, back12_flags_bias}},
};

const int32_t back_kernel_count = sizeof back_kernels / sizeof *back_kernels;
