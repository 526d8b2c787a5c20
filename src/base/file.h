/* file.h -- bytes from and to files, with errors that name them. */
#ifndef GOODWILL_BASE_FILE_H
#define GOODWILL_BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

bool file_read(const char *path, size_t limit, Buf *ret, Err *err) MUST_USE; /* appends; ERR_LIMIT past `limit` bytes */
bool file_write(const char *path, Str bytes, Err *err) MUST_USE; /* whole or not at all: a new file, renamed */
bool file_write_all(int fd, Str bytes, const char *name, Err *err) MUST_USE; /* through EINTR and short writes */

#endif
