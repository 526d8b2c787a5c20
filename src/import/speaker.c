/* speaker.c -- a line in; a speaker's name and what was said out, or the answer that it begins with no name.
 *
 * Promise: "10:30 Meeting: we start" and "The trouble is: it leaks" begin with
 * no name.  Linear in the length of a name, which is limited.
 */
#include "import/speaker.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "import/words.h"

enum {
    NAME_LEN_MAX = 80,  /* bytes */
    NAME_WORDS_MAX = 6, /* "Maria del Carmen Ruiz de Haro" */
};

static const char *const LABEL_KINDS[] = { "label", NULL };
static WordTable labels = { .file = "import/labels.tsv", .kinds = LABEL_KINDS };
static pthread_once_t labels_once = PTHREAD_ONCE_INIT;
static void labels_fill(void) { words_fill(&labels); }

static bool is_label(Str name)
{
    (void)pthread_once(&labels_once, labels_fill);
    /* "Step 2:", "Q3:" are labels with a number behind. */
    size_t len = name.len;
    while (len && ascii_digit(name.data[len - 1])) len--;
    return words_find(&labels, name) || (len < name.len && words_find(&labels, str_trim(str_sub(name, 0, len))));
}

typedef struct WordShape {
    bool name_like; /* may be a word of a name */
    bool capitals;  /* all its letters are capitals, and there are at least two */
    bool number;    /* digits alone, as in "Speaker 2" */
} WordShape;

static WordShape word_shape(Str word)
{
    WordShape shape = { .number = true };
    uint32_t letters = 0, upper = 0, digits = 0;
    bool first_upper = false, odd = false;
    for (size_t at = 0; at < word.len;) {
        int32_t c;
        at += utf8_decode(word, at, &c);
        utf8proc_category_t category = utf8proc_category(c);
        bool capital = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
        bool letter = capital || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LM ||
                      category == UTF8PROC_CATEGORY_LO;
        if (letter) {
            /* Scripts without case have no capitals to ask for. */
            if (letters == 0) first_upper = capital || category == UTF8PROC_CATEGORY_LO;
            letters++;
            if (capital) upper++;
            shape.number = false;
        } else if (c >= '0' && c <= '9') {
            digits++;
        } else if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC) {
            shape.number = false;
        } else if (c == '.' || c == '\'' || c == 0x2019 || c == '-' || c == '_' || c == '(' || c == ')' || c == ',' ||
                   c == '#' || c == '+' || c == '&' || c == '/' || c == '@' || c == 0x2010) {
            if (c != '#' && c != '+') shape.number = false;
        } else {
            odd = true;
        }
    }
    static const char *const particle[] = { "de", "der", "den", "del", "di",  "da", "dos", "du",  "van", "von", "vom",
                                            "la", "le",  "el",  "al",  "bin", "y",  "e",   "ten", "ter", "zu",  "af" };
    bool is_particle = false;
    for (size_t i = 0; i < COUNT(particle); i++) is_particle |= str_equal(word, str_from(particle[i]));
    shape.number = shape.number && digits > 0;
    shape.name_like = !odd && (first_upper || is_particle || shape.number || str_equal(word, STR("&")));
    shape.capitals = letters >= 2 && upper == letters;
    return shape;
}

static NameShape name_shape(Str name)
{
    if (name.len == 0 || name.len > NAME_LEN_MAX) return NAME_NONE;
    Role role = speaker_role(name, NULL);
    uint32_t words = 0, numbers = 0, plain = 0;
    bool like = true;
    Str rest = name, word;
    while (str_next_part(&rest, ' ', &word)) {
        if (!word.len) continue;
        WordShape shape = word_shape(word);
        bool opens = words == 0;
        words++;
        like =
            like && shape.name_like && !(opens && (shape.number || ascii_digit(word.data[0])) && word.data[0] != '+');
        numbers += shape.number;
        plain += !shape.capitals && !shape.number;
    }
    if (!like) return role == ROLE_UNKNOWN ? NAME_NONE : numbers ? NAME_STRONG : NAME_DOUBTFUL; /* "agent 2" */
    if (words > NAME_WORDS_MAX || is_label(name)) return NAME_NONE;
    if (plain == 0 && words <= 4) return NAME_STRONG;
    return words >= 2 ? NAME_STRONG : NAME_DOUBTFUL;
}

