/* fuzz_intercom.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_intercom
#include "reader_fuzz.h"
