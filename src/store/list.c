/* list.c -- what pages read: the list with its filters, and one conversation with the reading in force. */
#include "store/sql.h"
#include "store/handle.h"
#include "store/marks.h"
#include "store/reading_pack.h"

/* Names come back as this code wrote them; anything else is shown as not known. */
static Outcome outcome_of(Str name)
{
    Outcome outcome;
    return name.len && outcome_from(name, &outcome) ? outcome : OUTCOME_UNSURE;
}

static Ends ends_of(Str name)
{
    Ends ends;
    return name.len && ends_from(name, &ends) ? ends : ENDS_UNSURE;
}

static Speakers speakers_of(Str name)
{
    return str_equal(name, STR("decided"))   ? SPEAKERS_DECIDED
           : str_equal(name, STR("swapped")) ? SPEAKERS_SWAPPED
                                             : SPEAKERS_GIVEN;
}

/* ---- the list ---- */

typedef struct Names {
    Buf customer, staff;
} Names;

static void add_name(Buf *to, Str name)
{
    if (to->len) buf_lit(to, ", ");
    buf_add(to, name);
}

static bool read_names(Store *store, Names *names, Arena *arena, StoreRow *row, Err *err)
{
    names->customer.len = names->staff.len = 0;
    Query *q = query_start(store->db, SQL_list_names);
    query_int(q, ":conversation", row->id);
    while (query_row(q))
        add_name(str_equal(query_get(q, 0), STR("customer")) ? &names->customer : &names->staff, query_get(q, 1));
    row->customer = arena_str(arena, buf_str(&names->customer));
    row->staff = arena_str(arena, buf_str(&names->staff));
    return query_end(q, err);
}

static StoreRow read_row(Query *q, Arena *arena)
{
    StoreRow row = { .id = query_get_int(q, 0), .started = query_get_int_or(q, 1, WHEN_NONE) };
    row.offset_minutes = (int)query_get_int(q, 2);
    row.external_id = query_get_copy(q, 3, arena);
    row.source = query_get_copy(q, 4, arena);
    row.subject = query_get_copy(q, 5, arena);
    row.channel = channel_from(query_get(q, 6));
    row.speakers = speakers_of(query_get(q, 7));
    row.utterance_count = (uint32_t)query_get_int(q, 8);
    row.outcome = outcome_of(query_get(q, 9));
    row.ends = ends_of(query_get(q, 10));
    row.strengths = (uint32_t)query_get_int(q, 11);
    row.harms = (uint32_t)query_get_int(q, 12);
    return row;
}

/* A behaviour that nobody has heard of gives -1, which no row has. */
static bool behaviour_row(Store *store, Str name, int64_t *ret, Err *err)
{
    Query *q = query_start(store->db, SQL_list_behaviour_id);
    query_str(q, ":name", name);
    *ret = query_row(q) ? query_get_int(q, 0) : -1;
    return query_end(q, err);
}

/* Which filter finds the fewest, if one finds few: the list is then made from its matches. */
typedef enum Driver { DRIVER_NONE, DRIVER_PERSON, DRIVER_BEHAVIOUR, DRIVER_OUTCOME } Driver;

/* More than these are found soon enough by walking the list from its newest end. */
enum { FEW_MAX = 20000 };

/* What a list is asked for, behaviours by their row. */
typedef struct Wanted {
    const StoreFilter *filter;
    int64_t behaviour;
    Str outcome;
} Wanted;

/* Ends a count; when it is below *fewest, this driver is the best so far. */
static bool weigh(Query *q, Driver driver, int64_t *fewest, Driver *best, Err *err)
{
    query_int(q, ":most", FEW_MAX);
    int64_t count = query_row(q) ? query_get_int(q, 0) : FEW_MAX;
    if (count < *fewest) {
        *fewest = count;
        *best = driver;
    }
    return query_end(q, err);
}

