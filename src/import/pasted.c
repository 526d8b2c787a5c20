/* pasted.c -- line by line: a stamp or a role opens a turn, other lines go on with it. */
#include "import/pasted.h"

enum { DAY_MS = 86400000, NAME_LEN_MAX = 80 };

static bool take_number(Str *s, int64_t *ret)
{
    size_t digits = 0;
    while (digits < s->len && digits < 2 && ascii_digit(s->data[digits])) digits++;
    if (digits == 0 || !str_to_i64(str_sub(*s, 0, digits), ret)) return false;
    *s = str_from_byte(*s, digits);
    return true;
}

/* "(9:58 PM)", "(21:58:03)": milliseconds of the day; the rest of the line is left in *line. */
static bool take_clock(Str *line, int64_t *ret)
{
    Str s = *line;
    int64_t hour, minute, second = 0;
    if (!str_starts(s, STR("("))) return false;
    s = str_from_byte(s, 1);
    if (!take_number(&s, &hour) || !str_starts(s, STR(":"))) return false;
    s = str_from_byte(s, 1);
    if (!take_number(&s, &minute)) return false;
    if (str_starts(s, STR(":"))) {
        s = str_from_byte(s, 1);
        if (!take_number(&s, &second)) return false;
    }
    size_t close = str_find_char(s, ')');
    if (close == STR_NOT_FOUND || hour > 23 || minute > 59 || second > 59) return false;
    Str half = str_trim(str_sub(s, 0, close));
    if (str_equal_nocase(half, STR("pm")))
        hour = hour % 12 + 12;
    else if (str_equal_nocase(half, STR("am")))
        hour %= 12;
    else if (half.len)
        return false;
    *ret = ((hour * 60 + minute) * 60 + second) * 1000;
    *line = str_trim(str_from_byte(s, close + 1));
    return true;
}

/* "Name: text". */
static bool take_name(Str *line, Str *name)
{
    size_t colon = str_find_char(*line, ':');
    if (colon == STR_NOT_FOUND || colon == 0 || colon > NAME_LEN_MAX) return false;
    *name = str_trim(str_sub(*line, 0, colon));
    *line = str_trim(str_from_byte(*line, colon + 1));
    return name->len > 0;
}

/* A visitor's name is made up by the chat: "Visitor 4821", "Web User 63e1…". */
static Role role_of_name(Str name)
{
    Role role = role_from(name);
    if (role != ROLE_UNKNOWN) return role;
    return str_starts(name, STR("Visitor ")) || str_starts(name, STR("Web User ")) ? ROLE_CUSTOMER : ROLE_UNKNOWN;
}

static void open_turn(Pasted *pasted, Arena *arena, Str name, int64_t after_ms, Str text)
{
    *ARENA_PUSH(arena, pasted->turn, pasted->count, pasted->capacity) =
        (PastedTurn){ .name = name, .role = role_of_name(name), .after_ms = after_ms, .text = text };
}

/* Lines of one text lie one behind the other, so a turn grows by moving its end. */
static void go_on_to(PastedTurn *turn, Str line)
{
    if (line.len == 0) return;
    if (turn->text.len == 0)
        turn->text = line;
    else
        turn->text.len = (size_t)(line.data + line.len - turn->text.data);
}

bool pasted_chat(Str text, Arena *arena, Pasted *ret)
{
    Str rest = text, line;
    int64_t first = WHEN_NONE, last = 0, clock, days = 0;
    bool in_turn = false;
    *ret = (Pasted){ .count = 0 };
    while (str_next_line(&rest, &line)) {
        Str name;
        line = str_trim(line);
        if (take_clock(&line, &clock)) {
            if (first == WHEN_NONE) first = last = clock;
            if (clock < last) days++; /* past midnight */
            last = clock;
            in_turn = !str_starts(line, STR("***")) && take_name(&line, &name);
            if (in_turn) open_turn(ret, arena, name, clock + days * DAY_MS - first, line);
        } else if (in_turn) {
            go_on_to(&ret->turn[ret->count - 1], line);
        }
    }
    return ret->count > 0;
}

bool pasted_call(Str text, Arena *arena, Pasted *ret)
{
    Str rest = text, line;
    *ret = (Pasted){ .count = 0 };
    while (str_next_line(&rest, &line)) {
        Str name, said = line = str_trim(line);
        if (take_name(&said, &name) && role_of_name(name) != ROLE_UNKNOWN)
            open_turn(ret, arena, name, WHEN_NONE, said);
        else if (ret->count)
            go_on_to(&ret->turn[ret->count - 1], line);
        else if (line.len)
            return false;
    }
    return ret->count > 1;
}
