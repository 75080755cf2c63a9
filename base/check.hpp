// What only we can get wrong: on in every build, never reachable from input.
#pragma once

#include <cstdio>
#include <cstdlib>

#define REELD_CHECK(condition)                                                                \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "%s:%d: broken assumption: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
