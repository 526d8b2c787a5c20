/* whisper.c -- what Whisper and its relatives write: segments of speech with times, perhaps with speakers.
 *
 *   openai-whisper, faster-whisper, WhisperX, verbose_json, diarized_json   {"segments":[{start, end, text, …}]}
 *   whisper.cpp                                                            {"transcription":[{offsets, text}]}
 *   Transformers pipelines                                                 {"chunks":[{timestamp:[a,b], text}]}
 *
 * A segment is a stretch of sound, not a turn.  With speakers, segments of one
 * speaker at most two seconds apart are joined into one turn.  Without, nobody
 * knows where a turn ends, and each segment stays for itself.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"
#include "import/speaker.h"

enum {
    JOIN_GAP_MS = 2000,    /* as for captions: a pause within a turn */
    JOIN_BYTES_MAX = 1000, /* a turn longer than this is hard to read and to point at */
};

/* Where Whisper's own decoder would have tried again (transcribe.py: logprob_threshold, compression_ratio_threshold,
 * no_speech_threshold). */
static const double LOGPROB_MIN = -1.0, COMPRESSION_MAX = 2.4, NO_SPEECH_MAX = 0.6;

static bool is_doubtful(const Json *segment)
{
    double value;
    return (json_double(json_get(segment, "avg_logprob"), &value) && value < LOGPROB_MIN) ||
           (json_double(json_get(segment, "compression_ratio"), &value) && value > COMPRESSION_MAX) ||
           (json_double(json_get(segment, "no_speech_prob"), &value) && value > NO_SPEECH_MAX);
}

/* ---- Times: seconds, [begin, end] in seconds, or milliseconds. ---- */

static int64_t item_seconds(const Json *pair, uint32_t index)
{
    JSON_EACH(item, pair)
    if (index-- == 0) return draft_seconds_ms(item);
    return WHEN_NONE;
}

static int64_t offset_ms(const Json *value)
{
    int64_t ms;
    return json_i64(value, &ms) && ms >= 0 && ms < (int64_t)366 * 86400000 ? ms : WHEN_NONE;
}

static void times_of(const Json *segment, int64_t *at, int64_t *end)
{
    const Json *pair = json_get(segment, "timestamp"), *offsets = json_get(segment, "offsets");
    *at = draft_seconds_ms(json_get(segment, "start"));
    *end = draft_seconds_ms(json_get(segment, "end"));
    if (*at == WHEN_NONE && json_is(pair, JSON_ARRAY)) {
        *at = item_seconds(pair, 0);
        *end = item_seconds(pair, 1);
    } else if (*at == WHEN_NONE && offsets) {
        *at = offset_ms(json_get(offsets, "from"));
        *end = offset_ms(json_get(offsets, "to"));
    }
}

/* ---- Speakers. ---- */

static Str speaker_of(const Json *segment, Str *text)
{
    Str speaker = json_scalar(json_get(segment, "speaker"));
    if (speaker.len == 0) speaker = json_scalar(json_get(segment, "speaker_label"));
    if (speaker.len == 0) speaker = json_scalar(json_get(segment, "speaker_id"));
    static const Str mark = { "(speaker ", 9 }; /* whisper.cpp --diarize: "(speaker 0) text" */
    size_t close = str_find_char(*text, ')');
    if (str_starts(*text, mark) && close != STR_NOT_FOUND && close < 2 * mark.len) {
        if (speaker.len == 0) speaker = str_trim(str_sub(*text, mark.len, close));
        *text = str_trim(str_from_byte(*text, close + 1));
    }
    return str_equal(speaker, STR("?")) ? (Str){ NULL, 0 } : speaker;
}

/* WhisperX labels words too; a segment without a label has its first word's. */
static Str speaker_of_words(const Json *words)
{
    JSON_EACH(word, words)
    {
        Str speaker = json_scalar(json_get(word, "speaker"));
        if (speaker.len) return speaker;
    }
    return (Str){ NULL, 0 };
}

/* ---- Turns. ---- */

static bool goes_on(const Utterance *last, uint32_t participant, bool doubtful, int64_t at, Str text)
{
    if (participant == NO_PARTICIPANT || last->participant != participant || last->doubtful != doubtful) return false;
    if (last->text.len + 1 + text.len > JOIN_BYTES_MAX) return false;
    int64_t until = last->end_ms != WHEN_NONE ? last->end_ms : last->at_ms;
    return at != WHEN_NONE && until != WHEN_NONE && at - until <= JOIN_GAP_MS;
}

/* Room for the turn that is being put together: grows by doubling, so that many short segments take no more than twice
 * their length. */
typedef struct Joined {
    char *data;
    size_t capacity;
} Joined;

static void join(Joined *joined, Arena *arena, Str *text, Str more)
{
    size_t len = text->len + 1 + more.len;
    if (!joined->data || joined->data != text->data || joined->capacity < len) {
        char *room = arena_alloc(arena, 2 * len);
        memcpy(room, text->data, text->len);
        *joined = (Joined){ .data = room, .capacity = 2 * len };
        text->data = room;
    }
    joined->data[text->len] = ' ';
    memcpy(joined->data + text->len + 1, more.data, more.len);
    text->len = len;
}

