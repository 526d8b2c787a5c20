/* fuzz_klaus.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_klaus
#include "reader_fuzz.h"
