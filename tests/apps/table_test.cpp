#include "apps/reelctl/table.hpp"

#include <catch2/catch.hpp>

namespace reeld::reelctl {
namespace {

TEST_CASE("a table of nothing is no text") {
  CHECK(table({}).empty());
}

TEST_CASE("a cell that would break its line is one line") {
  CHECK(table({{"a\nb", "c\x1b[31m\td"}}) == "a b  c [31m d\n");
}

TEST_CASE("columns are as wide as their widest cell, and the last one is not padded") {
  CHECK(table({{"cpu", "yes"}, {"vulkan", "no: no driver"}}) ==
        "cpu     yes\n"
        "vulkan  no: no driver\n");
}

TEST_CASE("a short row's last cell widens no column") {
  CHECK(table({{"device", "a processor with a long name"}, {"encoder", "av1", "no"}}) ==
        "device   a processor with a long name\n"
        "encoder  av1  no\n");
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(table({{"Föhr", "1"}, {"Sylt", "2"}}) ==
        "Föhr  1\n"
        "Sylt  2\n");
}

}  // namespace
}  // namespace reeld::reelctl
