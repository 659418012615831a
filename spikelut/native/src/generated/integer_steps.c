/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../step.h"

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step0(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v20 = v18 ? v19 : v16;
        const float v21 = (float)v18;
        next[i] = v20;
        out[i] = v21;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step0_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v16;
        const float v23 = (float)v20;
        const int32_t v24 = !v17;
        const int32_t v25 = !v18;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v19;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step1(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v18 ? 0 : v16;
        const float v20 = (float)v18;
        next[i] = v19;
        out[i] = v20;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step1_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v16;
        const float v22 = (float)v20;
        const int32_t v23 = !v17;
        const int32_t v24 = !v18;
        const int32_t v25 = v24 * 2;
        const int32_t v26 = v23 + v25;
        next[i] = v21;
        out[i] = v22;
        x[i] = v19;
        flags[i] = (uint8_t)v26;
        cut |= v26;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, read-out */
CLONES static int step2(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const float v17 = (float)v16;
        const float v18 = v17 * v2;
        next[i] = v16;
        out[i] = v18;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step2_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const float v19 = (float)v16;
        const float v20 = v19 * v2;
        const int32_t v21 = !v17;
        const int32_t v22 = !v18;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v16;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step3(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v18;
        const int32_t v23 = v8 == 0;
        const int32_t v24 = v23 ? v22 : v7;
        const int32_t v25 = v23 & v20;
        const int32_t v26 = v8 - 1;
        const int32_t v27 = v26 > 0 ? v26 : 0;
        const int32_t v28 = v25 ? v1 : v27;
        const float v29 = (float)v25;
        next[i] = v24;
        next[BLOCK + i] = v28;
        out[i] = v29;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step3_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v22 ? v23 : v18;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v22;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v1 : v29;
        const float v31 = (float)v27;
        const int32_t v32 = !v19;
        const int32_t v33 = !v20;
        const int32_t v34 = v33 * 2;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = !v25;
        const int32_t v37 = v36 * 4;
        const int32_t v38 = v35 + v37;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v21;
        flags[i] = (uint8_t)v38;
        cut |= v38;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step4(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v18;
        const int32_t v22 = v8 == 0;
        const int32_t v23 = v22 ? v21 : v7;
        const int32_t v24 = v22 & v20;
        const int32_t v25 = v8 - 1;
        const int32_t v26 = v25 > 0 ? v25 : 0;
        const int32_t v27 = v24 ? v1 : v26;
        const float v28 = (float)v24;
        next[i] = v23;
        next[BLOCK + i] = v27;
        out[i] = v28;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step4_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v18;
        const int32_t v24 = v8 == 0;
        const int32_t v25 = v24 ? v23 : v7;
        const int32_t v26 = v24 & v22;
        const int32_t v27 = v8 - 1;
        const int32_t v28 = v27 > 0 ? v27 : 0;
        const int32_t v29 = v26 ? v1 : v28;
        const float v30 = (float)v26;
        const int32_t v31 = !v19;
        const int32_t v32 = !v20;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        const int32_t v35 = !v24;
        const int32_t v36 = v35 * 4;
        const int32_t v37 = v34 + v36;
        next[i] = v25;
        next[BLOCK + i] = v29;
        out[i] = v30;
        x[i] = v21;
        flags[i] = (uint8_t)v37;
        cut |= v37;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, adaptation, threshold_leak multiply / 2**15 floor, refractory_leak multiply / 2**15 floor, register signed 16 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step5(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v10 * v1;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v11 * v2;
        const int32_t v25 = v24 >> 15;
        const int32_t v26 = v21 - v25;
        const int32_t v27 = v26 - v23;
        const int32_t v28 = v27 - v4;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v23 + v4;
        const int32_t v31 = v23 + v3;
        const int32_t v32 = v29 ? v31 : v23;
        const int32_t v33 = v30 * 2;
        const int32_t v34 = v25 + v33;
        const int32_t v35 = v29 ? v34 : v25;
        const int32_t v36 = v32 < 32767 ? v32 : 32767;
        const int32_t v37 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v38 = v37 < 32767 ? v37 : 32767;
        const float v39 = (float)v29;
        next[i] = v21;
        next[BLOCK + i] = v36;
        next[2 * BLOCK + i] = v38;
        out[i] = v39;
        x[i] = v28;
        noted[i] = v30;
        cut |= v21 ^ v19;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v36 ^ v32;
        cut |= v38 ^ v35;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step5_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v14 == v8;
        const int32_t v24 = v10 * v1;
        const int32_t v25 = v24 >> 15;
        const int32_t v26 = v11 * v2;
        const int32_t v27 = v26 >> 15;
        const int32_t v28 = v21 - v27;
        const int32_t v29 = v28 - v25;
        const int32_t v30 = v29 - v4;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v25 + v4;
        const int32_t v33 = v25 + v3;
        const int32_t v34 = v31 ? v33 : v25;
        const int32_t v35 = v32 * 2;
        const int32_t v36 = v27 + v35;
        const int32_t v37 = v31 ? v36 : v27;
        const int32_t v38 = v34 < 32767 ? v34 : 32767;
        const int32_t v39 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v40 = v39 < 32767 ? v39 : 32767;
        const int32_t v41 = v38 == v34;
        const int32_t v42 = v40 == v37;
        const float v43 = (float)v31;
        const int32_t v44 = !v22;
        const int32_t v45 = !v23;
        const int32_t v46 = v45 * 2;
        const int32_t v47 = v44 + v46;
        const int32_t v48 = !v41;
        const int32_t v49 = v48 * 4;
        const int32_t v50 = v47 + v49;
        const int32_t v51 = !v42;
        const int32_t v52 = v51 * 8;
        const int32_t v53 = v50 + v52;
        next[i] = v21;
        next[BLOCK + i] = v38;
        next[2 * BLOCK + i] = v40;
        out[i] = v43;
        x[i] = v30;
        noted[i] = v32;
        flags[i] = (uint8_t)v53;
        cut |= v53;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step6(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v25 = v23 ? v24 : v21;
        const float v26 = (float)v23;
        next[i] = v25;
        out[i] = v26;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step6_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const int32_t v24 = v21 - v1;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v27 = v25 ? v26 : v21;
        const float v28 = (float)v25;
        const int32_t v29 = !v22;
        const int32_t v30 = !v23;
        const int32_t v31 = v30 * 2;
        const int32_t v32 = v29 + v31;
        next[i] = v27;
        out[i] = v28;
        x[i] = v24;
        flags[i] = (uint8_t)v32;
        cut |= v32;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step7(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v21;
        const float v25 = (float)v23;
        next[i] = v24;
        out[i] = v25;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step7_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const int32_t v24 = v21 - v1;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v21;
        const float v27 = (float)v25;
        const int32_t v28 = !v22;
        const int32_t v29 = !v23;
        const int32_t v30 = v29 * 2;
        const int32_t v31 = v28 + v30;
        next[i] = v26;
        out[i] = v27;
        x[i] = v24;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, read-out */
CLONES static int step8(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const float v22 = (float)v21;
        const float v23 = v22 * v2;
        next[i] = v21;
        out[i] = v23;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step8_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v0;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const float v24 = (float)v21;
        const float v25 = v24 * v2;
        const int32_t v26 = !v22;
        const int32_t v27 = !v23;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v21;
        out[i] = v25;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step9(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v0;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v0;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const int32_t v34 = v33 - v2;
        const int32_t v35 = 0 <= v34;
        const int32_t v36 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v37 = v35 ? v36 : v33;
        const float v38 = (float)v35;
        next[i] = v37;
        next[BLOCK + i] = v22;
        out[i] = v38;
        x[i] = v34;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step9_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v0;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const int32_t v36 = v34 - v2;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v39 = v37 ? v38 : v34;
        const float v40 = (float)v37;
        const int32_t v41 = !v35;
        const int32_t v42 = !v23;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v39;
        next[BLOCK + i] = v22;
        out[i] = v40;
        x[i] = v36;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step10(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v0;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v0;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const int32_t v34 = v33 - v2;
        const int32_t v35 = 0 <= v34;
        const int32_t v36 = v35 ? 0 : v33;
        const float v37 = (float)v35;
        next[i] = v36;
        next[BLOCK + i] = v22;
        out[i] = v37;
        x[i] = v34;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step10_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v0;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const int32_t v36 = v34 - v2;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v37 ? 0 : v34;
        const float v39 = (float)v37;
        const int32_t v40 = !v35;
        const int32_t v41 = !v23;
        const int32_t v42 = v41 * 4;
        const int32_t v43 = v40 + v42;
        next[i] = v38;
        next[BLOCK + i] = v22;
        out[i] = v39;
        x[i] = v36;
        flags[i] = (uint8_t)v43;
        cut |= v43;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, read-out */
CLONES static int step11(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v0;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v0;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const float v34 = (float)v33;
        const float v35 = v34 * v3;
        next[i] = v33;
        next[BLOCK + i] = v22;
        out[i] = v35;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step11_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v0;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const float v36 = (float)v34;
        const float v37 = v36 * v3;
        const int32_t v38 = !v35;
        const int32_t v39 = !v23;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        next[i] = v34;
        next[BLOCK + i] = v22;
        out[i] = v37;
        flags[i] = (uint8_t)v41;
        cut |= v41;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step12(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v27 = v25 ? v26 : v23;
        const int32_t v28 = v8 == 0;
        const int32_t v29 = v28 ? v27 : v7;
        const int32_t v30 = v28 & v25;
        const int32_t v31 = v8 - 1;
        const int32_t v32 = v31 > 0 ? v31 : 0;
        const int32_t v33 = v30 ? v1 : v32;
        const float v34 = (float)v30;
        next[i] = v29;
        next[BLOCK + i] = v33;
        out[i] = v34;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step12_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 == v21;
        const int32_t v25 = v11 == v6;
        const int32_t v26 = v23 - v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-8388608) ? v26 : (-8388608);
        const int32_t v29 = v27 ? v28 : v23;
        const int32_t v30 = v8 == 0;
        const int32_t v31 = v30 ? v29 : v7;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v8 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v1 : v34;
        const float v36 = (float)v32;
        const int32_t v37 = !v24;
        const int32_t v38 = !v25;
        const int32_t v39 = v38 * 2;
        const int32_t v40 = v37 + v39;
        const int32_t v41 = !v30;
        const int32_t v42 = v41 * 4;
        const int32_t v43 = v40 + v42;
        next[i] = v31;
        next[BLOCK + i] = v35;
        out[i] = v36;
        x[i] = v26;
        flags[i] = (uint8_t)v43;
        cut |= v43;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step13(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const int32_t v27 = v8 == 0;
        const int32_t v28 = v27 ? v26 : v7;
        const int32_t v29 = v27 & v25;
        const int32_t v30 = v8 - 1;
        const int32_t v31 = v30 > 0 ? v30 : 0;
        const int32_t v32 = v29 ? v1 : v31;
        const float v33 = (float)v29;
        next[i] = v28;
        next[BLOCK + i] = v32;
        out[i] = v33;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step13_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 == v21;
        const int32_t v25 = v11 == v6;
        const int32_t v26 = v23 - v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v23;
        const int32_t v29 = v8 == 0;
        const int32_t v30 = v29 ? v28 : v7;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v8 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v1 : v33;
        const float v35 = (float)v31;
        const int32_t v36 = !v24;
        const int32_t v37 = !v25;
        const int32_t v38 = v37 * 2;
        const int32_t v39 = v36 + v38;
        const int32_t v40 = !v29;
        const int32_t v41 = v40 * 4;
        const int32_t v42 = v39 + v41;
        next[i] = v30;
        next[BLOCK + i] = v34;
        out[i] = v35;
        x[i] = v26;
        flags[i] = (uint8_t)v42;
        cut |= v42;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step14(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 + v14;
        const int32_t v26 = v11 & 32767;
        const int32_t v27 = v26 * v0;
        const int32_t v28 = v11 >> 15;
        const int32_t v29 = v28 * v0;
        const int32_t v30 = v27 + 16384;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v29 + v31;
        const int32_t v33 = v32 + v25;
        const int32_t v34 = v33 > (-8388608) ? v33 : (-8388608);
        const int32_t v35 = v34 < 8388607 ? v34 : 8388607;
        const int32_t v36 = v35 - v3;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v39 = v37 ? v38 : v35;
        const int32_t v40 = v12 == 0;
        const int32_t v41 = v40 ? v39 : v11;
        const int32_t v42 = v40 & v37;
        const int32_t v43 = v12 - 1;
        const int32_t v44 = v43 > 0 ? v43 : 0;
        const int32_t v45 = v42 ? v1 : v44;
        const float v46 = (float)v42;
        next[i] = v41;
        next[BLOCK + i] = v45;
        next[2 * BLOCK + i] = v24;
        out[i] = v46;
        x[i] = v36;
        cut |= v35 ^ v33;
        cut |= v12 ^ 0;
        cut |= v24 ^ v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step14_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 + v14;
        const int32_t v27 = v11 & 32767;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v11 >> 15;
        const int32_t v30 = v29 * v0;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 + v26;
        const int32_t v35 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v36 = v35 < 8388607 ? v35 : 8388607;
        const int32_t v37 = v36 == v34;
        const int32_t v38 = v36 - v3;
        const int32_t v39 = 0 <= v38;
        const int32_t v40 = v38 > (-8388608) ? v38 : (-8388608);
        const int32_t v41 = v39 ? v40 : v36;
        const int32_t v42 = v12 == 0;
        const int32_t v43 = v42 ? v41 : v11;
        const int32_t v44 = v42 & v39;
        const int32_t v45 = v12 - 1;
        const int32_t v46 = v45 > 0 ? v45 : 0;
        const int32_t v47 = v44 ? v1 : v46;
        const float v48 = (float)v44;
        const int32_t v49 = !v37;
        const int32_t v50 = !v42;
        const int32_t v51 = v50 * 4;
        const int32_t v52 = v49 + v51;
        const int32_t v53 = !v25;
        const int32_t v54 = v53 * 8;
        const int32_t v55 = v52 + v54;
        next[i] = v43;
        next[BLOCK + i] = v47;
        next[2 * BLOCK + i] = v24;
        out[i] = v48;
        x[i] = v38;
        flags[i] = (uint8_t)v55;
        cut |= v55;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step15(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 + v14;
        const int32_t v26 = v11 & 32767;
        const int32_t v27 = v26 * v0;
        const int32_t v28 = v11 >> 15;
        const int32_t v29 = v28 * v0;
        const int32_t v30 = v27 + 16384;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v29 + v31;
        const int32_t v33 = v32 + v25;
        const int32_t v34 = v33 > (-8388608) ? v33 : (-8388608);
        const int32_t v35 = v34 < 8388607 ? v34 : 8388607;
        const int32_t v36 = v35 - v3;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v37 ? 0 : v35;
        const int32_t v39 = v12 == 0;
        const int32_t v40 = v39 ? v38 : v11;
        const int32_t v41 = v39 & v37;
        const int32_t v42 = v12 - 1;
        const int32_t v43 = v42 > 0 ? v42 : 0;
        const int32_t v44 = v41 ? v1 : v43;
        const float v45 = (float)v41;
        next[i] = v40;
        next[BLOCK + i] = v44;
        next[2 * BLOCK + i] = v24;
        out[i] = v45;
        x[i] = v36;
        cut |= v35 ^ v33;
        cut |= v12 ^ 0;
        cut |= v24 ^ v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step15_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 + v14;
        const int32_t v27 = v11 & 32767;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v11 >> 15;
        const int32_t v30 = v29 * v0;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 + v26;
        const int32_t v35 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v36 = v35 < 8388607 ? v35 : 8388607;
        const int32_t v37 = v36 == v34;
        const int32_t v38 = v36 - v3;
        const int32_t v39 = 0 <= v38;
        const int32_t v40 = v39 ? 0 : v36;
        const int32_t v41 = v12 == 0;
        const int32_t v42 = v41 ? v40 : v11;
        const int32_t v43 = v41 & v39;
        const int32_t v44 = v12 - 1;
        const int32_t v45 = v44 > 0 ? v44 : 0;
        const int32_t v46 = v43 ? v1 : v45;
        const float v47 = (float)v43;
        const int32_t v48 = !v37;
        const int32_t v49 = !v41;
        const int32_t v50 = v49 * 4;
        const int32_t v51 = v48 + v50;
        const int32_t v52 = !v25;
        const int32_t v53 = v52 * 8;
        const int32_t v54 = v51 + v53;
        next[i] = v42;
        next[BLOCK + i] = v46;
        next[2 * BLOCK + i] = v24;
        out[i] = v47;
        x[i] = v38;
        flags[i] = (uint8_t)v54;
        cut |= v54;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step16(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 & 32767;
        const int32_t v18 = v17 * v0;
        const int32_t v19 = v9 >> 15;
        const int32_t v20 = v19 * v0;
        const int32_t v21 = v18 + 16384;
        const int32_t v22 = v21 >> 15;
        const int32_t v23 = v20 + v22;
        const int32_t v24 = v23 + v16;
        const int32_t v25 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v10 & 32767;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v10 >> 15;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v11 & 32767;
        const int32_t v35 = v34 * v2;
        const int32_t v36 = v11 >> 15;
        const int32_t v37 = v36 * v2;
        const int32_t v38 = v35 + 16384;
        const int32_t v39 = v38 >> 15;
        const int32_t v40 = v37 + v39;
        const int32_t v41 = v26 - v40;
        const int32_t v42 = v41 - v33;
        const int32_t v43 = v42 - v4;
        const int32_t v44 = 0 <= v43;
        const int32_t v45 = v33 + v4;
        const int32_t v46 = v33 + v3;
        const int32_t v47 = v44 ? v46 : v33;
        const int32_t v48 = v45 * 2;
        const int32_t v49 = v40 + v48;
        const int32_t v50 = v44 ? v49 : v40;
        const int32_t v51 = v47 < 8388607 ? v47 : 8388607;
        const int32_t v52 = v50 > (-8388608) ? v50 : (-8388608);
        const int32_t v53 = v52 < 8388607 ? v52 : 8388607;
        const float v54 = (float)v44;
        next[i] = v26;
        next[BLOCK + i] = v51;
        next[2 * BLOCK + i] = v53;
        out[i] = v54;
        x[i] = v43;
        noted[i] = v45;
        cut |= v26 ^ v24;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v51 ^ v47;
        cut |= v53 ^ v50;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step16_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 & 32767;
        const int32_t v18 = v17 * v0;
        const int32_t v19 = v9 >> 15;
        const int32_t v20 = v19 * v0;
        const int32_t v21 = v18 + 16384;
        const int32_t v22 = v21 >> 15;
        const int32_t v23 = v20 + v22;
        const int32_t v24 = v23 + v16;
        const int32_t v25 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v14 == v8;
        const int32_t v29 = v10 & 32767;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v10 >> 15;
        const int32_t v32 = v31 * v1;
        const int32_t v33 = v30 + 16384;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v11 & 32767;
        const int32_t v37 = v36 * v2;
        const int32_t v38 = v11 >> 15;
        const int32_t v39 = v38 * v2;
        const int32_t v40 = v37 + 16384;
        const int32_t v41 = v40 >> 15;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = v26 - v42;
        const int32_t v44 = v43 - v35;
        const int32_t v45 = v44 - v4;
        const int32_t v46 = 0 <= v45;
        const int32_t v47 = v35 + v4;
        const int32_t v48 = v35 + v3;
        const int32_t v49 = v46 ? v48 : v35;
        const int32_t v50 = v47 * 2;
        const int32_t v51 = v42 + v50;
        const int32_t v52 = v46 ? v51 : v42;
        const int32_t v53 = v49 < 8388607 ? v49 : 8388607;
        const int32_t v54 = v52 > (-8388608) ? v52 : (-8388608);
        const int32_t v55 = v54 < 8388607 ? v54 : 8388607;
        const int32_t v56 = v53 == v49;
        const int32_t v57 = v55 == v52;
        const float v58 = (float)v46;
        const int32_t v59 = !v27;
        const int32_t v60 = !v28;
        const int32_t v61 = v60 * 2;
        const int32_t v62 = v59 + v61;
        const int32_t v63 = !v56;
        const int32_t v64 = v63 * 4;
        const int32_t v65 = v62 + v64;
        const int32_t v66 = !v57;
        const int32_t v67 = v66 * 8;
        const int32_t v68 = v65 + v67;
        next[i] = v26;
        next[BLOCK + i] = v53;
        next[2 * BLOCK + i] = v55;
        out[i] = v58;
        x[i] = v45;
        noted[i] = v47;
        flags[i] = (uint8_t)v68;
        cut |= v68;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step17(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 32767;
        const int32_t v19 = v18 * v4;
        const int32_t v20 = v16 >> 15;
        const int32_t v21 = v20 * v4;
        const int32_t v22 = v19 + 16384;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v21 + v23;
        const int32_t v25 = v24 + v12;
        const int32_t v26 = v25 > (-8388608) ? v25 : (-8388608);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 + v17;
        const int32_t v29 = v13 & 32767;
        const int32_t v30 = v29 * v0;
        const int32_t v31 = v13 >> 15;
        const int32_t v32 = v31 * v0;
        const int32_t v33 = v30 + 16384;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v35 + v28;
        const int32_t v37 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v14 & 32767;
        const int32_t v40 = v39 * v1;
        const int32_t v41 = v14 >> 15;
        const int32_t v42 = v41 * v1;
        const int32_t v43 = v40 + 16384;
        const int32_t v44 = v43 >> 15;
        const int32_t v45 = v42 + v44;
        const int32_t v46 = v15 & 32767;
        const int32_t v47 = v46 * v2;
        const int32_t v48 = v15 >> 15;
        const int32_t v49 = v48 * v2;
        const int32_t v50 = v47 + 16384;
        const int32_t v51 = v50 >> 15;
        const int32_t v52 = v49 + v51;
        const int32_t v53 = v38 - v52;
        const int32_t v54 = v53 - v45;
        const int32_t v55 = v54 - v5;
        const int32_t v56 = 0 <= v55;
        const int32_t v57 = v45 + v5;
        const int32_t v58 = v45 + v3;
        const int32_t v59 = v56 ? v58 : v45;
        const int32_t v60 = v57 * 2;
        const int32_t v61 = v52 + v60;
        const int32_t v62 = v56 ? v61 : v52;
        const int32_t v63 = v59 < 8388607 ? v59 : 8388607;
        const int32_t v64 = v62 > (-8388608) ? v62 : (-8388608);
        const int32_t v65 = v64 < 8388607 ? v64 : 8388607;
        const float v66 = (float)v56;
        next[i] = v38;
        next[BLOCK + i] = v63;
        next[2 * BLOCK + i] = v65;
        next[3 * BLOCK + i] = v27;
        out[i] = v66;
        x[i] = v55;
        noted[i] = v57;
        cut |= v38 ^ v36;
        cut |= v63 ^ v59;
        cut |= v65 ^ v62;
        cut |= v27 ^ v25;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step17_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 32767;
        const int32_t v19 = v18 * v4;
        const int32_t v20 = v16 >> 15;
        const int32_t v21 = v20 * v4;
        const int32_t v22 = v19 + 16384;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v21 + v23;
        const int32_t v25 = v24 + v12;
        const int32_t v26 = v25 > (-8388608) ? v25 : (-8388608);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 == v25;
        const int32_t v29 = v27 + v17;
        const int32_t v30 = v13 & 32767;
        const int32_t v31 = v30 * v0;
        const int32_t v32 = v13 >> 15;
        const int32_t v33 = v32 * v0;
        const int32_t v34 = v31 + 16384;
        const int32_t v35 = v34 >> 15;
        const int32_t v36 = v33 + v35;
        const int32_t v37 = v36 + v29;
        const int32_t v38 = v37 > (-8388608) ? v37 : (-8388608);
        const int32_t v39 = v38 < 8388607 ? v38 : 8388607;
        const int32_t v40 = v39 == v37;
        const int32_t v41 = v14 & 32767;
        const int32_t v42 = v41 * v1;
        const int32_t v43 = v14 >> 15;
        const int32_t v44 = v43 * v1;
        const int32_t v45 = v42 + 16384;
        const int32_t v46 = v45 >> 15;
        const int32_t v47 = v44 + v46;
        const int32_t v48 = v15 & 32767;
        const int32_t v49 = v48 * v2;
        const int32_t v50 = v15 >> 15;
        const int32_t v51 = v50 * v2;
        const int32_t v52 = v49 + 16384;
        const int32_t v53 = v52 >> 15;
        const int32_t v54 = v51 + v53;
        const int32_t v55 = v39 - v54;
        const int32_t v56 = v55 - v47;
        const int32_t v57 = v56 - v5;
        const int32_t v58 = 0 <= v57;
        const int32_t v59 = v47 + v5;
        const int32_t v60 = v47 + v3;
        const int32_t v61 = v58 ? v60 : v47;
        const int32_t v62 = v59 * 2;
        const int32_t v63 = v54 + v62;
        const int32_t v64 = v58 ? v63 : v54;
        const int32_t v65 = v61 < 8388607 ? v61 : 8388607;
        const int32_t v66 = v64 > (-8388608) ? v64 : (-8388608);
        const int32_t v67 = v66 < 8388607 ? v66 : 8388607;
        const int32_t v68 = v65 == v61;
        const int32_t v69 = v67 == v64;
        const float v70 = (float)v58;
        const int32_t v71 = !v40;
        const int32_t v72 = !v68;
        const int32_t v73 = v72 * 4;
        const int32_t v74 = v71 + v73;
        const int32_t v75 = !v69;
        const int32_t v76 = v75 * 8;
        const int32_t v77 = v74 + v76;
        const int32_t v78 = !v28;
        const int32_t v79 = v78 * 16;
        const int32_t v80 = v77 + v79;
        next[i] = v39;
        next[BLOCK + i] = v65;
        next[2 * BLOCK + i] = v67;
        next[3 * BLOCK + i] = v27;
        out[i] = v70;
        x[i] = v57;
        noted[i] = v59;
        flags[i] = (uint8_t)v80;
        cut |= v80;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step18(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v20 = v18 ? v19 : v16;
        const float v21 = (float)v18;
        next[i] = v20;
        out[i] = v21;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step18_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v16;
        const float v23 = (float)v20;
        const int32_t v24 = !v17;
        const int32_t v25 = !v18;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v19;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step19(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v18 ? 0 : v16;
        const float v20 = (float)v18;
        next[i] = v19;
        out[i] = v20;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step19_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v16;
        const float v22 = (float)v20;
        const int32_t v23 = !v17;
        const int32_t v24 = !v18;
        const int32_t v25 = v24 * 2;
        const int32_t v26 = v23 + v25;
        next[i] = v21;
        out[i] = v22;
        x[i] = v19;
        flags[i] = (uint8_t)v26;
        cut |= v26;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, read-out */
CLONES static int step20(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const float v17 = (float)v16;
        const float v18 = v17 * v2;
        next[i] = v16;
        out[i] = v18;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step20_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v0;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const float v19 = (float)v16;
        const float v20 = v19 * v2;
        const int32_t v21 = !v17;
        const int32_t v22 = !v18;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v16;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step21(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v0;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v23 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v27 = v25 ? v26 : v23;
        const float v28 = (float)v25;
        next[i] = v27;
        next[BLOCK + i] = v17;
        out[i] = v28;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step21_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v0;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 - v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v29 = v27 ? v28 : v24;
        const float v30 = (float)v27;
        const int32_t v31 = !v25;
        const int32_t v32 = !v18;
        const int32_t v33 = v32 * 4;
        const int32_t v34 = v31 + v33;
        next[i] = v29;
        next[BLOCK + i] = v17;
        out[i] = v30;
        x[i] = v26;
        flags[i] = (uint8_t)v34;
        cut |= v34;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step22(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v0;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v23 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const float v27 = (float)v25;
        next[i] = v26;
        next[BLOCK + i] = v17;
        out[i] = v27;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step22_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v0;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 - v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v24;
        const float v29 = (float)v27;
        const int32_t v30 = !v25;
        const int32_t v31 = !v18;
        const int32_t v32 = v31 * 4;
        const int32_t v33 = v30 + v32;
        next[i] = v28;
        next[BLOCK + i] = v17;
        out[i] = v29;
        x[i] = v26;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, read-out */
CLONES static int step23(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v0;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const float v24 = (float)v23;
        const float v25 = v24 * v3;
        next[i] = v23;
        next[BLOCK + i] = v17;
        out[i] = v25;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step23_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v1;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v0;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const float v26 = (float)v24;
        const float v27 = v26 * v3;
        const int32_t v28 = !v25;
        const int32_t v29 = !v18;
        const int32_t v30 = v29 * 4;
        const int32_t v31 = v28 + v30;
        next[i] = v24;
        next[BLOCK + i] = v17;
        out[i] = v27;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step24(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v0;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v18;
        const int32_t v23 = v8 == 0;
        const int32_t v24 = v23 ? v22 : v7;
        const int32_t v25 = v23 & v20;
        const int32_t v26 = v8 - 1;
        const int32_t v27 = v26 > 0 ? v26 : 0;
        const int32_t v28 = v25 ? v1 : v27;
        const float v29 = (float)v25;
        next[i] = v24;
        next[BLOCK + i] = v28;
        out[i] = v29;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step24_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v0;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v22 ? v23 : v18;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v22;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v1 : v29;
        const float v31 = (float)v27;
        const int32_t v32 = !v19;
        const int32_t v33 = !v20;
        const int32_t v34 = v33 * 2;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = !v25;
        const int32_t v37 = v36 * 4;
        const int32_t v38 = v35 + v37;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v21;
        flags[i] = (uint8_t)v38;
        cut |= v38;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step25(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v0;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v18;
        const int32_t v22 = v8 == 0;
        const int32_t v23 = v22 ? v21 : v7;
        const int32_t v24 = v22 & v20;
        const int32_t v25 = v8 - 1;
        const int32_t v26 = v25 > 0 ? v25 : 0;
        const int32_t v27 = v24 ? v1 : v26;
        const float v28 = (float)v24;
        next[i] = v23;
        next[BLOCK + i] = v27;
        out[i] = v28;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step25_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v0;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v18;
        const int32_t v24 = v8 == 0;
        const int32_t v25 = v24 ? v23 : v7;
        const int32_t v26 = v24 & v22;
        const int32_t v27 = v8 - 1;
        const int32_t v28 = v27 > 0 ? v27 : 0;
        const int32_t v29 = v26 ? v1 : v28;
        const float v30 = (float)v26;
        const int32_t v31 = !v19;
        const int32_t v32 = !v20;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        const int32_t v35 = !v24;
        const int32_t v36 = v35 * 4;
        const int32_t v37 = v34 + v36;
        next[i] = v25;
        next[BLOCK + i] = v29;
        out[i] = v30;
        x[i] = v21;
        flags[i] = (uint8_t)v37;
        cut |= v37;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step26(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v2;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 + v14;
        const int32_t v21 = v11 >> v0;
        const int32_t v22 = v11 - v21;
        const int32_t v23 = v22 + v20;
        const int32_t v24 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v25 = v24 < 32767 ? v24 : 32767;
        const int32_t v26 = v25 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v29 = v27 ? v28 : v25;
        const int32_t v30 = v12 == 0;
        const int32_t v31 = v30 ? v29 : v11;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v12 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v1 : v34;
        const float v36 = (float)v32;
        next[i] = v31;
        next[BLOCK + i] = v35;
        next[2 * BLOCK + i] = v19;
        out[i] = v36;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 ^ 0;
        cut |= v19 ^ v17;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step26_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v2;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v19 + v14;
        const int32_t v22 = v11 >> v0;
        const int32_t v23 = v11 - v22;
        const int32_t v24 = v23 + v21;
        const int32_t v25 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v26 = v25 < 32767 ? v25 : 32767;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v26 - v3;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v28 > (-32768) ? v28 : (-32768);
        const int32_t v31 = v29 ? v30 : v26;
        const int32_t v32 = v12 == 0;
        const int32_t v33 = v32 ? v31 : v11;
        const int32_t v34 = v32 & v29;
        const int32_t v35 = v12 - 1;
        const int32_t v36 = v35 > 0 ? v35 : 0;
        const int32_t v37 = v34 ? v1 : v36;
        const float v38 = (float)v34;
        const int32_t v39 = !v27;
        const int32_t v40 = !v32;
        const int32_t v41 = v40 * 4;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = !v20;
        const int32_t v44 = v43 * 8;
        const int32_t v45 = v42 + v44;
        next[i] = v33;
        next[BLOCK + i] = v37;
        next[2 * BLOCK + i] = v19;
        out[i] = v38;
        x[i] = v28;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step27(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v2;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 + v14;
        const int32_t v21 = v11 >> v0;
        const int32_t v22 = v11 - v21;
        const int32_t v23 = v22 + v20;
        const int32_t v24 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v25 = v24 < 32767 ? v24 : 32767;
        const int32_t v26 = v25 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v25;
        const int32_t v29 = v12 == 0;
        const int32_t v30 = v29 ? v28 : v11;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v12 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v1 : v33;
        const float v35 = (float)v31;
        next[i] = v30;
        next[BLOCK + i] = v34;
        next[2 * BLOCK + i] = v19;
        out[i] = v35;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 ^ 0;
        cut |= v19 ^ v17;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step27_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v4;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v2;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v19 + v14;
        const int32_t v22 = v11 >> v0;
        const int32_t v23 = v11 - v22;
        const int32_t v24 = v23 + v21;
        const int32_t v25 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v26 = v25 < 32767 ? v25 : 32767;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v26 - v3;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v26;
        const int32_t v31 = v12 == 0;
        const int32_t v32 = v31 ? v30 : v11;
        const int32_t v33 = v31 & v29;
        const int32_t v34 = v12 - 1;
        const int32_t v35 = v34 > 0 ? v34 : 0;
        const int32_t v36 = v33 ? v1 : v35;
        const float v37 = (float)v33;
        const int32_t v38 = !v27;
        const int32_t v39 = !v31;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        const int32_t v42 = !v20;
        const int32_t v43 = v42 * 8;
        const int32_t v44 = v41 + v43;
        next[i] = v32;
        next[BLOCK + i] = v36;
        next[2 * BLOCK + i] = v19;
        out[i] = v37;
        x[i] = v28;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step28(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 >> v0;
        const int32_t v18 = v9 - v17;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v10 >> v1;
        const int32_t v23 = v10 - v22;
        const int32_t v24 = v11 >> v2;
        const int32_t v25 = v11 - v24;
        const int32_t v26 = v21 - v25;
        const int32_t v27 = v26 - v23;
        const int32_t v28 = v27 - v4;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v23 + v4;
        const int32_t v31 = v23 + v3;
        const int32_t v32 = v29 ? v31 : v23;
        const int32_t v33 = v30 * 2;
        const int32_t v34 = v25 + v33;
        const int32_t v35 = v29 ? v34 : v25;
        const int32_t v36 = v32 > (-32768) ? v32 : (-32768);
        const int32_t v37 = v36 < 32767 ? v36 : 32767;
        const int32_t v38 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const float v40 = (float)v29;
        next[i] = v21;
        next[BLOCK + i] = v37;
        next[2 * BLOCK + i] = v39;
        out[i] = v40;
        x[i] = v28;
        noted[i] = v30;
        cut |= v21 ^ v19;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v37 ^ v32;
        cut |= v39 ^ v35;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step28_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 >> v0;
        const int32_t v18 = v9 - v17;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v14 == v8;
        const int32_t v24 = v10 >> v1;
        const int32_t v25 = v10 - v24;
        const int32_t v26 = v11 >> v2;
        const int32_t v27 = v11 - v26;
        const int32_t v28 = v21 - v27;
        const int32_t v29 = v28 - v25;
        const int32_t v30 = v29 - v4;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v25 + v4;
        const int32_t v33 = v25 + v3;
        const int32_t v34 = v31 ? v33 : v25;
        const int32_t v35 = v32 * 2;
        const int32_t v36 = v27 + v35;
        const int32_t v37 = v31 ? v36 : v27;
        const int32_t v38 = v34 > (-32768) ? v34 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const int32_t v40 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v41 = v40 < 32767 ? v40 : 32767;
        const int32_t v42 = v39 == v34;
        const int32_t v43 = v41 == v37;
        const float v44 = (float)v31;
        const int32_t v45 = !v22;
        const int32_t v46 = !v23;
        const int32_t v47 = v46 * 2;
        const int32_t v48 = v45 + v47;
        const int32_t v49 = !v42;
        const int32_t v50 = v49 * 4;
        const int32_t v51 = v48 + v50;
        const int32_t v52 = !v43;
        const int32_t v53 = v52 * 8;
        const int32_t v54 = v51 + v53;
        next[i] = v21;
        next[BLOCK + i] = v39;
        next[2 * BLOCK + i] = v41;
        out[i] = v44;
        x[i] = v30;
        noted[i] = v32;
        flags[i] = (uint8_t)v54;
        cut |= v54;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step29(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 >> v4;
        const int32_t v19 = v16 - v18;
        const int32_t v20 = v19 + v12;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v21 < 32767 ? v21 : 32767;
        const int32_t v23 = v22 + v17;
        const int32_t v24 = v13 >> v0;
        const int32_t v25 = v13 - v24;
        const int32_t v26 = v25 + v23;
        const int32_t v27 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v28 = v27 < 32767 ? v27 : 32767;
        const int32_t v29 = v14 >> v1;
        const int32_t v30 = v14 - v29;
        const int32_t v31 = v15 >> v2;
        const int32_t v32 = v15 - v31;
        const int32_t v33 = v28 - v32;
        const int32_t v34 = v33 - v30;
        const int32_t v35 = v34 - v5;
        const int32_t v36 = 0 <= v35;
        const int32_t v37 = v30 + v5;
        const int32_t v38 = v30 + v3;
        const int32_t v39 = v36 ? v38 : v30;
        const int32_t v40 = v37 * 2;
        const int32_t v41 = v32 + v40;
        const int32_t v42 = v36 ? v41 : v32;
        const int32_t v43 = v39 > (-32768) ? v39 : (-32768);
        const int32_t v44 = v43 < 32767 ? v43 : 32767;
        const int32_t v45 = v42 > (-32768) ? v42 : (-32768);
        const int32_t v46 = v45 < 32767 ? v45 : 32767;
        const float v47 = (float)v36;
        next[i] = v28;
        next[BLOCK + i] = v44;
        next[2 * BLOCK + i] = v46;
        next[3 * BLOCK + i] = v22;
        out[i] = v47;
        x[i] = v35;
        noted[i] = v37;
        cut |= v28 ^ v26;
        cut |= v44 ^ v39;
        cut |= v46 ^ v42;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step29_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 >> v4;
        const int32_t v19 = v16 - v18;
        const int32_t v20 = v19 + v12;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v21 < 32767 ? v21 : 32767;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v17;
        const int32_t v25 = v13 >> v0;
        const int32_t v26 = v13 - v25;
        const int32_t v27 = v26 + v24;
        const int32_t v28 = v27 > (-32768) ? v27 : (-32768);
        const int32_t v29 = v28 < 32767 ? v28 : 32767;
        const int32_t v30 = v29 == v27;
        const int32_t v31 = v14 >> v1;
        const int32_t v32 = v14 - v31;
        const int32_t v33 = v15 >> v2;
        const int32_t v34 = v15 - v33;
        const int32_t v35 = v29 - v34;
        const int32_t v36 = v35 - v32;
        const int32_t v37 = v36 - v5;
        const int32_t v38 = 0 <= v37;
        const int32_t v39 = v32 + v5;
        const int32_t v40 = v32 + v3;
        const int32_t v41 = v38 ? v40 : v32;
        const int32_t v42 = v39 * 2;
        const int32_t v43 = v34 + v42;
        const int32_t v44 = v38 ? v43 : v34;
        const int32_t v45 = v41 > (-32768) ? v41 : (-32768);
        const int32_t v46 = v45 < 32767 ? v45 : 32767;
        const int32_t v47 = v44 > (-32768) ? v44 : (-32768);
        const int32_t v48 = v47 < 32767 ? v47 : 32767;
        const int32_t v49 = v46 == v41;
        const int32_t v50 = v48 == v44;
        const float v51 = (float)v38;
        const int32_t v52 = !v30;
        const int32_t v53 = !v49;
        const int32_t v54 = v53 * 4;
        const int32_t v55 = v52 + v54;
        const int32_t v56 = !v50;
        const int32_t v57 = v56 * 8;
        const int32_t v58 = v55 + v57;
        const int32_t v59 = !v23;
        const int32_t v60 = v59 * 16;
        const int32_t v61 = v58 + v60;
        next[i] = v29;
        next[BLOCK + i] = v46;
        next[2 * BLOCK + i] = v48;
        next[3 * BLOCK + i] = v22;
        out[i] = v51;
        x[i] = v37;
        noted[i] = v39;
        flags[i] = (uint8_t)v61;
        cut |= v61;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, v >= threshold, reset by subtraction in signed 16 wrap, read after_leak */
CLONES static int step30(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v0;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const int32_t v21 = v20 - v1;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 + 32768;
        const int32_t v24 = v23 & 65535;
        const int32_t v25 = v24 - 32768;
        const int32_t v26 = v22 ? v25 : v20;
        const float v27 = (float)v22;
        next[i] = v26;
        out[i] = v27;
        x[i] = v21;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step31(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v0;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const int32_t v21 = v20 - v1;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v20;
        const float v24 = (float)v22;
        next[i] = v23;
        out[i] = v24;
        x[i] = v21;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, read-out */
CLONES static int step32(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v0;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const float v21 = (float)v20;
        const float v22 = v21 * v2;
        next[i] = v20;
        out[i] = v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, v > threshold, reset to zero, read after_leak */
CLONES static int step33(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = bias[i];
        const int32_t v12 = v9 + 8388608;
        const int32_t v13 = v12 & 16777215;
        const int32_t v14 = v13 - 8388608;
        const int32_t v15 = v14 + v11;
        const int32_t v16 = v10 & 4095;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v10 >> 12;
        const int32_t v19 = v18 * v0;
        const int32_t v20 = v10 < 0;
        const int32_t v21 = v20 ? 4095 : 0;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 >> 12;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 + v15;
        const int32_t v26 = v25 > (-8388607) ? v25 : (-8388607);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 - v3;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v27;
        const float v31 = (float)v29;
        next[i] = v30;
        out[i] = v31;
        x[i] = v28;
        cut |= v27 ^ v25;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step33_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = bias[i];
        const int32_t v12 = v9 + 8388608;
        const int32_t v13 = v12 & 16777215;
        const int32_t v14 = v13 - 8388608;
        const int32_t v15 = v14 + v11;
        const int32_t v16 = v10 & 4095;
        const int32_t v17 = v16 * v0;
        const int32_t v18 = v10 >> 12;
        const int32_t v19 = v18 * v0;
        const int32_t v20 = v10 < 0;
        const int32_t v21 = v20 ? 4095 : 0;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 >> 12;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 + v15;
        const int32_t v26 = v25 > (-8388607) ? v25 : (-8388607);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 == v25;
        const int32_t v29 = v27 - v3;
        const int32_t v30 = 0 <= v29;
        const int32_t v31 = v30 ? 0 : v27;
        const float v32 = (float)v30;
        const int32_t v33 = !v28;
        next[i] = v31;
        out[i] = v32;
        x[i] = v29;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, read-out */
CLONES static int step34(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v0;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v0;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const float v27 = (float)v26;
        const float v28 = v27 * v2;
        next[i] = v26;
        out[i] = v28;
        cut |= v26 ^ v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step34_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v0;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v0;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v26 == v24;
        const float v28 = (float)v26;
        const float v29 = v28 * v2;
        const int32_t v30 = !v27;
        next[i] = v26;
        out[i] = v29;
        flags[i] = (uint8_t)v30;
        cut |= v30;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, v > threshold, reset to zero, read after_leak */
CLONES static int step35(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    const int32_t v4 = v2 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v3;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = bias[i];
        const int32_t v14 = v12 & 4095;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v12 >> 12;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v12 < 0;
        const int32_t v19 = v18 ? 4095 : 0;
        const int32_t v20 = v15 + v19;
        const int32_t v21 = v20 >> 12;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 + v10;
        const int32_t v24 = v23 + 8388608;
        const int32_t v25 = v24 & 16777215;
        const int32_t v26 = v25 - 8388608;
        const int32_t v27 = v26 + v13;
        const int32_t v28 = v11 & 4095;
        const int32_t v29 = v28 * v0;
        const int32_t v30 = v11 >> 12;
        const int32_t v31 = v30 * v0;
        const int32_t v32 = v11 < 0;
        const int32_t v33 = v32 ? 4095 : 0;
        const int32_t v34 = v29 + v33;
        const int32_t v35 = v34 >> 12;
        const int32_t v36 = v31 + v35;
        const int32_t v37 = v36 + v27;
        const int32_t v38 = v37 > (-8388607) ? v37 : (-8388607);
        const int32_t v39 = v38 < 8388607 ? v38 : 8388607;
        const int32_t v40 = v39 - v4;
        const int32_t v41 = 0 <= v40;
        const int32_t v42 = v41 ? 0 : v39;
        const float v43 = (float)v41;
        next[i] = v42;
        next[BLOCK + i] = v26;
        out[i] = v43;
        x[i] = v40;
        cut |= v39 ^ v37;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step35_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    const int32_t v4 = v2 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v3;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = bias[i];
        const int32_t v14 = v12 & 4095;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v12 >> 12;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v12 < 0;
        const int32_t v19 = v18 ? 4095 : 0;
        const int32_t v20 = v15 + v19;
        const int32_t v21 = v20 >> 12;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 + v10;
        const int32_t v24 = v23 + 8388608;
        const int32_t v25 = v24 & 16777215;
        const int32_t v26 = v25 - 8388608;
        const int32_t v27 = v26 + v13;
        const int32_t v28 = v11 & 4095;
        const int32_t v29 = v28 * v0;
        const int32_t v30 = v11 >> 12;
        const int32_t v31 = v30 * v0;
        const int32_t v32 = v11 < 0;
        const int32_t v33 = v32 ? 4095 : 0;
        const int32_t v34 = v29 + v33;
        const int32_t v35 = v34 >> 12;
        const int32_t v36 = v31 + v35;
        const int32_t v37 = v36 + v27;
        const int32_t v38 = v37 > (-8388607) ? v37 : (-8388607);
        const int32_t v39 = v38 < 8388607 ? v38 : 8388607;
        const int32_t v40 = v39 == v37;
        const int32_t v41 = v39 - v4;
        const int32_t v42 = 0 <= v41;
        const int32_t v43 = v42 ? 0 : v39;
        const float v44 = (float)v42;
        const int32_t v45 = !v40;
        next[i] = v43;
        next[BLOCK + i] = v26;
        out[i] = v44;
        x[i] = v41;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, read-out */
CLONES static int step36(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v0;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const float v39 = (float)v38;
        const float v40 = v39 * v3;
        next[i] = v38;
        next[BLOCK + i] = v25;
        out[i] = v40;
        cut |= v38 ^ v36;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step36_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v1;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v0;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v0;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v38 == v36;
        const float v40 = (float)v38;
        const float v41 = v40 * v3;
        const int32_t v42 = !v39;
        next[i] = v38;
        next[BLOCK + i] = v25;
        out[i] = v41;
        flags[i] = (uint8_t)v42;
        cut |= v42;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, v > threshold, reset to zero, read after_leak */
CLONES static int step37(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    const int32_t v4 = v2 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v3;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = bias[i];
        const int32_t v14 = v10 + 8388608;
        const int32_t v15 = v14 & 16777215;
        const int32_t v16 = v15 - 8388608;
        const int32_t v17 = v16 + v13;
        const int32_t v18 = v11 & 4095;
        const int32_t v19 = v18 * v0;
        const int32_t v20 = v11 >> 12;
        const int32_t v21 = v20 * v0;
        const int32_t v22 = v11 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v17;
        const int32_t v28 = v27 > (-8388607) ? v27 : (-8388607);
        const int32_t v29 = v28 < 8388607 ? v28 : 8388607;
        const int32_t v30 = v29 - v4;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v31 ? 0 : v29;
        const int32_t v33 = v12 == 0;
        const int32_t v34 = v33 ? v32 : v11;
        const int32_t v35 = v33 & v31;
        const int32_t v36 = v12 - 1;
        const int32_t v37 = v36 > 0 ? v36 : 0;
        const int32_t v38 = v35 ? v1 : v37;
        const float v39 = (float)v35;
        next[i] = v34;
        next[BLOCK + i] = v38;
        out[i] = v39;
        x[i] = v30;
        cut |= v29 ^ v27;
        cut |= v12 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step37_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    const int32_t v4 = v2 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v5 = current[i];
        const float v6 = v5 * v3;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = bias[i];
        const int32_t v14 = v10 + 8388608;
        const int32_t v15 = v14 & 16777215;
        const int32_t v16 = v15 - 8388608;
        const int32_t v17 = v16 + v13;
        const int32_t v18 = v11 & 4095;
        const int32_t v19 = v18 * v0;
        const int32_t v20 = v11 >> 12;
        const int32_t v21 = v20 * v0;
        const int32_t v22 = v11 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v17;
        const int32_t v28 = v27 > (-8388607) ? v27 : (-8388607);
        const int32_t v29 = v28 < 8388607 ? v28 : 8388607;
        const int32_t v30 = v29 == v27;
        const int32_t v31 = v29 - v4;
        const int32_t v32 = 0 <= v31;
        const int32_t v33 = v32 ? 0 : v29;
        const int32_t v34 = v12 == 0;
        const int32_t v35 = v34 ? v33 : v11;
        const int32_t v36 = v34 & v32;
        const int32_t v37 = v12 - 1;
        const int32_t v38 = v37 > 0 ? v37 : 0;
        const int32_t v39 = v36 ? v1 : v38;
        const float v40 = (float)v36;
        const int32_t v41 = !v30;
        const int32_t v42 = !v34;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v35;
        next[BLOCK + i] = v39;
        out[i] = v40;
        x[i] = v31;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, v > threshold, reset to zero, read after_leak */
CLONES static int step38(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    const int32_t v5 = v3 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v4;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v14 & 4095;
        const int32_t v17 = v16 * v2;
        const int32_t v18 = v14 >> 12;
        const int32_t v19 = v18 * v2;
        const int32_t v20 = v14 < 0;
        const int32_t v21 = v20 ? 4095 : 0;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 >> 12;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 + v11;
        const int32_t v26 = v25 + 8388608;
        const int32_t v27 = v26 & 16777215;
        const int32_t v28 = v27 - 8388608;
        const int32_t v29 = v28 + v15;
        const int32_t v30 = v12 & 4095;
        const int32_t v31 = v30 * v0;
        const int32_t v32 = v12 >> 12;
        const int32_t v33 = v32 * v0;
        const int32_t v34 = v12 < 0;
        const int32_t v35 = v34 ? 4095 : 0;
        const int32_t v36 = v31 + v35;
        const int32_t v37 = v36 >> 12;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 + v29;
        const int32_t v40 = v39 > (-8388607) ? v39 : (-8388607);
        const int32_t v41 = v40 < 8388607 ? v40 : 8388607;
        const int32_t v42 = v41 - v5;
        const int32_t v43 = 0 <= v42;
        const int32_t v44 = v43 ? 0 : v41;
        const int32_t v45 = v13 == 0;
        const int32_t v46 = v45 ? v44 : v12;
        const int32_t v47 = v45 & v43;
        const int32_t v48 = v13 - 1;
        const int32_t v49 = v48 > 0 ? v48 : 0;
        const int32_t v50 = v47 ? v1 : v49;
        const float v51 = (float)v47;
        next[i] = v46;
        next[BLOCK + i] = v50;
        next[2 * BLOCK + i] = v28;
        out[i] = v51;
        x[i] = v42;
        cut |= v41 ^ v39;
        cut |= v13 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step38_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->threshold;
    const float v4 = numbers->scale;
    const int32_t v5 = v3 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v4;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v14 & 4095;
        const int32_t v17 = v16 * v2;
        const int32_t v18 = v14 >> 12;
        const int32_t v19 = v18 * v2;
        const int32_t v20 = v14 < 0;
        const int32_t v21 = v20 ? 4095 : 0;
        const int32_t v22 = v17 + v21;
        const int32_t v23 = v22 >> 12;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 + v11;
        const int32_t v26 = v25 + 8388608;
        const int32_t v27 = v26 & 16777215;
        const int32_t v28 = v27 - 8388608;
        const int32_t v29 = v28 + v15;
        const int32_t v30 = v12 & 4095;
        const int32_t v31 = v30 * v0;
        const int32_t v32 = v12 >> 12;
        const int32_t v33 = v32 * v0;
        const int32_t v34 = v12 < 0;
        const int32_t v35 = v34 ? 4095 : 0;
        const int32_t v36 = v31 + v35;
        const int32_t v37 = v36 >> 12;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 + v29;
        const int32_t v40 = v39 > (-8388607) ? v39 : (-8388607);
        const int32_t v41 = v40 < 8388607 ? v40 : 8388607;
        const int32_t v42 = v41 == v39;
        const int32_t v43 = v41 - v5;
        const int32_t v44 = 0 <= v43;
        const int32_t v45 = v44 ? 0 : v41;
        const int32_t v46 = v13 == 0;
        const int32_t v47 = v46 ? v45 : v12;
        const int32_t v48 = v46 & v44;
        const int32_t v49 = v13 - 1;
        const int32_t v50 = v49 > 0 ? v49 : 0;
        const int32_t v51 = v48 ? v1 : v50;
        const float v52 = (float)v48;
        const int32_t v53 = !v42;
        const int32_t v54 = !v46;
        const int32_t v55 = v54 * 4;
        const int32_t v56 = v53 + v55;
        next[i] = v47;
        next[BLOCK + i] = v51;
        next[2 * BLOCK + i] = v28;
        out[i] = v52;
        x[i] = v43;
        flags[i] = (uint8_t)v56;
        cut |= v56;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, v >= threshold, no reset, read after_leak */
CLONES static int step39(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v11 + 8388608;
        const int32_t v17 = v16 & 16777215;
        const int32_t v18 = v17 - 8388608;
        const int32_t v19 = v18 + v15;
        const int32_t v20 = v12 & 4095;
        const int32_t v21 = v20 * v0;
        const int32_t v22 = v12 >> 12;
        const int32_t v23 = v22 * v0;
        const int32_t v24 = v12 < 0;
        const int32_t v25 = v24 ? 4095 : 0;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 >> 12;
        const int32_t v28 = v23 + v27;
        const int32_t v29 = v28 + v19;
        const int32_t v30 = v29 > (-8388607) ? v29 : (-8388607);
        const int32_t v31 = v30 < 8388607 ? v30 : 8388607;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v1;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v1;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v14 & 4095;
        const int32_t v42 = v41 * v2;
        const int32_t v43 = v14 >> 12;
        const int32_t v44 = v43 * v2;
        const int32_t v45 = v14 < 0;
        const int32_t v46 = v45 ? 4095 : 0;
        const int32_t v47 = v42 + v46;
        const int32_t v48 = v47 >> 12;
        const int32_t v49 = v44 + v48;
        const int32_t v50 = v31 - v49;
        const int32_t v51 = v50 - v40;
        const int32_t v52 = v51 - v4;
        const int32_t v53 = 0 <= v52;
        const int32_t v54 = v40 + v4;
        const int32_t v55 = v40 + v3;
        const int32_t v56 = v53 ? v55 : v40;
        const int32_t v57 = v54 * 2;
        const int32_t v58 = v49 + v57;
        const int32_t v59 = v53 ? v58 : v49;
        const int32_t v60 = v56 > (-8388607) ? v56 : (-8388607);
        const int32_t v61 = v60 < 8388607 ? v60 : 8388607;
        const int32_t v62 = v59 > (-8388607) ? v59 : (-8388607);
        const int32_t v63 = v62 < 8388607 ? v62 : 8388607;
        const float v64 = (float)v53;
        next[i] = v31;
        next[BLOCK + i] = v61;
        next[2 * BLOCK + i] = v63;
        out[i] = v64;
        x[i] = v52;
        noted[i] = v54;
        cut |= v31 ^ v29;
        cut |= v61 ^ v56;
        cut |= v63 ^ v59;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step39_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v11 + 8388608;
        const int32_t v17 = v16 & 16777215;
        const int32_t v18 = v17 - 8388608;
        const int32_t v19 = v18 + v15;
        const int32_t v20 = v12 & 4095;
        const int32_t v21 = v20 * v0;
        const int32_t v22 = v12 >> 12;
        const int32_t v23 = v22 * v0;
        const int32_t v24 = v12 < 0;
        const int32_t v25 = v24 ? 4095 : 0;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 >> 12;
        const int32_t v28 = v23 + v27;
        const int32_t v29 = v28 + v19;
        const int32_t v30 = v29 > (-8388607) ? v29 : (-8388607);
        const int32_t v31 = v30 < 8388607 ? v30 : 8388607;
        const int32_t v32 = v31 == v29;
        const int32_t v33 = v13 & 4095;
        const int32_t v34 = v33 * v1;
        const int32_t v35 = v13 >> 12;
        const int32_t v36 = v35 * v1;
        const int32_t v37 = v13 < 0;
        const int32_t v38 = v37 ? 4095 : 0;
        const int32_t v39 = v34 + v38;
        const int32_t v40 = v39 >> 12;
        const int32_t v41 = v36 + v40;
        const int32_t v42 = v14 & 4095;
        const int32_t v43 = v42 * v2;
        const int32_t v44 = v14 >> 12;
        const int32_t v45 = v44 * v2;
        const int32_t v46 = v14 < 0;
        const int32_t v47 = v46 ? 4095 : 0;
        const int32_t v48 = v43 + v47;
        const int32_t v49 = v48 >> 12;
        const int32_t v50 = v45 + v49;
        const int32_t v51 = v31 - v50;
        const int32_t v52 = v51 - v41;
        const int32_t v53 = v52 - v4;
        const int32_t v54 = 0 <= v53;
        const int32_t v55 = v41 + v4;
        const int32_t v56 = v41 + v3;
        const int32_t v57 = v54 ? v56 : v41;
        const int32_t v58 = v55 * 2;
        const int32_t v59 = v50 + v58;
        const int32_t v60 = v54 ? v59 : v50;
        const int32_t v61 = v57 > (-8388607) ? v57 : (-8388607);
        const int32_t v62 = v61 < 8388607 ? v61 : 8388607;
        const int32_t v63 = v60 > (-8388607) ? v60 : (-8388607);
        const int32_t v64 = v63 < 8388607 ? v63 : 8388607;
        const int32_t v65 = v62 == v57;
        const int32_t v66 = v64 == v60;
        const float v67 = (float)v54;
        const int32_t v68 = !v32;
        const int32_t v69 = !v65;
        const int32_t v70 = v69 * 4;
        const int32_t v71 = v68 + v70;
        const int32_t v72 = !v66;
        const int32_t v73 = v72 * 8;
        const int32_t v74 = v71 + v73;
        next[i] = v31;
        next[BLOCK + i] = v62;
        next[2 * BLOCK + i] = v64;
        out[i] = v67;
        x[i] = v53;
        noted[i] = v55;
        flags[i] = (uint8_t)v74;
        cut |= v74;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, v >= threshold, no reset, read after_leak */
CLONES static int step40(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 4095;
        const int32_t v19 = v18 * v4;
        const int32_t v20 = v16 >> 12;
        const int32_t v21 = v20 * v4;
        const int32_t v22 = v16 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v12;
        const int32_t v28 = v27 + 8388608;
        const int32_t v29 = v28 & 16777215;
        const int32_t v30 = v29 - 8388608;
        const int32_t v31 = v30 + v17;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v0;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v0;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v40 + v31;
        const int32_t v42 = v41 > (-8388607) ? v41 : (-8388607);
        const int32_t v43 = v42 < 8388607 ? v42 : 8388607;
        const int32_t v44 = v14 & 4095;
        const int32_t v45 = v44 * v1;
        const int32_t v46 = v14 >> 12;
        const int32_t v47 = v46 * v1;
        const int32_t v48 = v14 < 0;
        const int32_t v49 = v48 ? 4095 : 0;
        const int32_t v50 = v45 + v49;
        const int32_t v51 = v50 >> 12;
        const int32_t v52 = v47 + v51;
        const int32_t v53 = v15 & 4095;
        const int32_t v54 = v53 * v2;
        const int32_t v55 = v15 >> 12;
        const int32_t v56 = v55 * v2;
        const int32_t v57 = v15 < 0;
        const int32_t v58 = v57 ? 4095 : 0;
        const int32_t v59 = v54 + v58;
        const int32_t v60 = v59 >> 12;
        const int32_t v61 = v56 + v60;
        const int32_t v62 = v43 - v61;
        const int32_t v63 = v62 - v52;
        const int32_t v64 = v63 - v5;
        const int32_t v65 = 0 <= v64;
        const int32_t v66 = v52 + v5;
        const int32_t v67 = v52 + v3;
        const int32_t v68 = v65 ? v67 : v52;
        const int32_t v69 = v66 * 2;
        const int32_t v70 = v61 + v69;
        const int32_t v71 = v65 ? v70 : v61;
        const int32_t v72 = v68 > (-8388607) ? v68 : (-8388607);
        const int32_t v73 = v72 < 8388607 ? v72 : 8388607;
        const int32_t v74 = v71 > (-8388607) ? v71 : (-8388607);
        const int32_t v75 = v74 < 8388607 ? v74 : 8388607;
        const float v76 = (float)v65;
        next[i] = v43;
        next[BLOCK + i] = v73;
        next[2 * BLOCK + i] = v75;
        next[3 * BLOCK + i] = v30;
        out[i] = v76;
        x[i] = v64;
        noted[i] = v66;
        cut |= v43 ^ v41;
        cut |= v73 ^ v68;
        cut |= v75 ^ v71;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step40_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->amounts[4];
    const int32_t v5 = numbers->threshold;
    const float v6 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v7 = current[i];
        const float v8 = v7 * v6;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 4095;
        const int32_t v19 = v18 * v4;
        const int32_t v20 = v16 >> 12;
        const int32_t v21 = v20 * v4;
        const int32_t v22 = v16 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v12;
        const int32_t v28 = v27 + 8388608;
        const int32_t v29 = v28 & 16777215;
        const int32_t v30 = v29 - 8388608;
        const int32_t v31 = v30 + v17;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v0;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v0;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v40 + v31;
        const int32_t v42 = v41 > (-8388607) ? v41 : (-8388607);
        const int32_t v43 = v42 < 8388607 ? v42 : 8388607;
        const int32_t v44 = v43 == v41;
        const int32_t v45 = v14 & 4095;
        const int32_t v46 = v45 * v1;
        const int32_t v47 = v14 >> 12;
        const int32_t v48 = v47 * v1;
        const int32_t v49 = v14 < 0;
        const int32_t v50 = v49 ? 4095 : 0;
        const int32_t v51 = v46 + v50;
        const int32_t v52 = v51 >> 12;
        const int32_t v53 = v48 + v52;
        const int32_t v54 = v15 & 4095;
        const int32_t v55 = v54 * v2;
        const int32_t v56 = v15 >> 12;
        const int32_t v57 = v56 * v2;
        const int32_t v58 = v15 < 0;
        const int32_t v59 = v58 ? 4095 : 0;
        const int32_t v60 = v55 + v59;
        const int32_t v61 = v60 >> 12;
        const int32_t v62 = v57 + v61;
        const int32_t v63 = v43 - v62;
        const int32_t v64 = v63 - v53;
        const int32_t v65 = v64 - v5;
        const int32_t v66 = 0 <= v65;
        const int32_t v67 = v53 + v5;
        const int32_t v68 = v53 + v3;
        const int32_t v69 = v66 ? v68 : v53;
        const int32_t v70 = v67 * 2;
        const int32_t v71 = v62 + v70;
        const int32_t v72 = v66 ? v71 : v62;
        const int32_t v73 = v69 > (-8388607) ? v69 : (-8388607);
        const int32_t v74 = v73 < 8388607 ? v73 : 8388607;
        const int32_t v75 = v72 > (-8388607) ? v72 : (-8388607);
        const int32_t v76 = v75 < 8388607 ? v75 : 8388607;
        const int32_t v77 = v74 == v69;
        const int32_t v78 = v76 == v72;
        const float v79 = (float)v66;
        const int32_t v80 = !v44;
        const int32_t v81 = !v77;
        const int32_t v82 = v81 * 4;
        const int32_t v83 = v80 + v82;
        const int32_t v84 = !v78;
        const int32_t v85 = v84 * 8;
        const int32_t v86 = v83 + v85;
        next[i] = v43;
        next[BLOCK + i] = v74;
        next[2 * BLOCK + i] = v76;
        next[3 * BLOCK + i] = v30;
        out[i] = v79;
        x[i] = v65;
        noted[i] = v67;
        flags[i] = (uint8_t)v86;
        cut |= v86;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks last, v >= threshold, reset by subtraction in signed 16 wrap, read after_reset */
CLONES static int step41(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v14 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v16 - v1;
        const int32_t v20 = v19 + 32768;
        const int32_t v21 = v20 & 65535;
        const int32_t v22 = v21 - 32768;
        const int32_t v23 = v18 ? v22 : v16;
        const int32_t v24 = v23 - v1;
        const float v25 = (float)v18;
        next[i] = v23;
        out[i] = v25;
        x[i] = v24;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step41_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v14 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v18 - v1;
        const int32_t v22 = v21 + 32768;
        const int32_t v23 = v22 & 65535;
        const int32_t v24 = v23 - 32768;
        const int32_t v25 = v20 ? v24 : v18;
        const int32_t v26 = v25 - v1;
        const float v27 = (float)v20;
        const int32_t v28 = !v15;
        const int32_t v29 = !v16;
        const int32_t v30 = v29 * 2;
        const int32_t v31 = v28 + v30;
        next[i] = v25;
        out[i] = v27;
        x[i] = v26;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks last, v >= threshold, reset to zero, read after_reset */
CLONES static int step42(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v14 - v1;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v18 ? 0 : v16;
        const int32_t v20 = v19 - v1;
        const float v21 = (float)v18;
        next[i] = v19;
        out[i] = v21;
        x[i] = v20;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step42_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v14 - v1;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v18;
        const int32_t v22 = v21 - v1;
        const float v23 = (float)v20;
        const int32_t v24 = !v15;
        const int32_t v25 = !v16;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v21;
        out[i] = v23;
        x[i] = v22;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor above one into signed 16 wrap, leaks last, v >= threshold, reset by subtraction in signed 16 wrap, read after_reset */
CLONES static int step43(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + 32768;
        const int32_t v18 = v17 & 65535;
        const int32_t v19 = v18 - 32768;
        const int32_t v20 = v14 - v1;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v19 - v1;
        const int32_t v23 = v22 + 32768;
        const int32_t v24 = v23 & 65535;
        const int32_t v25 = v24 - 32768;
        const int32_t v26 = v21 ? v25 : v19;
        const int32_t v27 = v26 - v1;
        const float v28 = (float)v21;
        next[i] = v26;
        out[i] = v28;
        x[i] = v27;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step43_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + 32768;
        const int32_t v20 = v19 & 65535;
        const int32_t v21 = v20 - 32768;
        const int32_t v22 = v14 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v21 - v1;
        const int32_t v25 = v24 + 32768;
        const int32_t v26 = v25 & 65535;
        const int32_t v27 = v26 - 32768;
        const int32_t v28 = v23 ? v27 : v21;
        const int32_t v29 = v28 - v1;
        const float v30 = (float)v23;
        const int32_t v31 = !v15;
        const int32_t v32 = !v16;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        next[i] = v28;
        out[i] = v30;
        x[i] = v29;
        flags[i] = (uint8_t)v34;
        cut |= v34;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor above one into signed 16 wrap, leaks last, v >= threshold, reset to zero, read after_reset */
CLONES static int step44(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + 32768;
        const int32_t v18 = v17 & 65535;
        const int32_t v19 = v18 - 32768;
        const int32_t v20 = v14 - v1;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v21 ? 0 : v19;
        const int32_t v23 = v22 - v1;
        const float v24 = (float)v21;
        next[i] = v22;
        out[i] = v24;
        x[i] = v23;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step44_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + 32768;
        const int32_t v20 = v19 & 65535;
        const int32_t v21 = v20 - 32768;
        const int32_t v22 = v14 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v21;
        const int32_t v25 = v24 - v1;
        const float v26 = (float)v23;
        const int32_t v27 = !v15;
        const int32_t v28 = !v16;
        const int32_t v29 = v28 * 2;
        const int32_t v30 = v27 + v29;
        next[i] = v24;
        out[i] = v26;
        x[i] = v25;
        flags[i] = (uint8_t)v30;
        cut |= v30;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**7 floor, leaks last, read-out */
CLONES static int step45(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 7;
        const float v17 = (float)v16;
        const float v18 = v17 * v2;
        next[i] = v16;
        out[i] = v18;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step45_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 7;
        const float v19 = (float)v18;
        const float v20 = v19 * v2;
        const int32_t v21 = !v15;
        const int32_t v22 = !v16;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v18;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**7 floor above one into signed 16 wrap, leaks last, read-out */
CLONES static int step46(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 * v0;
        const int32_t v16 = v15 >> 7;
        const int32_t v17 = v16 + 32768;
        const int32_t v18 = v17 & 65535;
        const int32_t v19 = v18 - 32768;
        const float v20 = (float)v19;
        const float v21 = v20 * v2;
        next[i] = v19;
        out[i] = v21;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step46_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 * v0;
        const int32_t v18 = v17 >> 7;
        const int32_t v19 = v18 + 32768;
        const int32_t v20 = v19 & 65535;
        const int32_t v21 = v20 - 32768;
        const float v22 = (float)v21;
        const float v23 = v22 * v2;
        const int32_t v24 = !v15;
        const int32_t v25 = !v16;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v21;
        out[i] = v23;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, v > threshold, reset to zero, read before_leak */
CLONES static int step47(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = bias[i];
        const float v9 = v6 > limit0 ? v6 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = v11 + v8;
        const int32_t v13 = v7 + v12;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v0;
        const int32_t v17 = v15 - v16;
        const int32_t v18 = v15 - v3;
        const int32_t v19 = 0 <= v18;
        const int32_t v20 = v19 ? 0 : v17;
        const float v21 = (float)v19;
        next[i] = v20;
        out[i] = v21;
        x[i] = v18;
        cut |= v15 ^ v13;
        cut |= float_bits(v10) ^ float_bits(v6);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step47_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = bias[i];
        const float v9 = v6 > limit0 ? v6 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = v11 + v8;
        const int32_t v13 = v7 + v12;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 == v13;
        const int32_t v17 = v10 == v6;
        const int32_t v18 = v15 >> v0;
        const int32_t v19 = v15 - v18;
        const int32_t v20 = v15 - v3;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v21 ? 0 : v19;
        const float v23 = (float)v21;
        const int32_t v24 = !v16;
        const int32_t v25 = !v17;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v20;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, v > threshold, reset by subtraction in signed 16 saturate instead of the leak, read before_leak */
CLONES static int step48(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = bias[i];
        const float v9 = v6 > limit0 ? v6 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = v11 + v8;
        const int32_t v13 = v7 + v12;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v0;
        const int32_t v17 = v15 - v16;
        const int32_t v18 = v15 - v3;
        const int32_t v19 = 0 <= v18;
        const int32_t v20 = v15 - v1;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v19 ? v21 : v17;
        const float v23 = (float)v19;
        next[i] = v22;
        out[i] = v23;
        x[i] = v18;
        cut |= v15 ^ v13;
        cut |= float_bits(v10) ^ float_bits(v6);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step48_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    const int32_t v3 = v1 + 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = bias[i];
        const float v9 = v6 > limit0 ? v6 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = v11 + v8;
        const int32_t v13 = v7 + v12;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 == v13;
        const int32_t v17 = v10 == v6;
        const int32_t v18 = v15 >> v0;
        const int32_t v19 = v15 - v18;
        const int32_t v20 = v15 - v3;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v15 - v1;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v21 ? v23 : v19;
        const float v25 = (float)v21;
        const int32_t v26 = !v16;
        const int32_t v27 = !v17;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v24;
        out[i] = v25;
        x[i] = v20;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, read-out */
CLONES static int step49(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 >> v0;
        const int32_t v16 = v14 - v15;
        const float v17 = (float)v16;
        const float v18 = v17 * v2;
        next[i] = v16;
        out[i] = v18;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step49_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 >> v0;
        const int32_t v18 = v14 - v17;
        const float v19 = (float)v18;
        const float v20 = v19 * v2;
        const int32_t v21 = !v15;
        const int32_t v22 = !v16;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v18;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step50(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int64_t v24 = (int64_t)v23 - (int64_t)v1;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const float v27 = (float)v25;
        next[i] = v26;
        out[i] = v27;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step50_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const int64_t v26 = (int64_t)v23 - (int64_t)v1;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v23;
        const float v29 = (float)v27;
        const int32_t v30 = !v24;
        const int32_t v31 = !v25;
        const int32_t v32 = v31 * 2;
        const int32_t v33 = v30 + v32;
        next[i] = v28;
        out[i] = v29;
        x[i] = v26;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, read-out */
CLONES static int step51(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const float v24 = (float)v23;
        const float v25 = v24 * v2;
        next[i] = v23;
        out[i] = v25;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step51_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const float v26 = (float)v23;
        const float v27 = v26 * v2;
        const int32_t v28 = !v24;
        const int32_t v29 = !v25;
        const int32_t v30 = v29 * 2;
        const int32_t v31 = v28 + v30;
        next[i] = v23;
        out[i] = v27;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step52(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v0;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v0;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int64_t v26 = (int64_t)v25 - (int64_t)v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v25;
        const int32_t v29 = v8 == 0;
        const int32_t v30 = v29 ? v28 : v7;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v8 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v1 : v33;
        const float v35 = (float)v31;
        next[i] = v30;
        next[BLOCK + i] = v34;
        out[i] = v35;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 != v10;
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step52_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v0;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v0;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int32_t v26 = (int64_t)v25 == v23;
        const int32_t v27 = v12 == v10;
        const int64_t v28 = (int64_t)v25 - (int64_t)v2;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v25;
        const int32_t v31 = v8 == 0;
        const int32_t v32 = v31 ? v30 : v7;
        const int32_t v33 = v31 & v29;
        const int32_t v34 = v8 - 1;
        const int32_t v35 = v34 > 0 ? v34 : 0;
        const int32_t v36 = v33 ? v1 : v35;
        const float v37 = (float)v33;
        const int32_t v38 = !v26;
        const int32_t v39 = !v27;
        const int32_t v40 = v39 * 2;
        const int32_t v41 = v38 + v40;
        const int32_t v42 = !v31;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v32;
        next[BLOCK + i] = v36;
        out[i] = v37;
        x[i] = v28;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak */
CLONES static int step53(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int64_t v24 = (int64_t)v23 - (int64_t)v1;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = (int32_t)(v24 > (INT32_MIN) ? v24 : (INT32_MIN));
        const int32_t v27 = v25 ? v26 : v23;
        const float v28 = (float)v25;
        next[i] = v27;
        out[i] = v28;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step53_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v0;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v0;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const int64_t v26 = (int64_t)v23 - (int64_t)v1;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = (int32_t)(v26 > (INT32_MIN) ? v26 : (INT32_MIN));
        const int32_t v29 = v27 ? v28 : v23;
        const float v30 = (float)v27;
        const int32_t v31 = !v24;
        const int32_t v32 = !v25;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        next[i] = v29;
        out[i] = v30;
        x[i] = v26;
        flags[i] = (uint8_t)v34;
        cut |= v34;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak */
CLONES static int step54(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v0;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v0;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int64_t v26 = (int64_t)v25 - (int64_t)v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = (int32_t)(v26 > (INT32_MIN) ? v26 : (INT32_MIN));
        const int32_t v29 = v27 ? v28 : v25;
        const int32_t v30 = v8 == 0;
        const int32_t v31 = v30 ? v29 : v7;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v8 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v1 : v34;
        const float v36 = (float)v32;
        next[i] = v31;
        next[BLOCK + i] = v35;
        out[i] = v36;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 != v10;
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step54_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v0;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v0;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int32_t v26 = (int64_t)v25 == v23;
        const int32_t v27 = v12 == v10;
        const int64_t v28 = (int64_t)v25 - (int64_t)v2;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = (int32_t)(v28 > (INT32_MIN) ? v28 : (INT32_MIN));
        const int32_t v31 = v29 ? v30 : v25;
        const int32_t v32 = v8 == 0;
        const int32_t v33 = v32 ? v31 : v7;
        const int32_t v34 = v32 & v29;
        const int32_t v35 = v8 - 1;
        const int32_t v36 = v35 > 0 ? v35 : 0;
        const int32_t v37 = v34 ? v1 : v36;
        const float v38 = (float)v34;
        const int32_t v39 = !v26;
        const int32_t v40 = !v27;
        const int32_t v41 = v40 * 2;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = !v32;
        const int32_t v44 = v43 * 4;
        const int32_t v45 = v42 + v44;
        next[i] = v33;
        next[BLOCK + i] = v37;
        out[i] = v38;
        x[i] = v28;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step55(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 - v1;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v23 = v21 ? v22 : v19;
        const float v24 = (float)v21;
        next[i] = v23;
        out[i] = v24;
        x[i] = v20;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step55_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const int32_t v22 = v19 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v25 = v23 ? v24 : v19;
        const float v26 = (float)v23;
        const int32_t v27 = !v20;
        const int32_t v28 = !v21;
        const int32_t v29 = v28 * 2;
        const int32_t v30 = v27 + v29;
        next[i] = v25;
        out[i] = v26;
        x[i] = v22;
        flags[i] = (uint8_t)v30;
        cut |= v30;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, v >= threshold, reset to zero, read after_leak */
CLONES static int step56(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 - v1;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v21 ? 0 : v19;
        const float v23 = (float)v21;
        next[i] = v22;
        out[i] = v23;
        x[i] = v20;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step56_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->threshold;
    const float v2 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v2;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const int32_t v22 = v19 - v1;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v19;
        const float v25 = (float)v23;
        const int32_t v26 = !v20;
        const int32_t v27 = !v21;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v24;
        out[i] = v25;
        x[i] = v22;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, read-out */
CLONES static int step57(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const float v20 = (float)v19;
        const float v21 = v20 * v2;
        next[i] = v19;
        out[i] = v21;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step57_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const float v1 = numbers->scale;
    const float v2 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v3 = current[i];
        const float v4 = v3 * v1;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v0;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const float v22 = (float)v19;
        const float v23 = v22 * v2;
        const int32_t v24 = !v20;
        const int32_t v25 = !v21;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v19;
        out[i] = v23;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step58(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v25 = v23 ? v24 : v21;
        const int32_t v26 = v8 == 0;
        const int32_t v27 = v26 ? v25 : v7;
        const int32_t v28 = v26 & v23;
        const int32_t v29 = v8 - 1;
        const int32_t v30 = v29 > 0 ? v29 : 0;
        const int32_t v31 = v28 ? v1 : v30;
        const float v32 = (float)v28;
        next[i] = v27;
        next[BLOCK + i] = v31;
        out[i] = v32;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step58_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v11 == v6;
        const int32_t v24 = v21 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v27 = v25 ? v26 : v21;
        const int32_t v28 = v8 == 0;
        const int32_t v29 = v28 ? v27 : v7;
        const int32_t v30 = v28 & v25;
        const int32_t v31 = v8 - 1;
        const int32_t v32 = v31 > 0 ? v31 : 0;
        const int32_t v33 = v30 ? v1 : v32;
        const float v34 = (float)v30;
        const int32_t v35 = !v22;
        const int32_t v36 = !v23;
        const int32_t v37 = v36 * 2;
        const int32_t v38 = v35 + v37;
        const int32_t v39 = !v28;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        next[i] = v29;
        next[BLOCK + i] = v33;
        out[i] = v34;
        x[i] = v24;
        flags[i] = (uint8_t)v41;
        cut |= v41;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak */
CLONES static int step59(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v21;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v23;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v1 : v29;
        const float v31 = (float)v27;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step59_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v0;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v11 == v6;
        const int32_t v24 = v21 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v21;
        const int32_t v27 = v8 == 0;
        const int32_t v28 = v27 ? v26 : v7;
        const int32_t v29 = v27 & v25;
        const int32_t v30 = v8 - 1;
        const int32_t v31 = v30 > 0 ? v30 : 0;
        const int32_t v32 = v29 ? v1 : v31;
        const float v33 = (float)v29;
        const int32_t v34 = !v22;
        const int32_t v35 = !v23;
        const int32_t v36 = v35 * 2;
        const int32_t v37 = v34 + v36;
        const int32_t v38 = !v27;
        const int32_t v39 = v38 * 4;
        const int32_t v40 = v37 + v39;
        next[i] = v28;
        next[BLOCK + i] = v32;
        out[i] = v33;
        x[i] = v24;
        flags[i] = (uint8_t)v40;
        cut |= v40;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, adaptation, threshold_leak multiply / 2**15 half_away, refractory_leak multiply / 2**15 half_away, register signed 16 saturate, v >= threshold, no reset, read after_leak */
CLONES static int step60(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v0;
        const int32_t v18 = 0 <= v9;
        const int32_t v19 = v18 + 16383;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 >> 15;
        const int32_t v22 = v21 + v16;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v10 * v1;
        const int32_t v26 = 0 <= v10;
        const int32_t v27 = v26 + 16383;
        const int32_t v28 = v25 + v27;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v11 * v2;
        const int32_t v31 = 0 <= v11;
        const int32_t v32 = v31 + 16383;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v24 - v34;
        const int32_t v36 = v35 - v29;
        const int32_t v37 = v36 - v4;
        const int32_t v38 = 0 <= v37;
        const int32_t v39 = v29 + v4;
        const int32_t v40 = v29 + v3;
        const int32_t v41 = v38 ? v40 : v29;
        const int32_t v42 = v39 * 2;
        const int32_t v43 = v34 + v42;
        const int32_t v44 = v38 ? v43 : v34;
        const int32_t v45 = v41 < 32767 ? v41 : 32767;
        const int32_t v46 = v44 > (-32768) ? v44 : (-32768);
        const int32_t v47 = v46 < 32767 ? v46 : 32767;
        const float v48 = (float)v38;
        next[i] = v24;
        next[BLOCK + i] = v45;
        next[2 * BLOCK + i] = v47;
        out[i] = v48;
        x[i] = v37;
        noted[i] = v39;
        cut |= v24 ^ v22;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v45 ^ v41;
        cut |= v47 ^ v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step60_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->amounts[2];
    const int32_t v3 = numbers->amounts[3];
    const int32_t v4 = numbers->threshold;
    const float v5 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v5;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v0;
        const int32_t v18 = 0 <= v9;
        const int32_t v19 = v18 + 16383;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 >> 15;
        const int32_t v22 = v21 + v16;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v14 == v8;
        const int32_t v27 = v10 * v1;
        const int32_t v28 = 0 <= v10;
        const int32_t v29 = v28 + 16383;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v11 * v2;
        const int32_t v33 = 0 <= v11;
        const int32_t v34 = v33 + 16383;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v35 >> 15;
        const int32_t v37 = v24 - v36;
        const int32_t v38 = v37 - v31;
        const int32_t v39 = v38 - v4;
        const int32_t v40 = 0 <= v39;
        const int32_t v41 = v31 + v4;
        const int32_t v42 = v31 + v3;
        const int32_t v43 = v40 ? v42 : v31;
        const int32_t v44 = v41 * 2;
        const int32_t v45 = v36 + v44;
        const int32_t v46 = v40 ? v45 : v36;
        const int32_t v47 = v43 < 32767 ? v43 : 32767;
        const int32_t v48 = v46 > (-32768) ? v46 : (-32768);
        const int32_t v49 = v48 < 32767 ? v48 : 32767;
        const int32_t v50 = v47 == v43;
        const int32_t v51 = v49 == v46;
        const float v52 = (float)v40;
        const int32_t v53 = !v25;
        const int32_t v54 = !v26;
        const int32_t v55 = v54 * 2;
        const int32_t v56 = v53 + v55;
        const int32_t v57 = !v50;
        const int32_t v58 = v57 * 4;
        const int32_t v59 = v56 + v58;
        const int32_t v60 = !v51;
        const int32_t v61 = v60 * 8;
        const int32_t v62 = v59 + v61;
        next[i] = v24;
        next[BLOCK + i] = v47;
        next[2 * BLOCK + i] = v49;
        out[i] = v52;
        x[i] = v39;
        noted[i] = v41;
        flags[i] = (uint8_t)v62;
        cut |= v62;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step61(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 + v9;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v1;
        const int32_t v17 = v16 == 0;
        const int32_t v18 = v13 > (-1) ? v13 : (-1);
        const int32_t v19 = v18 < 1 ? v18 : 1;
        const int32_t v20 = v17 ? v19 : v16;
        const int32_t v21 = v15 - v20;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v10 >> v0;
        const int32_t v25 = v24 == 0;
        const int32_t v26 = v10 > (-1) ? v10 : (-1);
        const int32_t v27 = v26 < 1 ? v26 : 1;
        const int32_t v28 = v25 ? v27 : v24;
        const int32_t v29 = v10 - v28;
        const int32_t v30 = v29 - v10;
        const int32_t v31 = v30 + 32768;
        const int32_t v32 = v31 & 65535;
        const int32_t v33 = v32 - 32768;
        const int32_t v34 = v33 + v23;
        const int32_t v35 = v34 > (-32768) ? v34 : (-32768);
        const int32_t v36 = v35 < 32767 ? v35 : 32767;
        const int32_t v37 = v36 + v12;
        const int32_t v38 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const int32_t v40 = v10 + v39;
        const int32_t v41 = v40 > (-32768) ? v40 : (-32768);
        const int32_t v42 = v41 < 32767 ? v41 : 32767;
        const int32_t v43 = v42 - v2;
        const int32_t v44 = 0 <= v43;
        const int32_t v45 = v43 > (-32768) ? v43 : (-32768);
        const int32_t v46 = v44 ? v45 : v42;
        const float v47 = (float)v44;
        next[i] = v46;
        next[BLOCK + i] = v21;
        out[i] = v47;
        x[i] = v43;
        cut |= v42 ^ v40;
        cut |= v23 ^ v21;
        cut |= v15 ^ v13;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step61_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const float v3 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v3;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 + v9;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v1;
        const int32_t v17 = v16 == 0;
        const int32_t v18 = v13 > (-1) ? v13 : (-1);
        const int32_t v19 = v18 < 1 ? v18 : 1;
        const int32_t v20 = v17 ? v19 : v16;
        const int32_t v21 = v15 - v20;
        const int32_t v22 = v15 == v13;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v10 >> v0;
        const int32_t v26 = v25 == 0;
        const int32_t v27 = v10 > (-1) ? v10 : (-1);
        const int32_t v28 = v27 < 1 ? v27 : 1;
        const int32_t v29 = v26 ? v28 : v25;
        const int32_t v30 = v10 - v29;
        const int32_t v31 = v30 - v10;
        const int32_t v32 = v31 + 32768;
        const int32_t v33 = v32 & 65535;
        const int32_t v34 = v33 - 32768;
        const int32_t v35 = v34 + v24;
        const int32_t v36 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v37 = v36 < 32767 ? v36 : 32767;
        const int32_t v38 = v37 + v12;
        const int32_t v39 = v38 > (-32768) ? v38 : (-32768);
        const int32_t v40 = v39 < 32767 ? v39 : 32767;
        const int32_t v41 = v10 + v40;
        const int32_t v42 = v41 > (-32768) ? v41 : (-32768);
        const int32_t v43 = v42 < 32767 ? v42 : 32767;
        const int32_t v44 = v43 == v41;
        const int32_t v45 = v24 == v21;
        const int32_t v46 = v43 - v2;
        const int32_t v47 = 0 <= v46;
        const int32_t v48 = v46 > (-32768) ? v46 : (-32768);
        const int32_t v49 = v47 ? v48 : v43;
        const float v50 = (float)v47;
        const int32_t v51 = !v44;
        const int32_t v52 = !v45;
        const int32_t v53 = v52 * 2;
        const int32_t v54 = v51 + v53;
        const int32_t v55 = !v22;
        const int32_t v56 = v55 * 4;
        const int32_t v57 = v54 + v56;
        next[i] = v49;
        next[BLOCK + i] = v21;
        out[i] = v50;
        x[i] = v46;
        flags[i] = (uint8_t)v57;
        cut |= v57;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, v >= threshold, several spikes */
CLONES static int step62(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const int32_t v3 = numbers->most;
    const float v4 = numbers->scale;
    const int32_t v5 = v2 >> 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v4;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 + v11;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 >> v1;
        const int32_t v19 = v18 == 0;
        const int32_t v20 = v15 > (-1) ? v15 : (-1);
        const int32_t v21 = v20 < 1 ? v20 : 1;
        const int32_t v22 = v19 ? v21 : v18;
        const int32_t v23 = v17 - v22;
        const int32_t v24 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v25 = v24 < 32767 ? v24 : 32767;
        const int32_t v26 = v12 >> v0;
        const int32_t v27 = v26 == 0;
        const int32_t v28 = v12 > (-1) ? v12 : (-1);
        const int32_t v29 = v28 < 1 ? v28 : 1;
        const int32_t v30 = v27 ? v29 : v26;
        const int32_t v31 = v12 - v30;
        const int32_t v32 = v31 - v12;
        const int32_t v33 = v32 + 32768;
        const int32_t v34 = v33 & 65535;
        const int32_t v35 = v34 - 32768;
        const int32_t v36 = v35 + v25;
        const int32_t v37 = v36 > (-32768) ? v36 : (-32768);
        const int32_t v38 = v37 < 32767 ? v37 : 32767;
        const int32_t v39 = v38 + v14;
        const int32_t v40 = v39 > (-32768) ? v39 : (-32768);
        const int32_t v41 = v40 < 32767 ? v40 : 32767;
        const int32_t v42 = v12 + v41;
        const int32_t v43 = v42 > (-32768) ? v42 : (-32768);
        const int32_t v44 = v43 < 32767 ? v43 : 32767;
        const int32_t v45 = floor_quotient32(v44, v2);
        const int32_t v46 = v45 > 0 ? v45 : 0;
        const int32_t v47 = v46 < v3 ? v46 : v3;
        const int32_t v48 = v44 + v5;
        const int32_t v49 = floor_quotient32(v48, v2);
        const int32_t v50 = v49 > 1 ? v49 : 1;
        const int32_t v51 = v50 < v3 ? v50 : v3;
        const int32_t v52 = v51 * v2;
        const int32_t v53 = v44 - v52;
        const int32_t v54 = v47 * v2;
        const int32_t v55 = v44 - v54;
        const float v56 = (float)v47;
        next[i] = v55;
        next[BLOCK + i] = v23;
        out[i] = v56;
        x[i] = v53;
        cut |= v44 ^ v42;
        cut |= v25 ^ v23;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step62_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const int32_t v2 = numbers->threshold;
    const int32_t v3 = numbers->most;
    const float v4 = numbers->scale;
    const int32_t v5 = v2 >> 1;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v6 = current[i];
        const float v7 = v6 * v4;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 + v11;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 >> v1;
        const int32_t v19 = v18 == 0;
        const int32_t v20 = v15 > (-1) ? v15 : (-1);
        const int32_t v21 = v20 < 1 ? v20 : 1;
        const int32_t v22 = v19 ? v21 : v18;
        const int32_t v23 = v17 - v22;
        const int32_t v24 = v17 == v15;
        const int32_t v25 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v26 = v25 < 32767 ? v25 : 32767;
        const int32_t v27 = v12 >> v0;
        const int32_t v28 = v27 == 0;
        const int32_t v29 = v12 > (-1) ? v12 : (-1);
        const int32_t v30 = v29 < 1 ? v29 : 1;
        const int32_t v31 = v28 ? v30 : v27;
        const int32_t v32 = v12 - v31;
        const int32_t v33 = v32 - v12;
        const int32_t v34 = v33 + 32768;
        const int32_t v35 = v34 & 65535;
        const int32_t v36 = v35 - 32768;
        const int32_t v37 = v36 + v26;
        const int32_t v38 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const int32_t v40 = v39 + v14;
        const int32_t v41 = v40 > (-32768) ? v40 : (-32768);
        const int32_t v42 = v41 < 32767 ? v41 : 32767;
        const int32_t v43 = v12 + v42;
        const int32_t v44 = v43 > (-32768) ? v43 : (-32768);
        const int32_t v45 = v44 < 32767 ? v44 : 32767;
        const int32_t v46 = v45 == v43;
        const int32_t v47 = v26 == v23;
        const int32_t v48 = floor_quotient32(v45, v2);
        const int32_t v49 = v48 > 0 ? v48 : 0;
        const int32_t v50 = v49 < v3 ? v49 : v3;
        const int32_t v51 = v45 + v5;
        const int32_t v52 = floor_quotient32(v51, v2);
        const int32_t v53 = v52 > 1 ? v52 : 1;
        const int32_t v54 = v53 < v3 ? v53 : v3;
        const int32_t v55 = v54 * v2;
        const int32_t v56 = v45 - v55;
        const int32_t v57 = v50 * v2;
        const int32_t v58 = v45 - v57;
        const float v59 = (float)v50;
        const int32_t v60 = !v46;
        const int32_t v61 = !v47;
        const int32_t v62 = v61 * 2;
        const int32_t v63 = v60 + v62;
        const int32_t v64 = !v24;
        const int32_t v65 = v64 * 4;
        const int32_t v66 = v63 + v65;
        next[i] = v58;
        next[BLOCK + i] = v23;
        out[i] = v59;
        x[i] = v56;
        flags[i] = (uint8_t)v66;
        cut |= v66;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, read-out */
CLONES static int step63(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 + v9;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v1;
        const int32_t v17 = v16 == 0;
        const int32_t v18 = v13 > (-1) ? v13 : (-1);
        const int32_t v19 = v18 < 1 ? v18 : 1;
        const int32_t v20 = v17 ? v19 : v16;
        const int32_t v21 = v15 - v20;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v10 >> v0;
        const int32_t v25 = v24 == 0;
        const int32_t v26 = v10 > (-1) ? v10 : (-1);
        const int32_t v27 = v26 < 1 ? v26 : 1;
        const int32_t v28 = v25 ? v27 : v24;
        const int32_t v29 = v10 - v28;
        const int32_t v30 = v29 - v10;
        const int32_t v31 = v30 + 32768;
        const int32_t v32 = v31 & 65535;
        const int32_t v33 = v32 - 32768;
        const int32_t v34 = v33 + v23;
        const int32_t v35 = v34 > (-32768) ? v34 : (-32768);
        const int32_t v36 = v35 < 32767 ? v35 : 32767;
        const int32_t v37 = v36 + v12;
        const int32_t v38 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const int32_t v40 = v10 + v39;
        const int32_t v41 = v40 > (-32768) ? v40 : (-32768);
        const int32_t v42 = v41 < 32767 ? v41 : 32767;
        const float v43 = (float)v42;
        const float v44 = v43 * v3;
        next[i] = v42;
        next[BLOCK + i] = v21;
        out[i] = v44;
        cut |= v42 ^ v40;
        cut |= v23 ^ v21;
        cut |= v15 ^ v13;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step63_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const int32_t v0 = numbers->amounts[0];
    const int32_t v1 = numbers->amounts[1];
    const float v2 = numbers->scale;
    const float v3 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const float v4 = current[i];
        const float v5 = v4 * v2;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 + v9;
        const int32_t v14 = v13 > (-32768) ? v13 : (-32768);
        const int32_t v15 = v14 < 32767 ? v14 : 32767;
        const int32_t v16 = v15 >> v1;
        const int32_t v17 = v16 == 0;
        const int32_t v18 = v13 > (-1) ? v13 : (-1);
        const int32_t v19 = v18 < 1 ? v18 : 1;
        const int32_t v20 = v17 ? v19 : v16;
        const int32_t v21 = v15 - v20;
        const int32_t v22 = v15 == v13;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v10 >> v0;
        const int32_t v26 = v25 == 0;
        const int32_t v27 = v10 > (-1) ? v10 : (-1);
        const int32_t v28 = v27 < 1 ? v27 : 1;
        const int32_t v29 = v26 ? v28 : v25;
        const int32_t v30 = v10 - v29;
        const int32_t v31 = v30 - v10;
        const int32_t v32 = v31 + 32768;
        const int32_t v33 = v32 & 65535;
        const int32_t v34 = v33 - 32768;
        const int32_t v35 = v34 + v24;
        const int32_t v36 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v37 = v36 < 32767 ? v36 : 32767;
        const int32_t v38 = v37 + v12;
        const int32_t v39 = v38 > (-32768) ? v38 : (-32768);
        const int32_t v40 = v39 < 32767 ? v39 : 32767;
        const int32_t v41 = v10 + v40;
        const int32_t v42 = v41 > (-32768) ? v41 : (-32768);
        const int32_t v43 = v42 < 32767 ? v42 : 32767;
        const int32_t v44 = v43 == v41;
        const int32_t v45 = v24 == v21;
        const float v46 = (float)v43;
        const float v47 = v46 * v3;
        const int32_t v48 = !v44;
        const int32_t v49 = !v45;
        const int32_t v50 = v49 * 2;
        const int32_t v51 = v48 + v50;
        const int32_t v52 = !v22;
        const int32_t v53 = v52 * 4;
        const int32_t v54 = v51 + v53;
        next[i] = v43;
        next[BLOCK + i] = v21;
        out[i] = v47;
        flags[i] = (uint8_t)v54;
        cut |= v54;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step64(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v2;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v20 = v18 ? v19 : v16;
        const float v21 = (float)v18;
        next[i] = v20;
        out[i] = v21;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step64_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v16;
        const float v23 = (float)v20;
        const int32_t v24 = !v17;
        const int32_t v25 = !v18;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v19;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step65(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v2;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v18 ? 0 : v16;
        const float v20 = (float)v18;
        next[i] = v19;
        out[i] = v20;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step65_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v16;
        const float v22 = (float)v20;
        const int32_t v23 = !v17;
        const int32_t v24 = !v18;
        const int32_t v25 = v24 * 2;
        const int32_t v26 = v23 + v25;
        next[i] = v21;
        out[i] = v22;
        x[i] = v19;
        flags[i] = (uint8_t)v26;
        cut |= v26;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, read-out */
CLONES static int step66(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v2;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const float v17 = (float)v16;
        const float v18 = v17 * v1;
        next[i] = v16;
        out[i] = v18;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step66_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v2;
        const int32_t v13 = v12 >> 15;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const float v19 = (float)v16;
        const float v20 = v19 * v1;
        const int32_t v21 = !v17;
        const int32_t v22 = !v18;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v16;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step67(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v3;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v18;
        const int32_t v23 = v8 == 0;
        const int32_t v24 = v23 ? v22 : v7;
        const int32_t v25 = v23 & v20;
        const int32_t v26 = v8 - 1;
        const int32_t v27 = v26 > 0 ? v26 : 0;
        const int32_t v28 = v25 ? v2 : v27;
        const float v29 = (float)v25;
        next[i] = v24;
        next[BLOCK + i] = v28;
        out[i] = v29;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step67_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v3;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v22 ? v23 : v18;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v22;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v2 : v29;
        const float v31 = (float)v27;
        const int32_t v32 = !v19;
        const int32_t v33 = !v20;
        const int32_t v34 = v33 * 2;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = !v25;
        const int32_t v37 = v36 * 4;
        const int32_t v38 = v35 + v37;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v21;
        flags[i] = (uint8_t)v38;
        cut |= v38;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step68(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v3;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v18;
        const int32_t v22 = v8 == 0;
        const int32_t v23 = v22 ? v21 : v7;
        const int32_t v24 = v22 & v20;
        const int32_t v25 = v8 - 1;
        const int32_t v26 = v25 > 0 ? v25 : 0;
        const int32_t v27 = v24 ? v2 : v26;
        const float v28 = (float)v24;
        next[i] = v23;
        next[BLOCK + i] = v27;
        out[i] = v28;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step68_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = v14 >> 15;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v3;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v18;
        const int32_t v24 = v8 == 0;
        const int32_t v25 = v24 ? v23 : v7;
        const int32_t v26 = v24 & v22;
        const int32_t v27 = v8 - 1;
        const int32_t v28 = v27 > 0 ? v27 : 0;
        const int32_t v29 = v26 ? v2 : v28;
        const float v30 = (float)v26;
        const int32_t v31 = !v19;
        const int32_t v32 = !v20;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        const int32_t v35 = !v24;
        const int32_t v36 = v35 * 4;
        const int32_t v37 = v34 + v36;
        next[i] = v25;
        next[BLOCK + i] = v29;
        out[i] = v30;
        x[i] = v21;
        flags[i] = (uint8_t)v37;
        cut |= v37;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, adaptation, threshold_leak multiply / 2**15 floor, refractory_leak multiply / 2**15 floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step69(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v1;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v10 * v2;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v11 * v3;
        const int32_t v25 = v24 >> 15;
        const int32_t v26 = v21 - v25;
        const int32_t v27 = v26 - v23;
        const int32_t v28 = v27 - v5;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v23 + v5;
        const int32_t v31 = v23 + v4;
        const int32_t v32 = v29 ? v31 : v23;
        const int32_t v33 = v30 * 2;
        const int32_t v34 = v25 + v33;
        const int32_t v35 = v29 ? v34 : v25;
        const int32_t v36 = v32 < 32767 ? v32 : 32767;
        const int32_t v37 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v38 = v37 < 32767 ? v37 : 32767;
        const float v39 = (float)v29;
        next[i] = v21;
        next[BLOCK + i] = v36;
        next[2 * BLOCK + i] = v38;
        out[i] = v39;
        x[i] = v28;
        noted[i] = v30;
        cut |= v21 ^ v19;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v36 ^ v32;
        cut |= v38 ^ v35;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step69_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v1;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v14 == v8;
        const int32_t v24 = v10 * v2;
        const int32_t v25 = v24 >> 15;
        const int32_t v26 = v11 * v3;
        const int32_t v27 = v26 >> 15;
        const int32_t v28 = v21 - v27;
        const int32_t v29 = v28 - v25;
        const int32_t v30 = v29 - v5;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v25 + v5;
        const int32_t v33 = v25 + v4;
        const int32_t v34 = v31 ? v33 : v25;
        const int32_t v35 = v32 * 2;
        const int32_t v36 = v27 + v35;
        const int32_t v37 = v31 ? v36 : v27;
        const int32_t v38 = v34 < 32767 ? v34 : 32767;
        const int32_t v39 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v40 = v39 < 32767 ? v39 : 32767;
        const int32_t v41 = v38 == v34;
        const int32_t v42 = v40 == v37;
        const float v43 = (float)v31;
        const int32_t v44 = !v22;
        const int32_t v45 = !v23;
        const int32_t v46 = v45 * 2;
        const int32_t v47 = v44 + v46;
        const int32_t v48 = !v41;
        const int32_t v49 = v48 * 4;
        const int32_t v50 = v47 + v49;
        const int32_t v51 = !v42;
        const int32_t v52 = v51 * 8;
        const int32_t v53 = v50 + v52;
        next[i] = v21;
        next[BLOCK + i] = v38;
        next[2 * BLOCK + i] = v40;
        out[i] = v43;
        x[i] = v30;
        noted[i] = v32;
        flags[i] = (uint8_t)v53;
        cut |= v53;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step70(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v1;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v25 = v23 ? v24 : v21;
        const float v26 = (float)v23;
        next[i] = v25;
        out[i] = v26;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step70_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v1;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const int32_t v24 = v21 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v27 = v25 ? v26 : v21;
        const float v28 = (float)v25;
        const int32_t v29 = !v22;
        const int32_t v30 = !v23;
        const int32_t v31 = v30 * 2;
        const int32_t v32 = v29 + v31;
        next[i] = v27;
        out[i] = v28;
        x[i] = v24;
        flags[i] = (uint8_t)v32;
        cut |= v32;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step71(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v1;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v21;
        const float v25 = (float)v23;
        next[i] = v24;
        out[i] = v25;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step71_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v1;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const int32_t v24 = v21 - v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v21;
        const float v27 = (float)v25;
        const int32_t v28 = !v22;
        const int32_t v29 = !v23;
        const int32_t v30 = v29 * 2;
        const int32_t v31 = v28 + v30;
        next[i] = v26;
        out[i] = v27;
        x[i] = v24;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, read-out */
CLONES static int step72(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v2;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v2;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const float v22 = (float)v21;
        const float v23 = v22 * v1;
        next[i] = v21;
        out[i] = v23;
        cut |= v21 ^ v19;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step72_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 & 32767;
        const int32_t v13 = v12 * v2;
        const int32_t v14 = v6 >> 15;
        const int32_t v15 = v14 * v2;
        const int32_t v16 = v13 + 16384;
        const int32_t v17 = v16 >> 15;
        const int32_t v18 = v15 + v17;
        const int32_t v19 = v18 + v11;
        const int32_t v20 = v19 > (-8388608) ? v19 : (-8388608);
        const int32_t v21 = v20 < 8388607 ? v20 : 8388607;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v9 == v5;
        const float v24 = (float)v21;
        const float v25 = v24 * v1;
        const int32_t v26 = !v22;
        const int32_t v27 = !v23;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v21;
        out[i] = v25;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step73(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v1;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v1;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const int32_t v34 = v33 - v3;
        const int32_t v35 = 0 <= v34;
        const int32_t v36 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v37 = v35 ? v36 : v33;
        const float v38 = (float)v35;
        next[i] = v37;
        next[BLOCK + i] = v22;
        out[i] = v38;
        x[i] = v34;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step73_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v1;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const int32_t v36 = v34 - v3;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v39 = v37 ? v38 : v34;
        const float v40 = (float)v37;
        const int32_t v41 = !v35;
        const int32_t v42 = !v23;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v39;
        next[BLOCK + i] = v22;
        out[i] = v40;
        x[i] = v36;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step74(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v1;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v1;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const int32_t v34 = v33 - v3;
        const int32_t v35 = 0 <= v34;
        const int32_t v36 = v35 ? 0 : v33;
        const float v37 = (float)v35;
        next[i] = v36;
        next[BLOCK + i] = v22;
        out[i] = v37;
        x[i] = v34;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step74_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v1;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const int32_t v36 = v34 - v3;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v37 ? 0 : v34;
        const float v39 = (float)v37;
        const int32_t v40 = !v35;
        const int32_t v41 = !v23;
        const int32_t v42 = v41 * 4;
        const int32_t v43 = v40 + v42;
        next[i] = v38;
        next[BLOCK + i] = v22;
        out[i] = v39;
        x[i] = v36;
        flags[i] = (uint8_t)v43;
        cut |= v43;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, read-out */
CLONES static int step75(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v3;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 + v12;
        const int32_t v24 = v10 & 32767;
        const int32_t v25 = v24 * v2;
        const int32_t v26 = v10 >> 15;
        const int32_t v27 = v26 * v2;
        const int32_t v28 = v25 + 16384;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 + v23;
        const int32_t v32 = v31 > (-8388608) ? v31 : (-8388608);
        const int32_t v33 = v32 < 8388607 ? v32 : 8388607;
        const float v34 = (float)v33;
        const float v35 = v34 * v1;
        next[i] = v33;
        next[BLOCK + i] = v22;
        out[i] = v35;
        cut |= v33 ^ v31;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step75_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 32767;
        const int32_t v14 = v13 * v3;
        const int32_t v15 = v11 >> 15;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v14 + 16384;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v16 + v18;
        const int32_t v20 = v19 + v9;
        const int32_t v21 = v20 > (-8388608) ? v20 : (-8388608);
        const int32_t v22 = v21 < 8388607 ? v21 : 8388607;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v12;
        const int32_t v25 = v10 & 32767;
        const int32_t v26 = v25 * v2;
        const int32_t v27 = v10 >> 15;
        const int32_t v28 = v27 * v2;
        const int32_t v29 = v26 + 16384;
        const int32_t v30 = v29 >> 15;
        const int32_t v31 = v28 + v30;
        const int32_t v32 = v31 + v24;
        const int32_t v33 = v32 > (-8388608) ? v32 : (-8388608);
        const int32_t v34 = v33 < 8388607 ? v33 : 8388607;
        const int32_t v35 = v34 == v32;
        const float v36 = (float)v34;
        const float v37 = v36 * v1;
        const int32_t v38 = !v35;
        const int32_t v39 = !v23;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        next[i] = v34;
        next[BLOCK + i] = v22;
        out[i] = v37;
        flags[i] = (uint8_t)v41;
        cut |= v41;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step76(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v27 = v25 ? v26 : v23;
        const int32_t v28 = v8 == 0;
        const int32_t v29 = v28 ? v27 : v7;
        const int32_t v30 = v28 & v25;
        const int32_t v31 = v8 - 1;
        const int32_t v32 = v31 > 0 ? v31 : 0;
        const int32_t v33 = v30 ? v2 : v32;
        const float v34 = (float)v30;
        next[i] = v29;
        next[BLOCK + i] = v33;
        out[i] = v34;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step76_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 == v21;
        const int32_t v25 = v11 == v6;
        const int32_t v26 = v23 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-8388608) ? v26 : (-8388608);
        const int32_t v29 = v27 ? v28 : v23;
        const int32_t v30 = v8 == 0;
        const int32_t v31 = v30 ? v29 : v7;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v8 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v2 : v34;
        const float v36 = (float)v32;
        const int32_t v37 = !v24;
        const int32_t v38 = !v25;
        const int32_t v39 = v38 * 2;
        const int32_t v40 = v37 + v39;
        const int32_t v41 = !v30;
        const int32_t v42 = v41 * 4;
        const int32_t v43 = v40 + v42;
        next[i] = v31;
        next[BLOCK + i] = v35;
        out[i] = v36;
        x[i] = v26;
        flags[i] = (uint8_t)v43;
        cut |= v43;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step77(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const int32_t v27 = v8 == 0;
        const int32_t v28 = v27 ? v26 : v7;
        const int32_t v29 = v27 & v25;
        const int32_t v30 = v8 - 1;
        const int32_t v31 = v30 > 0 ? v30 : 0;
        const int32_t v32 = v29 ? v2 : v31;
        const float v33 = (float)v29;
        next[i] = v28;
        next[BLOCK + i] = v32;
        out[i] = v33;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step77_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 & 32767;
        const int32_t v15 = v14 * v1;
        const int32_t v16 = v7 >> 15;
        const int32_t v17 = v16 * v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 + v13;
        const int32_t v22 = v21 > (-8388608) ? v21 : (-8388608);
        const int32_t v23 = v22 < 8388607 ? v22 : 8388607;
        const int32_t v24 = v23 == v21;
        const int32_t v25 = v11 == v6;
        const int32_t v26 = v23 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v23;
        const int32_t v29 = v8 == 0;
        const int32_t v30 = v29 ? v28 : v7;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v8 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v2 : v33;
        const float v35 = (float)v31;
        const int32_t v36 = !v24;
        const int32_t v37 = !v25;
        const int32_t v38 = v37 * 2;
        const int32_t v39 = v36 + v38;
        const int32_t v40 = !v29;
        const int32_t v41 = v40 * 4;
        const int32_t v42 = v39 + v41;
        next[i] = v30;
        next[BLOCK + i] = v34;
        out[i] = v35;
        x[i] = v26;
        flags[i] = (uint8_t)v42;
        cut |= v42;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak */
CLONES static int step78(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 + v14;
        const int32_t v26 = v11 & 32767;
        const int32_t v27 = v26 * v1;
        const int32_t v28 = v11 >> 15;
        const int32_t v29 = v28 * v1;
        const int32_t v30 = v27 + 16384;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v29 + v31;
        const int32_t v33 = v32 + v25;
        const int32_t v34 = v33 > (-8388608) ? v33 : (-8388608);
        const int32_t v35 = v34 < 8388607 ? v34 : 8388607;
        const int32_t v36 = v35 - v4;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v39 = v37 ? v38 : v35;
        const int32_t v40 = v12 == 0;
        const int32_t v41 = v40 ? v39 : v11;
        const int32_t v42 = v40 & v37;
        const int32_t v43 = v12 - 1;
        const int32_t v44 = v43 > 0 ? v43 : 0;
        const int32_t v45 = v42 ? v2 : v44;
        const float v46 = (float)v42;
        next[i] = v41;
        next[BLOCK + i] = v45;
        next[2 * BLOCK + i] = v24;
        out[i] = v46;
        x[i] = v36;
        cut |= v35 ^ v33;
        cut |= v12 ^ 0;
        cut |= v24 ^ v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step78_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 + v14;
        const int32_t v27 = v11 & 32767;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v11 >> 15;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 + v26;
        const int32_t v35 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v36 = v35 < 8388607 ? v35 : 8388607;
        const int32_t v37 = v36 == v34;
        const int32_t v38 = v36 - v4;
        const int32_t v39 = 0 <= v38;
        const int32_t v40 = v38 > (-8388608) ? v38 : (-8388608);
        const int32_t v41 = v39 ? v40 : v36;
        const int32_t v42 = v12 == 0;
        const int32_t v43 = v42 ? v41 : v11;
        const int32_t v44 = v42 & v39;
        const int32_t v45 = v12 - 1;
        const int32_t v46 = v45 > 0 ? v45 : 0;
        const int32_t v47 = v44 ? v2 : v46;
        const float v48 = (float)v44;
        const int32_t v49 = !v37;
        const int32_t v50 = !v42;
        const int32_t v51 = v50 * 4;
        const int32_t v52 = v49 + v51;
        const int32_t v53 = !v25;
        const int32_t v54 = v53 * 8;
        const int32_t v55 = v52 + v54;
        next[i] = v43;
        next[BLOCK + i] = v47;
        next[2 * BLOCK + i] = v24;
        out[i] = v48;
        x[i] = v38;
        flags[i] = (uint8_t)v55;
        cut |= v55;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step79(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 + v14;
        const int32_t v26 = v11 & 32767;
        const int32_t v27 = v26 * v1;
        const int32_t v28 = v11 >> 15;
        const int32_t v29 = v28 * v1;
        const int32_t v30 = v27 + 16384;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v29 + v31;
        const int32_t v33 = v32 + v25;
        const int32_t v34 = v33 > (-8388608) ? v33 : (-8388608);
        const int32_t v35 = v34 < 8388607 ? v34 : 8388607;
        const int32_t v36 = v35 - v4;
        const int32_t v37 = 0 <= v36;
        const int32_t v38 = v37 ? 0 : v35;
        const int32_t v39 = v12 == 0;
        const int32_t v40 = v39 ? v38 : v11;
        const int32_t v41 = v39 & v37;
        const int32_t v42 = v12 - 1;
        const int32_t v43 = v42 > 0 ? v42 : 0;
        const int32_t v44 = v41 ? v2 : v43;
        const float v45 = (float)v41;
        next[i] = v40;
        next[BLOCK + i] = v44;
        next[2 * BLOCK + i] = v24;
        out[i] = v45;
        x[i] = v36;
        cut |= v35 ^ v33;
        cut |= v12 ^ 0;
        cut |= v24 ^ v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step79_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 32767;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 15;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v16 + 16384;
        const int32_t v20 = v19 >> 15;
        const int32_t v21 = v18 + v20;
        const int32_t v22 = v21 + v10;
        const int32_t v23 = v22 > (-8388608) ? v22 : (-8388608);
        const int32_t v24 = v23 < 8388607 ? v23 : 8388607;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 + v14;
        const int32_t v27 = v11 & 32767;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v11 >> 15;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 + v26;
        const int32_t v35 = v34 > (-8388608) ? v34 : (-8388608);
        const int32_t v36 = v35 < 8388607 ? v35 : 8388607;
        const int32_t v37 = v36 == v34;
        const int32_t v38 = v36 - v4;
        const int32_t v39 = 0 <= v38;
        const int32_t v40 = v39 ? 0 : v36;
        const int32_t v41 = v12 == 0;
        const int32_t v42 = v41 ? v40 : v11;
        const int32_t v43 = v41 & v39;
        const int32_t v44 = v12 - 1;
        const int32_t v45 = v44 > 0 ? v44 : 0;
        const int32_t v46 = v43 ? v2 : v45;
        const float v47 = (float)v43;
        const int32_t v48 = !v37;
        const int32_t v49 = !v41;
        const int32_t v50 = v49 * 4;
        const int32_t v51 = v48 + v50;
        const int32_t v52 = !v25;
        const int32_t v53 = v52 * 8;
        const int32_t v54 = v51 + v53;
        next[i] = v42;
        next[BLOCK + i] = v46;
        next[2 * BLOCK + i] = v24;
        out[i] = v47;
        x[i] = v38;
        flags[i] = (uint8_t)v54;
        cut |= v54;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step80(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 & 32767;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v9 >> 15;
        const int32_t v20 = v19 * v1;
        const int32_t v21 = v18 + 16384;
        const int32_t v22 = v21 >> 15;
        const int32_t v23 = v20 + v22;
        const int32_t v24 = v23 + v16;
        const int32_t v25 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v10 & 32767;
        const int32_t v28 = v27 * v2;
        const int32_t v29 = v10 >> 15;
        const int32_t v30 = v29 * v2;
        const int32_t v31 = v28 + 16384;
        const int32_t v32 = v31 >> 15;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v11 & 32767;
        const int32_t v35 = v34 * v3;
        const int32_t v36 = v11 >> 15;
        const int32_t v37 = v36 * v3;
        const int32_t v38 = v35 + 16384;
        const int32_t v39 = v38 >> 15;
        const int32_t v40 = v37 + v39;
        const int32_t v41 = v26 - v40;
        const int32_t v42 = v41 - v33;
        const int32_t v43 = v42 - v5;
        const int32_t v44 = 0 <= v43;
        const int32_t v45 = v33 + v5;
        const int32_t v46 = v33 + v4;
        const int32_t v47 = v44 ? v46 : v33;
        const int32_t v48 = v45 * 2;
        const int32_t v49 = v40 + v48;
        const int32_t v50 = v44 ? v49 : v40;
        const int32_t v51 = v47 < 8388607 ? v47 : 8388607;
        const int32_t v52 = v50 > (-8388608) ? v50 : (-8388608);
        const int32_t v53 = v52 < 8388607 ? v52 : 8388607;
        const float v54 = (float)v44;
        next[i] = v26;
        next[BLOCK + i] = v51;
        next[2 * BLOCK + i] = v53;
        out[i] = v54;
        x[i] = v43;
        noted[i] = v45;
        cut |= v26 ^ v24;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v51 ^ v47;
        cut |= v53 ^ v50;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step80_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-8388608.0f));
    const float limit1 = unseen32(8388607.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 & 32767;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v9 >> 15;
        const int32_t v20 = v19 * v1;
        const int32_t v21 = v18 + 16384;
        const int32_t v22 = v21 >> 15;
        const int32_t v23 = v20 + v22;
        const int32_t v24 = v23 + v16;
        const int32_t v25 = v24 > (-8388608) ? v24 : (-8388608);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v14 == v8;
        const int32_t v29 = v10 & 32767;
        const int32_t v30 = v29 * v2;
        const int32_t v31 = v10 >> 15;
        const int32_t v32 = v31 * v2;
        const int32_t v33 = v30 + 16384;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v11 & 32767;
        const int32_t v37 = v36 * v3;
        const int32_t v38 = v11 >> 15;
        const int32_t v39 = v38 * v3;
        const int32_t v40 = v37 + 16384;
        const int32_t v41 = v40 >> 15;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = v26 - v42;
        const int32_t v44 = v43 - v35;
        const int32_t v45 = v44 - v5;
        const int32_t v46 = 0 <= v45;
        const int32_t v47 = v35 + v5;
        const int32_t v48 = v35 + v4;
        const int32_t v49 = v46 ? v48 : v35;
        const int32_t v50 = v47 * 2;
        const int32_t v51 = v42 + v50;
        const int32_t v52 = v46 ? v51 : v42;
        const int32_t v53 = v49 < 8388607 ? v49 : 8388607;
        const int32_t v54 = v52 > (-8388608) ? v52 : (-8388608);
        const int32_t v55 = v54 < 8388607 ? v54 : 8388607;
        const int32_t v56 = v53 == v49;
        const int32_t v57 = v55 == v52;
        const float v58 = (float)v46;
        const int32_t v59 = !v27;
        const int32_t v60 = !v28;
        const int32_t v61 = v60 * 2;
        const int32_t v62 = v59 + v61;
        const int32_t v63 = !v56;
        const int32_t v64 = v63 * 4;
        const int32_t v65 = v62 + v64;
        const int32_t v66 = !v57;
        const int32_t v67 = v66 * 8;
        const int32_t v68 = v65 + v67;
        next[i] = v26;
        next[BLOCK + i] = v53;
        next[2 * BLOCK + i] = v55;
        out[i] = v58;
        x[i] = v45;
        noted[i] = v47;
        flags[i] = (uint8_t)v68;
        cut |= v68;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step81(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 32767;
        const int32_t v19 = v18 * v5;
        const int32_t v20 = v16 >> 15;
        const int32_t v21 = v20 * v5;
        const int32_t v22 = v19 + 16384;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v21 + v23;
        const int32_t v25 = v24 + v12;
        const int32_t v26 = v25 > (-8388608) ? v25 : (-8388608);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 + v17;
        const int32_t v29 = v13 & 32767;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v13 >> 15;
        const int32_t v32 = v31 * v1;
        const int32_t v33 = v30 + 16384;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v35 + v28;
        const int32_t v37 = v36 > (-8388608) ? v36 : (-8388608);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v14 & 32767;
        const int32_t v40 = v39 * v2;
        const int32_t v41 = v14 >> 15;
        const int32_t v42 = v41 * v2;
        const int32_t v43 = v40 + 16384;
        const int32_t v44 = v43 >> 15;
        const int32_t v45 = v42 + v44;
        const int32_t v46 = v15 & 32767;
        const int32_t v47 = v46 * v3;
        const int32_t v48 = v15 >> 15;
        const int32_t v49 = v48 * v3;
        const int32_t v50 = v47 + 16384;
        const int32_t v51 = v50 >> 15;
        const int32_t v52 = v49 + v51;
        const int32_t v53 = v38 - v52;
        const int32_t v54 = v53 - v45;
        const int32_t v55 = v54 - v6;
        const int32_t v56 = 0 <= v55;
        const int32_t v57 = v45 + v6;
        const int32_t v58 = v45 + v4;
        const int32_t v59 = v56 ? v58 : v45;
        const int32_t v60 = v57 * 2;
        const int32_t v61 = v52 + v60;
        const int32_t v62 = v56 ? v61 : v52;
        const int32_t v63 = v59 < 8388607 ? v59 : 8388607;
        const int32_t v64 = v62 > (-8388608) ? v62 : (-8388608);
        const int32_t v65 = v64 < 8388607 ? v64 : 8388607;
        const float v66 = (float)v56;
        next[i] = v38;
        next[BLOCK + i] = v63;
        next[2 * BLOCK + i] = v65;
        next[3 * BLOCK + i] = v27;
        out[i] = v66;
        x[i] = v55;
        noted[i] = v57;
        cut |= v38 ^ v36;
        cut |= v63 ^ v59;
        cut |= v65 ^ v62;
        cut |= v27 ^ v25;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step81_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 32767;
        const int32_t v19 = v18 * v5;
        const int32_t v20 = v16 >> 15;
        const int32_t v21 = v20 * v5;
        const int32_t v22 = v19 + 16384;
        const int32_t v23 = v22 >> 15;
        const int32_t v24 = v21 + v23;
        const int32_t v25 = v24 + v12;
        const int32_t v26 = v25 > (-8388608) ? v25 : (-8388608);
        const int32_t v27 = v26 < 8388607 ? v26 : 8388607;
        const int32_t v28 = v27 == v25;
        const int32_t v29 = v27 + v17;
        const int32_t v30 = v13 & 32767;
        const int32_t v31 = v30 * v1;
        const int32_t v32 = v13 >> 15;
        const int32_t v33 = v32 * v1;
        const int32_t v34 = v31 + 16384;
        const int32_t v35 = v34 >> 15;
        const int32_t v36 = v33 + v35;
        const int32_t v37 = v36 + v29;
        const int32_t v38 = v37 > (-8388608) ? v37 : (-8388608);
        const int32_t v39 = v38 < 8388607 ? v38 : 8388607;
        const int32_t v40 = v39 == v37;
        const int32_t v41 = v14 & 32767;
        const int32_t v42 = v41 * v2;
        const int32_t v43 = v14 >> 15;
        const int32_t v44 = v43 * v2;
        const int32_t v45 = v42 + 16384;
        const int32_t v46 = v45 >> 15;
        const int32_t v47 = v44 + v46;
        const int32_t v48 = v15 & 32767;
        const int32_t v49 = v48 * v3;
        const int32_t v50 = v15 >> 15;
        const int32_t v51 = v50 * v3;
        const int32_t v52 = v49 + 16384;
        const int32_t v53 = v52 >> 15;
        const int32_t v54 = v51 + v53;
        const int32_t v55 = v39 - v54;
        const int32_t v56 = v55 - v47;
        const int32_t v57 = v56 - v6;
        const int32_t v58 = 0 <= v57;
        const int32_t v59 = v47 + v6;
        const int32_t v60 = v47 + v4;
        const int32_t v61 = v58 ? v60 : v47;
        const int32_t v62 = v59 * 2;
        const int32_t v63 = v54 + v62;
        const int32_t v64 = v58 ? v63 : v54;
        const int32_t v65 = v61 < 8388607 ? v61 : 8388607;
        const int32_t v66 = v64 > (-8388608) ? v64 : (-8388608);
        const int32_t v67 = v66 < 8388607 ? v66 : 8388607;
        const int32_t v68 = v65 == v61;
        const int32_t v69 = v67 == v64;
        const float v70 = (float)v58;
        const int32_t v71 = !v40;
        const int32_t v72 = !v68;
        const int32_t v73 = v72 * 4;
        const int32_t v74 = v71 + v73;
        const int32_t v75 = !v69;
        const int32_t v76 = v75 * 8;
        const int32_t v77 = v74 + v76;
        const int32_t v78 = !v28;
        const int32_t v79 = v78 * 16;
        const int32_t v80 = v77 + v79;
        next[i] = v39;
        next[BLOCK + i] = v65;
        next[2 * BLOCK + i] = v67;
        next[3 * BLOCK + i] = v27;
        out[i] = v70;
        x[i] = v57;
        noted[i] = v59;
        flags[i] = (uint8_t)v80;
        cut |= v80;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step82(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v1;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v2;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v20 = v18 ? v19 : v16;
        const float v21 = (float)v18;
        next[i] = v20;
        out[i] = v21;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step82_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v1;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v16;
        const float v23 = (float)v20;
        const int32_t v24 = !v17;
        const int32_t v25 = !v18;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v19;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step83(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v1;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 - v2;
        const int32_t v18 = 0 <= v17;
        const int32_t v19 = v18 ? 0 : v16;
        const float v20 = (float)v18;
        next[i] = v19;
        out[i] = v20;
        x[i] = v17;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step83_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v1;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const int32_t v19 = v16 - v2;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v16;
        const float v22 = (float)v20;
        const int32_t v23 = !v17;
        const int32_t v24 = !v18;
        const int32_t v25 = v24 * 2;
        const int32_t v26 = v23 + v25;
        next[i] = v21;
        out[i] = v22;
        x[i] = v19;
        flags[i] = (uint8_t)v26;
        cut |= v26;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, read-out */
CLONES static int step84(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v2;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const float v17 = (float)v16;
        const float v18 = v17 * v1;
        next[i] = v16;
        out[i] = v18;
        cut |= v16 ^ v14;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step84_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 >> v2;
        const int32_t v13 = v6 - v12;
        const int32_t v14 = v13 + v11;
        const int32_t v15 = v14 > (-32768) ? v14 : (-32768);
        const int32_t v16 = v15 < 32767 ? v15 : 32767;
        const int32_t v17 = v16 == v14;
        const int32_t v18 = v9 == v5;
        const float v19 = (float)v16;
        const float v20 = v19 * v1;
        const int32_t v21 = !v17;
        const int32_t v22 = !v18;
        const int32_t v23 = v22 * 2;
        const int32_t v24 = v21 + v23;
        next[i] = v16;
        out[i] = v20;
        flags[i] = (uint8_t)v24;
        cut |= v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step85(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v2;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v1;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v23 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v27 = v25 ? v26 : v23;
        const float v28 = (float)v25;
        next[i] = v27;
        next[BLOCK + i] = v17;
        out[i] = v28;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step85_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v2;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v1;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v29 = v27 ? v28 : v24;
        const float v30 = (float)v27;
        const int32_t v31 = !v25;
        const int32_t v32 = !v18;
        const int32_t v33 = v32 * 4;
        const int32_t v34 = v31 + v33;
        next[i] = v29;
        next[BLOCK + i] = v17;
        out[i] = v30;
        x[i] = v26;
        flags[i] = (uint8_t)v34;
        cut |= v34;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step86(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v2;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v1;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const int32_t v24 = v23 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const float v27 = (float)v25;
        next[i] = v26;
        next[BLOCK + i] = v17;
        out[i] = v27;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step86_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v2;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v1;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v24 - v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v24;
        const float v29 = (float)v27;
        const int32_t v30 = !v25;
        const int32_t v31 = !v18;
        const int32_t v32 = v31 * 4;
        const int32_t v33 = v30 + v32;
        next[i] = v28;
        next[BLOCK + i] = v17;
        out[i] = v29;
        x[i] = v26;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, read-out */
CLONES static int step87(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v3;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 + v12;
        const int32_t v19 = v10 >> v2;
        const int32_t v20 = v10 - v19;
        const int32_t v21 = v20 + v18;
        const int32_t v22 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v23 = v22 < 32767 ? v22 : 32767;
        const float v24 = (float)v23;
        const float v25 = v24 * v1;
        next[i] = v23;
        next[BLOCK + i] = v17;
        out[i] = v25;
        cut |= v23 ^ v21;
        cut |= v17 ^ v15;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step87_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 >> v3;
        const int32_t v14 = v11 - v13;
        const int32_t v15 = v14 + v9;
        const int32_t v16 = v15 > (-32768) ? v15 : (-32768);
        const int32_t v17 = v16 < 32767 ? v16 : 32767;
        const int32_t v18 = v17 == v15;
        const int32_t v19 = v17 + v12;
        const int32_t v20 = v10 >> v2;
        const int32_t v21 = v10 - v20;
        const int32_t v22 = v21 + v19;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const float v26 = (float)v24;
        const float v27 = v26 * v1;
        const int32_t v28 = !v25;
        const int32_t v29 = !v18;
        const int32_t v30 = v29 * 4;
        const int32_t v31 = v28 + v30;
        next[i] = v24;
        next[BLOCK + i] = v17;
        out[i] = v27;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step88(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v1;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v3;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v22 = v20 ? v21 : v18;
        const int32_t v23 = v8 == 0;
        const int32_t v24 = v23 ? v22 : v7;
        const int32_t v25 = v23 & v20;
        const int32_t v26 = v8 - 1;
        const int32_t v27 = v26 > 0 ? v26 : 0;
        const int32_t v28 = v25 ? v2 : v27;
        const float v29 = (float)v25;
        next[i] = v24;
        next[BLOCK + i] = v28;
        out[i] = v29;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step88_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v1;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v3;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 > (-32768) ? v21 : (-32768);
        const int32_t v24 = v22 ? v23 : v18;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v22;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v2 : v29;
        const float v31 = (float)v27;
        const int32_t v32 = !v19;
        const int32_t v33 = !v20;
        const int32_t v34 = v33 * 2;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = !v25;
        const int32_t v37 = v36 * 4;
        const int32_t v38 = v35 + v37;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v21;
        flags[i] = (uint8_t)v38;
        cut |= v38;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step89(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v1;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 - v3;
        const int32_t v20 = 0 <= v19;
        const int32_t v21 = v20 ? 0 : v18;
        const int32_t v22 = v8 == 0;
        const int32_t v23 = v22 ? v21 : v7;
        const int32_t v24 = v22 & v20;
        const int32_t v25 = v8 - 1;
        const int32_t v26 = v25 > 0 ? v25 : 0;
        const int32_t v27 = v24 ? v2 : v26;
        const float v28 = (float)v24;
        next[i] = v23;
        next[BLOCK + i] = v27;
        out[i] = v28;
        x[i] = v19;
        cut |= v18 ^ v16;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step89_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 >> v1;
        const int32_t v15 = v7 - v14;
        const int32_t v16 = v15 + v13;
        const int32_t v17 = v16 > (-32768) ? v16 : (-32768);
        const int32_t v18 = v17 < 32767 ? v17 : 32767;
        const int32_t v19 = v18 == v16;
        const int32_t v20 = v11 == v6;
        const int32_t v21 = v18 - v3;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v18;
        const int32_t v24 = v8 == 0;
        const int32_t v25 = v24 ? v23 : v7;
        const int32_t v26 = v24 & v22;
        const int32_t v27 = v8 - 1;
        const int32_t v28 = v27 > 0 ? v27 : 0;
        const int32_t v29 = v26 ? v2 : v28;
        const float v30 = (float)v26;
        const int32_t v31 = !v19;
        const int32_t v32 = !v20;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        const int32_t v35 = !v24;
        const int32_t v36 = v35 * 4;
        const int32_t v37 = v34 + v36;
        next[i] = v25;
        next[BLOCK + i] = v29;
        out[i] = v30;
        x[i] = v21;
        flags[i] = (uint8_t)v37;
        cut |= v37;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step90(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v3;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 + v14;
        const int32_t v21 = v11 >> v1;
        const int32_t v22 = v11 - v21;
        const int32_t v23 = v22 + v20;
        const int32_t v24 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v25 = v24 < 32767 ? v24 : 32767;
        const int32_t v26 = v25 - v4;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v29 = v27 ? v28 : v25;
        const int32_t v30 = v12 == 0;
        const int32_t v31 = v30 ? v29 : v11;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v12 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v2 : v34;
        const float v36 = (float)v32;
        next[i] = v31;
        next[BLOCK + i] = v35;
        next[2 * BLOCK + i] = v19;
        out[i] = v36;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 ^ 0;
        cut |= v19 ^ v17;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step90_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v3;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v19 + v14;
        const int32_t v22 = v11 >> v1;
        const int32_t v23 = v11 - v22;
        const int32_t v24 = v23 + v21;
        const int32_t v25 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v26 = v25 < 32767 ? v25 : 32767;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v26 - v4;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v28 > (-32768) ? v28 : (-32768);
        const int32_t v31 = v29 ? v30 : v26;
        const int32_t v32 = v12 == 0;
        const int32_t v33 = v32 ? v31 : v11;
        const int32_t v34 = v32 & v29;
        const int32_t v35 = v12 - 1;
        const int32_t v36 = v35 > 0 ? v35 : 0;
        const int32_t v37 = v34 ? v2 : v36;
        const float v38 = (float)v34;
        const int32_t v39 = !v27;
        const int32_t v40 = !v32;
        const int32_t v41 = v40 * 4;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = !v20;
        const int32_t v44 = v43 * 8;
        const int32_t v45 = v42 + v44;
        next[i] = v33;
        next[BLOCK + i] = v37;
        next[2 * BLOCK + i] = v19;
        out[i] = v38;
        x[i] = v28;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step91(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v3;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 + v14;
        const int32_t v21 = v11 >> v1;
        const int32_t v22 = v11 - v21;
        const int32_t v23 = v22 + v20;
        const int32_t v24 = v23 > (-32768) ? v23 : (-32768);
        const int32_t v25 = v24 < 32767 ? v24 : 32767;
        const int32_t v26 = v25 - v4;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v25;
        const int32_t v29 = v12 == 0;
        const int32_t v30 = v29 ? v28 : v11;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v12 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v2 : v33;
        const float v35 = (float)v31;
        next[i] = v30;
        next[BLOCK + i] = v34;
        next[2 * BLOCK + i] = v19;
        out[i] = v35;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 ^ 0;
        cut |= v19 ^ v17;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step91_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 >> v3;
        const int32_t v16 = v13 - v15;
        const int32_t v17 = v16 + v10;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v19 + v14;
        const int32_t v22 = v11 >> v1;
        const int32_t v23 = v11 - v22;
        const int32_t v24 = v23 + v21;
        const int32_t v25 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v26 = v25 < 32767 ? v25 : 32767;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v26 - v4;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v26;
        const int32_t v31 = v12 == 0;
        const int32_t v32 = v31 ? v30 : v11;
        const int32_t v33 = v31 & v29;
        const int32_t v34 = v12 - 1;
        const int32_t v35 = v34 > 0 ? v34 : 0;
        const int32_t v36 = v33 ? v2 : v35;
        const float v37 = (float)v33;
        const int32_t v38 = !v27;
        const int32_t v39 = !v31;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        const int32_t v42 = !v20;
        const int32_t v43 = v42 * 8;
        const int32_t v44 = v41 + v43;
        next[i] = v32;
        next[BLOCK + i] = v36;
        next[2 * BLOCK + i] = v19;
        out[i] = v37;
        x[i] = v28;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step92(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 >> v1;
        const int32_t v18 = v9 - v17;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v10 >> v2;
        const int32_t v23 = v10 - v22;
        const int32_t v24 = v11 >> v3;
        const int32_t v25 = v11 - v24;
        const int32_t v26 = v21 - v25;
        const int32_t v27 = v26 - v23;
        const int32_t v28 = v27 - v5;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v23 + v5;
        const int32_t v31 = v23 + v4;
        const int32_t v32 = v29 ? v31 : v23;
        const int32_t v33 = v30 * 2;
        const int32_t v34 = v25 + v33;
        const int32_t v35 = v29 ? v34 : v25;
        const int32_t v36 = v32 > (-32768) ? v32 : (-32768);
        const int32_t v37 = v36 < 32767 ? v36 : 32767;
        const int32_t v38 = v35 > (-32768) ? v35 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const float v40 = (float)v29;
        next[i] = v21;
        next[BLOCK + i] = v37;
        next[2 * BLOCK + i] = v39;
        out[i] = v40;
        x[i] = v28;
        noted[i] = v30;
        cut |= v21 ^ v19;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v37 ^ v32;
        cut |= v39 ^ v35;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step92_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 >> v1;
        const int32_t v18 = v9 - v17;
        const int32_t v19 = v18 + v16;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v14 == v8;
        const int32_t v24 = v10 >> v2;
        const int32_t v25 = v10 - v24;
        const int32_t v26 = v11 >> v3;
        const int32_t v27 = v11 - v26;
        const int32_t v28 = v21 - v27;
        const int32_t v29 = v28 - v25;
        const int32_t v30 = v29 - v5;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v25 + v5;
        const int32_t v33 = v25 + v4;
        const int32_t v34 = v31 ? v33 : v25;
        const int32_t v35 = v32 * 2;
        const int32_t v36 = v27 + v35;
        const int32_t v37 = v31 ? v36 : v27;
        const int32_t v38 = v34 > (-32768) ? v34 : (-32768);
        const int32_t v39 = v38 < 32767 ? v38 : 32767;
        const int32_t v40 = v37 > (-32768) ? v37 : (-32768);
        const int32_t v41 = v40 < 32767 ? v40 : 32767;
        const int32_t v42 = v39 == v34;
        const int32_t v43 = v41 == v37;
        const float v44 = (float)v31;
        const int32_t v45 = !v22;
        const int32_t v46 = !v23;
        const int32_t v47 = v46 * 2;
        const int32_t v48 = v45 + v47;
        const int32_t v49 = !v42;
        const int32_t v50 = v49 * 4;
        const int32_t v51 = v48 + v50;
        const int32_t v52 = !v43;
        const int32_t v53 = v52 * 8;
        const int32_t v54 = v51 + v53;
        next[i] = v21;
        next[BLOCK + i] = v39;
        next[2 * BLOCK + i] = v41;
        out[i] = v44;
        x[i] = v30;
        noted[i] = v32;
        flags[i] = (uint8_t)v54;
        cut |= v54;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step93(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 >> v5;
        const int32_t v19 = v16 - v18;
        const int32_t v20 = v19 + v12;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v21 < 32767 ? v21 : 32767;
        const int32_t v23 = v22 + v17;
        const int32_t v24 = v13 >> v1;
        const int32_t v25 = v13 - v24;
        const int32_t v26 = v25 + v23;
        const int32_t v27 = v26 > (-32768) ? v26 : (-32768);
        const int32_t v28 = v27 < 32767 ? v27 : 32767;
        const int32_t v29 = v14 >> v2;
        const int32_t v30 = v14 - v29;
        const int32_t v31 = v15 >> v3;
        const int32_t v32 = v15 - v31;
        const int32_t v33 = v28 - v32;
        const int32_t v34 = v33 - v30;
        const int32_t v35 = v34 - v6;
        const int32_t v36 = 0 <= v35;
        const int32_t v37 = v30 + v6;
        const int32_t v38 = v30 + v4;
        const int32_t v39 = v36 ? v38 : v30;
        const int32_t v40 = v37 * 2;
        const int32_t v41 = v32 + v40;
        const int32_t v42 = v36 ? v41 : v32;
        const int32_t v43 = v39 > (-32768) ? v39 : (-32768);
        const int32_t v44 = v43 < 32767 ? v43 : 32767;
        const int32_t v45 = v42 > (-32768) ? v42 : (-32768);
        const int32_t v46 = v45 < 32767 ? v45 : 32767;
        const float v47 = (float)v36;
        next[i] = v28;
        next[BLOCK + i] = v44;
        next[2 * BLOCK + i] = v46;
        next[3 * BLOCK + i] = v22;
        out[i] = v47;
        x[i] = v35;
        noted[i] = v37;
        cut |= v28 ^ v26;
        cut |= v44 ^ v39;
        cut |= v46 ^ v42;
        cut |= v22 ^ v20;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step93_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 >> v5;
        const int32_t v19 = v16 - v18;
        const int32_t v20 = v19 + v12;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v21 < 32767 ? v21 : 32767;
        const int32_t v23 = v22 == v20;
        const int32_t v24 = v22 + v17;
        const int32_t v25 = v13 >> v1;
        const int32_t v26 = v13 - v25;
        const int32_t v27 = v26 + v24;
        const int32_t v28 = v27 > (-32768) ? v27 : (-32768);
        const int32_t v29 = v28 < 32767 ? v28 : 32767;
        const int32_t v30 = v29 == v27;
        const int32_t v31 = v14 >> v2;
        const int32_t v32 = v14 - v31;
        const int32_t v33 = v15 >> v3;
        const int32_t v34 = v15 - v33;
        const int32_t v35 = v29 - v34;
        const int32_t v36 = v35 - v32;
        const int32_t v37 = v36 - v6;
        const int32_t v38 = 0 <= v37;
        const int32_t v39 = v32 + v6;
        const int32_t v40 = v32 + v4;
        const int32_t v41 = v38 ? v40 : v32;
        const int32_t v42 = v39 * 2;
        const int32_t v43 = v34 + v42;
        const int32_t v44 = v38 ? v43 : v34;
        const int32_t v45 = v41 > (-32768) ? v41 : (-32768);
        const int32_t v46 = v45 < 32767 ? v45 : 32767;
        const int32_t v47 = v44 > (-32768) ? v44 : (-32768);
        const int32_t v48 = v47 < 32767 ? v47 : 32767;
        const int32_t v49 = v46 == v41;
        const int32_t v50 = v48 == v44;
        const float v51 = (float)v38;
        const int32_t v52 = !v30;
        const int32_t v53 = !v49;
        const int32_t v54 = v53 * 4;
        const int32_t v55 = v52 + v54;
        const int32_t v56 = !v50;
        const int32_t v57 = v56 * 8;
        const int32_t v58 = v55 + v57;
        const int32_t v59 = !v23;
        const int32_t v60 = v59 * 16;
        const int32_t v61 = v58 + v60;
        next[i] = v29;
        next[BLOCK + i] = v46;
        next[2 * BLOCK + i] = v48;
        next[3 * BLOCK + i] = v22;
        out[i] = v51;
        x[i] = v37;
        noted[i] = v39;
        flags[i] = (uint8_t)v61;
        cut |= v61;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 wrap, read after_leak */
CLONES static int step94(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v1;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const int32_t v21 = v20 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v21 + 32768;
        const int32_t v24 = v23 & 65535;
        const int32_t v25 = v24 - 32768;
        const int32_t v26 = v22 ? v25 : v20;
        const float v27 = (float)v22;
        next[i] = v26;
        out[i] = v27;
        x[i] = v21;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step95(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v1;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const int32_t v21 = v20 - v2;
        const int32_t v22 = 0 <= v21;
        const int32_t v23 = v22 ? 0 : v20;
        const float v24 = (float)v22;
        next[i] = v23;
        out[i] = v24;
        x[i] = v21;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, read-out */
CLONES static int step96(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 32768;
        const int32_t v12 = v11 & 65535;
        const int32_t v13 = v12 - 32768;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 * v2;
        const int32_t v16 = v15 >> 10;
        const int32_t v17 = v16 + v14;
        const int32_t v18 = v17 + 32768;
        const int32_t v19 = v18 & 65535;
        const int32_t v20 = v19 - 32768;
        const float v21 = (float)v20;
        const float v22 = v21 * v1;
        next[i] = v20;
        out[i] = v22;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, numbers of each neuron, v > threshold, reset to zero, read after_leak */
CLONES static int step97(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v2 + 1;
        const int32_t v28 = v26 - v27;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v26;
        const float v31 = (float)v29;
        next[i] = v30;
        out[i] = v31;
        x[i] = v28;
        cut |= v26 ^ v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step97_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v1;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v26 == v24;
        const int32_t v28 = v2 + 1;
        const int32_t v29 = v26 - v28;
        const int32_t v30 = 0 <= v29;
        const int32_t v31 = v30 ? 0 : v26;
        const float v32 = (float)v30;
        const int32_t v33 = !v27;
        next[i] = v31;
        out[i] = v32;
        x[i] = v29;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, numbers of each neuron, read-out */
CLONES static int step98(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const float v27 = (float)v26;
        const float v28 = v27 * v1;
        next[i] = v26;
        out[i] = v28;
        cut |= v26 ^ v24;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step98_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const float v6 = v5 > limit0 ? v5 : limit0;
        const float v7 = v6 < limit1 ? v6 : limit1;
        const int32_t v8 = (int32_t)v7;
        const int32_t v9 = states[i];
        const int32_t v10 = bias[i];
        const int32_t v11 = v8 + 8388608;
        const int32_t v12 = v11 & 16777215;
        const int32_t v13 = v12 - 8388608;
        const int32_t v14 = v13 + v10;
        const int32_t v15 = v9 & 4095;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v9 >> 12;
        const int32_t v18 = v17 * v2;
        const int32_t v19 = v9 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v14;
        const int32_t v25 = v24 > (-8388607) ? v24 : (-8388607);
        const int32_t v26 = v25 < 8388607 ? v25 : 8388607;
        const int32_t v27 = v26 == v24;
        const float v28 = (float)v26;
        const float v29 = v28 * v1;
        const int32_t v30 = !v27;
        next[i] = v26;
        out[i] = v29;
        flags[i] = (uint8_t)v30;
        cut |= v30;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, numbers of each neuron, v > threshold, reset to zero, read after_leak */
CLONES static int step99(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v3 + 1;
        const int32_t v40 = v38 - v39;
        const int32_t v41 = 0 <= v40;
        const int32_t v42 = v41 ? 0 : v38;
        const float v43 = (float)v41;
        next[i] = v42;
        next[BLOCK + i] = v25;
        out[i] = v43;
        x[i] = v40;
        cut |= v38 ^ v36;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step99_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v2;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v2;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v1;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v38 == v36;
        const int32_t v40 = v3 + 1;
        const int32_t v41 = v38 - v40;
        const int32_t v42 = 0 <= v41;
        const int32_t v43 = v42 ? 0 : v38;
        const float v44 = (float)v42;
        const int32_t v45 = !v39;
        next[i] = v43;
        next[BLOCK + i] = v25;
        out[i] = v44;
        x[i] = v41;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, numbers of each neuron, read-out */
CLONES static int step100(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v3;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v2;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v2;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const float v39 = (float)v38;
        const float v40 = v39 * v1;
        next[i] = v38;
        next[BLOCK + i] = v25;
        out[i] = v40;
        cut |= v38 ^ v36;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step100_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const int32_t v3 = own[BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v11 & 4095;
        const int32_t v14 = v13 * v3;
        const int32_t v15 = v11 >> 12;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v11 < 0;
        const int32_t v18 = v17 ? 4095 : 0;
        const int32_t v19 = v14 + v18;
        const int32_t v20 = v19 >> 12;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 + v9;
        const int32_t v23 = v22 + 8388608;
        const int32_t v24 = v23 & 16777215;
        const int32_t v25 = v24 - 8388608;
        const int32_t v26 = v25 + v12;
        const int32_t v27 = v10 & 4095;
        const int32_t v28 = v27 * v2;
        const int32_t v29 = v10 >> 12;
        const int32_t v30 = v29 * v2;
        const int32_t v31 = v10 < 0;
        const int32_t v32 = v31 ? 4095 : 0;
        const int32_t v33 = v28 + v32;
        const int32_t v34 = v33 >> 12;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 + v26;
        const int32_t v37 = v36 > (-8388607) ? v36 : (-8388607);
        const int32_t v38 = v37 < 8388607 ? v37 : 8388607;
        const int32_t v39 = v38 == v36;
        const float v40 = (float)v38;
        const float v41 = v40 * v1;
        const int32_t v42 = !v39;
        next[i] = v38;
        next[BLOCK + i] = v25;
        out[i] = v41;
        flags[i] = (uint8_t)v42;
        cut |= v42;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, numbers of each neuron, v > threshold, reset to zero, read after_leak */
CLONES static int step101(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v9 + 8388608;
        const int32_t v14 = v13 & 16777215;
        const int32_t v15 = v14 - 8388608;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v10 & 4095;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v10 >> 12;
        const int32_t v20 = v19 * v1;
        const int32_t v21 = v10 < 0;
        const int32_t v22 = v21 ? 4095 : 0;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 >> 12;
        const int32_t v25 = v20 + v24;
        const int32_t v26 = v25 + v16;
        const int32_t v27 = v26 > (-8388607) ? v26 : (-8388607);
        const int32_t v28 = v27 < 8388607 ? v27 : 8388607;
        const int32_t v29 = v3 + 1;
        const int32_t v30 = v28 - v29;
        const int32_t v31 = 0 <= v30;
        const int32_t v32 = v31 ? 0 : v28;
        const int32_t v33 = v11 == 0;
        const int32_t v34 = v33 ? v32 : v10;
        const int32_t v35 = v33 & v31;
        const int32_t v36 = v11 - 1;
        const int32_t v37 = v36 > 0 ? v36 : 0;
        const int32_t v38 = v35 ? v2 : v37;
        const float v39 = (float)v35;
        next[i] = v34;
        next[BLOCK + i] = v38;
        out[i] = v39;
        x[i] = v30;
        cut |= v28 ^ v26;
        cut |= v11 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step101_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const float v7 = v6 > limit0 ? v6 : limit0;
        const float v8 = v7 < limit1 ? v7 : limit1;
        const int32_t v9 = (int32_t)v8;
        const int32_t v10 = states[i];
        const int32_t v11 = states[BLOCK + i];
        const int32_t v12 = bias[i];
        const int32_t v13 = v9 + 8388608;
        const int32_t v14 = v13 & 16777215;
        const int32_t v15 = v14 - 8388608;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v10 & 4095;
        const int32_t v18 = v17 * v1;
        const int32_t v19 = v10 >> 12;
        const int32_t v20 = v19 * v1;
        const int32_t v21 = v10 < 0;
        const int32_t v22 = v21 ? 4095 : 0;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 >> 12;
        const int32_t v25 = v20 + v24;
        const int32_t v26 = v25 + v16;
        const int32_t v27 = v26 > (-8388607) ? v26 : (-8388607);
        const int32_t v28 = v27 < 8388607 ? v27 : 8388607;
        const int32_t v29 = v28 == v26;
        const int32_t v30 = v3 + 1;
        const int32_t v31 = v28 - v30;
        const int32_t v32 = 0 <= v31;
        const int32_t v33 = v32 ? 0 : v28;
        const int32_t v34 = v11 == 0;
        const int32_t v35 = v34 ? v33 : v10;
        const int32_t v36 = v34 & v32;
        const int32_t v37 = v11 - 1;
        const int32_t v38 = v37 > 0 ? v37 : 0;
        const int32_t v39 = v36 ? v2 : v38;
        const float v40 = (float)v36;
        const int32_t v41 = !v29;
        const int32_t v42 = !v34;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v35;
        next[BLOCK + i] = v39;
        out[i] = v40;
        x[i] = v31;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, numbers of each neuron, v > threshold, reset to zero, read after_leak */
CLONES static int step102(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 4095;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 12;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v13 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v10;
        const int32_t v25 = v24 + 8388608;
        const int32_t v26 = v25 & 16777215;
        const int32_t v27 = v26 - 8388608;
        const int32_t v28 = v27 + v14;
        const int32_t v29 = v11 & 4095;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v11 >> 12;
        const int32_t v32 = v31 * v1;
        const int32_t v33 = v11 < 0;
        const int32_t v34 = v33 ? 4095 : 0;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 >> 12;
        const int32_t v37 = v32 + v36;
        const int32_t v38 = v37 + v28;
        const int32_t v39 = v38 > (-8388607) ? v38 : (-8388607);
        const int32_t v40 = v39 < 8388607 ? v39 : 8388607;
        const int32_t v41 = v4 + 1;
        const int32_t v42 = v40 - v41;
        const int32_t v43 = 0 <= v42;
        const int32_t v44 = v43 ? 0 : v40;
        const int32_t v45 = v12 == 0;
        const int32_t v46 = v45 ? v44 : v11;
        const int32_t v47 = v45 & v43;
        const int32_t v48 = v12 - 1;
        const int32_t v49 = v48 > 0 ? v48 : 0;
        const int32_t v50 = v47 ? v2 : v49;
        const float v51 = (float)v47;
        next[i] = v46;
        next[BLOCK + i] = v50;
        next[2 * BLOCK + i] = v27;
        out[i] = v51;
        x[i] = v42;
        cut |= v40 ^ v38;
        cut |= v12 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step102_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[5 * BLOCK + i];
        const float v5 = current[i];
        const float v6 = v5 * v0;
        const float v7 = rintf(v6);
        const float v8 = v7 > limit0 ? v7 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = states[i];
        const int32_t v12 = states[BLOCK + i];
        const int32_t v13 = states[2 * BLOCK + i];
        const int32_t v14 = bias[i];
        const int32_t v15 = v13 & 4095;
        const int32_t v16 = v15 * v3;
        const int32_t v17 = v13 >> 12;
        const int32_t v18 = v17 * v3;
        const int32_t v19 = v13 < 0;
        const int32_t v20 = v19 ? 4095 : 0;
        const int32_t v21 = v16 + v20;
        const int32_t v22 = v21 >> 12;
        const int32_t v23 = v18 + v22;
        const int32_t v24 = v23 + v10;
        const int32_t v25 = v24 + 8388608;
        const int32_t v26 = v25 & 16777215;
        const int32_t v27 = v26 - 8388608;
        const int32_t v28 = v27 + v14;
        const int32_t v29 = v11 & 4095;
        const int32_t v30 = v29 * v1;
        const int32_t v31 = v11 >> 12;
        const int32_t v32 = v31 * v1;
        const int32_t v33 = v11 < 0;
        const int32_t v34 = v33 ? 4095 : 0;
        const int32_t v35 = v30 + v34;
        const int32_t v36 = v35 >> 12;
        const int32_t v37 = v32 + v36;
        const int32_t v38 = v37 + v28;
        const int32_t v39 = v38 > (-8388607) ? v38 : (-8388607);
        const int32_t v40 = v39 < 8388607 ? v39 : 8388607;
        const int32_t v41 = v40 == v38;
        const int32_t v42 = v4 + 1;
        const int32_t v43 = v40 - v42;
        const int32_t v44 = 0 <= v43;
        const int32_t v45 = v44 ? 0 : v40;
        const int32_t v46 = v12 == 0;
        const int32_t v47 = v46 ? v45 : v11;
        const int32_t v48 = v46 & v44;
        const int32_t v49 = v12 - 1;
        const int32_t v50 = v49 > 0 ? v49 : 0;
        const int32_t v51 = v48 ? v2 : v50;
        const float v52 = (float)v48;
        const int32_t v53 = !v41;
        const int32_t v54 = !v46;
        const int32_t v55 = v54 * 4;
        const int32_t v56 = v53 + v55;
        next[i] = v47;
        next[BLOCK + i] = v51;
        next[2 * BLOCK + i] = v27;
        out[i] = v52;
        x[i] = v43;
        flags[i] = (uint8_t)v56;
        cut |= v56;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step103(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v11 + 8388608;
        const int32_t v17 = v16 & 16777215;
        const int32_t v18 = v17 - 8388608;
        const int32_t v19 = v18 + v15;
        const int32_t v20 = v12 & 4095;
        const int32_t v21 = v20 * v1;
        const int32_t v22 = v12 >> 12;
        const int32_t v23 = v22 * v1;
        const int32_t v24 = v12 < 0;
        const int32_t v25 = v24 ? 4095 : 0;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 >> 12;
        const int32_t v28 = v23 + v27;
        const int32_t v29 = v28 + v19;
        const int32_t v30 = v29 > (-8388607) ? v29 : (-8388607);
        const int32_t v31 = v30 < 8388607 ? v30 : 8388607;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v2;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v2;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v14 & 4095;
        const int32_t v42 = v41 * v3;
        const int32_t v43 = v14 >> 12;
        const int32_t v44 = v43 * v3;
        const int32_t v45 = v14 < 0;
        const int32_t v46 = v45 ? 4095 : 0;
        const int32_t v47 = v42 + v46;
        const int32_t v48 = v47 >> 12;
        const int32_t v49 = v44 + v48;
        const int32_t v50 = v31 - v49;
        const int32_t v51 = v50 - v40;
        const int32_t v52 = v51 - v5;
        const int32_t v53 = 0 <= v52;
        const int32_t v54 = v40 + v5;
        const int32_t v55 = v40 + v4;
        const int32_t v56 = v53 ? v55 : v40;
        const int32_t v57 = v54 * 2;
        const int32_t v58 = v49 + v57;
        const int32_t v59 = v53 ? v58 : v49;
        const int32_t v60 = v56 > (-8388607) ? v56 : (-8388607);
        const int32_t v61 = v60 < 8388607 ? v60 : 8388607;
        const int32_t v62 = v59 > (-8388607) ? v59 : (-8388607);
        const int32_t v63 = v62 < 8388607 ? v62 : 8388607;
        const float v64 = (float)v53;
        next[i] = v31;
        next[BLOCK + i] = v61;
        next[2 * BLOCK + i] = v63;
        out[i] = v64;
        x[i] = v52;
        noted[i] = v54;
        cut |= v31 ^ v29;
        cut |= v61 ^ v56;
        cut |= v63 ^ v59;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step103_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const float v9 = v8 > limit0 ? v8 : limit0;
        const float v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int32_t v12 = states[i];
        const int32_t v13 = states[BLOCK + i];
        const int32_t v14 = states[2 * BLOCK + i];
        const int32_t v15 = bias[i];
        const int32_t v16 = v11 + 8388608;
        const int32_t v17 = v16 & 16777215;
        const int32_t v18 = v17 - 8388608;
        const int32_t v19 = v18 + v15;
        const int32_t v20 = v12 & 4095;
        const int32_t v21 = v20 * v1;
        const int32_t v22 = v12 >> 12;
        const int32_t v23 = v22 * v1;
        const int32_t v24 = v12 < 0;
        const int32_t v25 = v24 ? 4095 : 0;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 >> 12;
        const int32_t v28 = v23 + v27;
        const int32_t v29 = v28 + v19;
        const int32_t v30 = v29 > (-8388607) ? v29 : (-8388607);
        const int32_t v31 = v30 < 8388607 ? v30 : 8388607;
        const int32_t v32 = v31 == v29;
        const int32_t v33 = v13 & 4095;
        const int32_t v34 = v33 * v2;
        const int32_t v35 = v13 >> 12;
        const int32_t v36 = v35 * v2;
        const int32_t v37 = v13 < 0;
        const int32_t v38 = v37 ? 4095 : 0;
        const int32_t v39 = v34 + v38;
        const int32_t v40 = v39 >> 12;
        const int32_t v41 = v36 + v40;
        const int32_t v42 = v14 & 4095;
        const int32_t v43 = v42 * v3;
        const int32_t v44 = v14 >> 12;
        const int32_t v45 = v44 * v3;
        const int32_t v46 = v14 < 0;
        const int32_t v47 = v46 ? 4095 : 0;
        const int32_t v48 = v43 + v47;
        const int32_t v49 = v48 >> 12;
        const int32_t v50 = v45 + v49;
        const int32_t v51 = v31 - v50;
        const int32_t v52 = v51 - v41;
        const int32_t v53 = v52 - v5;
        const int32_t v54 = 0 <= v53;
        const int32_t v55 = v41 + v5;
        const int32_t v56 = v41 + v4;
        const int32_t v57 = v54 ? v56 : v41;
        const int32_t v58 = v55 * 2;
        const int32_t v59 = v50 + v58;
        const int32_t v60 = v54 ? v59 : v50;
        const int32_t v61 = v57 > (-8388607) ? v57 : (-8388607);
        const int32_t v62 = v61 < 8388607 ? v61 : 8388607;
        const int32_t v63 = v60 > (-8388607) ? v60 : (-8388607);
        const int32_t v64 = v63 < 8388607 ? v63 : 8388607;
        const int32_t v65 = v62 == v57;
        const int32_t v66 = v64 == v60;
        const float v67 = (float)v54;
        const int32_t v68 = !v32;
        const int32_t v69 = !v65;
        const int32_t v70 = v69 * 4;
        const int32_t v71 = v68 + v70;
        const int32_t v72 = !v66;
        const int32_t v73 = v72 * 8;
        const int32_t v74 = v71 + v73;
        next[i] = v31;
        next[BLOCK + i] = v62;
        next[2 * BLOCK + i] = v64;
        out[i] = v67;
        x[i] = v53;
        noted[i] = v55;
        flags[i] = (uint8_t)v74;
        cut |= v74;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step104(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 4095;
        const int32_t v19 = v18 * v5;
        const int32_t v20 = v16 >> 12;
        const int32_t v21 = v20 * v5;
        const int32_t v22 = v16 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v12;
        const int32_t v28 = v27 + 8388608;
        const int32_t v29 = v28 & 16777215;
        const int32_t v30 = v29 - 8388608;
        const int32_t v31 = v30 + v17;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v1;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v1;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v40 + v31;
        const int32_t v42 = v41 > (-8388607) ? v41 : (-8388607);
        const int32_t v43 = v42 < 8388607 ? v42 : 8388607;
        const int32_t v44 = v14 & 4095;
        const int32_t v45 = v44 * v2;
        const int32_t v46 = v14 >> 12;
        const int32_t v47 = v46 * v2;
        const int32_t v48 = v14 < 0;
        const int32_t v49 = v48 ? 4095 : 0;
        const int32_t v50 = v45 + v49;
        const int32_t v51 = v50 >> 12;
        const int32_t v52 = v47 + v51;
        const int32_t v53 = v15 & 4095;
        const int32_t v54 = v53 * v3;
        const int32_t v55 = v15 >> 12;
        const int32_t v56 = v55 * v3;
        const int32_t v57 = v15 < 0;
        const int32_t v58 = v57 ? 4095 : 0;
        const int32_t v59 = v54 + v58;
        const int32_t v60 = v59 >> 12;
        const int32_t v61 = v56 + v60;
        const int32_t v62 = v43 - v61;
        const int32_t v63 = v62 - v52;
        const int32_t v64 = v63 - v6;
        const int32_t v65 = 0 <= v64;
        const int32_t v66 = v52 + v6;
        const int32_t v67 = v52 + v4;
        const int32_t v68 = v65 ? v67 : v52;
        const int32_t v69 = v66 * 2;
        const int32_t v70 = v61 + v69;
        const int32_t v71 = v65 ? v70 : v61;
        const int32_t v72 = v68 > (-8388607) ? v68 : (-8388607);
        const int32_t v73 = v72 < 8388607 ? v72 : 8388607;
        const int32_t v74 = v71 > (-8388607) ? v71 : (-8388607);
        const int32_t v75 = v74 < 8388607 ? v74 : 8388607;
        const float v76 = (float)v65;
        next[i] = v43;
        next[BLOCK + i] = v73;
        next[2 * BLOCK + i] = v75;
        next[3 * BLOCK + i] = v30;
        out[i] = v76;
        x[i] = v64;
        noted[i] = v66;
        cut |= v43 ^ v41;
        cut |= v73 ^ v68;
        cut |= v75 ^ v71;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step104_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-1073741760.0f));
    const float limit1 = unseen32(1073741760.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[4 * BLOCK + i];
        const int32_t v6 = own[5 * BLOCK + i];
        const float v7 = current[i];
        const float v8 = v7 * v0;
        const float v9 = rintf(v8);
        const float v10 = v9 > limit0 ? v9 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = states[i];
        const int32_t v14 = states[BLOCK + i];
        const int32_t v15 = states[2 * BLOCK + i];
        const int32_t v16 = states[3 * BLOCK + i];
        const int32_t v17 = bias[i];
        const int32_t v18 = v16 & 4095;
        const int32_t v19 = v18 * v5;
        const int32_t v20 = v16 >> 12;
        const int32_t v21 = v20 * v5;
        const int32_t v22 = v16 < 0;
        const int32_t v23 = v22 ? 4095 : 0;
        const int32_t v24 = v19 + v23;
        const int32_t v25 = v24 >> 12;
        const int32_t v26 = v21 + v25;
        const int32_t v27 = v26 + v12;
        const int32_t v28 = v27 + 8388608;
        const int32_t v29 = v28 & 16777215;
        const int32_t v30 = v29 - 8388608;
        const int32_t v31 = v30 + v17;
        const int32_t v32 = v13 & 4095;
        const int32_t v33 = v32 * v1;
        const int32_t v34 = v13 >> 12;
        const int32_t v35 = v34 * v1;
        const int32_t v36 = v13 < 0;
        const int32_t v37 = v36 ? 4095 : 0;
        const int32_t v38 = v33 + v37;
        const int32_t v39 = v38 >> 12;
        const int32_t v40 = v35 + v39;
        const int32_t v41 = v40 + v31;
        const int32_t v42 = v41 > (-8388607) ? v41 : (-8388607);
        const int32_t v43 = v42 < 8388607 ? v42 : 8388607;
        const int32_t v44 = v43 == v41;
        const int32_t v45 = v14 & 4095;
        const int32_t v46 = v45 * v2;
        const int32_t v47 = v14 >> 12;
        const int32_t v48 = v47 * v2;
        const int32_t v49 = v14 < 0;
        const int32_t v50 = v49 ? 4095 : 0;
        const int32_t v51 = v46 + v50;
        const int32_t v52 = v51 >> 12;
        const int32_t v53 = v48 + v52;
        const int32_t v54 = v15 & 4095;
        const int32_t v55 = v54 * v3;
        const int32_t v56 = v15 >> 12;
        const int32_t v57 = v56 * v3;
        const int32_t v58 = v15 < 0;
        const int32_t v59 = v58 ? 4095 : 0;
        const int32_t v60 = v55 + v59;
        const int32_t v61 = v60 >> 12;
        const int32_t v62 = v57 + v61;
        const int32_t v63 = v43 - v62;
        const int32_t v64 = v63 - v53;
        const int32_t v65 = v64 - v6;
        const int32_t v66 = 0 <= v65;
        const int32_t v67 = v53 + v6;
        const int32_t v68 = v53 + v4;
        const int32_t v69 = v66 ? v68 : v53;
        const int32_t v70 = v67 * 2;
        const int32_t v71 = v62 + v70;
        const int32_t v72 = v66 ? v71 : v62;
        const int32_t v73 = v69 > (-8388607) ? v69 : (-8388607);
        const int32_t v74 = v73 < 8388607 ? v73 : 8388607;
        const int32_t v75 = v72 > (-8388607) ? v72 : (-8388607);
        const int32_t v76 = v75 < 8388607 ? v75 : 8388607;
        const int32_t v77 = v74 == v69;
        const int32_t v78 = v76 == v72;
        const float v79 = (float)v66;
        const int32_t v80 = !v44;
        const int32_t v81 = !v77;
        const int32_t v82 = v81 * 4;
        const int32_t v83 = v80 + v82;
        const int32_t v84 = !v78;
        const int32_t v85 = v84 * 8;
        const int32_t v86 = v83 + v85;
        next[i] = v43;
        next[BLOCK + i] = v74;
        next[2 * BLOCK + i] = v76;
        next[3 * BLOCK + i] = v30;
        out[i] = v79;
        x[i] = v65;
        noted[i] = v67;
        flags[i] = (uint8_t)v86;
        cut |= v86;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, numbers of each neuron, v > threshold, reset to zero, read before_leak */
CLONES static int step105(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 >> v1;
        const int32_t v16 = v14 - v15;
        const int32_t v17 = v2 + 1;
        const int32_t v18 = v14 - v17;
        const int32_t v19 = 0 <= v18;
        const int32_t v20 = v19 ? 0 : v16;
        const float v21 = (float)v19;
        next[i] = v20;
        out[i] = v21;
        x[i] = v18;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step105_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 >> v1;
        const int32_t v18 = v14 - v17;
        const int32_t v19 = v2 + 1;
        const int32_t v20 = v14 - v19;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v21 ? 0 : v18;
        const float v23 = (float)v21;
        const int32_t v24 = !v15;
        const int32_t v25 = !v16;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v22;
        out[i] = v23;
        x[i] = v20;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, numbers of each neuron, v > threshold, reset by subtraction in signed 16 saturate instead of the leak, read before_leak */
CLONES static int step106(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 >> v1;
        const int32_t v16 = v14 - v15;
        const int32_t v17 = v2 + 1;
        const int32_t v18 = v14 - v17;
        const int32_t v19 = 0 <= v18;
        const int32_t v20 = v14 - v2;
        const int32_t v21 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v22 = v19 ? v21 : v16;
        const float v23 = (float)v19;
        next[i] = v22;
        out[i] = v23;
        x[i] = v18;
        cut |= v14 ^ v12;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step106_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 + v11;
        const int32_t v13 = v12 > (-32768) ? v12 : (-32768);
        const int32_t v14 = v13 < 32767 ? v13 : 32767;
        const int32_t v15 = v14 == v12;
        const int32_t v16 = v9 == v5;
        const int32_t v17 = v14 >> v1;
        const int32_t v18 = v14 - v17;
        const int32_t v19 = v2 + 1;
        const int32_t v20 = v14 - v19;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v14 - v2;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v21 ? v23 : v18;
        const float v25 = (float)v21;
        const int32_t v26 = !v15;
        const int32_t v27 = !v16;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v24;
        out[i] = v25;
        x[i] = v20;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step107(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v1;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int64_t v24 = (int64_t)v23 - (int64_t)v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v23;
        const float v27 = (float)v25;
        next[i] = v26;
        out[i] = v27;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step107_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v1;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const int64_t v26 = (int64_t)v23 - (int64_t)v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v23;
        const float v29 = (float)v27;
        const int32_t v30 = !v24;
        const int32_t v31 = !v25;
        const int32_t v32 = v31 * 2;
        const int32_t v33 = v30 + v32;
        next[i] = v28;
        out[i] = v29;
        x[i] = v26;
        flags[i] = (uint8_t)v33;
        cut |= v33;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, read-out */
CLONES static int step108(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v2;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v2;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const float v24 = (float)v23;
        const float v25 = v24 * v1;
        next[i] = v23;
        out[i] = v25;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step108_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v2;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v2;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const float v26 = (float)v23;
        const float v27 = v26 * v1;
        const int32_t v28 = !v24;
        const int32_t v29 = !v25;
        const int32_t v30 = v29 * 2;
        const int32_t v31 = v28 + v30;
        next[i] = v23;
        out[i] = v27;
        flags[i] = (uint8_t)v31;
        cut |= v31;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step109(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v1;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v1;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int64_t v26 = (int64_t)v25 - (int64_t)v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = v27 ? 0 : v25;
        const int32_t v29 = v8 == 0;
        const int32_t v30 = v29 ? v28 : v7;
        const int32_t v31 = v29 & v27;
        const int32_t v32 = v8 - 1;
        const int32_t v33 = v32 > 0 ? v32 : 0;
        const int32_t v34 = v31 ? v2 : v33;
        const float v35 = (float)v31;
        next[i] = v30;
        next[BLOCK + i] = v34;
        out[i] = v35;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 != v10;
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step109_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v1;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v1;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int32_t v26 = (int64_t)v25 == v23;
        const int32_t v27 = v12 == v10;
        const int64_t v28 = (int64_t)v25 - (int64_t)v3;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = v29 ? 0 : v25;
        const int32_t v31 = v8 == 0;
        const int32_t v32 = v31 ? v30 : v7;
        const int32_t v33 = v31 & v29;
        const int32_t v34 = v8 - 1;
        const int32_t v35 = v34 > 0 ? v34 : 0;
        const int32_t v36 = v33 ? v2 : v35;
        const float v37 = (float)v33;
        const int32_t v38 = !v26;
        const int32_t v39 = !v27;
        const int32_t v40 = v39 * 2;
        const int32_t v41 = v38 + v40;
        const int32_t v42 = !v31;
        const int32_t v43 = v42 * 4;
        const int32_t v44 = v41 + v43;
        next[i] = v32;
        next[BLOCK + i] = v36;
        out[i] = v37;
        x[i] = v28;
        flags[i] = (uint8_t)v44;
        cut |= v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak */
CLONES static int step110(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v1;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int64_t v24 = (int64_t)v23 - (int64_t)v2;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = (int32_t)(v24 > (INT32_MIN) ? v24 : (INT32_MIN));
        const int32_t v27 = v25 ? v26 : v23;
        const float v28 = (float)v25;
        next[i] = v27;
        out[i] = v28;
        x[i] = v24;
        cut |= v23 ^ v21;
        cut |= v10 != v8;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step110_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int64_t v7 = bias[i];
        const double v8 = (double)v5;
        const double v9 = v8 > limit0 ? v8 : limit0;
        const double v10 = v9 < limit1 ? v9 : limit1;
        const int32_t v11 = (int32_t)v10;
        const int64_t v12 = (int64_t)v11 + v7;
        const int64_t v13 = v12 - (int64_t)v6;
        const int32_t v14 = (int32_t)(v13 & 32767);
        const int32_t v15 = v14 * v1;
        const int32_t v16 = (int32_t)(v13 >> 15);
        const int64_t v17 = (int64_t)v16 * (int64_t)v1;
        const int32_t v18 = v15 + 16384;
        const int32_t v19 = v18 >> 15;
        const int64_t v20 = v17 + (int64_t)v19;
        const int64_t v21 = v12 - v20;
        const int64_t v22 = v21 > (INT32_MIN) ? v21 : (INT32_MIN);
        const int32_t v23 = (int32_t)(v22 < 2147483647 ? v22 : 2147483647);
        const int32_t v24 = (int64_t)v23 == v21;
        const int32_t v25 = v10 == v8;
        const int64_t v26 = (int64_t)v23 - (int64_t)v2;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = (int32_t)(v26 > (INT32_MIN) ? v26 : (INT32_MIN));
        const int32_t v29 = v27 ? v28 : v23;
        const float v30 = (float)v27;
        const int32_t v31 = !v24;
        const int32_t v32 = !v25;
        const int32_t v33 = v32 * 2;
        const int32_t v34 = v31 + v33;
        next[i] = v29;
        out[i] = v30;
        x[i] = v26;
        flags[i] = (uint8_t)v34;
        cut |= v34;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak */
CLONES static int step111(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v1;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v1;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int64_t v26 = (int64_t)v25 - (int64_t)v3;
        const int32_t v27 = 0 <= v26;
        const int32_t v28 = (int32_t)(v26 > (INT32_MIN) ? v26 : (INT32_MIN));
        const int32_t v29 = v27 ? v28 : v25;
        const int32_t v30 = v8 == 0;
        const int32_t v31 = v30 ? v29 : v7;
        const int32_t v32 = v30 & v27;
        const int32_t v33 = v8 - 1;
        const int32_t v34 = v33 > 0 ? v33 : 0;
        const int32_t v35 = v32 ? v2 : v34;
        const float v36 = (float)v32;
        next[i] = v31;
        next[BLOCK + i] = v35;
        out[i] = v36;
        x[i] = v26;
        cut |= v25 ^ v23;
        cut |= v12 != v10;
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step111_cut(STEP_ARGUMENTS)
{
    const int64_t *restrict bias = biases;
    int64_t *restrict x = xs;
    const double limit0 = unseen64((-2147483648.0));
    const double limit1 = unseen64(2147483647.0);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int64_t v9 = bias[i];
        const double v10 = (double)v6;
        const double v11 = v10 > limit0 ? v10 : limit0;
        const double v12 = v11 < limit1 ? v11 : limit1;
        const int32_t v13 = (int32_t)v12;
        const int64_t v14 = (int64_t)v13 + v9;
        const int64_t v15 = v14 - (int64_t)v7;
        const int32_t v16 = (int32_t)(v15 & 32767);
        const int32_t v17 = v16 * v1;
        const int32_t v18 = (int32_t)(v15 >> 15);
        const int64_t v19 = (int64_t)v18 * (int64_t)v1;
        const int32_t v20 = v17 + 16384;
        const int32_t v21 = v20 >> 15;
        const int64_t v22 = v19 + (int64_t)v21;
        const int64_t v23 = v14 - v22;
        const int64_t v24 = v23 > (INT32_MIN) ? v23 : (INT32_MIN);
        const int32_t v25 = (int32_t)(v24 < 2147483647 ? v24 : 2147483647);
        const int32_t v26 = (int64_t)v25 == v23;
        const int32_t v27 = v12 == v10;
        const int64_t v28 = (int64_t)v25 - (int64_t)v3;
        const int32_t v29 = 0 <= v28;
        const int32_t v30 = (int32_t)(v28 > (INT32_MIN) ? v28 : (INT32_MIN));
        const int32_t v31 = v29 ? v30 : v25;
        const int32_t v32 = v8 == 0;
        const int32_t v33 = v32 ? v31 : v7;
        const int32_t v34 = v32 & v29;
        const int32_t v35 = v8 - 1;
        const int32_t v36 = v35 > 0 ? v35 : 0;
        const int32_t v37 = v34 ? v2 : v36;
        const float v38 = (float)v34;
        const int32_t v39 = !v26;
        const int32_t v40 = !v27;
        const int32_t v41 = v40 * 2;
        const int32_t v42 = v39 + v41;
        const int32_t v43 = !v32;
        const int32_t v44 = v43 * 4;
        const int32_t v45 = v42 + v44;
        next[i] = v33;
        next[BLOCK + i] = v37;
        out[i] = v38;
        x[i] = v28;
        flags[i] = (uint8_t)v45;
        cut |= v45;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step112(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 - v2;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v20 > (-32768) ? v20 : (-32768);
        const int32_t v23 = v21 ? v22 : v19;
        const float v24 = (float)v21;
        next[i] = v23;
        out[i] = v24;
        x[i] = v20;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step112_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const int32_t v22 = v19 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v25 = v23 ? v24 : v19;
        const float v26 = (float)v23;
        const int32_t v27 = !v20;
        const int32_t v28 = !v21;
        const int32_t v29 = v28 * 2;
        const int32_t v30 = v27 + v29;
        next[i] = v25;
        out[i] = v26;
        x[i] = v22;
        flags[i] = (uint8_t)v30;
        cut |= v30;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step113(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 - v2;
        const int32_t v21 = 0 <= v20;
        const int32_t v22 = v21 ? 0 : v19;
        const float v23 = (float)v21;
        next[i] = v22;
        out[i] = v23;
        x[i] = v20;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step113_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[5 * BLOCK + i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v1;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const int32_t v22 = v19 - v2;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v19;
        const float v25 = (float)v23;
        const int32_t v26 = !v20;
        const int32_t v27 = !v21;
        const int32_t v28 = v27 * 2;
        const int32_t v29 = v26 + v28;
        next[i] = v24;
        out[i] = v25;
        x[i] = v22;
        flags[i] = (uint8_t)v29;
        cut |= v29;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, read-out */
CLONES static int step114(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v2;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const float v20 = (float)v19;
        const float v21 = v20 * v1;
        next[i] = v19;
        out[i] = v21;
        cut |= v19 ^ v17;
        cut |= float_bits(v9) ^ float_bits(v5);
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step114_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    const float v1 = numbers->step;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v2 = own[i];
        const float v3 = current[i];
        const float v4 = v3 * v0;
        const float v5 = rintf(v4);
        const int32_t v6 = states[i];
        const int32_t v7 = bias[i];
        const float v8 = v5 > limit0 ? v5 : limit0;
        const float v9 = v8 < limit1 ? v8 : limit1;
        const int32_t v10 = (int32_t)v9;
        const int32_t v11 = v10 + v7;
        const int32_t v12 = v6 * v2;
        const int32_t v13 = 0 <= v6;
        const int32_t v14 = v13 + 16383;
        const int32_t v15 = v12 + v14;
        const int32_t v16 = v15 >> 15;
        const int32_t v17 = v16 + v11;
        const int32_t v18 = v17 > (-32768) ? v17 : (-32768);
        const int32_t v19 = v18 < 32767 ? v18 : 32767;
        const int32_t v20 = v19 == v17;
        const int32_t v21 = v9 == v5;
        const float v22 = (float)v19;
        const float v23 = v22 * v1;
        const int32_t v24 = !v20;
        const int32_t v25 = !v21;
        const int32_t v26 = v25 * 2;
        const int32_t v27 = v24 + v26;
        next[i] = v19;
        out[i] = v23;
        flags[i] = (uint8_t)v27;
        cut |= v27;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak */
CLONES static int step115(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 - v3;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v25 = v23 ? v24 : v21;
        const int32_t v26 = v8 == 0;
        const int32_t v27 = v26 ? v25 : v7;
        const int32_t v28 = v26 & v23;
        const int32_t v29 = v8 - 1;
        const int32_t v30 = v29 > 0 ? v29 : 0;
        const int32_t v31 = v28 ? v2 : v30;
        const float v32 = (float)v28;
        next[i] = v27;
        next[BLOCK + i] = v31;
        out[i] = v32;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step115_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v11 == v6;
        const int32_t v24 = v21 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v24 > (-32768) ? v24 : (-32768);
        const int32_t v27 = v25 ? v26 : v21;
        const int32_t v28 = v8 == 0;
        const int32_t v29 = v28 ? v27 : v7;
        const int32_t v30 = v28 & v25;
        const int32_t v31 = v8 - 1;
        const int32_t v32 = v31 > 0 ? v31 : 0;
        const int32_t v33 = v30 ? v2 : v32;
        const float v34 = (float)v30;
        const int32_t v35 = !v22;
        const int32_t v36 = !v23;
        const int32_t v37 = v36 * 2;
        const int32_t v38 = v35 + v37;
        const int32_t v39 = !v28;
        const int32_t v40 = v39 * 4;
        const int32_t v41 = v38 + v40;
        next[i] = v29;
        next[BLOCK + i] = v33;
        out[i] = v34;
        x[i] = v24;
        flags[i] = (uint8_t)v41;
        cut |= v41;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak */
CLONES static int step116(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 - v3;
        const int32_t v23 = 0 <= v22;
        const int32_t v24 = v23 ? 0 : v21;
        const int32_t v25 = v8 == 0;
        const int32_t v26 = v25 ? v24 : v7;
        const int32_t v27 = v25 & v23;
        const int32_t v28 = v8 - 1;
        const int32_t v29 = v28 > 0 ? v28 : 0;
        const int32_t v30 = v27 ? v2 : v29;
        const float v31 = (float)v27;
        next[i] = v26;
        next[BLOCK + i] = v30;
        out[i] = v31;
        x[i] = v22;
        cut |= v21 ^ v19;
        cut |= float_bits(v11) ^ float_bits(v6);
        cut |= v8 ^ 0;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step116_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[5 * BLOCK + i];
        const float v4 = current[i];
        const float v5 = v4 * v0;
        const float v6 = rintf(v5);
        const int32_t v7 = states[i];
        const int32_t v8 = states[BLOCK + i];
        const int32_t v9 = bias[i];
        const float v10 = v6 > limit0 ? v6 : limit0;
        const float v11 = v10 < limit1 ? v10 : limit1;
        const int32_t v12 = (int32_t)v11;
        const int32_t v13 = v12 + v9;
        const int32_t v14 = v7 * v1;
        const int32_t v15 = 0 <= v7;
        const int32_t v16 = v15 + 16383;
        const int32_t v17 = v14 + v16;
        const int32_t v18 = v17 >> 15;
        const int32_t v19 = v18 + v13;
        const int32_t v20 = v19 > (-32768) ? v19 : (-32768);
        const int32_t v21 = v20 < 32767 ? v20 : 32767;
        const int32_t v22 = v21 == v19;
        const int32_t v23 = v11 == v6;
        const int32_t v24 = v21 - v3;
        const int32_t v25 = 0 <= v24;
        const int32_t v26 = v25 ? 0 : v21;
        const int32_t v27 = v8 == 0;
        const int32_t v28 = v27 ? v26 : v7;
        const int32_t v29 = v27 & v25;
        const int32_t v30 = v8 - 1;
        const int32_t v31 = v30 > 0 ? v30 : 0;
        const int32_t v32 = v29 ? v2 : v31;
        const float v33 = (float)v29;
        const int32_t v34 = !v22;
        const int32_t v35 = !v23;
        const int32_t v36 = v35 * 2;
        const int32_t v37 = v34 + v36;
        const int32_t v38 = !v27;
        const int32_t v39 = v38 * 4;
        const int32_t v40 = v37 + v39;
        next[i] = v28;
        next[BLOCK + i] = v32;
        out[i] = v33;
        x[i] = v24;
        flags[i] = (uint8_t)v40;
        cut |= v40;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

/* current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, adaptation, threshold_leak multiply / 2**15 half_away, refractory_leak multiply / 2**15 half_away, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak */
CLONES static int step117(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v1;
        const int32_t v18 = 0 <= v9;
        const int32_t v19 = v18 + 16383;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 >> 15;
        const int32_t v22 = v21 + v16;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v10 * v2;
        const int32_t v26 = 0 <= v10;
        const int32_t v27 = v26 + 16383;
        const int32_t v28 = v25 + v27;
        const int32_t v29 = v28 >> 15;
        const int32_t v30 = v11 * v3;
        const int32_t v31 = 0 <= v11;
        const int32_t v32 = v31 + 16383;
        const int32_t v33 = v30 + v32;
        const int32_t v34 = v33 >> 15;
        const int32_t v35 = v24 - v34;
        const int32_t v36 = v35 - v29;
        const int32_t v37 = v36 - v5;
        const int32_t v38 = 0 <= v37;
        const int32_t v39 = v29 + v5;
        const int32_t v40 = v29 + v4;
        const int32_t v41 = v38 ? v40 : v29;
        const int32_t v42 = v39 * 2;
        const int32_t v43 = v34 + v42;
        const int32_t v44 = v38 ? v43 : v34;
        const int32_t v45 = v41 < 32767 ? v41 : 32767;
        const int32_t v46 = v44 > (-32768) ? v44 : (-32768);
        const int32_t v47 = v46 < 32767 ? v46 : 32767;
        const float v48 = (float)v38;
        next[i] = v24;
        next[BLOCK + i] = v45;
        next[2 * BLOCK + i] = v47;
        out[i] = v48;
        x[i] = v37;
        noted[i] = v39;
        cut |= v24 ^ v22;
        cut |= float_bits(v14) ^ float_bits(v8);
        cut |= v45 ^ v41;
        cut |= v47 ^ v44;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

CLONES static int step117_cut(STEP_ARGUMENTS)
{
    const int32_t *restrict bias = biases;
    int32_t *restrict x = xs;
    const float limit0 = unseen32((-32768.0f));
    const float limit1 = unseen32(32767.0f);
    const float v0 = numbers->scale;
    int32_t largest = 0;
    int32_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        const int32_t v1 = own[i];
        const int32_t v2 = own[BLOCK + i];
        const int32_t v3 = own[2 * BLOCK + i];
        const int32_t v4 = own[3 * BLOCK + i];
        const int32_t v5 = own[5 * BLOCK + i];
        const float v6 = current[i];
        const float v7 = v6 * v0;
        const float v8 = rintf(v7);
        const int32_t v9 = states[i];
        const int32_t v10 = states[BLOCK + i];
        const int32_t v11 = states[2 * BLOCK + i];
        const int32_t v12 = bias[i];
        const float v13 = v8 > limit0 ? v8 : limit0;
        const float v14 = v13 < limit1 ? v13 : limit1;
        const int32_t v15 = (int32_t)v14;
        const int32_t v16 = v15 + v12;
        const int32_t v17 = v9 * v1;
        const int32_t v18 = 0 <= v9;
        const int32_t v19 = v18 + 16383;
        const int32_t v20 = v17 + v19;
        const int32_t v21 = v20 >> 15;
        const int32_t v22 = v21 + v16;
        const int32_t v23 = v22 > (-32768) ? v22 : (-32768);
        const int32_t v24 = v23 < 32767 ? v23 : 32767;
        const int32_t v25 = v24 == v22;
        const int32_t v26 = v14 == v8;
        const int32_t v27 = v10 * v2;
        const int32_t v28 = 0 <= v10;
        const int32_t v29 = v28 + 16383;
        const int32_t v30 = v27 + v29;
        const int32_t v31 = v30 >> 15;
        const int32_t v32 = v11 * v3;
        const int32_t v33 = 0 <= v11;
        const int32_t v34 = v33 + 16383;
        const int32_t v35 = v32 + v34;
        const int32_t v36 = v35 >> 15;
        const int32_t v37 = v24 - v36;
        const int32_t v38 = v37 - v31;
        const int32_t v39 = v38 - v5;
        const int32_t v40 = 0 <= v39;
        const int32_t v41 = v31 + v5;
        const int32_t v42 = v31 + v4;
        const int32_t v43 = v40 ? v42 : v31;
        const int32_t v44 = v41 * 2;
        const int32_t v45 = v36 + v44;
        const int32_t v46 = v40 ? v45 : v36;
        const int32_t v47 = v43 < 32767 ? v43 : 32767;
        const int32_t v48 = v46 > (-32768) ? v46 : (-32768);
        const int32_t v49 = v48 < 32767 ? v48 : 32767;
        const int32_t v50 = v47 == v43;
        const int32_t v51 = v49 == v46;
        const float v52 = (float)v40;
        const int32_t v53 = !v25;
        const int32_t v54 = !v26;
        const int32_t v55 = v54 * 2;
        const int32_t v56 = v53 + v55;
        const int32_t v57 = !v50;
        const int32_t v58 = v57 * 4;
        const int32_t v59 = v56 + v58;
        const int32_t v60 = !v51;
        const int32_t v61 = v60 * 8;
        const int32_t v62 = v59 + v61;
        next[i] = v24;
        next[BLOCK + i] = v47;
        next[2 * BLOCK + i] = v49;
        out[i] = v52;
        x[i] = v39;
        noted[i] = v41;
        flags[i] = (uint8_t)v62;
        cut |= v62;
        const int32_t bits = float_bits(current[i]) & INT32_MAX;
        largest = bits > largest ? bits : largest;
    }
    return (cut ? CUT : 0) | (largest < INFINITE_BITS ? 0 : NOT_FINITE);
}

const StepKernel step_kernels[] = {
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step0, step0_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, v >= threshold, reset to zero, read after_leak",
     step1, step1_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, read-out",
     step2, step2_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step3, step3_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step4, step4_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, adaptation, threshold_leak multiply / 2**15 floor, refractory_leak multiply / 2**15 floor, register signed 16 saturate, v >= threshold, no reset, read after_leak",
     step5, step5_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step6, step6_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak",
     step7, step7_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, read-out",
     step8, step8_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step9, step9_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak",
     step10, step10_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, read-out",
     step11, step11_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step12, step12_cut, 0, 2, 2, {-8388608, 0}, {8388607, 255}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step13, step13_cut, 0, 2, 2, {-8388608, 0}, {8388607, 255}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step14, step14_cut, 0, 3, 3, {-8388608, 0, -8388608}, {8388607, 255, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step15, step15_cut, 0, 3, 3, {-8388608, 0, -8388608}, {8388607, 255, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, v >= threshold, no reset, read after_leak",
     step16, step16_cut, 0, 3, 4, {-8388608, -8388608, -8388608}, {8388607, 8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, v >= threshold, no reset, read after_leak",
     step17, step17_cut, 0, 4, 5, {-8388608, -8388608, -8388608, -8388608}, {8388607, 8388607, 8388607, 8388607}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step18, step18_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, v >= threshold, reset to zero, read after_leak",
     step19, step19_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, read-out",
     step20, step20_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step21, step21_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, v >= threshold, reset to zero, read after_leak",
     step22, step22_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, read-out",
     step23, step23_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step24, step24_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step25, step25_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step26, step26_cut, 0, 3, 3, {-32768, 0, -32768}, {32767, 255, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step27, step27_cut, 0, 3, 3, {-32768, 0, -32768}, {32767, 255, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, v >= threshold, no reset, read after_leak",
     step28, step28_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, v >= threshold, no reset, read after_leak",
     step29, step29_cut, 0, 4, 5, {-32768, -32768, -32768, -32768}, {32767, 32767, 32767, 32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, v >= threshold, reset by subtraction in signed 16 wrap, read after_leak",
     step30, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, v >= threshold, reset to zero, read after_leak",
     step31, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, read-out",
     step32, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, v > threshold, reset to zero, read after_leak",
     step33, step33_cut, 0, 1, 1, {-8388607}, {8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, read-out",
     step34, step34_cut, 0, 1, 1, {-8388607}, {8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, v > threshold, reset to zero, read after_leak",
     step35, step35_cut, 0, 2, 2, {-8388607, -8388608}, {8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, read-out",
     step36, step36_cut, 0, 2, 2, {-8388607, -8388608}, {8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, v > threshold, reset to zero, read after_leak",
     step37, step37_cut, 0, 2, 2, {-8388607, 0}, {8388607, 63}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, v > threshold, reset to zero, read after_leak",
     step38, step38_cut, 0, 3, 3, {-8388607, 0, -8388608}, {8388607, 63, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, v >= threshold, no reset, read after_leak",
     step39, step39_cut, 0, 3, 4, {-8388607, -8388607, -8388607}, {8388607, 8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, v >= threshold, no reset, read after_leak",
     step40, step40_cut, 0, 4, 5, {-8388607, -8388607, -8388607, -8388608}, {8388607, 8388607, 8388607, 8388607}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks last, v >= threshold, reset by subtraction in signed 16 wrap, read after_reset",
     step41, step41_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks last, v >= threshold, reset to zero, read after_reset",
     step42, step42_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor above one into signed 16 wrap, leaks last, v >= threshold, reset by subtraction in signed 16 wrap, read after_reset",
     step43, step43_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor above one into signed 16 wrap, leaks last, v >= threshold, reset to zero, read after_reset",
     step44, step44_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**7 floor, leaks last, read-out",
     step45, step45_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**7 floor above one into signed 16 wrap, leaks last, read-out",
     step46, step46_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, v > threshold, reset to zero, read before_leak",
     step47, step47_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, v > threshold, reset by subtraction in signed 16 saturate instead of the leak, read before_leak",
     step48, step48_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, read-out",
     step49, step49_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, v >= threshold, reset to zero, read after_leak",
     step50, step50_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, read-out",
     step51, step51_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, v >= threshold, reset to zero, read after_leak",
     step52, step52_cut, 1, 2, 2, {INT32_MIN, 0}, {2147483647, 32767}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak",
     step53, step53_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak",
     step54, step54_cut, 1, 2, 2, {INT32_MIN, 0}, {2147483647, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step55, step55_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, v >= threshold, reset to zero, read after_leak",
     step56, step56_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, read-out",
     step57, step57_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step58, step58_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, v >= threshold, reset to zero, read after_leak",
     step59, step59_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, adaptation, threshold_leak multiply / 2**15 half_away, refractory_leak multiply / 2**15 half_away, register signed 16 saturate, v >= threshold, no reset, read after_leak",
     step60, step60_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step61, step61_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, v >= threshold, several spikes",
     step62, step62_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor at least one, leaks first, change saturates, synapse signed 16 saturate, shift floor at least one, input first, read-out",
     step63, step63_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step64, step64_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step65, step65_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, numbers of each neuron, read-out",
     step66, step66_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step67, step67_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step68, step68_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 floor, leaks first, adaptation, threshold_leak multiply / 2**15 floor, refractory_leak multiply / 2**15 floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step69, step69_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step70, step70_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step71, step71_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, read-out",
     step72, step72_cut, 0, 1, 1, {-8388608}, {8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step73, step73_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step74, step74_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, numbers of each neuron, read-out",
     step75, step75_cut, 0, 2, 2, {-8388608, -8388608}, {8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step76, step76_cut, 0, 2, 2, {-8388608, 0}, {8388607, 255}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step77, step77_cut, 0, 2, 2, {-8388608, 0}, {8388607, 255}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 24 saturate, read after_leak",
     step78, step78_cut, 0, 3, 3, {-8388608, 0, -8388608}, {8388607, 255, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step79, step79_cut, 0, 3, 3, {-8388608, 0, -8388608}, {8388607, 255, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step80, step80_cut, 0, 3, 4, {-8388608, -8388608, -8388608}, {8388607, 8388607, 8388607}},
    {"current signed 24 saturate, membrane signed 24 saturate, multiply / 2**15 half_up, leaks first, synapse signed 24 saturate, multiply / 2**15 half_up, leaks first, adaptation, threshold_leak multiply / 2**15 half_up, refractory_leak multiply / 2**15 half_up, register signed 24 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step81, step81_cut, 0, 4, 5, {-8388608, -8388608, -8388608, -8388608}, {8388607, 8388607, 8388607, 8388607}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step82, step82_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step83, step83_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, numbers of each neuron, read-out",
     step84, step84_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step85, step85_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step86, step86_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, numbers of each neuron, read-out",
     step87, step87_cut, 0, 2, 2, {-32768, -32768}, {32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step88, step88_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step89, step89_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step90, step90_cut, 0, 3, 3, {-32768, 0, -32768}, {32767, 255, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step91, step91_cut, 0, 3, 3, {-32768, 0, -32768}, {32767, 255, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step92, step92_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks first, synapse signed 16 saturate, shift floor, leaks first, adaptation, threshold_leak shift floor, refractory_leak shift floor, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step93, step93_cut, 0, 4, 5, {-32768, -32768, -32768, -32768}, {32767, 32767, 32767, 32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 wrap, read after_leak",
     step94, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step95, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 wrap, membrane signed 16 wrap, multiply / 2**10 floor, leaks first, numbers of each neuron, read-out",
     step96, NULL, 0, 1, 1, {-32768}, {32767}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, numbers of each neuron, v > threshold, reset to zero, read after_leak",
     step97, step97_cut, 0, 1, 1, {-8388607}, {8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, numbers of each neuron, read-out",
     step98, step98_cut, 0, 1, 1, {-8388607}, {8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, numbers of each neuron, v > threshold, reset to zero, read after_leak",
     step99, step99_cut, 0, 2, 2, {-8388607, -8388608}, {8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, numbers of each neuron, read-out",
     step100, step100_cut, 0, 2, 2, {-8388607, -8388608}, {8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, numbers of each neuron, v > threshold, reset to zero, read after_leak",
     step101, step101_cut, 0, 2, 2, {-8388607, 0}, {8388607, 63}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, refractory, steps 0, register unsigned 6 saturate, numbers of each neuron, v > threshold, reset to zero, read after_leak",
     step102, step102_cut, 0, 3, 3, {-8388607, 0, -8388608}, {8388607, 63, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step103, step103_cut, 0, 3, 4, {-8388607, -8388607, -8388607}, {8388607, 8388607, 8388607}},
    {"current signed 24 wrap, membrane signed 24 narrow saturate, multiply / 2**12 trunc0, leaks first, synapse signed 24 wrap, multiply / 2**12 trunc0, leaks first, adaptation, threshold_leak multiply / 2**12 trunc0, refractory_leak multiply / 2**12 trunc0, register signed 24 narrow saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step104, step104_cut, 0, 4, 5, {-8388607, -8388607, -8388607, -8388608}, {8388607, 8388607, 8388607, 8388607}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, numbers of each neuron, v > threshold, reset to zero, read before_leak",
     step105, step105_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, shift floor, leaks last, numbers of each neuron, v > threshold, reset by subtraction in signed 16 saturate instead of the leak, read before_leak",
     step106, step106_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step107, step107_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, read-out",
     step108, step108_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step109, step109_cut, 1, 2, 2, {INT32_MIN, 0}, {2147483647, 32767}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak",
     step110, step110_cut, 1, 1, 1, {INT32_MIN}, {2147483647}},
    {"current signed 32 saturate, membrane signed 32 saturate, relax / 2**15 half_up, leaks first, refractory, steps 0, register unsigned 15 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 32 saturate, read after_leak",
     step111, step111_cut, 1, 2, 2, {INT32_MIN, 0}, {2147483647, 32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step112, step112_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step113, step113_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, numbers of each neuron, read-out",
     step114, step114_cut, 0, 1, 1, {-32768}, {32767}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset by subtraction in signed 16 saturate, read after_leak",
     step115, step115_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, refractory, steps 0, register unsigned 8 saturate, numbers of each neuron, v >= threshold, reset to zero, read after_leak",
     step116, step116_cut, 0, 2, 2, {-32768, 0}, {32767, 255}},
    {"current signed 16 saturate, membrane signed 16 saturate, multiply / 2**15 half_away, leaks first, adaptation, threshold_leak multiply / 2**15 half_away, refractory_leak multiply / 2**15 half_away, register signed 16 saturate, numbers of each neuron, v >= threshold, no reset, read after_leak",
     step117, step117_cut, 0, 3, 4, {-32768, -32768, -32768}, {32767, 32767, 32767}},
};

const int32_t step_kernel_count = sizeof step_kernels / sizeof *step_kernels;
