/* fuzz_mail.c -- any bytes as a mailbox, and as one mail. */
#define FUZZED_FORMAT (size && data[0] == 'F' ? format_mbox : format_eml)
#include "reader_fuzz.h"
