/* fuzz_srt.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_srt
#include "reader_fuzz.h"
