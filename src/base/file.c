/* file.c -- whole files in and out; a file we write is there whole, or not at all. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 << 10, TEMPORARY_TRIES = 100 };

/* Reads to the end of `fd`; one byte more than the limit is asked for, to know that there is more. */
static bool read_all(int fd, const char *path, size_t limit, size_t expected, Buf *ret, Err *err)
{
    size_t begin = ret->len;
    size_t ask = expected < limit ? expected + 1 : READ_BYTES;
    for (;;) {
        size_t room = MIN(ask, limit - (ret->len - begin) + (limit < SIZE_MAX));
        char *into = buf_room(ret, room);
        ssize_t got = read(fd, into, room);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return err_system(err, "cannot read", path);
        if (got == 0) return true;
        ret->len += (size_t)got;
        if (ret->len - begin > limit)
            return err_set(err, ERR_LIMIT, "%s: the file has more than %zu bytes", path, limit);
        ask = READ_BYTES;
    }
}

bool file_read(const char *path, size_t limit, Buf *ret, Err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_system(err, "cannot open", path);
    struct stat about;
    size_t begin = ret->len;
    bool done;
    if (fstat(fd, &about) != 0)
        done = err_system(err, "cannot read", path);
    else if (S_ISDIR(about.st_mode))
        done = err_set(err, ERR_INPUT, "%s: is a folder, not a file", path);
    else
        done = read_all(fd, path, limit, about.st_size > 0 ? (size_t)about.st_size : 0, ret, err);
    (void)close(fd);
    if (!done) ret->len = begin;
    return done;
}

bool file_write_all(int fd, Str bytes, const char *name, Err *err)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.data, MIN(bytes.len, (size_t)1 << 30));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return err_system(err, "cannot write", name);
        bytes = str_from_byte(bytes, (size_t)put);
    }
    return true;
}

/* A device, pipe or terminal is written to as it is: it cannot be renamed over. */
static bool write_through(const char *path, Str bytes, Err *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return err_system(err, "cannot open", path);
    bool done = file_write_all(fd, bytes, path, err);
    if (close(fd) != 0 && done) done = err_system(err, "cannot write", path);
    return done;
}

/* A name beside `path` that nobody has: the process's number and a count, tried with O_EXCL. */
static int open_temporary(const char *path, mode_t mode, char **ret_name)
{
    static unsigned count;
    for (int try = 0; try < TEMPORARY_TRIES; try++) {
        char *name;
        unsigned number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
        if (asprintf(&name, "%s.%ld-%u.tmp", path, (long)getpid(), number) < 0) return -1;
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (fd >= 0) {
            *ret_name = name;
            return fd;
        }
        int reason = errno;
        free(name);
        errno = reason;
        if (reason != EEXIST) return -1;
    }
    return -1;
}

/* The rename is kept through a power cut only once the folder is on the disk; where that cannot be asked, we go on. */
static void sync_folder(const char *path)
{
    char *copy = strdup(path);
    if (!copy) return;
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    free(copy);
}

static bool replace(const char *path, const struct stat *before, Str bytes, Err *err)
{
    char *name;
    int fd = open_temporary(path, before ? before->st_mode & 0777 : 0666, &name);
    if (fd < 0) return err_system(err, "cannot write", path);
    if (before) (void)fchmod(fd, before->st_mode & 07777);
    bool done = file_write_all(fd, bytes, path, err);
    if (done && fsync(fd) != 0) done = err_system(err, "cannot write", path);
    if (close(fd) != 0 && done) done = err_system(err, "cannot write", path);
    if (done && rename(name, path) != 0) done = err_system(err, "cannot write", path);
    if (done)
        sync_folder(path);
    else
        (void)unlink(name);
    free(name);
    return done;
}

bool file_write(const char *path, Str bytes, Err *err)
{
    struct stat before;
    if (stat(path, &before) != 0) return replace(path, NULL, bytes, err);
    if (S_ISDIR(before.st_mode)) return err_set(err, ERR_INPUT, "%s: is a folder, not a file", path);
    if (!S_ISREG(before.st_mode)) return write_through(path, bytes, err);
    char *real = realpath(path, NULL); /* a link stays a link; what it leads to is replaced */
    if (!real) return err_system(err, "cannot write", path);
    bool done = replace(real, &before, bytes, err);
    free(real);
    return done;
}
