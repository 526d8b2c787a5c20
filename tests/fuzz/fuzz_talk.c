/* fuzz_talk.c -- the plain-text conversation. */
#include "import/formats.h"

#define FUZZED_FORMAT format_talk
#include "reader_fuzz.h"
