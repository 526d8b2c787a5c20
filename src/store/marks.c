/* marks.c -- marks to bytes and back; the layout is in marks.h. */
#include "store/marks.h"

#include "store/pack.h"

enum { MARKS_VERSION = 1, MARK_BYTES_MIN = 7 };

void marks_pack(Buf *out, Marks marks)
{
    buf_char(out, MARKS_VERSION);
    pack_u64(out, marks.count);
    uint32_t utterance = 0, begin = 0;
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        assert(m->begin < m->end && m->utterance >= utterance);
        if (m->utterance != utterance) begin = 0;
        assert(m->begin >= begin);
        pack_u64(out, m->utterance - utterance);
        pack_u64(out, m->begin - begin);
        pack_u64(out, m->end - m->begin);
        pack_u64(out, m->behaviour);
        pack_u64(out, m->rule);
        buf_char(out, (char)m->quality);
        buf_char(out, (char)m->confidence);
        utterance = m->utterance;
        begin = m->begin;
    }
}

/* a + b, or false when that is past 32 bits */
static bool add(uint32_t a, uint32_t b, uint32_t *ret) { return !__builtin_add_overflow(a, b, ret); }

static bool unpack_mark(Unpack *u, uint32_t utterance_count, const Mark *before, Mark *ret)
{
    uint32_t turns = unpack_u32(u), offset = unpack_u32(u), length = unpack_u32(u);
    uint32_t behaviour = unpack_u32(u), rule = unpack_u32(u);
    uint8_t quality = unpack_byte(u), confidence = unpack_byte(u);
    Mark m = { .rule = rule, .quality = quality, .confidence = confidence };
    if (u->damaged || length == 0 || behaviour > UINT16_MAX || m.quality > 100 || m.confidence > 100) return false;
    m.behaviour = (uint16_t)behaviour;
    if (!add(before->utterance, turns, &m.utterance) || m.utterance >= utterance_count) return false;
    if (!add(turns ? 0 : before->begin, offset, &m.begin) || !add(m.begin, length, &m.end)) return false;
    *ret = m;
    return true;
}

bool marks_unpack(Str bytes, uint32_t utterance_count, Arena *arena, Marks *ret, Err *err)
{
    Unpack u = unpack_start(bytes);
    if (unpack_byte(&u) != MARKS_VERSION) return err_set(err, ERR_STORE, "the marks are of an unknown version");
    size_t count = unpack_count(&u, MARK_BYTES_MIN);
    Marks marks = { .item = ARENA_NEW(arena, Mark, count), .count = count };
    Mark before = { 0 };
    for (size_t i = 0; i < count; i++) {
        if (!unpack_mark(&u, utterance_count, &before, &marks.item[i]))
            return err_set(err, ERR_STORE, "mark %zu of %zu is damaged", i + 1, count);
        before = marks.item[i];
    }
    if (!unpack_end(&u)) return err_set(err, ERR_STORE, "the marks are damaged");
    *ret = marks;
    return true;
}

static bool is_edge(Str text, uint32_t at) { return at == text.len || ((uint8_t)text.data[at] & 0xC0) != 0x80; }

bool marks_fit(Marks marks, const Conversation *conversation)
{
    for (size_t i = 0; i < marks.count; i++) {
        const Mark *m = &marks.item[i];
        if (m->utterance >= conversation->utterance_count) return false;
        Str text = conversation->utterance[m->utterance].text;
        if (m->end > text.len || !is_edge(text, m->begin) || !is_edge(text, m->end)) return false;
    }
    return true;
}
