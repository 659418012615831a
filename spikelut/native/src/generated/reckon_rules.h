/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../common.h"

INLINE int32_t reckon_leak(int32_t state, int32_t factor, int32_t random)
{
    const int32_t v0 = state;
    const int32_t v1 = factor;
    const int32_t v2 = random;
    const int32_t v3 = v0 * v1;
    const int32_t v4 = v3 >> 15;
    const int32_t v5 = v4 + 32768;
    const int32_t v6 = v5 & 65535;
    const int32_t v7 = v6 - 32768;
    const int32_t v8 = v3 & 32767;
    const int32_t v9 = v2 <= v8;
    const int32_t v10 = v7 == 0;
    const int32_t v11 = !v10;
    const int32_t v12 = v9 & v11;
    const int32_t v13 = v1 == 32768;
    const int32_t v14 = !v13;
    const int32_t v15 = v12 & v14;
    const int32_t v16 = v6 + 1;
    const int32_t v17 = v16 & 65535;
    const int32_t v18 = v17 - 32768;
    const int32_t v19 = v15 ? v18 : v7;
    return v19;
}

INLINE int32_t reckon_leak_trace(int32_t state, int32_t factor, int32_t random)
{
    const int32_t v0 = state;
    const int32_t v1 = factor;
    const int32_t v2 = random;
    const int32_t v3 = v0 * v1;
    const int32_t v4 = v3 >> 15;
    const int32_t v5 = v4 & 4095;
    const int32_t v6 = v3 & 32767;
    const int32_t v7 = v2 <= v6;
    const int32_t v8 = v5 == 0;
    const int32_t v9 = !v8;
    const int32_t v10 = v7 & v9;
    const int32_t v11 = v1 == 32768;
    const int32_t v12 = !v11;
    const int32_t v13 = v10 & v12;
    const int32_t v14 = v5 + 1;
    const int32_t v15 = v14 & 4095;
    const int32_t v16 = v13 ? v15 : v5;
    return v16;
}

INLINE int32_t reckon_leak_output(int32_t state, int32_t factor, int32_t random)
{
    const int32_t v0 = state;
    const int32_t v1 = factor;
    const int32_t v2 = random;
    const int32_t v3 = v0 * v1;
    const int32_t v4 = v3 >> 7;
    const int32_t v5 = v4 + 32768;
    const int32_t v6 = v5 & 65535;
    const int32_t v7 = v6 - 32768;
    const int32_t v8 = v3 & 127;
    const int32_t v9 = v2 <= v8;
    const int32_t v10 = v7 == 0;
    const int32_t v11 = !v10;
    const int32_t v12 = v9 & v11;
    const int32_t v13 = v1 == 128;
    const int32_t v14 = !v13;
    const int32_t v15 = v12 & v14;
    const int32_t v16 = v6 + 1;
    const int32_t v17 = v16 & 65535;
    const int32_t v18 = v17 - 32768;
    const int32_t v19 = v15 ? v18 : v7;
    return v19;
}

INLINE int32_t reckon_leak_output_trace(int32_t state, int32_t factor, int32_t random)
{
    const int32_t v0 = state;
    const int32_t v1 = factor;
    const int32_t v2 = random;
    const int32_t v3 = v0 * v1;
    const int32_t v4 = v3 >> 7;
    const int32_t v5 = v4 & 1023;
    const int32_t v6 = v3 & 127;
    const int32_t v7 = v2 <= v6;
    const int32_t v8 = v5 == 0;
    const int32_t v9 = !v8;
    const int32_t v10 = v7 & v9;
    const int32_t v11 = v1 == 128;
    const int32_t v12 = !v11;
    const int32_t v13 = v10 & v12;
    const int32_t v14 = v5 + 1;
    const int32_t v15 = v14 & 1023;
    const int32_t v16 = v13 ? v15 : v5;
    return v16;
}

INLINE int32_t reckon_after_reset(int32_t spike, int32_t leaked, int32_t threshold, int32_t to_zero)
{
    const int32_t v0 = spike;
    const int32_t v1 = leaked;
    const int32_t v2 = threshold;
    const int32_t v3 = to_zero;
    const int32_t v4 = v1 - v2;
    const int32_t v5 = v4 + 32768;
    const int32_t v6 = v5 & 65535;
    const int32_t v7 = v6 - 32768;
    const int32_t v8 = v3 ? 0 : v7;
    const int32_t v9 = v0 ? v8 : v1;
    return v9;
}

INLINE int32_t reckon_arrive(int32_t state, int32_t weight)
{
    const int32_t v0 = state;
    const int32_t v1 = weight;
    const int32_t v2 = v0 + v1;
    const int32_t v3 = v2 > (-32768) ? v2 : (-32768);
    const int32_t v4 = v3 < 32767 ? v3 : 32767;
    return v4;
}

