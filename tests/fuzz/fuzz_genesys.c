/* fuzz_genesys.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_genesys
#include "reader_fuzz.h"
