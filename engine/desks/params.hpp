// Parameters that methods of more than one subject take.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "engine/records.hpp"
#include "storage/listing.hpp"

namespace reeld::engine {

// invalid_request where the path is there and is not absolute: the daemon has a folder of its own.
Result<void> check_absolute(const Json& params, const char* name);

// "2026-11-21T08:00:00.000000Z", or shorter from the right down to the day alone, which is its first moment.
// nullopt where the parameter is not there; invalid_request where it is no such time.
Result<std::optional<std::int64_t>> time_param(const Json& params, const char* name);

// sort, order, cursor and limit.
storage::PageRequest page_request(const Json& params);

// {NAME: [rows], "next": cursor or null, "count": of all pages where it is asked for, else null}. `list`
// gives a Result<Page>, `count` a Result<int64>, `row` makes JSON of a record.
template <class List, class Count, class Row>
Result<Json> answer_page(const Json& params, const char* name, List list, Count count, Row row) {
  REELD_ASSIGN(const auto page, list(page_request(params)));
  Json rows = Json::array();
  for (const auto& record : page.rows) rows.push_back(row(record));
  Json answer = {{name, std::move(rows)}, {"next", nullptr}, {"count", nullptr}};
  if (!page.next.empty()) answer["next"] = page.next;
  if (params.value("count", false)) {
    REELD_ASSIGN(answer["count"], count());
  }
  return answer;
}

}  // namespace reeld::engine
