/* fuzz_zendesk.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_zendesk
#include "reader_fuzz.h"
