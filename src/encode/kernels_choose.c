/* kernels_choose.c -- which sets of kernels this processor can run. */
#include "encode/kernels.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

extern const Kernels kernels_plain;
#ifdef __x86_64__
extern const Kernels kernels_avx2, kernels_avxvnni, kernels_avx512, kernels_vnni;

/* Sums of bytes in registers of 256 bits, which compilers of today have no name for when asked at run time. */
static bool has_avxvnni(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}
#endif

const Kernels *kernels_for(KernelsKind kind)
{
#ifdef __x86_64__
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (kind == KERNELS_AVX2 && avx2) return &kernels_avx2;
    if (kind == KERNELS_AVXVNNI && avx2 && has_avxvnni()) return &kernels_avxvnni;
    if (kind == KERNELS_AVX512 && avx512) return &kernels_avx512;
    if (kind == KERNELS_VNNI && avx512 && __builtin_cpu_supports("avx512vnni")) return &kernels_vnni;
#endif
    return kind == KERNELS_PLAIN ? &kernels_plain : NULL;
}
