/* kernels_choose.c -- which sets of kernels this processor can run. */
#include "encode/kernels.h"

extern const Kernels kernels_plain;
#ifdef __x86_64__
extern const Kernels kernels_avx2, kernels_avx512, kernels_vnni;
#endif

const Kernels *kernels_for(KernelsKind kind)
{
#ifdef __x86_64__
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (kind == KERNELS_AVX2 && avx2) return &kernels_avx2;
    if (kind == KERNELS_AVX512 && avx512) return &kernels_avx512;
    if (kind == KERNELS_VNNI && avx512 && __builtin_cpu_supports("avx512vnni")) return &kernels_vnni;
#endif
    return kind == KERNELS_PLAIN ? &kernels_plain : NULL;
}