static bool choose_driver(Store *store, const Wanted *w, Driver *ret, Err *err)
{
    int64_t fewest = FEW_MAX;
    *ret = DRIVER_NONE;
    if (w->filter->person) {
        Query *q = query_start(store->db, SQL_list_count_person);
        query_int(q, ":value", w->filter->person);
        if (!weigh(q, DRIVER_PERSON, &fewest, ret, err)) return false;
    }
    if (w->behaviour) {
        Query *q = query_start(store->db, SQL_list_count_behaviour);
        query_int(q, ":value", w->behaviour);
        if (!weigh(q, DRIVER_BEHAVIOUR, &fewest, ret, err)) return false;
    }
    if (w->outcome.len) {
        Query *q = query_start(store->db, SQL_list_count_outcome);
        query_str(q, ":value", w->outcome);
        if (!weigh(q, DRIVER_OUTCOME, &fewest, ret, err)) return false;
    }
    return true;
}

static Query *start_list(Store *store, const Wanted *w, Driver driver, StoreCursor after, size_t limit)
{
    const StoreFilter *f = w->filter;
    Query *q = query_start(store->db, driver == DRIVER_NONE ? SQL_list_conversations : SQL_list_among);
    if (driver != DRIVER_NONE) {
        query_int_or_null(q, ":by_person", driver == DRIVER_PERSON ? f->person : 0, 0);
        query_int_or_null(q, ":by_behaviour", driver == DRIVER_BEHAVIOUR ? w->behaviour : 0, 0);
        query_str_or_null(q, ":by_outcome", driver == DRIVER_OUTCOME ? w->outcome : (Str){ 0 });
    }
    query_str_or_null(q, ":channel", f->channel == CHANNEL_UNKNOWN ? (Str){ 0 } : str_from(channel_name(f->channel)));
    query_int_or_null(q, ":person", f->person, 0);
    query_int_or_null(q, ":behaviour", w->behaviour, 0);
    query_str_or_null(q, ":outcome", w->outcome);
    query_int_or_null(q, ":unsure", f->outcome_unsure, 0);
    query_int(q, ":listed", after.set ? after.listed : INT64_MAX);
    query_int(q, ":after", after.set ? after.id : INT64_MAX);
    query_int(q, ":limit", (int64_t)limit);
    return q;
}

bool store_list(Store *store, const StoreFilter *filter, StoreCursor after, size_t count_max, Arena *arena,
                StorePage *ret, Err *err)
{
    if (count_max > STORE_PAGE_MAX) count_max = STORE_PAGE_MAX;
    StorePage page = { .row = ARENA_NEW(arena, StoreRow, count_max) };
    StoreCursor last = { 0 };
    const char *outcome = outcome_name(filter->outcome);
    Wanted wanted = { .filter = filter, .outcome = outcome ? str_from(outcome) : (Str){ 0 } };
    Driver driver;
    if (filter->behaviour.len && !behaviour_row(store, filter->behaviour, &wanted.behaviour, err)) return false;
    if (!choose_driver(store, &wanted, &driver, err)) return false;
    Query *q = start_list(store, &wanted, driver, after, count_max + 1);
    while (query_row(q)) {
        if (page.count == count_max) { /* one more than the page: there is a next one */
            page.next = last;
            break;
        }
        page.row[page.count++] = read_row(q, arena);
        last = (StoreCursor){ true, query_get_int(q, 13), query_get_int(q, 0) };
    }
    if (!query_end(q, err)) return false;
    Names names = { 0 };
    bool good = true;
    for (size_t i = 0; good && i < page.count; i++) good = read_names(store, &names, arena, &page.row[i], err);
    buf_clear(&names.customer);
    buf_clear(&names.staff);
    if (good) *ret = page;
    return good;
}

bool store_people(Store *store, Arena *arena, StoreChoices *ret, Err *err)
{
    StoreChoices list = { 0 };
    size_t capacity = 0;
    Query *q = query_start(store->db, SQL_list_people);
    while (query_row(q))
        *ARENA_PUSH(arena, list.item, list.count, capacity) =
            (StoreChoice){ .id = query_get_int(q, 0), .title = query_get_copy(q, 1, arena) };
    *ret = list;
    return query_end(q, err);
}

bool store_behaviours(Store *store, Arena *arena, StoreChoices *ret, Err *err)
{
    StoreChoices list = { 0 };
    size_t capacity = 0;
    Query *q = query_start(store->db, SQL_list_behaviours);
    while (query_row(q)) {
        StoreChoice *choice = ARENA_PUSH(arena, list.item, list.count, capacity);
        choice->id = query_get_int(q, 0);
        choice->key = query_get_copy(q, 1, arena);
        choice->title = query_get_copy(q, 2, arena);
    }
    *ret = list;
    return query_end(q, err);
}

