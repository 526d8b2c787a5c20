/* fuzz_pieces.c -- any bytes as a text to cut into word pieces, and any list of pieces to cut with.
 *
 * Up to the first newline the bytes are the list, pieces between spaces; what follows is the text.  Each piece's score
 * comes from its first byte.
 */
#include <stdlib.h>

#include "encode/pieces.h"

enum { LIST_MAX = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Pieces *open_list(Str list, size_t *count)
{
    static const uint32_t END_ONE[] = { 1 };
    static const double SCORE_ONE[] = { 0 };
    char text[1 << 12];
    uint32_t end[LIST_MAX];
    double score[LIST_MAX];
    size_t len = 0;
    Str piece;
    Err err;
    for (*count = 0; *count < LIST_MAX && str_next_part(&list, ' ', &piece) && piece.len < sizeof text - len;
         ++*count) {
        if (piece.len) memcpy(text + len, piece.data, piece.len);
        len += piece.len;
        end[*count] = (uint32_t)len;
        score[*count] = piece.len ? (double)(signed char)piece.data[0] / 8 : 0;
    }
    Pieces *pieces = pieces_open(str_make(text, len), end, score, *count, 1, &err);
    if (pieces) return pieces;
    *count = 1;
    return pieces_open(STR("?"), END_ONE, SCORE_ONE, 1, 1, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = str_make((const char *)data, size);
    size_t line = str_find_char(text, '\n'), count;
    Pieces *pieces = open_list(str_sub(text, 0, line == STR_NOT_FOUND ? 0 : line), &count);
    if (!pieces) abort();
    if (line != STR_NOT_FOUND) text = str_from_byte(text, line + 1);
    Arena arena = { 0 };
    uint16_t first[PIECES_MAX], second[PIECES_MAX];
    size_t found = pieces_cut(pieces, text, &arena, first);
    if (found > PIECES_MAX || (found == 0) != (text.len == 0) || arena.used) abort();
    for (size_t i = 0; i < found; i++)
        if (first[i] >= count || (i && first[i] == 0 && first[i - 1] == 0)) abort();
    if (pieces_cut(pieces, text, &arena, second) != found || memcmp(first, second, found * sizeof *first) != 0) abort();
    arena_clear(&arena);
    pieces_free(pieces);
    return 0;
}
