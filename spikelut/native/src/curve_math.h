/* Functions of float32 in loops for vectors, and what torch's operators do with NaN. */
#ifndef SPIKELUT_CURVE_MATH_H
#define SPIKELUT_CURVE_MATH_H

#include "common.h"

INLINE float bits_float(int32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* exp of x <= 0, to two units in the last place; below -87 it is about 1e-38. NaN stays. Coefficients: Cephes `expf`. */
INLINE float exp_negative(float x)
{
    x = x < -87.0f ? -87.0f : x;
    float n = rintf(x * 1.44269504f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return (p * r * r + r + 1.0f) * bits_float(((int32_t)n + 127) << 23);
}

/* log(1 + y) of y >= 0, to a few units in the last place; of 2**127 and more as of infinity. Coefficients: Cephes `logf`.

   1 + y = power * (1 + r) with a power of two and r in -0.3..0.42, which is found from y itself: 1 + y is rounded. */
INLINE float log1p_positive(float y)
{
    const int32_t exponent = (float_bits(1.0f + y) + (0x3f800000 - 0x3f3504f3)) & 0x7f800000; /* sqrt(1/2)..sqrt(2) */
    const float power = bits_float(exponent), inverse = bits_float(0x7f000000 - exponent);
    const float e = (float)((exponent >> 23) - 127), r = (y - (power - 1.0f)) * inverse, z = r * r;
    float p = 7.0376836292e-2f;
    p = p * r - 1.1514610310e-1f;
    p = p * r + 1.1676998740e-1f;
    p = p * r - 1.2420140846e-1f;
    p = p * r + 1.4249322787e-1f;
    p = p * r - 1.6668057665e-1f;
    p = p * r + 2.0000714765e-1f;
    p = p * r - 2.4999993993e-1f;
    p = p * r + 3.3333331174e-1f;
    float low = p * r * z - 2.12194440e-4f * e - 0.5f * z;
    return y < 0x1p127f ? r + low + 0.693359375f * e : y;
}

INLINE float sigmoid(float u)
{
    float e = exp_negative(-fabsf(u));
    return (u >= 0.0f ? 1.0f : e) / (1.0f + e);
}

/* sigmoid(u) * sigmoid(-u), which is even. */
INLINE float logistic_slope(float u)
{
    float e = exp_negative(-fabsf(u)), s = 1.0f / (1.0f + e);
    return e * s * s;
}

INLINE float square(float x) { return x * x; }
INLINE float clamp_min(float x, float low) { return x < low ? low : x; }
INLINE float clamp_max(float x, float high) { return x > high ? high : x; }

#endif
