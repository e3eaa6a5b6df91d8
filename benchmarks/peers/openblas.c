// Calls sgemm a number of times, so that a short one is not measured with the
// cost of a call from Python.

#include <stdint.h>

typedef void sgemm(int layout, int trans_a, int trans_b, int64_t m, int64_t n, int64_t k, float alpha,
                   const float *a, int64_t lda, const float *b, int64_t ldb, float beta, float *c, int64_t ldc);

void repeat(sgemm *f, int trans_a, int trans_b, int64_t m, int64_t n, int64_t k,
            const float *a, int64_t lda, const float *b, int64_t ldb, float *c, int64_t times) {
    const int row_major = 101, no_trans = 111, trans = 112;
    for (int64_t i = 0; i < times; i++)
        f(row_major, trans_a ? trans : no_trans, trans_b ? trans : no_trans, m, n, k, 1, a, lda, b, ldb, 0, c, n);
}
