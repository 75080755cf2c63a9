#include "apps/reelctl/paging.hpp"

#include <iostream>
#include <utility>

#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {
namespace {

// For a shell, whatever its characters mean there.
std::string quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

}  // namespace

void add_page_options(CLI::App& command, PageOptions& options) {
  command.add_option("--sort", options.sort, "by which of its values");
  command.add_flag("--ascending", options.ascending, "the least or oldest first");
  command.add_option("--cursor", options.cursor, "go on where a page before ended");
  command.add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 500));
  command.add_flag("--count", options.count, "also say how many there are in all");
}

Json with_page(Json filters, const PageOptions& options) {
  filters["limit"] = options.limit;
  if (!options.sort.empty()) filters["sort"] = options.sort;
  if (options.ascending) filters["order"] = "asc";
  if (!options.cursor.empty()) filters["cursor"] = options.cursor;
  if (options.count) filters["count"] = true;
  return filters;
}

int answer_page(const Console& console, const Result<Json>& reply, const Words& words) {
  const int status = console.answer(reply, words);
  if (status != 0 || console.json) return status;
  // The list stands before what is said of it, where both go to one place.
  std::cout << std::flush;
  if (reply->contains("count") && reply->at("count").is_number())
    std::cerr << reply->at("count").dump() << " in all\n";
  if (const std::string next = text(*reply, "next"); !next.empty())
    std::cerr << "more: --cursor " << quoted(next) << "\n";
  return status;
}

}  // namespace reeld::reelctl
