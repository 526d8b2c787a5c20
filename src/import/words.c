/* words.c -- phrases that other programs write, kept out of the C: a table in, a hash of it out.  Look-up is constant.
 */
#include "import/words.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/embedded.h"
#include "base/utf8.h"

typedef struct WordSlot {
    char text[WORDS_PHRASE_MAX];
    uint8_t len;
    uint32_t kinds;
} WordSlot;

static WordSlot *find_slot(const WordTable *table, Str lower)
{
    size_t at = str_hash(lower) & (table->size - 1);
    while (table->slot[at].len && !str_equal(str_make(table->slot[at].text, table->slot[at].len), lower))
        at = (at + 1) & (table->size - 1);
    return &table->slot[at];
}

/* Lower case, letter by letter; empty when it does not fit. */
static Str fold(Str phrase, char ret[WORDS_PHRASE_MAX])
{
    size_t len = 0;
    for (size_t at = 0; at < phrase.len;) {
        if ((unsigned char)phrase.data[at] < 0x80) {
            if (len == WORDS_PHRASE_MAX) return (Str){ 0 };
            ret[len++] = ascii_lower(phrase.data[at++]);
            continue;
        }
        int32_t c;
        char bytes[4];
        at += utf8_decode(phrase, at, &c);
        size_t used = utf8_encode(utf8proc_tolower(c), bytes);
        if (len + used > WORDS_PHRASE_MAX) return (Str){ 0 };
        memcpy(ret + len, bytes, used);
        len += used;
    }
    return str_make(ret, len);
}

static uint32_t kind_bit(const WordTable *table, Str kind)
{
    uint32_t i = 0;
    while (table->kinds[i] && !str_equal(kind, str_from(table->kinds[i]))) i++;
    assert(table->kinds[i] && i < 32); /* else: a kind in words/import that no reader knows */
    return 1u << i;
}

void words_fill(WordTable *table)
{
    const Embedded *file = embedded_find(&embedded_words, str_from(table->file));
    assert(file);
    size_t lines = 1;
    for (size_t i = 0; i < file->bytes.len; i++) lines += file->bytes.data[i] == '\n';
    for (table->size = 64; table->size < lines * 2; table->size *= 2) {
    }
    table->slot = calloc(table->size, sizeof *table->slot);
    if (!table->slot) abort();
    Str rest = file->bytes, line, kind;
    while (str_next_line(&rest, &line)) {
        if (line.len == 0 || line.data[0] == '#' || !str_next_part(&line, '\t', &kind)) continue;
        assert(line.len > 0);
        char lower[WORDS_PHRASE_MAX];
        Str phrase = fold(line, lower);
        assert(phrase.len > 0);
        WordSlot *slot = find_slot(table, phrase);
        memcpy(slot->text, phrase.data, phrase.len);
        slot->len = (uint8_t)phrase.len;
        slot->kinds |= kind_bit(table, kind);
    }
}

uint32_t words_find(const WordTable *table, Str phrase)
{
    char lower[WORDS_PHRASE_MAX];
    if (phrase.len == 0 || phrase.len > WORDS_PHRASE_MAX) return 0;
    phrase = fold(phrase, lower);
    return phrase.len ? find_slot(table, phrase)->kinds : 0;
}
