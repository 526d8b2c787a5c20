/* fuzz_contact_lens.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_contact_lens
#include "reader_fuzz.h"