bool store_count(Store *store, uint64_t *conversations, Err *err)
{
    Query *q = query_start(store->db, SQL_list_count);
    *conversations = query_row(q) ? (uint64_t)query_get_int(q, 0) : 0;
    return query_end(q, err);
}

/* ---- one conversation ---- */

static bool read_head(Store *store, int64_t id, Arena *arena, Stored *ret, int64_t *reading, bool *found, Err *err)
{
    Conversation *c = &ret->conversation;
    Query *q = query_start(store->db, SQL_list_conversation);
    query_int(q, ":id", id);
    *found = query_row(q);
    *reading = 0;
    if (*found) {
        c->id = query_get_copy(q, 0, arena);
        c->id_given = query_get_int(q, 1) != 0;
        c->channel = channel_from(query_get(q, 2));
        c->started = query_get_int_or(q, 3, WHEN_NONE);
        c->offset_minutes = (int)query_get_int(q, 4);
        c->source = query_get_copy(q, 5, arena);
        c->subject = query_get_copy(q, 6, arena);
        c->file = query_get_copy(q, 7, arena);
        c->line = (uint64_t)query_get_int(q, 8);
        c->speakers = speakers_of(query_get(q, 9));
        *reading = query_get_int(q, 11);
        int64_t readings = query_get_int(q, 12);
        ret->other_readings = (uint32_t)(readings - (*reading != 0));
    }
    return query_end(q, err);
}

static bool read_participants(Store *store, int64_t id, Arena *arena, Conversation *c, Err *err)
{
    Query *q = query_start(store->db, SQL_list_participants);
    query_int(q, ":id", id);
    while (query_row(q)) {
        Participant *p = ARENA_PUSH(arena, c->participant, c->participant_count, c->participant_capacity);
        p->id = query_get_copy(q, 0, arena);
        p->name = query_get_copy(q, 1, arena);
        p->email = query_get_copy(q, 2, arena);
        p->role = role_from(query_get(q, 3));
    }
    return query_end(q, err);
}

static bool read_utterances(Store *store, int64_t id, Arena *arena, Conversation *c, Err *err)
{
    Query *q = query_start(store->db, SQL_list_utterances);
    query_int(q, ":id", id);
    while (query_row(q)) {
        Utterance *u = ARENA_PUSH(arena, c->utterance, c->utterance_count, c->utterance_capacity);
        int64_t participant = query_get_int_or(q, 0, NO_PARTICIPANT);
        u->participant = participant < (int64_t)c->participant_count ? (uint32_t)participant : NO_PARTICIPANT;
        u->role = role_from(query_get(q, 1));
        u->is_public = query_get_int(q, 2) != 0;
        u->doubtful = query_get_int(q, 3) != 0;
        u->at_ms = query_get_int_or(q, 4, WHEN_NONE);
        u->end_ms = query_get_int_or(q, 5, WHEN_NONE);
        u->text = query_get_copy(q, 6, arena);
    }
    return query_end(q, err);
}

static void read_single_values(Query *q, Reading *r)
{
    r->outcome = outcome_of(query_get(q, 2));
    r->outcome_confidence = (uint8_t)query_get_int(q, 3);
    int64_t first_contact = query_get_int_or(q, 4, -1);
    r->first_contact = first_contact < 0 ? ANSWER_UNSURE : first_contact ? ANSWER_YES : ANSWER_NO;
    r->first_contact_confidence = (uint8_t)query_get_int(q, 5);
    r->ends = ends_of(query_get(q, 6));
    r->ends_confidence = (uint8_t)query_get_int(q, 7);
    r->talk_share = (int)query_get_int_or(q, 8, -1);
    r->response_median_ms = query_get_int_or(q, 9, WHEN_NONE);
    r->response_max_ms = query_get_int_or(q, 10, WHEN_NONE);
}

