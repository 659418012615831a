/* The derivatives of the surrogates. */
#ifndef SPIKELUT_CURVE_H
#define SPIKELUT_CURVE_H

#include "common.h"

/* slope[i] = grad[i] * the derivative at x[i], of the curve with these parameters. */
typedef void CurveSlopes(const double *parameters, const float *x, const float *grad, float *slope, int64_t n);

/* A curve of `generated/curves.c` with its parameters in the order of its class. */
typedef struct {
    CurveSlopes *slopes;
    double parameters[8];
} Curve;

INLINE void curve_slopes(const Curve *curve, const float *x, const float *grad, float *slope, int64_t n)
{
    curve->slopes(curve->parameters, x, grad, slope, n);
}

#endif
