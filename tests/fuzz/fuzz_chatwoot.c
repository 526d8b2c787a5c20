/* fuzz_chatwoot.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_chatwoot
#include "reader_fuzz.h"
