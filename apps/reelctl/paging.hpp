// Long lists are seen a page at a time, by the same options everywhere.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "apps/reelctl/console.hpp"

namespace reeld::reelctl {

struct PageOptions {
  std::string sort;        // empty: the list's own order
  bool ascending = false;  // lists have the largest or newest first
  std::string cursor;      // the `next` of the page before; empty: the first page
  int limit = 50;
  bool count = false;
};

// --sort, --ascending, --cursor, --limit and --count.
void add_page_options(CLI::App& command, PageOptions& options);

// The parameters of a list method: its filters, and the page that is wanted.
Json with_page(Json filters, const PageOptions& options);

// Console::answer for a page; a person also hears, on standard error, how many there are in all (where
// --count asked) and how to see the next ones.
int answer_page(const Console& console, const Result<Json>& reply, const Words& words);

}  // namespace reeld::reelctl
