/* Printed by `python -m spikelut.quant.codegen`; do not edit. */
#include "../curve.h"
#include "../curve_math.h"

EXPORT CLONES void spikelut_curve_sigmoid_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = v * k0;
        const float v1 = logistic_slope(v0);
        const float v2 = v1 * k0;
        slope[i] = grad[i] * v2;
    }
}

EXPORT CLONES void spikelut_curve_piecewise_quadratic_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)fabs(p[0]);
    const float k1 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = 1.0f - v1;
        const float v3 = clamp_min(v2, 0.0f);
        const float v4 = v3 * k1;
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_piecewise_exp_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(p[0] * (-1.0));
    const float k1 = (float)(p[0] / 2.0);
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = exp_negative(v1);
        const float v3 = v2 * k1;
        slope[i] = grad[i] * v3;
    }
}

EXPORT CLONES void spikelut_curve_soft_sign_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    const float k1 = (float)(p[0] / 2.0);
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = v1 + 1.0f;
        const float v3 = square(v2);
        const float v4 = 1.0f / v3;
        const float v5 = v4 * k1;
        slope[i] = grad[i] * v5;
    }
}

EXPORT CLONES void spikelut_curve_arctan_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(p[0] * 1.5707963267948966);
    const float k1 = (float)(p[0] / 2.0);
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = v * k0;
        const float v1 = square(v0);
        const float v2 = v1 + 1.0f;
        const float v3 = 1.0f / v2;
        const float v4 = v3 * k1;
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_nonzero_sign_log_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(1.0 / p[0]);
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 + k0;
        const float v2 = 1.0f / v1;
        slope[i] = grad[i] * v2;
    }
}

EXPORT CLONES void spikelut_curve_erf_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    const float k1 = (float)(p[0] / 1.7724538509055159);
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = v * k0;
        const float v1 = square(v0);
        const float v2 = -v1;
        const float v3 = exp_negative(v2);
        const float v4 = v3 * k1;
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_piecewise_leaky_relu_of_c_w(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[1];
    const float k1 = (float)(1.0 / (p[1] * 2.0));
    const float k2 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const int v1 = v0 <= k0;
        const float v2 = v1 ? k1 : k2;
        slope[i] = grad[i] * v2;
    }
}

EXPORT CLONES void spikelut_curve_s2nn_of_alpha_beta_epsilon(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    const float k1 = (float)p[2];
    const float k2 = (float)p[1];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const int v0 = v < 0.0f;
        const float v1 = v * k0;
        const float v2 = logistic_slope(v1);
        const float v3 = v2 * k0;
        const float v4 = v + 1.0f;
        const float v5 = v4 + k1;
        const float v6 = 1.0f / v5;
        const float v7 = v6 * k2;
        const float v8 = v0 ? v3 : v7;
        slope[i] = grad[i] * v8;
    }
}

EXPORT CLONES void spikelut_curve_q_pseudo_spike_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(2.0 / (p[0] + 1.0));
    const float k1 = (float)(p[0] * (-1.0));
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = log1p_positive(v1);
        const float v3 = v2 * k1;
        const float v4 = exp_negative(v3);
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_leaky_relu_of_alpha_beta(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    const float k1 = (float)p[1];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const int v0 = v < 0.0f;
        const float v1 = v0 ? k0 : k1;
        slope[i] = grad[i] * v1;
    }
}

EXPORT CLONES void spikelut_curve_log_tailed_relu_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const int v0 = v <= 0.0f;
        const float v1 = clamp_min(v, 1.0f);
        const float v2 = 1.0f / v1;
        const float v3 = v0 ? k0 : v2;
        slope[i] = grad[i] * v3;
    }
}

EXPORT CLONES void spikelut_curve_relu_grad_of_alpha_width(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[1];
    const float k1 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = k0 - v0;
        const float v2 = clamp_min(v1, 0.0f);
        const float v3 = v2 * k1;
        slope[i] = grad[i] * v3;
    }
}

EXPORT CLONES void spikelut_curve_gaussian_grad_of_sigma_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(1.0 / p[0]);
    const float k1 = (float)(p[1] * (1.0 / (p[0] * 2.5066282746310002)));
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = v * k0;
        const float v1 = square(v0);
        const float v2 = v1 * (-0.5f);
        const float v3 = exp_negative(v2);
        const float v4 = v3 * k1;
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_inv_square_grad_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)p[0];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = v1 + 1.0f;
        const float v3 = square(v2);
        const float v4 = 1.0f / v3;
        slope[i] = grad[i] * v4;
    }
}

EXPORT CLONES void spikelut_curve_multi_gaussian_grad_of_h_s_sigma_scale(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(1.0 / p[2]);
    const float k1 = (float)((p[0] + 1.0) * (1.0 / (p[2] * 2.5066282746310002)));
    const float k2 = (float)(p[2] * (-1.0));
    const float k3 = (float)(1.0 / (p[1] * p[2]));
    const float k4 = (float)p[2];
    const float k5 = (float)(p[0] * (1.0 / ((p[1] * p[2]) * 2.5066282746310002)));
    const float k6 = (float)p[3];
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = v * k0;
        const float v1 = square(v0);
        const float v2 = v1 * (-0.5f);
        const float v3 = exp_negative(v2);
        const float v4 = v3 * k1;
        const float v5 = v + k2;
        const float v6 = v5 * k3;
        const float v7 = square(v6);
        const float v8 = v7 * (-0.5f);
        const float v9 = exp_negative(v8);
        const float v10 = v + k4;
        const float v11 = v10 * k3;
        const float v12 = square(v11);
        const float v13 = v12 * (-0.5f);
        const float v14 = exp_negative(v13);
        const float v15 = v9 + v14;
        const float v16 = v15 * k5;
        const float v17 = v4 - v16;
        const float v18 = v17 * k6;
        slope[i] = grad[i] * v18;
    }
}

EXPORT CLONES void spikelut_curve_slayer_grad_of_alpha(
    const double *p, const float *restrict x, const float *restrict grad, float *restrict slope, int64_t n)
{
    const float k0 = (float)(p[0] * (-1.0));
    for (int64_t i = 0; i < n; i++) {
        const float v = x[i];
        const float v0 = fabsf(v);
        const float v1 = v0 * k0;
        const float v2 = exp_negative(v1);
        slope[i] = grad[i] * v2;
    }
}

/* SquarewaveFourierSeries has no kernel: n is an integer, on which the operators depend. */
