/* pack.c -- LEB128 numbers and counted texts, written and read with every edge checked. */
#include "store/pack.h"

void pack_u64(Buf *out, uint64_t value)
{
    char *at = buf_room(out, 10); /* 64 bits in sevens */
    size_t n = 0;
    for (; value > 0x7F; value >>= 7) at[n++] = (char)(uint8_t)(value | 0x80);
    at[n++] = (char)value;
    out->len += n;
}

void pack_i64(Buf *out, int64_t value) { pack_u64(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0)); }

void pack_str(Buf *out, Str s)
{
    pack_u64(out, s.len);
    buf_add(out, s);
}

Unpack unpack_start(Str bytes)
{
    static const uint8_t nothing[1] = { 0 };
    const uint8_t *at = bytes.data ? (const uint8_t *)bytes.data : nothing;
    return (Unpack){ .at = at, .end = at + (bytes.data ? bytes.len : 0) };
}

static uint64_t damage(Unpack *u)
{
    u->damaged = true;
    u->at = u->end;
    return 0;
}

uint64_t unpack_u64(Unpack *u)
{
    uint64_t value = 0;
    for (unsigned shift = 0; u->at < u->end; shift += 7) {
        uint8_t byte = *u->at++;
        if (shift == 63 && byte > 1) return damage(u); /* would not fit, or go on too long */
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) return byte == 0 && shift > 0 ? damage(u) : value; /* one form a number */
    }
    return damage(u);
}

uint32_t unpack_u32(Unpack *u)
{
    uint64_t value = unpack_u64(u);
    return value > UINT32_MAX ? (uint32_t)damage(u) : (uint32_t)value;
}

uint8_t unpack_byte(Unpack *u) { return u->at < u->end ? *u->at++ : (uint8_t)damage(u); }

int64_t unpack_i64(Unpack *u)
{
    uint64_t value = unpack_u64(u);
    return (int64_t)(value >> 1 ^ (value & 1 ? UINT64_MAX : 0));
}

Str unpack_str(Unpack *u)
{
    uint64_t length = unpack_u64(u);
    if (length > (uint64_t)(u->end - u->at)) {
        damage(u);
        return (Str){ 0 };
    }
    Str s = str_make((const char *)u->at, (size_t)length);
    u->at += length;
    return s;
}

size_t unpack_count(Unpack *u, size_t item_bytes_min)
{
    uint64_t count = unpack_u64(u);
    return count > (uint64_t)(u->end - u->at) / item_bytes_min ? (size_t)damage(u) : (size_t)count;
}

bool unpack_end(const Unpack *u) { return !u->damaged && u->at == u->end; }