static bool read_meanings(Store *store, int64_t reader, Arena *arena, Stored *ret, Err *err)
{
    size_t capacity = 0;
    Query *q = query_start(store->db, SQL_list_reader_behaviours);
    query_int(q, ":reader", reader);
    while (query_row(q)) {
        Behaviour *b = ARENA_PUSH(arena, ret->behaviour, ret->behaviour_count, capacity);
        Str sign = query_get(q, 3);
        b->id = query_get_copy(q, 1, arena);
        b->who = str_equal(query_get(q, 2), STR("agent")) ? WHO_AGENT : WHO_CUSTOMER;
        b->sign = str_equal(sign, STR("+")) ? SIGN_STRENGTH : str_equal(sign, STR("-")) ? SIGN_HARM : SIGN_NEUTRAL;
        b->name = query_get_copy(q, 4, arena);
        b->counts = query_get_copy(q, 5, arena);
        b->does_not_count = query_get_copy(q, 6, arena);
        size_t dot = str_find_char(b->id, '.');
        b->family = str_sub(b->id, 0, dot == STR_NOT_FOUND ? b->id.len : dot);
    }
    return query_end(q, err);
}

/* Unpacks what was heard; what is damaged is told in ret->damage and left out. */
static void unpack(Stored *ret, Str detail, Str marks, Arena *arena)
{
    Err damage = { 0 };
    const Conversation *c = &ret->conversation;
    Marks heard;
    Reading reading = ret->reading;
    if (!marks_unpack(marks, c->utterance_count, arena, &heard, &damage)) {
        ret->damage = arena_str(arena, str_from(damage.text));
    } else if (!marks_fit(heard, c)) {
        ret->damage = STR("marks point outside of the words");
    } else {
        ret->marks = heard;
        for (size_t i = 0; i < heard.count; i++)
            if (heard.item[i].behaviour >= ret->behaviour_count) {
                ret->damage = STR("marks are of an unknown behaviour");
                ret->marks.count = 0;
            }
    }
    if (!reading_unpack(detail, c->utterance_count, arena, &reading, &damage))
        ret->damage = arena_str(arena, str_from(damage.text));
    else if (!reading_fits(&reading, c))
        ret->damage = STR("the reading points outside of the words");
    else
        ret->reading = reading;
}

static bool read_reading(Store *store, int64_t id, Arena *arena, Stored *ret, Err *err)
{
    Str detail = { 0 }, marks = { 0 };
    int64_t reader = 0;
    Query *q = query_start(store->db, SQL_list_reading);
    query_int(q, ":id", id);
    ret->has_reading = query_row(q);
    if (ret->has_reading) {
        reader = query_get_int(q, 0);
        ret->read_count = (uint32_t)query_get_int(q, 1);
        read_single_values(q, &ret->reading);
        detail = query_get_copy(q, 11, arena);
        marks = query_get_copy(q, 12, arena);
        ret->rules = query_get_copy(q, 13, arena);
    }
    if (!query_end(q, err)) return false;
    if (!ret->has_reading) return true;
    if (!read_meanings(store, reader, arena, ret, err)) return false;
    unpack(ret, detail, marks, arena);
    return true;
}

bool store_get(Store *store, int64_t id, Arena *arena, Stored *ret, bool *found, Err *err)
{
    int64_t reading;
    Stored stored = { .id = id,
                      .reading = { .talk_share = -1, .response_median_ms = WHEN_NONE, .response_max_ms = WHEN_NONE } };
    conversation_init(&stored.conversation);
    if (!db_begin(store->db, err)) return false; /* one moment for all the queries, whatever the writer does */
    bool good = read_head(store, id, arena, &stored, &reading, found, err);
    if (good && *found)
        good = read_participants(store, id, arena, &stored.conversation, err) &&
               read_utterances(store, id, arena, &stored.conversation, err) &&
               (!reading || read_reading(store, reading, arena, &stored, err));
    db_undo(store->db); /* nothing was written: this only ends it */
    if (good && *found) *ret = stored;
    return good;
}

bool store_reason(Store *store, Str rules, uint32_t rule, Arena *arena, Str *ret, Err *err)
{
    Query *q = query_start(store->db, SQL_list_reason);
    query_str(q, ":rules", rules);
    query_int(q, ":rule", rule);
    *ret = query_row(q) ? query_get_copy(q, 0, arena) : (Str){ 0 };
    return query_end(q, err);
}
