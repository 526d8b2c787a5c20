/* page_list.c -- the list of conversations: filters from the address, rows, the way to older ones. */
#include "web/labels.h"
#include "web/page.h"

enum { ROWS = 50 };

/* What the address asks for. */
typedef struct Asked {
    StoreFilter filter;
    StoreCursor after;
    Str channel, person, behaviour, outcome; /* as written, for links */
} Asked;

/* "LISTED.ID" */
static StoreCursor cursor_of(Str text)
{
    StoreCursor cursor = { .set = true };
    Str listed;
    if (!str_next_part(&text, '.', &listed) || !str_to_i64(listed, &cursor.listed) || !str_to_i64(text, &cursor.id))
        cursor.set = false;
    return cursor;
}

/* What means nothing is as if it were not there. */
static Asked asked_by(const HttpRequest *request)
{
    Asked a = { .channel = http_query(request, "channel"),
                .person = http_query(request, "person"),
                .behaviour = http_query(request, "behaviour"),
                .outcome = http_query(request, "outcome"),
                .after = cursor_of(http_query(request, "after")) };
    a.filter.channel = channel_from(a.channel);
    if (!a.person.len || !str_to_i64(a.person, &a.filter.person)) a.filter.person = 0;
    a.filter.behaviour = a.behaviour;
    a.filter.outcome_unsure = str_equal(a.outcome, STR("unsure"));
    if (a.filter.outcome_unsure || !a.outcome.len || !outcome_from(a.outcome, &a.filter.outcome))
        a.filter.outcome = OUTCOME_UNSURE;
    return a;
}

static bool is_filtered(const StoreFilter *f)
{
    return f->channel || f->person || f->behaviour.len || f->outcome || f->outcome_unsure;
}

/* ---- links ---- */

static void add_part(Buf *out, const char *name, Str value)
{
    if (!value.len) return;
    buf_char(out, out->len == 1 ? '?' : '&');
    buf_add(out, str_from(name));
    buf_char(out, '=');
    template_url_part(out, value);
}

static Url link_to(const Asked *a, StoreCursor after, Arena *arena)
{
    Buf out = { 0 };
    buf_char(&out, '/');
    add_part(&out, "channel", a->channel);
    add_part(&out, "person", a->person);
    add_part(&out, "behaviour", a->behaviour);
    add_part(&out, "outcome", a->outcome);
    if (after.set)
        add_part(&out, "after", arena_printf(arena, "%lld.%lld", (long long)after.listed, (long long)after.id));
    Url url = { arena_str(arena, buf_str(&out)) };
    buf_clear(&out);
    return url;
}

/* ---- the filters' choices ---- */

static void fill_channels(const Asked *a, PageListView *v, Arena *arena)
{
    PageListChannel *item = ARENA_NEW(arena, PageListChannel, CHANNEL_COUNT);
    for (Channel c = CHANNEL_UNKNOWN + 1; c < CHANNEL_COUNT; c++) {
        Str name = str_from(channel_name(c));
        item[v->channels.count++] = (PageListChannel){ name, label("channel", name), a->filter.channel == c };
    }
    v->channels.item = item;
}

static void fill_outcomes(const Asked *a, PageListView *v, Arena *arena)
{
    PageListOutcome *item = ARENA_NEW(arena, PageListOutcome, OUTCOME_COUNT);
    for (Outcome o = OUTCOME_UNSURE + 1; o < OUTCOME_COUNT; o++)
        item[v->outcomes.count++] =
            (PageListOutcome){ str_from(outcome_name(o)), label_outcome("outcome", o), a->filter.outcome == o };
    item[v->outcomes.count++] =
        (PageListOutcome){ STR("unsure"), label_outcome("outcome", OUTCOME_UNSURE), a->filter.outcome_unsure };
    v->outcomes.item = item;
}

static bool fill_people(Store *store, const Asked *a, PageListView *v, Arena *arena, Err *err)
{
    StoreChoices people;
    if (!store_people(store, arena, &people, err)) return false;
    PageListPerson *item = ARENA_NEW(arena, PageListPerson, people.count);
    for (size_t i = 0; i < people.count; i++)
        item[i] = (PageListPerson){ people.item[i].id, people.item[i].title, people.item[i].id == a->filter.person };
    v->people.item = item;
    v->people.count = people.count;
    return true;
}

