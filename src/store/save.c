/* save.c -- one judged conversation into the store: new, grown, the same, or another under the same name. */
#include <sodium.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "store/sql.h"
#include "store/handle.h"
#include "store/marks.h"
#include "store/reading_pack.h"

enum { TEXT_HASH_BYTES = 16 }; /* BLAKE2b, cut: tells texts apart, protects nothing */

/* What the store knows of a conversation before this save. */
typedef struct Known {
    int64_t id; /* 0: nothing */
    uint32_t count;
    uint8_t hash[TEXT_HASH_BYTES];
    int64_t reading; /* in force; 0: none */
} Known;

/* One save's values, to keep the steps below short. */
typedef struct Save {
    Store *store;
    const Hearer *hearer;
    const Conversation *c;
    Marks marks;
    const Reading *reading;
    int64_t now;
} Save;

/* ---- the texts' hash ---- */

static void hash_turn(crypto_generichash_state *state, Str text, bool is_public)
{
    uint8_t head[9] = { is_public };
    for (unsigned i = 0; i < 8; i++) head[i + 1] = (uint8_t)((uint64_t)text.len >> (8 * i));
    crypto_generichash_update(state, head, sizeof head);
    crypto_generichash_update(state, (const uint8_t *)text.data, text.len);
}

static void hash_so_far(const crypto_generichash_state *state, uint8_t ret[TEXT_HASH_BYTES])
{
    crypto_generichash_state end = *state; /* a copy: the caller's goes on */
    crypto_generichash_final(&end, ret, TEXT_HASH_BYTES);
}

/* Hash of all turns; and, in `begun`, of the first `begun_count`. */
static void hash_turns(const Conversation *c, uint32_t begun_count, uint8_t begun[TEXT_HASH_BYTES],
                       uint8_t all[TEXT_HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, TEXT_HASH_BYTES);
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        if (i == begun_count) hash_so_far(&state, begun);
        hash_turn(&state, c->utterance[i].text, c->utterance[i].is_public);
    }
    hash_so_far(&state, all);
    if (begun_count == c->utterance_count) memcpy(begun, all, TEXT_HASH_BYTES);
}

/* The store has more turns than this version: does it begin with these? */
static bool ours_begins_with(Store *store, int64_t id, const Conversation *c, bool *ret, Err *err)
{
    bool same = true;
    uint32_t i = 0;
    Query *q = query_start(store->db, SQL_save_text_of);
    query_int(q, ":conversation", id);
    query_int(q, ":limit", c->utterance_count);
    for (; same && query_row(q); i++)
        same = str_equal(query_get(q, 0), c->utterance[i].text) && query_get_int(q, 1) == c->utterance[i].is_public;
    *ret = same && i == c->utterance_count;
    return query_end(q, err);
}

/* ---- names that become numbers ---- */

/* The number that `find` gives for the parameter ":name" = value; 0 when there is none. */
static bool find_id(Store *store, const char *find, const char *name, Str value, int64_t *ret, Err *err)
{
    Query *q = query_start(store->db, find);
    query_str(q, name, value);
    *ret = query_row(q) ? query_get_int(q, 0) : 0;
    return query_end(q, err);
}

static bool source_id(Store *store, Str name, int64_t *ret, Err *err)
{
    for (size_t i = 0; i < SOURCES_CACHED; i++)
        if (store->source[i].id && str_equal(buf_str(&store->source[i].name), name)) {
            *ret = store->source[i].id;
            return true;
        }
    int64_t id;
    if (!find_id(store, SQL_save_find_source, ":name", name, &id, err)) return false;
    if (!id) {
        Query *q = query_start(store->db, SQL_save_add_source);
        query_str(q, ":name", name);
        if (!query_run(q, err)) return false;
        id = db_last_id(store->db);
    }
    size_t at = store->source_next++ % SOURCES_CACHED;
    store->source[at].name.len = 0;
    buf_add(&store->source[at].name, name);
    store->source[at].id = id;
    *ret = id;
    return true;
}

