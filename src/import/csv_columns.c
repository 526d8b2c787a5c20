/* csv_columns.c -- which column is what: told by --map, else guessed from the names that other systems use. */
#include "import/csv.h"

/* What --map calls a column, and the names in headers, surest first: lower case, anything but letters and digits as one
 * '_', words apart by blanks here.  A name that could be a message's own comes last ("id", "from"). */
static const struct {
    const char *key, *names;
} COLUMN[CSV_COLUMN_COUNT] = {
    [CSV_CONVERSATION] = { "conversation_id",
                           "conversation_id conversationid conversation conv_id ticket_id ticketid ticket "
                           "ticket_number "
                           "ticket_no ticket_nr case_number case_id caseid case_no case thread_id threadid thread "
                           "chat_id "
                           "chatid chat session_id sessionid session call_id callid call contact_id contactid "
                           "interaction_id "
                           "interaction engagement_id dialogue_id dialog_id dialogue dialog transcript_id "
                           "transcript_no issue_id "
                           "issue_key issue request_id incident_id incident external_ticket_id parent_id id" },
    [CSV_TEXT] = { "text",
                   "text message_text message_body body comment_body plain_body body_text text_body utterance message "
                   "comment case_comment ticket_comment message_content chat_message content transcript transcription chat_text msg reply sentence phrase response html_body "
                   "body_html description" },
    [CSV_ROLE] = { "role",
                   "role author_type authortype author_role sender_type sendertype sender_role speaker_role "
                   "speaker_type "
                   "participant_role participant_type user_type user_role actor_type actor_role from_type direction "
                   "message_direction party side inbound is_inbound incoming is_incoming is_customer from_customer "
                   "outbound is_outbound is_agent is_staff from_agent actor type message_type" },
    [CSV_AUTHOR] = { "author",
                     "author author_name authorname sender sender_name sendername speaker speaker_name speaker_label "
                     "participant participant_name user_name username user screen_name from_name name from created_by "
                     "author_id sender_id speaker_id participant_id user_id who" },
    [CSV_EMAIL] = { "email", "author_email sender_email from_email from_address email email_address user_email" },
    [CSV_TIME] = { "time",
                   "timestamp created_at createdat sent_at sentat datetime date_time message_time message_date "
                   "event_time created created_time created_date date_created date_sent time_sent sent sent_time "
                   "occurred_at posted_at time start_time starttime start_ms start offset_ms at at_ms ts date" },
    [CSV_DATE] = { "date", "date day message_date" },
    [CSV_TURN] = { "turn",
                   "turn turn_id turn_no turn_number turn_index utterance_index utterance_id message_index message_no "
                   "sequence sequence_number seq position index line line_no order step" },
    [CSV_CHANNEL] = { "channel", "channel channel_type channel_name medium source_channel media_type mediatype via" },
    [CSV_PUBLIC] = { "public", "public is_public ispublic is_published visibility" },
    [CSV_INTERNAL] = { "internal",
                       "internal is_internal private is_private isprivate internal_note private_note is_note" },
    [CSV_SUBJECT] = { "subject", "subject ticket_subject title" },
    [CSV_AGENT] = { "agent", "agent_name agent assignee assignee_name agent_email" },
    [CSV_CUSTOMER] = { "customer",
                       "customer_name customer requester requester_name client client_name contact_name visitor "
                       "visitor_name" },
};

enum { NAME_MAX_BYTES = 64 };

/* A header's name as COLUMN writes them, in `ret`; its length. */
static size_t plain_name(Str name, char ret[NAME_MAX_BYTES])
{
    size_t len = 0;
    bool gap = false;
    for (size_t i = 0; i < name.len && len + 1 < NAME_MAX_BYTES; i++) {
        char c = name.data[i];
        if (!ascii_alnum(c) && (unsigned char)c < 0x80) {
            gap = true;
            continue;
        }
        if (gap && len) ret[len++] = '_';
        gap = false;
        ret[len++] = ascii_lower(c);
    }
    return len;
}

