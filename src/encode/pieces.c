/* pieces.c -- the trie of word pieces, and the best way through a text. */
#include "encode/pieces.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/memory.h"
#include "base/utf8.h"

enum {
    SPACE_MARK = 0x2581, /* LOWER ONE EIGHTH BLOCK: what SentencePiece writes for a space */
    PIECES_COUNT_MAX = 60000,
    PIECE_BYTES_MAX = 255,
    ROOT = 0,
};

/* A child in the trie: asked by its parent and a code point.  Open addressing; node 0 is the root and nobody's child,
 * so that `node` 0 says: free. */
typedef struct Edge {
    uint32_t parent;
    int32_t codepoint;
    uint32_t node;
} Edge;

typedef struct Node {
    double score;
    int32_t piece; /* number of the piece that ends here, -1 for none */
} Node;

struct Pieces {
    Edge *edge;
    uint32_t edge_mask;
    Node *node;
    uint32_t node_count;
    uint8_t *length; /* of each piece, in code points */
};

/* The best cut of the text before a code point. */
typedef struct Cut {
    double score;
    uint16_t piece; /* the last one */
} Cut;

static uint32_t edge_slot(const Pieces *pieces, uint32_t parent, int32_t codepoint)
{
    uint64_t key = ((uint64_t)parent << 32 | (uint32_t)codepoint) * 0x9E3779B97F4A7C15u; /* 2^64 / golden ratio */
    uint32_t at = (uint32_t)(key >> 32) & pieces->edge_mask;
    for (;; at = (at + 1) & pieces->edge_mask) {
        const Edge *e = &pieces->edge[at];
        if (e->node == ROOT || (e->parent == parent && e->codepoint == codepoint)) return at;
    }
}

static uint32_t child(const Pieces *pieces, uint32_t parent, int32_t codepoint)
{
    return pieces->edge[edge_slot(pieces, parent, codepoint)].node;
}

/* A piece named twice keeps its later number, as in the package. */
static size_t add_piece(Pieces *pieces, Str text, double score, size_t number)
{
    uint32_t node = ROOT;
    size_t length = 0;
    for (size_t at = 0; at < text.len; length++) {
        int32_t codepoint;
        at += utf8_decode(text, at, &codepoint);
        Edge *e = &pieces->edge[edge_slot(pieces, node, codepoint)];
        if (e->node == ROOT) {
            *e = (Edge){ .parent = node, .codepoint = codepoint, .node = pieces->node_count };
            pieces->node[pieces->node_count++] = (Node){ .piece = -1 };
        }
        node = e->node;
    }
    if (node != ROOT) pieces->node[node] = (Node){ .score = score, .piece = (int32_t)number };
    return length;
}

static bool check_list(Str text, const uint32_t *end, size_t count, size_t reserved, Err *err)
{
    if (count == 0 || count > PIECES_COUNT_MAX || reserved == 0 || reserved > count)
        return err_set(err, ERR_INPUT, "the encoder's list of word pieces has %zu entries", count);
    for (size_t i = 0, begin = 0; i < count; begin = end[i++])
        if (end[i] <= begin || end[i] > text.len || end[i] - begin > PIECE_BYTES_MAX)
            return err_set(err, ERR_INPUT, "the encoder's word piece %zu is empty, too long or outside the list", i);
    if (end[count - 1] != text.len || !utf8_valid(text))
        return err_set(err, ERR_INPUT, "the encoder's word pieces are not valid UTF-8 to their end");
    return true;
}

Pieces *pieces_open(Str text, const uint32_t *end, const double *score, size_t count, size_t reserved, Err *err)
{
    if (!check_list(text, end, count, reserved, err)) return NULL;
    Pieces *pieces = memory_grow(NULL, sizeof *pieces);
    size_t slots = 16;
    while (slots < 2 * (text.len + 1)) slots *= 2;
    *pieces = (Pieces){ .edge_mask = (uint32_t)(slots - 1), .node_count = 1 };
    pieces->edge = memory_table(slots * sizeof *pieces->edge);
    pieces->node = memory_grow(NULL, (text.len + 1) * sizeof *pieces->node);
    pieces->node[ROOT] = (Node){ .piece = -1 };
    pieces->length = memory_grow(NULL, count);
    for (size_t i = 0, begin = 0; i < count; begin = end[i++]) {
        Str piece = str_sub(text, begin, end[i]);
        pieces->length[i] = (uint8_t)(i < reserved ? MAX(1, utf8_count(piece)) : add_piece(pieces, piece, score[i], i));
    }
    return pieces;
}