/* A person of staff, by name.  0 when nothing names one: no name, a redacted one, or a mere "agent". */
static bool person_id(Store *store, const Participant *p, int64_t *ret, Err *err)
{
    Str name = str_trim(p->name.len ? p->name : p->id);
    *ret = 0;
    if (name.len == 0 || name.data[0] == '[' || role_from(name) != ROLE_UNKNOWN) return true;
    Str key = utf8_fold(&store->scratch, name);
    if (!find_id(store, SQL_save_find_person, ":key", key, ret, err) || *ret) return *ret != 0;
    Query *q = query_start(store->db, SQL_save_add_person);
    query_str(q, ":key", key);
    query_str(q, ":name", name);
    if (!query_run(q, err)) return false;
    *ret = db_last_id(store->db);
    return true;
}

/* ---- the reader's version ---- */

static const char *sign_text(Sign sign) { return sign == SIGN_STRENGTH ? "+" : sign == SIGN_HARM ? "-" : "."; }

static bool behaviour_row(Store *store, Str name, int64_t *ret, Err *err)
{
    if (!find_id(store, SQL_save_find_behaviour, ":name", name, ret, err) || *ret) return *ret != 0;
    Query *q = query_start(store->db, SQL_save_add_behaviour);
    query_str(q, ":name", name);
    if (!query_run(q, err)) return false;
    *ret = db_last_id(store->db);
    return true;
}

static bool add_meaning(Store *store, int64_t reader, size_t number, const Behaviour *b, int64_t row, Err *err)
{
    Query *q = query_start(store->db, SQL_save_add_reader_behaviour);
    query_int(q, ":reader", reader);
    query_int(q, ":number", (int64_t)number);
    query_int(q, ":behaviour", row);
    query_str(q, ":who", b->who == WHO_AGENT ? STR("agent") : STR("customer"));
    query_str(q, ":sign", str_from(sign_text(b->sign)));
    query_str(q, ":title", b->name);
    query_str(q, ":counts", b->counts);
    query_str(q, ":not", b->does_not_count);
    return query_run(q, err);
}

static bool register_reader(Store *store, const Hearer *hearer, Err *err)
{
    if (store->hearer == hearer) return true;
    store_forget(store);
    Str rules = hear_rules_hash(hearer);
    int64_t reader;
    if (!find_id(store, SQL_save_find_reader, ":rules", rules, &reader, err)) return false;
    bool is_new = reader == 0;
    if (is_new) {
        Query *q = query_start(store->db, SQL_save_add_reader);
        query_str(q, ":rules", rules);
        if (!query_run(q, err)) return false;
        reader = db_last_id(store->db);
    }
    size_t count = hear_behaviour_count(hearer);
    store->behaviour = calloc(count + 1, sizeof *store->behaviour);
    store->tally = calloc(count + 1, sizeof *store->tally);
    if (!store->behaviour || !store->tally) abort();
    store->behaviour_count = count;
    for (size_t i = 0; i < count; i++) {
        const Behaviour *b = hear_behaviour(hearer, i);
        if (!behaviour_row(store, b->id, &store->behaviour[i], err)) return false;
        if (is_new && !add_meaning(store, reader, i, b, store->behaviour[i], err)) return false;
    }
    store->reader = reader;
    store->hearer = hearer; /* last: a registration that failed half-way is not one */
    return true;
}

static bool keep_reason(const Save *s, uint32_t rule, Err *err)
{
    Store *store = s->store;
    size_t byte = rule / 8;
    if (byte >= store->reason_bytes) {
        size_t bytes = MAX(byte + 1, store->reason_bytes * 2);
        store->reason_known = realloc(store->reason_known, bytes);
        if (!store->reason_known) abort();
        memset(store->reason_known + store->reason_bytes, 0, bytes - store->reason_bytes);
        store->reason_bytes = bytes;
    }
    uint8_t bit = (uint8_t)(1u << rule % 8);
    if (store->reason_known[byte] & bit) return true;
    Query *q = query_start(store->db, SQL_save_add_reason);
    query_int(q, ":reader", store->reader);
    query_int(q, ":rule", rule);
    query_str(q, ":text", hear_reason(s->hearer, rule));
    if (!query_run(q, err)) return false;
    store->reason_known[byte] |= bit;
    return true;
}