static uint64_t bit_of(Str plain) { return (uint64_t)1 << (str_hash(plain) % 64); }

static int find_name(const CsvColumns *columns, Str plain)
{
    if (!(columns->plain_bits & bit_of(plain))) return CSV_NO_COLUMN;
    for (size_t i = 0; i < columns->field_count; i++)
        if (str_equal(columns->plain[i], plain)) return (int)i;
    return CSV_NO_COLUMN;
}

static bool is_taken(const CsvColumns *columns, int at)
{
    for (int c = 0; c < CSV_COLUMN_COUNT; c++)
        if (columns->at[c] == at) return true;
    return false;
}

static void guess(CsvColumns *columns, CsvColumn column)
{
    Str names = str_from(COLUMN[column].names), name;
    while (columns->at[column] == CSV_NO_COLUMN && str_next_part(&names, ' ', &name)) {
        int at = name.len ? find_name(columns, name) : CSV_NO_COLUMN;
        if (at != CSV_NO_COLUMN && !is_taken(columns, at)) columns->at[column] = at;
    }
}

/* The names of the columns, for a person who looks for the right one. */
static void print_names(const CsvColumns *columns, Buf *ret)
{
    for (size_t i = 0; i < columns->field_count && ret->len < 300; i++)
        buf_printf(ret, "%s%.*s", i ? ", " : "", STR_ARG(str_sub(str_trim(columns->name[i]), 0, 40)));
    buf_char(ret, 0);
}

static bool refuse(const CsvColumns *columns, Err *err, ErrKind kind, Str file, const char *what, Str name)
{
    Buf names = { 0 };
    print_names(columns, &names);
    err_set(err, kind, "%.*s: %s%.*s; its columns are: %s", STR_ARG(file), what, STR_ARG(str_sub(name, 0, 60)),
            names.data);
    err_hint(err, "Say which is which: --map \"conversation_id=Ticket,role=Author type,text=Body\".");
    buf_clear(&names);
    return false;
}

static int column_keyed(Str key)
{
    for (int c = 0; c < CSV_COLUMN_COUNT; c++)
        if (str_equal_nocase(key, str_from(COLUMN[c].key))) return c;
    return -1;
}

static int column_named(const CsvColumns *columns, Str name)
{
    for (size_t i = 0; i < columns->field_count; i++)
        if (str_equal(str_trim(columns->name[i]), name)) return (int)i;
    char plain[NAME_MAX_BYTES];
    size_t len = plain_name(name, plain);
    return len ? find_name(columns, str_make(plain, len)) : CSV_NO_COLUMN;
}

/* One "KEY=COLUMN"; an empty one has no column. */
static bool read_pair(Str pair, int *column, Str *name, Err *err)
{
    size_t equals = str_find_char(pair, '=');
    *column = CSV_NO_COLUMN;
    if (str_trim(pair).len == 0) return true;
    if (equals == STR_NOT_FOUND)
        return err_set(err, ERR_USAGE, "--map: %.*s: KEY=COLUMN is wanted", STR_ARG(str_sub(pair, 0, 60)));
    Str key = str_trim(str_sub(pair, 0, equals));
    *name = str_trim(str_from_byte(pair, equals + 1));
    *column = column_keyed(key);
    if (*column >= 0) return true;
    err_set(err, ERR_USAGE, "--map: there is no key %.*s", STR_ARG(str_sub(key, 0, 60)));
    return err_hint(err,
                    "Keys: conversation_id, text, role, author, email, time, date, turn, channel, public, internal, "
                    "subject, agent, customer.");
}

bool csv_map_check(const char *map, Err *err)
{
    Str rest = str_from(map), pair, name;
    int column;
    while (str_next_part(&rest, ',', &pair))
        if (!read_pair(pair, &column, &name, err)) return false;
    return true;
}

