/* The derivatives of the surrogates. */
#ifndef SPIKELUT_CURVE_H
#define SPIKELUT_CURVE_H

#include "common.h"

/* A curve and its constants; the numbers of the kinds are those of `curves.py`. */
typedef struct {
    int32_t kind;
    float a, b, c, d, e;
} Curve;

/* slope[i] = grad[i] * the derivative at x[i]; `grad` NULL stands for ones. */
void curve_slopes(const Curve *curve, const float *x, const float *grad, float *slope, int64_t n);

#endif