/* ---- the conversation ---- */

static const char *speakers_text(Speakers speakers)
{
    return speakers == SPEAKERS_GIVEN ? "given" : speakers == SPEAKERS_DECIDED ? "decided" : "swapped";
}

static int64_t id_or_null(uint32_t participant) { return participant == NO_PARTICIPANT ? -1 : (int64_t)participant; }

static bool save_participants(const Save *s, int64_t id, Err *err)
{
    for (uint32_t i = 0; i < s->c->participant_count; i++) {
        const Participant *p = &s->c->participant[i];
        int64_t person = 0;
        if (p->role == ROLE_AGENT && !person_id(s->store, p, &person, err)) return false;
        Query *q = query_start(s->store->db, SQL_save_put_participant);
        query_int(q, ":conversation", id);
        query_int(q, ":number", i);
        query_str(q, ":external", p->id);
        query_str(q, ":name", p->name);
        query_str(q, ":email", p->email);
        query_str(q, ":role", str_from(role_name(p->role)));
        query_int_or_null(q, ":person", person, 0);
        if (!query_run(q, err)) return false;
    }
    return true;
}

static bool save_utterance(const Save *s, int64_t id, uint32_t number, bool is_new, Err *err)
{
    const Utterance *u = &s->c->utterance[number];
    Query *q = query_start(s->store->db, is_new ? SQL_save_add_utterance : SQL_save_update_utterance);
    query_int(q, ":conversation", id);
    query_int(q, ":number", number);
    query_int_or_null(q, ":participant", id_or_null(u->participant), -1);
    query_str(q, ":role", str_from(role_name(u->role)));
    if (is_new) {
        query_int(q, ":is_public", u->is_public);
        query_int(q, ":doubtful", u->doubtful);
        query_int_or_null(q, ":at", u->at_ms, WHEN_NONE);
        query_int_or_null(q, ":end", u->end_ms, WHEN_NONE);
        query_str(q, ":text", u->text);
    }
    return query_run(q, err);
}

static bool save_turns(const Save *s, int64_t id, uint32_t had, Err *err)
{
    if (!save_participants(s, id, err)) return false;
    for (uint32_t i = 0; i < s->c->utterance_count; i++)
        if (!save_utterance(s, id, i, i >= had, err)) return false;
    return true;
}

static bool add_conversation(const Save *s, int64_t source, const uint8_t *hash, int64_t *ret, Err *err)
{
    const Conversation *c = s->c;
    Query *q = query_start(s->store->db, SQL_save_add_conversation);
    query_int(q, ":source", source);
    query_str(q, ":external", c->id);
    query_int(q, ":id_given", c->id_given);
    query_str(q, ":channel", str_from(channel_name(c->channel)));
    query_int_or_null(q, ":started", c->started, WHEN_NONE);
    query_int(q, ":offset", c->offset_minutes);
    query_str(q, ":subject", c->subject);
    query_str(q, ":file", c->file);
    query_int(q, ":line", (int64_t)c->line);
    query_str(q, ":speakers", str_from(speakers_text(c->speakers)));
    query_int(q, ":count", c->utterance_count);
    query_blob(q, ":hash", str_make((const char *)hash, TEXT_HASH_BYTES));
    query_int(q, ":now", s->now);
    if (!query_run(q, err)) return false;
    *ret = db_last_id(s->store->db);
    return true;
}

