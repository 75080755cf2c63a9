// Stands before libc by LD_PRELOAD: a program is killed right after it synced the log of its database for the
// time that the file $DYING_SWITCH tells, counted from when that file is there. A change is durable then, and
// nobody has heard of it yet: so a test can kill a daemon between any two of its changes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../number_switch.h"

// 0: it is to live.
static int last_sync(void) {
  return number_in("DYING_SWITCH");
}

static int is_log(int file) {
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  return length > 4 && memcmp(path + length - 4, "-wal", 4) == 0;
}

static int synced(int file, int result) {
  static atomic_int syncs;
  const int before = errno;
  if (result == 0 && is_log(file)) {
    const int last = last_sync();
    if (last != 0 && atomic_fetch_add(&syncs, 1) + 1 == last) kill(getpid(), SIGKILL);
  }
  errno = before;
  return result;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int file) {
  return synced(file, REAL(fsync)(file));
}
int fdatasync(int file) {
  return synced(file, REAL(fdatasync)(file));
}
