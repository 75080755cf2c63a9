#include "apps/reelctl/paging.hpp"

#include <iostream>
#include <utility>

#include "apps/reelctl/words.hpp"

namespace reeld::reelctl {

void add_page_options(CLI::App& command, PageOptions& options) {
  command.add_option("--sort", options.sort, "by which of its values");
  command.add_flag("--ascending", options.ascending, "the least or oldest first");
  command.add_option("--cursor", options.cursor, "go on where a page before ended");
  command.add_option("--limit", options.limit, "at most so many")->check(CLI::Range(1, 500));
  command.add_flag("--count", options.count, "also say how many there are in all");
}

Json with_page(Json params, const PageOptions& options) {
  params["limit"] = options.limit;
  if (!options.sort.empty()) params["sort"] = options.sort;
  if (options.ascending) params["order"] = "asc";
  if (!options.cursor.empty()) params["cursor"] = options.cursor;
  if (options.count) params["count"] = true;
  return params;
}

int answer_page(const Console& console, const Result<Json>& reply, const Words& words) {
  const int status = console.answer(reply, words);
  if (status != 0 || console.json) return status;
  // The list stands before what is said of it, where both go to one place.
  std::cout << std::flush;
  if (reply->contains("count") && reply->at("count").is_number())
    std::cerr << reply->at("count").dump() << " in all\n";
  if (const std::string next = text(*reply, "next"); !next.empty())
    std::cerr << "more: --cursor " << next << "\n";
  return status;
}

}  // namespace reeld::reelctl
