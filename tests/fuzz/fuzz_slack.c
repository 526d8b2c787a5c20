/* fuzz_slack.c -- any bytes as a workspace's export. */
#define FUZZED_FORMAT format_slack
#include "reader_fuzz.h"