static bool grow_conversation(const Save *s, int64_t id, const uint8_t *hash, Err *err)
{
    const Conversation *c = s->c;
    Query *q = query_start(s->store->db, SQL_save_grow_conversation);
    query_int(q, ":id", id);
    query_int(q, ":count", c->utterance_count);
    query_blob(q, ":hash", str_make((const char *)hash, TEXT_HASH_BYTES));
    query_str(q, ":speakers", str_from(speakers_text(c->speakers)));
    query_int_or_null(q, ":started", c->started, WHEN_NONE);
    query_str(q, ":channel", str_from(channel_name(c->channel)));
    query_str(q, ":file", c->file);
    query_int(q, ":line", (int64_t)c->line);
    query_int(q, ":now", s->now);
    return query_run(q, err);
}

/* ---- the reading ---- */

static void query_name(Query *q, const char *parameter, const char *name)
{
    query_str_or_null(q, parameter, name ? str_from(name) : (Str){ 0 });
}

static bool add_reading(const Save *s, int64_t id, int64_t *ret, Err *err)
{
    Store *store = s->store;
    const Reading *r = s->reading;
    uint32_t of_sign[3] = { 0 };
    for (size_t i = 0; i < s->marks.count; i++) of_sign[hear_behaviour(s->hearer, s->marks.item[i].behaviour)->sign]++;
    store->detail.len = store->marks.len = 0;
    reading_pack(&store->detail, r);
    marks_pack(&store->marks, s->marks);

    Query *q = query_start(store->db, SQL_save_add_reading);
    query_int(q, ":conversation", id);
    query_int(q, ":reader", store->reader);
    query_int(q, ":count", s->c->utterance_count);
    query_name(q, ":outcome", outcome_name(r->outcome));
    query_int(q, ":outcome_confidence", r->outcome_confidence);
    query_int_or_null(q, ":first_contact",
                      r->first_contact == ANSWER_YES  ? 1
                      : r->first_contact == ANSWER_NO ? 0
                                                      : -1,
                      -1);
    query_int(q, ":first_contact_confidence", r->first_contact_confidence);
    query_name(q, ":ends", ends_name(r->ends));
    query_int(q, ":ends_confidence", r->ends_confidence);
    query_int_or_null(q, ":talk_share", r->talk_share, -1);
    query_int_or_null(q, ":response_median", r->response_median_ms, WHEN_NONE);
    query_int_or_null(q, ":response_max", r->response_max_ms, WHEN_NONE);
    query_int(q, ":strengths", of_sign[SIGN_STRENGTH]);
    query_int(q, ":harms", of_sign[SIGN_HARM]);
    query_blob(q, ":detail", buf_str(&store->detail));
    query_blob(q, ":marks", buf_str(&store->marks));
    if (!query_run(q, err)) return false;
    *ret = db_last_id(store->db);
    return true;
}

static bool add_counters(const Save *s, int64_t reading, Err *err)
{
    Store *store = s->store;
    memset(store->tally, 0, store->behaviour_count * sizeof *store->tally);
    for (size_t i = 0; i < s->marks.count; i++) store->tally[s->marks.item[i].behaviour]++;
    for (size_t i = 0; i < store->behaviour_count; i++) {
        if (!store->tally[i]) continue;
        Query *q = query_start(store->db, SQL_save_add_counter);
        query_int(q, ":reading", reading);
        query_int(q, ":behaviour", store->behaviour[i]);
        query_int(q, ":count", store->tally[i]);
        if (!query_run(q, err)) return false;
    }
    return true;
}

static bool put_in_force(Store *store, int64_t id, int64_t reading, Err *err)
{
    Query *q = query_start(store->db, SQL_save_put_in_force);
    query_int(q, ":id", id);
    query_int_or_null(q, ":reading", reading, 0);
    return query_run(q, err);
}

static bool save_reading(const Save *s, int64_t id, bool in_force, Err *err)
{
    int64_t reading;
    for (size_t i = 0; i < s->marks.count; i++)
        if (!keep_reason(s, s->marks.item[i].rule, err)) return false;
    if (!add_reading(s, id, &reading, err) || !add_counters(s, reading, err)) return false;
    return !in_force || put_in_force(s->store, id, reading, err);
}

