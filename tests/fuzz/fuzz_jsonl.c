/* fuzz_jsonl.c -- our own JSON forms: what begins with a brace as lines, the rest as a document. */
#include "import/formats.h"

#define FUZZED_FORMAT (*(size && data[0] == '{' ? &format_jsonl : &format_json))
#include "reader_fuzz.h"
