// A database as it is after years of work, filled in minutes: real rows that pass every CHECK and trigger of
// the schema, without the daemon that would have made them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace reeld::bench {

struct Filling {
  std::int64_t jobs = 1'000'000;
  std::int64_t events = 10'000'000;  // and scores, a fifth of them
};

inline constexpr int kFilledUsers = 10, kFilledModels = 8;

// What the rows of a filled database are called, to be asked for again.
std::string filled_model(std::int64_t number);    // 0..kFilledModels - 1
std::string filled_session(std::int64_t number);  // 0..jobs / 20 - 1
std::string filled_user(std::int64_t number);     // 0 is the local user, who has nine jobs of ten
std::string filled_project(std::int64_t number);  // 0..jobs / 200 - 1
std::string filled_group(std::int64_t number);    // 0..jobs / 50 - 1
// Jobs are spread evenly over the year that begins here.
inline constexpr std::int64_t kFilledFromUs = 1'700'000'000'000'000;
inline constexpr std::int64_t kFilledYearUs = 365LL * 86400 * 1'000'000;

// Makes the database. Errors: database_failed, those of storage::Database::open.
Result<void> fill_records(const std::filesystem::path& file, const Filling& filling);

}  // namespace reeld::bench
