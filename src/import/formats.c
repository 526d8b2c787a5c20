/* formats.c -- the table of forms, and which of them a file is in.
 *
 * In: the first bytes of a file and its name.  Out: the Format that is surest
 * of them, or NULL: what nobody knows is refused, never guessed.
 */
#include "import/formats.h"

/* In the order of docs/formats.md; on equal scores the earlier wins. */
const Format *const import_formats[] = {
    &format_jsonl,   &format_json,
    &format_gold,    &format_talk,
    &format_csv,     &format_vtt,
    &format_srt,     &format_contact_lens,
    &format_zendesk, &format_zendesk_export,
    &format_klaus,   &format_intercom,
    &format_genesys, &format_twilio,
    &format_whisper, &format_chatwoot,
    &format_tidio,   &format_whatsapp,
    &format_mbox,    &format_eml,
    &format_slack,   NULL,
};

enum { SURE_ENOUGH = 20 };

const Format *import_format_named(Str name)
{
    for (const Format *const *f = import_formats; *f; f++)
        if (str_equal(name, str_from((*f)->name))) return *f;
    return NULL;
}

const Format *import_recognise(Str head, Str file_name, bool whole)
{
    const Format *best = NULL;
    int best_score = SURE_ENOUGH - 1;
    for (const Format *const *f = import_formats; *f; f++) {
        int score = (*f)->recognise(head, file_name, whole);
        if (score > best_score) {
            best = *f;
            best_score = score;
        }
    }
    return best;
}
