/* load.c -- transactions of a bounded size around saves. */
#include "store/load.h"

bool load_end(Load *load, Err *err)
{
    if (!load->in_transaction) return true;
    load->in_transaction = false;
    if (!store_commit(load->store, err)) return false;
    for (int i = 0; i < SAVED_KINDS; i++) {
        load->stored[i] += load->waiting[i];
        load->waiting[i] = 0;
    }
    load->waiting_bytes = 0;
    return true;
}

static uint64_t waiting_count(const Load *load)
{
    uint64_t count = 0;
    for (int i = 0; i < SAVED_KINDS; i++) count += load->waiting[i];
    return count;
}

bool load_save(Load *load, const Conversation *c, Marks marks, const Reading *reading, Saved *ret, Err *err)
{
    if (!load->in_transaction) {
        if (!store_begin(load->store, err)) return false;
        load->in_transaction = true;
    }
    if (!store_save(load->store, load->hearer, c, marks, reading, load->adopt, load->now, ret, err)) {
        store_undo(load->store);
        load->in_transaction = false;
        return false;
    }
    load->waiting[*ret]++;
    for (uint32_t i = 0; i < c->utterance_count; i++) load->waiting_bytes += c->utterance[i].text.len;
    return (waiting_count(load) < LOAD_BATCH && load->waiting_bytes < LOAD_BATCH_TEXT_MAX) || load_end(load, err);
}

uint64_t load_count(const Load *load)
{
    uint64_t count = 0;
    for (int i = 0; i < SAVED_KINDS; i++) count += load->stored[i];
    return count;
}
