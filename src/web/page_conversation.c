/* page_conversation.c -- one conversation from the store, drawn as in the report. */
#include "web/heard.h"
#include "web/page.h"

typedef struct Shown {
    Store *store;
    const Stored *stored;
    const Hearer *hearer;
    Arena *arena;
    bool damaged; /* a reason could not be read */
} Shown;

static const Behaviour *behaviour_of(void *context, uint16_t number)
{
    const Shown *shown = context;
    return number < shown->stored->behaviour_count ? &shown->stored->behaviour[number] : NULL;
}

static Str reason_of(void *context, uint32_t rule)
{
    Shown *shown = context;
    Str reason;
    Err err;
    return store_reason(shown->store, shown->stored->rules, rule, shown->arena, &reason, &err) ? reason : (Str){ 0 };
}

/* What is known now of this behaviour; a rule's number means something to the very words that made it alone. */
static AgreementState state_of(void *context, const Mark *mark)
{
    const Shown *shown = context;
    const Behaviour *b = behaviour_of(context, mark->behaviour);
    Mark now = *mark;
    size_t behaviour;
    if (!b || !hear_behaviour_named(shown->hearer, b->id, &behaviour)) return STATE_UNMEASURED;
    now.behaviour = (uint16_t)behaviour;
    if (!str_equal(shown->stored->rules, hear_rules_hash(shown->hearer)))
        return hear_agreement(shown->hearer, behaviour)->state;
    return hear_mark_state(shown->hearer, &now);
}

static void show(Store *store, const Hearer *hearer, const Stored *stored, const HttpRequest *request, HttpReply *reply)
{
    Shown shown = { store, stored, hearer, request->arena, false };
    Buf body = { 0 };
    HeardPage heard = {
        .conversation = &stored->conversation,
        .marks = stored->marks,
        .reading = stored->has_reading ? &stored->reading : NULL,
        .names = { behaviour_of, reason_of, state_of, &shown },
        .anchor = STR("c1"),
        .damage = stored->damage,
    };
    heard_html_of(&body, &heard, request->arena);
    PageConversationView view = {
        .head = page_head(heard_title(&stored->conversation, request->arena)),
        .body = { buf_str(&body) },
        .readings = stored->other_readings,
        .rules = stored->rules,
    };
    page_conversation_html(&reply->body, &view);
    buf_clear(&body);
}

void page_conversation(Pages *pages, const HttpRequest *request, HttpReply *reply, Str id)
{
    Err err = { 0 };
    int64_t number;
    bool found = false;
    Stored stored;
    if (!str_to_i64(id, &number)) {
        page_error(reply, 404, STR("There is no such conversation"),
                   STR("Its address has a number: /conversation/12."));
        return;
    }
    Store *store = page_store(pages, &err);
    bool good = store && store_get(store, number, request->arena, &stored, &found, &err);
    if (good && found)
        show(store, page_hearer(pages), &stored, request, reply);
    else if (good)
        page_error(reply, 404, STR("There is no such conversation"), STR("It may have been removed."));
    else
        page_failed(reply, &err);
    if (store) page_store_back(pages, store);
}
