// Stands before libc by LD_PRELOAD: what is written below the folder $FAILING_DISK_FOLDER fails with the
// error number that the file $FAILING_DISK_SWITCH holds, for as long as that is there. So a disk fills up, or
// turns read-only, under a program that runs, and needs no right to mount anything.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../number_switch.h"

// 0: the disk is well.
static int error_now(void) {
  return number_in("FAILING_DISK_SWITCH");
}

static int fails_at(const char* path) {
  const char* const folder = getenv("FAILING_DISK_FOLDER");
  if (folder == NULL || strncmp(path, folder, strlen(folder)) != 0) return 0;
  errno = error_now();
  return errno != 0;
}

static int fails_in(int file) {
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const int before = errno;
  const ssize_t length = readlink(link, path, sizeof path - 1);
  errno = before;
  if (length < 0) return 0;
  path[length] = '\0';
  return fails_at(path) ? 1 : (errno = before, 0);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                                 \
  int name(const char* path, int flags, ...) {                                     \
    va_list more;                                                                  \
    va_start(more, flags);                                                         \
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;         \
    va_end(more);                                                                  \
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && fails_at(path)) return -1; \
    return REAL(name)(path, flags, mode);                                          \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                               \
  int name(int folder, const char* path, int flags, ...) {                         \
    va_list more;                                                                  \
    va_start(more, flags);                                                         \
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;         \
    va_end(more);                                                                  \
    if ((flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 && fails_at(path)) return -1; \
    return REAL(name)(folder, path, flags, mode);                                  \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void* bytes, size_t size) {
  return fails_in(file) ? -1 : REAL(write)(file, bytes, size);
}
ssize_t writev(int file, const struct iovec* parts, int count) {
  return fails_in(file) ? -1 : REAL(writev)(file, parts, count);
}
ssize_t pwrite(int file, const void* bytes, size_t size, off_t at) {
  return fails_in(file) ? -1 : REAL(pwrite)(file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t at) {
  return fails_in(file) ? -1 : REAL(pwrite64)(file, bytes, size, at);
}
int ftruncate(int file, off_t size) {
  return fails_in(file) ? -1 : REAL(ftruncate)(file, size);
}
int ftruncate64(int file, off64_t size) {
  return fails_in(file) ? -1 : REAL(ftruncate64)(file, size);
}
int mkdir(const char* path, mode_t mode) {
  return fails_at(path) ? -1 : REAL(mkdir)(path, mode);
}
int rename(const char* from, const char* to) {
  return fails_at(to) ? -1 : REAL(rename)(from, to);
}
