/* fuzz_whisper.c -- any bytes as a file of this form. */
#define FUZZED_FORMAT format_whisper
#include "reader_fuzz.h"
