// What every list of records takes and gives: pages that stay in place while rows come and go, since a page
// begins behind the last row of the one before and not at a number.
#pragma once

#include <string>
#include <vector>

namespace reeld::storage {

struct PageRequest {
  std::string sort = {};    // what to sort by, as the list names it; empty: the time of making
  bool descending = true;   // newest, or largest, first
  std::string cursor = {};  // Page::next of the page before; empty: the first page
  int limit = 50;           // 1..500
};

template <class Row>
struct Page {
  std::vector<Row> rows;
  std::string next;  // the cursor of the page behind; empty: this is the last
};

}  // namespace reeld::storage