NameShape speaker_prefix(Str line, Str *name, Str *rest)
{
    line = str_trim(line);
    Str head = str_sub(line, 0, NAME_LEN_MAX + 4);
    size_t ascii = str_find_char(head, ':'), wide = str_find(head, STR("\xEF\xBC\x9A")); /* U+FF1A */
    size_t colon = MIN(ascii, wide);
    if (colon == STR_NOT_FOUND) return NAME_NONE;
    Str said = str_from_byte(line, colon + (wide < ascii ? 3 : 1));
    /* "10:30", "https://": a name's colon ends a word.  The wide one needs no blank. */
    if (said.len && !ascii_space(said.data[0]) && wide >= ascii) return NAME_NONE;
    Str before = str_trim(str_sub(line, 0, colon));
    NameShape bracketed = NAME_NONE;
    if (before.len > 2 && ((before.data[0] == '[' && before.data[before.len - 1] == ']') ||
                           (before.data[0] == '(' && before.data[before.len - 1] == ')'))) {
        before = str_trim(str_sub(before, 1, before.len - 1));
        bracketed = NAME_STRONG;
    }
    NameShape shape = name_shape(before);
    if (shape == NAME_NONE) return NAME_NONE;
    *name = before;
    *rest = str_trim(said);
    return MAX(shape, bracketed);
}

/* "agent=Lena,customer=1": a role for what the source calls the speaker, either way round. */
static Role role_told(Str name, const char *roles)
{
    Str rest = str_from(roles), pair;
    while (str_next_part(&rest, ',', &pair)) {
        Str left;
        if (!str_next_part(&pair, '=', &left)) continue;
        left = str_trim(left);
        pair = str_trim(pair);
        if (str_equal_nocase(left, name) && role_from(pair) != ROLE_UNKNOWN) return role_from(pair);
        if (str_equal_nocase(pair, name) && role_from(left) != ROLE_UNKNOWN) return role_from(left);
    }
    return ROLE_UNKNOWN;
}

bool speaker_roles_check(const char *roles, Err *err)
{
    Str rest = str_from(roles), pair, left;
    while (str_next_part(&rest, ',', &pair)) {
        Str whole = pair;
        if (str_trim(pair).len == 0) continue;
        bool parted = str_find_char(pair, '=') != STR_NOT_FOUND && str_next_part(&pair, '=', &left);
        if (parted && str_trim(left).len && str_trim(pair).len &&
            (role_from(str_trim(pair)) != ROLE_UNKNOWN || role_from(str_trim(left)) != ROLE_UNKNOWN))
            continue;
        return err_set(err, ERR_USAGE, "--roles: '%.*s' is not NAME=ROLE, with agent, customer, bot or system",
                       STR_ARG(str_sub(whole, 0, 60)));
    }
    return true;
}

Role speaker_told(Str name, const ImportOptions *options)
{
    return name.len && options && options->roles ? role_told(str_trim(name), options->roles) : ROLE_UNKNOWN;
}

Role speaker_role(Str name, const ImportOptions *options)
{
    name = str_trim(name);
    Role told = speaker_told(name, options);
    if (told != ROLE_UNKNOWN) return told;
    Role role = role_from(name);
    if (role != ROLE_UNKNOWN) return role;
    if (name.len && name.data[name.len - 1] == ')') {
        for (size_t i = name.len; i-- > 0;)
            if (name.data[i] == '(') return role_from(str_sub(name, i + 1, name.len - 1));
    }
    size_t len = name.len;
    while (len && (ascii_digit(name.data[len - 1]) || name.data[len - 1] == '#' || name.data[len - 1] == '_' ||
                   name.data[len - 1] == '-' || name.data[len - 1] == ' '))
        len--;
    return len < name.len ? role_from(str_sub(name, 0, len)) : ROLE_UNKNOWN;
}