void pieces_free(Pieces *pieces)
{
    if (!pieces) return;
    free(pieces->edge);
    free(pieces->node);
    free(pieces->length);
    free(pieces);
}

/* Code points after NFKC, a space mark before them and for every space; *count says how many. */
static int32_t *normalised(Str text, Arena *arena, size_t *count)
{
    size_t at = 0;
    if (utf8_is_plain(text)) { /* NFKC leaves ASCII as it is */
        int32_t *plain = arena_alloc(arena, (text.len + 1) * sizeof *plain);
        plain[0] = SPACE_MARK;
        for (; at < text.len; at++) plain[at + 1] = text.data[at] == ' ' ? SPACE_MARK : (unsigned char)text.data[at];
        *count = text.len + 1;
        return plain;
    }
    text = utf8_repair(arena, text);
    const utf8proc_option_t how = UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_STABLE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.data;
    utf8proc_ssize_t need = utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, NULL, 0, how);
    assert(need >= 0); /* valid UTF-8 of PIECES_TEXT_MAX bytes at most */
    int32_t *ret = arena_alloc(arena, ((size_t)need + 2) * sizeof *ret);
    ret[0] = SPACE_MARK;
    (void)utf8proc_decompose(bytes, (utf8proc_ssize_t)text.len, ret + 1, need, how);
    utf8proc_ssize_t len = utf8proc_normalize_utf32(ret + 1, need, how);
    assert(len >= 0);
    for (utf8proc_ssize_t i = 1; i <= len; i++)
        if (ret[i] == ' ') ret[i] = SPACE_MARK;
    *count = (size_t)len + 1;
    return ret;
}

static void offer(Cut *cut, double score, size_t piece)
{
    /* The package reads a sum of 0 as "none yet"; so do we, that the cuts are the same. */
    if (cut->score == 0 || score >= cut->score) *cut = (Cut){ .score = score, .piece = (uint16_t)piece };
}

static Cut *best_cuts(const Pieces *pieces, const int32_t *codepoint, size_t count, Arena *arena)
{
    Cut *cut = ARENA_NEW(arena, Cut, count + 1);
    for (size_t begin = 0; begin < count; begin++) {
        bool found = false;
        uint32_t node = ROOT;
        for (size_t end = begin; end < count; end++) {
            node = child(pieces, node, codepoint[end]);
            if (node == ROOT) break;
            const Node *n = &pieces->node[node];
            if (n->piece < 0) continue;
            offer(&cut[end + 1], n->score + cut[begin].score, (size_t)n->piece);
            found = true;
        }
        if (!found) offer(&cut[begin + 1], cut[begin].score, 0);
    }
    return cut;
}

/* The longest beginning of at most `max` bytes that ends between characters. */
static Str beginning(Str text, size_t max)
{
    if (text.len <= max) return text;
    while (max && ((unsigned char)text.data[max] & 0xC0) == 0x80) max--;
    return str_sub(text, 0, max);
}

size_t pieces_cut(const Pieces *pieces, Str text, Arena *arena, uint16_t ret[PIECES_MAX])
{
    if (text.len == 0) return 0;
    ArenaMark mark = arena_mark(arena);
    size_t count;
    int32_t *codepoint = normalised(beginning(text, PIECES_TEXT_MAX), arena, &count);
    const Cut *cut = best_cuts(pieces, codepoint, count, arena);
    uint16_t *back = arena_alloc(arena, count * sizeof *back); /* from the last piece to the first */
    size_t pieces_found = 0;
    bool unknown = false;
    for (size_t at = count; at > 0; at -= MIN(at, pieces->length[cut[at].piece])) {
        uint16_t piece = cut[at].piece;
        if (!(unknown && piece == 0)) back[pieces_found++] = piece;
        unknown = piece == 0;
    }
    size_t used = MIN(pieces_found, PIECES_MAX);
    for (size_t i = 0; i < used; i++) ret[i] = back[pieces_found - 1 - i];
    arena_back_to(arena, mark);
    return used;
}
