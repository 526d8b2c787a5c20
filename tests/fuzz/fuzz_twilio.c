/* fuzz_twilio.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_twilio
#include "reader_fuzz.h"
