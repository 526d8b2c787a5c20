/* fuzz_whatsapp.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_whatsapp
#include "reader_fuzz.h"