static void add_segment(Conversation *c, Arena *arena, const Json *segment, Joined *joined)
{
    Str text = str_trim(json_str(json_get(segment, "text")));
    Str speaker = speaker_of(segment, &text);
    if (text.len == 0) return;
    if (speaker.len == 0) speaker = speaker_of_words(json_get(segment, "words"));
    uint32_t participant =
        speaker.len ? conversation_participant(c, arena, speaker, (Str){ NULL, 0 }, speaker_role(speaker, NULL))
                    : NO_PARTICIPANT;
    int64_t at, end;
    times_of(segment, &at, &end);
    bool doubtful = is_doubtful(segment);
    Utterance *last = c->utterance_count ? &c->utterance[c->utterance_count - 1] : NULL;
    if (last && goes_on(last, participant, doubtful, at, text)) {
        join(joined, arena, &last->text, conversation_text(arena, text));
        if (end != WHEN_NONE) last->end_ms = end;
        return;
    }
    Utterance *u = conversation_say(c, arena, participant, ROLE_UNKNOWN, text);
    u->at_ms = at;
    u->end_ms = end;
    u->doubtful = doubtful;
}

static const Json *segments_of(const Json *json)
{
    static const char *const name[] = { "segments", "transcription", "speakers", "chunks", "utterances" };
    for (size_t i = 0; i < COUNT(name); i++) {
        const Json *list = json_get(json, name[i]);
        if (json_is(list, JSON_ARRAY) && list->count) return list;
    }
    return NULL;
}

static bool read_recording(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record,
                           size_t count)
{
    Conversation c;
    Joined joined = { .data = NULL };
    conversation_init(&c);
    c.channel = CHANNEL_PHONE;
    const Json *segments = segments_of(record->json);
    if (count == 1 && !segments && json_is(json_get(record->json, "text"), JSON_STRING)) {
        add_segment(&c, scratch, record->json, &joined); /* only the whole text is known */
    } else if (count == 1 && !segments && !json_is(json_get(record->json, "segments"), JSON_ARRAY)) {
        return import_reject(sink, block, record->line, record->offset, "no segments in this record");
    }
    JSON_EACH(segment, segments) add_segment(&c, scratch, segment, &joined);
    draft_roles(&c, block->options);
    draft_hide_addresses(&c, scratch);
    draft_sort(&c, 0, scratch);
    return import_give(sink, block, &c, record->line, scratch);
}

static bool read_recordings(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const RecordReader reader = { .read = read_recording };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum {
        S_START,
        S_TEXT,
        S_LOGPROB,
        S_SEEK,
        S_SPEAKER,
        S_WORDS,
        T_OFFSETS,
        T_TEXT,
        MODEL,
        C_TIMES,
        C_TEXT,
        TEXT,
        TASK,
        LANGUAGE,
        WORD_SEGMENTS,
        SP_TIMES,
        S_END
    };
    static const char *const marks[] = {
        [S_START] = "segments.start",
        [S_TEXT] = "segments.text",
        [S_LOGPROB] = "segments.avg_logprob",
        [S_SEEK] = "segments.seek",
        [S_SPEAKER] = "segments.speaker",
        [S_WORDS] = "segments.words",
        [T_OFFSETS] = "transcription.offsets",
        [T_TEXT] = "transcription.text",
        [MODEL] = "model.type",
        [C_TIMES] = "chunks.timestamp",
        [C_TEXT] = "chunks.text",
        [TEXT] = "text",
        [TASK] = "task=transcribe",
        [LANGUAGE] = "language",
        [WORD_SEGMENTS] = "word_segments",
        [SP_TIMES] = "speakers.timestamp",
        [S_END] = "segments.end",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool sure = (SEEN(S_TEXT) && SEEN(S_START) && SEEN(S_END)) || (SEEN(S_LOGPROB) && SEEN(S_TEXT)) ||
                (SEEN(T_OFFSETS) && SEEN(T_TEXT)) || (SEEN(C_TIMES) && SEEN(C_TEXT)) || SEEN(SP_TIMES);
    bool hidden = SEEN(TEXT) && !whole; /* the whole text stands first and fills all that we see */
    bool perhaps = (SEEN(TASK) && SEEN(LANGUAGE) && SEEN(TEXT)) || SEEN(WORD_SEGMENTS) || SEEN(S_SEEK);
#undef SEEN
    (void)file_name;
    return sure                                                                               ? 85
           : perhaps                                                                          ? 60
           : hidden && str_find_char(str_from_byte(head, head.len / 2), '}') == STR_NOT_FOUND ? 25
                                                                                              : 0;
}

const Format format_whisper = { .name = "whisper",
                                .about = "Whisper segments, with or without speakers",
                                .recognise = recognise,
                                .read = read_recordings };