static bool read_map(CsvColumns *columns, const char *map, Str file, Err *err)
{
    Str rest = str_from(map), pair, name;
    int column;
    while (str_next_part(&rest, ',', &pair)) {
        if (!read_pair(pair, &column, &name, err)) return false;
        if (column == CSV_NO_COLUMN) continue;
        columns->at[column] = column_named(columns, name);
        if (columns->at[column] == CSV_NO_COLUMN)
            return refuse(columns, err, ERR_USAGE, file, "there is no column ", name);
    }
    return true;
}

static bool names_have(const char *names, Str plain)
{
    Str rest = str_from(names), name;
    while (str_next_part(&rest, ' ', &name))
        if (str_equal(name, plain)) return true;
    return false;
}

static Str plain_of(const CsvColumns *columns, CsvColumn column)
{
    int at = columns->at[column];
    return at == CSV_NO_COLUMN ? (Str){ 0 } : columns->plain[at];
}

/* What the names of the columns found say about how to read them. */
static void note_kinds(CsvColumns *columns)
{
    Str role = plain_of(columns, CSV_ROLE), text = plain_of(columns, CSV_TEXT), time = plain_of(columns, CSV_TIME);
    columns->role_kind = CSV_ROLE_WORD;
    if (names_have("inbound is_inbound incoming is_incoming is_customer from_customer", role))
        columns->role_kind = CSV_ROLE_TRUE_IS_CUSTOMER;
    if (names_have("outbound is_outbound is_agent is_staff from_agent", role))
        columns->role_kind = CSV_ROLE_TRUE_IS_AGENT;
    columns->role_may_name =
        str_find(role, STR("type")) == STR_NOT_FOUND && str_find(role, STR("direction")) == STR_NOT_FOUND;
    columns->is_html = str_find(text, STR("html")) != STR_NOT_FOUND;
    columns->is_milliseconds = str_ends(time, STR("_ms")) || str_find(time, STR("milli")) != STR_NOT_FOUND;
}

bool csv_columns(Str preamble, Str file, const char *map, Arena *arena, CsvColumns *ret, Err *err)
{
    for (int c = 0; c < CSV_COLUMN_COUNT; c++) ret->at[c] = CSV_NO_COLUMN;
    Str header = csv_header(preamble, &ret->separator);
    size_t separators = 0;
    ret->plain_bits = 0;
    for (size_t i = 0; i < header.len && separators < CSV_FIELDS_MAX - 1; i++)
        separators += header.data[i] == ret->separator;
    ret->name = ARENA_NEW(arena, Str, separators + 1);
    ret->plain = ARENA_NEW(arena, Str, separators + 1);
    ret->field_count = csv_fields(header, ret->separator, arena, ret->name, separators + 1);
    for (size_t i = 0; i < ret->field_count; i++) {
        char plain[NAME_MAX_BYTES];
        ret->plain[i] = arena_str(arena, str_make(plain, plain_name(ret->name[i], plain)));
        ret->plain_bits |= bit_of(ret->plain[i]);
    }
    if (map && !read_map(ret, map, file, err)) return false;
    for (int c = 0; c < CSV_COLUMN_COUNT; c++) guess(ret, (CsvColumn)c);
    note_kinds(ret);
    if (ret->at[CSV_TEXT] != CSV_NO_COLUMN) return true;
    return refuse(ret, err, ERR_INPUT, file, "no column holds what was said", (Str){ 0 });
}

void csv_columns_print(const CsvColumns *columns, Buf *ret)
{
    size_t begin = ret->len, unread = 0;
    for (int c = 0; c < CSV_COLUMN_COUNT; c++)
        if (columns->at[c] != CSV_NO_COLUMN)
            buf_printf(ret, "%s%s=%.*s", ret->len > begin ? ", " : "", COLUMN[c].key,
                       STR_ARG(str_sub(str_trim(columns->name[columns->at[c]]), 0, 40)));
    for (size_t i = 0; i < columns->field_count && ret->len < begin + 300; i++)
        if (!is_taken(columns, (int)i))
            buf_printf(ret, "%s%.*s",
                       unread++ ? ", " : "; not read: ", STR_ARG(str_sub(str_trim(columns->name[i]), 0, 40)));
}