/* This reader's own reading of the conversation; 0 when it has not read all of what we have.  One of a shorter version
 * ends here, as it is about to be made again. */
static bool own_reading(const Save *s, const Known *known, int64_t *ret, Err *err)
{
    Query *q = query_start(s->store->db, SQL_save_find_reading);
    query_int(q, ":conversation", known->id);
    query_int(q, ":reader", s->store->reader);
    bool found = query_row(q);
    int64_t own = found ? query_get_int(q, 0) : 0;
    int64_t read_count = found ? query_get_int(q, 1) : 0;
    if (!query_end(q, err)) return false;
    *ret = read_count == s->c->utterance_count ? own : 0;
    if (!own || *ret) return true;
    if (own == known->reading && !put_in_force(s->store, known->id, 0, err)) return false;
    q = query_start(s->store->db, SQL_save_drop_reading);
    query_int(q, ":id", own);
    return query_run(q, err);
}

/* ---- the cases ---- */

static bool save_new(const Save *s, int64_t source, const uint8_t *hash, Err *err)
{
    int64_t id;
    return add_conversation(s, source, hash, &id, err) && save_turns(s, id, 0, err) && save_reading(s, id, true, err);
}

static bool save_grown(const Save *s, const Known *known, const uint8_t *hash, Err *err)
{
    int64_t own;
    return grow_conversation(s, known->id, hash, err) && save_turns(s, known->id, known->count, err) &&
           own_reading(s, known, &own, err) && save_reading(s, known->id, true, err);
}

static bool save_same(const Save *s, const Known *known, Adopt adopt, Saved *ret, Err *err)
{
    int64_t own;
    bool adopts = adopt == STORE_ADOPT || !known->reading;
    if (!own_reading(s, known, &own, err)) return false;
    if (!own) {
        *ret = SAVED_REREAD;
        return save_reading(s, known->id, adopts, err);
    }
    *ret = SAVED_UNCHANGED;
    if (!adopts || own == known->reading) return true;
    *ret = SAVED_REREAD;
    return put_in_force(s->store, known->id, own, err);
}

static bool find_conversation(Store *store, int64_t source, Str external, Known *ret, Err *err)
{
    *ret = (Known){ 0 };
    Query *q = query_start(store->db, SQL_save_find_conversation);
    query_int(q, ":source", source);
    query_str(q, ":external", external);
    if (query_row(q)) {
        ret->id = query_get_int(q, 0);
        ret->count = (uint32_t)query_get_int(q, 1);
        Str hash = query_get(q, 2);
        memcpy(ret->hash, hash.data, MIN(hash.len, sizeof ret->hash));
        ret->reading = query_get_int(q, 3);
    }
    return query_end(q, err);
}

bool store_save(Store *store, const Hearer *hearer, const Conversation *c, Marks marks, const Reading *reading,
                Adopt adopt, int64_t now, Saved *ret, Err *err)
{
    Save s = { store, hearer, c, marks, reading, now };
    int64_t source;
    Known known;
    uint8_t begun[TEXT_HASH_BYTES] = { 0 }, all[TEXT_HASH_BYTES];
    arena_reset(&store->scratch);
    if (!register_reader(store, hearer, err) || !source_id(store, c->source, &source, err) ||
        !find_conversation(store, source, c->id, &known, err))
        return false;
    hash_turns(c, known.count, begun, all);
    if (!known.id) {
        *ret = SAVED_NEW;
        return save_new(&s, source, all, err);
    }
    if (c->utterance_count < known.count) {
        bool begins;
        if (!ours_begins_with(store, known.id, c, &begins, err)) return false;
        *ret = begins ? SAVED_UNCHANGED : SAVED_DIFFERS;
        return true;
    }
    if (memcmp(begun, known.hash, TEXT_HASH_BYTES) != 0) {
        *ret = SAVED_DIFFERS;
        return true;
    }
    *ret = SAVED_GROWN;
    return c->utterance_count > known.count ? save_grown(&s, &known, all, err) : save_same(&s, &known, adopt, ret, err);
}
