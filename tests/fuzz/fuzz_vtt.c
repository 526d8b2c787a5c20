/* fuzz_vtt.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_vtt
#include "reader_fuzz.h"
