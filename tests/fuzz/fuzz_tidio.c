/* fuzz_tidio.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_tidio
#include "reader_fuzz.h"