INLINE int32_t reckon_arrive_noisy(int32_t state, int32_t weight, int32_t noise)
{
    const int32_t v0 = state;
    const int32_t v1 = weight;
    const int32_t v2 = noise;
    const int32_t v3 = v0 + v1;
    const int32_t v4 = v3 + v2;
    const int32_t v5 = v4 + 32768;
    const int32_t v6 = v5 & 65535;
    const int32_t v7 = v6 - 32768;
    const int32_t v8 = 0 <= v0;
    const int32_t v9 = 0 <= v1;
    const int32_t v10 = v8 & v9;
    const int32_t v11 = v7 < 0;
    const int32_t v12 = v10 & v11;
    const int32_t v13 = v0 < 0;
    const int32_t v14 = v1 < 0;
    const int32_t v15 = v13 & v14;
    const int32_t v16 = 0 <= v7;
    const int32_t v17 = v15 & v16;
    const int32_t v18 = v17 ? (-32768) : v7;
    const int32_t v19 = v12 ? 32767 : v18;
    return v19;
}

INLINE int32_t reckon_grow(int32_t trace, int32_t by)
{
    const int32_t v0 = trace;
    const int32_t v1 = by;
    const int32_t v2 = v0 + v1;
    const int32_t v3 = v2 & 4095;
    const int32_t v4 = v3 < v0;
    const int32_t v5 = v4 ? 4095 : v3;
    return v5;
}

INLINE int32_t reckon_grow_output(int32_t trace, int32_t by)
{
    const int32_t v0 = trace;
    const int32_t v1 = by;
    const int32_t v2 = v0 + v1;
    const int32_t v3 = v2 & 1023;
    const int32_t v4 = v3 < v0;
    const int32_t v5 = v4 ? 1023 : v3;
    return v5;
}

INLINE int32_t reckon_output_error(int32_t potential, int32_t target, int32_t linear)
{
    const int32_t v0 = potential;
    const int32_t v1 = target;
    const int32_t v2 = linear;
    const int32_t v3 = v0 < (-2048);
    const int32_t v4 = 2047 < v0;
    const int32_t v5 = v0 + 2048;
    const int32_t v6 = v5 >> 1;
    const int32_t v7 = v3 ? 0 : v6;
    const int32_t v8 = v4 ? 2048 : v7;
    const int32_t v9 = v2 ? v0 : v8;
    const int32_t v10 = v1 - v9;
    const int32_t v11 = v10 > (-32768) ? v10 : (-32768);
    const int32_t v12 = v11 < 32767 ? v11 : 32767;
    return v12;
}

INLINE int32_t reckon_learning_signal(int32_t total, int32_t scale)
{
    const int32_t v0 = total;
    const int32_t v1 = scale;
    const int32_t v2 = (int32_t)1 << v1;
    const int64_t v3 = (int64_t)v0 * (int64_t)v2;
    const int32_t v4 = (int32_t)(v3 >> 12);
    const int32_t v5 = v4 > (-32768) ? v4 : (-32768);
    const int32_t v6 = v5 < 32767 ? v5 : 32767;
    return v6;
}

INLINE int32_t reckon_slope(int32_t potential, int32_t e0, int32_t e1, int32_t e2, int32_t e3, int32_t h0, int32_t h1, int32_t h2, int32_t h3, int32_t h4)
{
    const int32_t v0 = potential;
    const int32_t v1 = e0;
    const int32_t v2 = e1;
    const int32_t v3 = e2;
    const int32_t v4 = e3;
    const int32_t v5 = h0;
    const int32_t v6 = h1;
    const int32_t v7 = h2;
    const int32_t v8 = h3;
    const int32_t v9 = h4;
    const int32_t v10 = v0 < v4;
    const int32_t v11 = v10 ? v8 : v9;
    const int32_t v12 = v0 < v3;
    const int32_t v13 = v12 ? v7 : v11;
    const int32_t v14 = v0 < v2;
    const int32_t v15 = v14 ? v6 : v13;
    const int32_t v16 = v0 < v1;
    const int32_t v17 = v16 ? v5 : v15;
    return v17;
}

INLINE int32_t reckon_excess(int32_t trace, int32_t allowed)
{
    const int32_t v0 = trace;
    const int32_t v1 = allowed;
    const int32_t v2 = v0 - v1;
    const int32_t v3 = v2 < 0;
    const int32_t v4 = v3 ? 0 : v2;
    return v4;
}

INLINE int32_t reckon_share_left(int32_t over, int32_t shift)
{
    const int32_t v0 = over;
    const int32_t v1 = shift;
    const int32_t v2 = v0 >> v1;
    const int32_t v3 = 15 < v2;
    const int32_t v4 = 16 - v2;
    const int32_t v5 = v3 ? 0 : v4;
    return v5;
}

INLINE int32_t reckon_taken_away(int32_t over, int32_t left, int32_t right)
{
    const int32_t v0 = over;
    const int32_t v1 = left;
    const int32_t v2 = right;
    const int64_t v3 = (int64_t)1 << v1;
    const int64_t v4 = (int64_t)v0 * v3;
    const int64_t v5 = v4 & INT64_C(4294967295);
    const int64_t v6 = v5 >> v2;
    const int64_t v7 = v6 + INT64_C(2147483648);
    const int64_t v8 = v7 & INT64_C(4294967295);
    const int32_t v9 = (int32_t)(v8 - INT64_C(2147483648));
    return v9;
}

