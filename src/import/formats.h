/* formats.h -- every form that Goodwill reads, each in its own file.
 *
 * A Format is a constant: no state, so that threads share it.  formats.c puts
 * them in the order of docs/formats.md.
 */
#ifndef GOODWILL_IMPORT_FORMATS_H
#define GOODWILL_IMPORT_FORMATS_H

#include "import/import.h"

extern const Format format_jsonl; /* jsonl.c */
extern const Format format_json;  /* jsonl.c: the same conversations in one document */
extern const Format format_gold;  /* jsonl.c */
extern const Format format_talk;  /* talk.c */
extern const Format format_csv;   /* csv.c */
extern const Format format_contact_lens;
extern const Format format_zendesk;        /* ticket comments, as the API gives them */
extern const Format format_zendesk_export; /* JSON Lines account export */
extern const Format format_klaus;
extern const Format format_intercom;
extern const Format format_genesys;
extern const Format format_twilio;
extern const Format format_whisper;
extern const Format format_chatwoot;
extern const Format format_tidio;
extern const Format format_vtt;
extern const Format format_srt;
extern const Format format_whatsapp;
extern const Format format_slack;
extern const Format format_mbox;
extern const Format format_eml;

#endif
