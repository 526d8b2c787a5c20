/* fuzz_csv.c -- tables of messages. */
#include "import/formats.h"

#define FUZZED_FORMAT format_csv
#include "reader_fuzz.h"
