// How a test turns what it laid before libc on and off while a program runs: by a file with a number.
// Opened by system calls, for `open` and `read` may be what is laid over.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// In the file that the environment's `variable` names; 0 where either is not there.
static int number_in(const char* variable) {
  const char* const name = getenv(variable);
  if (name == NULL) return 0;
  const int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[16] = {0};
  const long length = syscall(SYS_read, file, text, sizeof text - 1);
  syscall(SYS_close, file);
  return length > 0 ? atoi(text) : 0;
}