INLINE int32_t reckon_product(int32_t signal, int32_t trace, int32_t slope, int32_t sixteenths, int32_t less)
{
    const int32_t v0 = signal;
    const int32_t v1 = trace;
    const int32_t v2 = slope;
    const int32_t v3 = sixteenths;
    const int32_t v4 = less;
    const int32_t v5 = v0 * v1;
    const int32_t v6 = v5 * v2;
    const int32_t v7 = v6 < 0;
    const int32_t v8 = v7 ? 16 : v3;
    const int64_t v9 = (int64_t)v6 * (int64_t)v8;
    const int32_t v10 = (int32_t)(v9 >> 4);
    const int64_t v11 = (int64_t)v10 - (int64_t)v4;
    const int64_t v12 = v11 + INT64_C(2147483648);
    const int64_t v13 = v12 & INT64_C(4294967295);
    const int32_t v14 = (int32_t)(v13 - INT64_C(2147483648));
    const int32_t v15 = 0 <= v14;
    const int32_t v16 = (int32_t)(v9 >> 31);
    const int32_t v17 = v16 & 1;
    const int32_t v18 = v17 == 1;
    const int32_t v19 = v15 & v18;
    const int32_t v20 = v19 ? (INT32_MIN) : v14;
    return v20;
}

INLINE int32_t reckon_product_of_curve(int32_t signal, int32_t trace, int32_t slope, int32_t sixteenths, int32_t less, int32_t frac)
{
    const int32_t v0 = signal;
    const int32_t v1 = trace;
    const int32_t v2 = slope;
    const int32_t v3 = sixteenths;
    const int32_t v4 = less;
    const int32_t v5 = frac;
    const int32_t v6 = v0 * v1;
    const int64_t v7 = (int64_t)v6 * (int64_t)v2;
    const int64_t v8 = v7 >> v5;
    const int32_t v9 = v8 < 0;
    const int32_t v10 = v9 ? 16 : v3;
    const int64_t v11 = v8 * (int64_t)v10;
    const int64_t v12 = v11 >> 4;
    const int64_t v13 = v12 - (int64_t)v4;
    const int64_t v14 = v13 + INT64_C(2147483648);
    const int64_t v15 = v14 & INT64_C(4294967295);
    const int32_t v16 = (int32_t)(v15 - INT64_C(2147483648));
    const int32_t v17 = 0 <= v16;
    const int32_t v18 = (int32_t)(v11 >> 31);
    const int32_t v19 = v18 & 1;
    const int32_t v20 = v19 == 1;
    const int32_t v21 = v17 & v20;
    const int32_t v22 = v21 ? (INT32_MIN) : v16;
    return v22;
}

INLINE int32_t reckon_moves(int32_t product, int32_t left, int32_t right, int64_t random)
{
    const int32_t v0 = product;
    const int32_t v1 = left;
    const int32_t v2 = right;
    const int64_t v3 = random;
    const int64_t v4 = 0 - (int64_t)v0;
    const int64_t v5 = (int64_t)v0 > v4 ? (int64_t)v0 : v4;
    const int64_t v6 = (int64_t)1 << v1;
    const int64_t v7 = v5 * v6;
    const int64_t v8 = v7 < INT64_C(4294967295) ? v7 : INT64_C(4294967295);
    const int64_t v9 = v8 >> v2;
    const int32_t v10 = v0 == 0;
    const int32_t v11 = !v10;
    const int32_t v12 = v0 == (INT32_MIN);
    const int32_t v13 = v3 <= v9;
    const int32_t v14 = v12 | v13;
    const int32_t v15 = v11 & v14;
    return v15;
}

INLINE int32_t reckon_output_moves(int32_t product, int32_t left, int32_t right, int32_t random)
{
    const int32_t v0 = product;
    const int32_t v1 = left;
    const int32_t v2 = right;
    const int32_t v3 = random;
    const int32_t v4 = 0 - v0;
    const int32_t v5 = v0 > v4 ? v0 : v4;
    const int64_t v6 = (int64_t)1 << v1;
    const int64_t v7 = (int64_t)v5 * v6;
    const int32_t v8 = (int32_t)(v7 < 268435455 ? v7 : 268435455);
    const int32_t v9 = v8 >> v2;
    const int32_t v10 = v0 == 0;
    const int32_t v11 = !v10;
    const int32_t v12 = v0 == (-134217728);
    const int32_t v13 = v3 <= v9;
    const int32_t v14 = v12 | v13;
    const int32_t v15 = v11 & v14;
    return v15;
}

INLINE int32_t reckon_moved(int32_t weight, int32_t product, int32_t move)
{
    const int32_t v0 = weight;
    const int32_t v1 = product;
    const int32_t v2 = move;
    const int32_t v3 = v1 < 0;
    const int32_t v4 = v3 ? (-1) : 1;
    const int32_t v5 = v2 ? v4 : 0;
    const int32_t v6 = v0 + v5;
    const int32_t v7 = v6 > (-128) ? v6 : (-128);
    const int32_t v8 = v7 < 127 ? v7 : 127;
    return v8;
}
