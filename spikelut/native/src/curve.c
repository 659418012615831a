/* The surrogates' derivatives, in the order of operations of the formulas in `surrogates`. */
#include "curve.h"

enum { LOGISTIC, TRIANGLE, EXPONENTIAL, HYPERBOLA2, CAUCHY, HYPERBOLA, NORMAL, BOX, S2NN, POWER, STEP, TAIL, RAMP, LOBES };

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

/* log of y >= 1, to a few units in the last place. Coefficients: Cephes `logf`. */
INLINE float log_above_one(float y)
{
    int32_t bits = float_bits(y), exponent = (bits >> 23) - 127;
    float m = bits_float((bits & 0x007fffff) | 0x3f800000);
    int32_t large = m > 1.41421356f;
    m = large ? 0.5f * m : m;
    float e = (float)(exponent + large), r = m - 1.0f, z = r * r;
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
    return y < INFINITY ? r + low + 0.693359375f * e : y;
}

INLINE float logistic(float u)
{
    float e = exp_negative(-fabsf(u)), s = 1.0f / (1.0f + e);
    return e * s * s;
}

INLINE float power(float x, float a, float b)
{
    return exp_negative(-a * log_above_one(1.0f + b * fabsf(x)));
}

INLINE float square(float x) { return x * x; }

#define OVER(EXPRESSION)                                                                                               \
    if (grad)                                                                                                          \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            float v = x[i];                                                                                            \
            slope[i] = grad[i] * (EXPRESSION);                                                                         \
        }                                                                                                              \
    else                                                                                                               \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            float v = x[i];                                                                                            \
            slope[i] = (EXPRESSION);                                                                                   \
        }                                                                                                              \
    break

CLONES void curve_slopes(const Curve *curve, const float *restrict x, const float *restrict grad,
                         float *restrict slope, int64_t n)
{
    const float a = curve->a, b = curve->b, c = curve->c, d = curve->d, e = curve->e;
    switch (curve->kind) {
    case LOGISTIC: OVER(a * logistic(b * v));
    case TRIANGLE: OVER(a * (1.0f - fabsf(b * v) < 0.0f ? 0.0f : 1.0f - fabsf(b * v)));
    case EXPONENTIAL: OVER(a * exp_negative(-(b * fabsf(v))));
    case HYPERBOLA2: OVER(1.0f / square(1.0f + b * fabsf(v)) * a);
    case CAUCHY: OVER(1.0f / (1.0f + square(b * v)) * a);
    case HYPERBOLA: OVER(1.0f / (a + fabsf(v)));
    case NORMAL: OVER(a * exp_negative(-(b * square(v * c))));
    case BOX: OVER(fabsf(v) <= a ? b : c);
    case S2NN: OVER(v < 0.0f ? a * logistic(a * v) : 1.0f / (v + 1.0f + c) * b);
    case POWER: OVER(power(v, a, b));
    case STEP: OVER(v < 0.0f ? a : b);
    case TAIL: OVER(v <= 0.0f ? a : 1.0f / (v < 1.0f ? 1.0f : v));
    case RAMP: OVER(a * (b - fabsf(v) < 0.0f ? 0.0f : b - fabsf(v)));
    case LOBES:
        /* a: height of the middle, b: of the lobes, c: 1 / sigma, d: 1 / (s * sigma), e: sigma. */
        OVER(a * exp_negative(-0.5f * square(v * c)) -
             b * (exp_negative(-0.5f * square((v - e) * d)) + exp_negative(-0.5f * square((v + e) * d))));
    }
}