static Str family_of(Str behaviour)
{
    size_t dot = str_find_char(behaviour, '.');
    return str_sub(behaviour, 0, dot == STR_NOT_FOUND ? behaviour.len : dot);
}

/* One group a family: behaviours of one family stand together. */
static bool fill_behaviours(Store *store, const Asked *a, PageListView *v, Arena *arena, Err *err)
{
    StoreChoices all;
    if (!store_behaviours(store, arena, &all, err)) return false;
    PageListGroup *group = ARENA_NEW(arena, PageListGroup, all.count);
    PageListBehaviour *item = ARENA_NEW(arena, PageListBehaviour, all.count);
    for (size_t i = 0; i < all.count; i++) {
        Str family = family_of(all.item[i].key);
        item[i] = (PageListBehaviour){ all.item[i].key, all.item[i].title, str_equal(all.item[i].key, a->behaviour) };
        if (i == 0 || !str_equal(family, family_of(all.item[i - 1].key))) {
            group[v->groups.count].name = label("family", family);
            group[v->groups.count++].behaviours.item = &item[i];
        }
        group[v->groups.count - 1].behaviours.count++;
    }
    v->groups.item = group;
    return true;
}

/* ---- the rows ---- */

static Str outcome_css(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_RESOLVED: return STR("good");
    case OUTCOME_DEFERRED:
    case OUTCOME_ESCALATED: return STR("between");
    case OUTCOME_REFUSED:
    case OUTCOME_ABANDONED: return STR("bad");
    default: return STR("unsure");
    }
}

static Str ends_css(Ends ends)
{
    switch (ends) {
    case ENDS_HAPPY: return STR("good");
    case ENDS_CALM: return STR("between");
    case ENDS_UNHAPPY:
    case ENDS_ANGRY:
    case ENDS_LEFT: return STR("bad");
    default: return STR("unsure");
    }
}

static PageListRow row_of(const StoreRow *r, Arena *arena)
{
    return (PageListRow){
        .id = r->id,
        .title = r->customer.len ? r->customer : label("role", STR("customer")),
        .staff = r->staff,
        .subject = r->subject,
        .when = label_moment_short(arena, r->started, r->offset_minutes),
        .where = label("channel", str_from(channel_name(r->channel))),
        .outcome = label_outcome("outcome", r->outcome),
        .outcome_css = outcome_css(r->outcome),
        .ends = label_ends("ends", r->ends),
        .ends_css = ends_css(r->ends),
        .strengths = r->strengths,
        .harms = r->harms,
        .swapped = r->speakers == SPEAKERS_SWAPPED,
    };
}

static bool fill_rows(Store *store, const Asked *a, PageListView *v, Arena *arena, Err *err)
{
    StorePage page;
    if (!store_list(store, &a->filter, a->after, ROWS, arena, &page, err)) return false;
    PageListRow *item = ARENA_NEW(arena, PageListRow, page.count);
    for (size_t i = 0; i < page.count; i++) item[i] = row_of(&page.row[i], arena);
    v->rows.item = item;
    v->rows.count = page.count;
    v->newer = link_to(a, (StoreCursor){ 0 }, arena);
    if (page.next.set) v->older = link_to(a, page.next, arena);
    return true;
}

static bool fill(Store *store, const Asked *a, PageListView *v, Arena *arena, Err *err)
{
    uint64_t total;
    if (!store_count(store, &total, err)) return false;
    v->total = (int64_t)total;
    v->has_any = total > 0;
    v->filtered = is_filtered(&a->filter);
    v->first_page = !a->after.set;
    fill_channels(a, v, arena);
    fill_outcomes(a, v, arena);
    return fill_people(store, a, v, arena, err) && fill_behaviours(store, a, v, arena, err) &&
           fill_rows(store, a, v, arena, err);
}

void page_list(Pages *pages, const HttpRequest *request, HttpReply *reply)
{
    Err err = { 0 };
    Asked asked = asked_by(request);
    PageListView view = { .head = page_head(STR("Conversations")) };
    Store *store = page_store(pages, &err);
    bool good = store && fill(store, &asked, &view, request->arena, &err);
    if (store) page_store_back(pages, store);
    if (good)
        page_list_html(&reply->body, &view);
    else
        page_failed(reply, &err);
}
