/* fuzz_feed.c -- any bytes as a file: unpacked, recognised, cut and read, in whatever form they turn out to be. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "import/feed.h"

static void must(bool held)
{
    if (!held) abort();
}

static bool take(ImportSink *sink, Conversation *c)
{
    (void)sink;
    must(c->utterance_count > 0 && c->id.len > 0 && utf8_valid(c->file));
    for (uint32_t i = 0; i < c->utterance_count; i++) must(utf8_valid(c->utterance[i].text));
    return true;
}

static bool refuse(ImportSink *sink, const Reject *reject)
{
    (void)sink;
    must(reject->reason.len > 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("case", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *paths[] = { path };
    Err err = { 0 };
    Arena scratch = { 0 };
    ImportSink sink = { take, refuse };
    Feed *feed = feed_open(paths, 1, NULL, NULL, &err);
    FeedBlock block;
    for (;;) {
        if (feed_next(feed, &block, &err)) {
            Err failed = { 0 };
            must(block.format->read(&block.block, &sink, &scratch, &failed) || failed.kind);
            feed_done(&block);
        } else if (err.kind) {
            must(err.text[0] != 0);
        } else {
            break;
        }
    }
    feed_close(feed);
    arena_clear(&scratch);
    close(fd);
    return 0;
}
