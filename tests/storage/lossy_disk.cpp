#include "tests/storage/lossy_disk.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include <catch2/catch.hpp>

namespace reeld::storage {
namespace {

// What a disk writes whole or not at all.
constexpr std::size_t kSector = 512;

}  // namespace

LossyDisk* LossyDisk::only_ = nullptr;

LossyDisk::LossyDisk(const std::filesystem::path& folder)
    : folder_(folder.string() + "/"), real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
  REQUIRE(only_ == nullptr);
  only_ = this;
  vfs_.zName = "lossy";
  vfs_.xOpen = open;
  vfs_.xDelete = remove;
  REQUIRE(sqlite3_vfs_register(&vfs_, 1) == SQLITE_OK);
}

LossyDisk::~LossyDisk() {
  sqlite3_vfs_register(real_, 1);
  sqlite3_vfs_unregister(&vfs_);
  only_ = nullptr;
}

std::size_t LossyDisk::cut(const std::filesystem::path& to, std::mt19937_64& random) {
  std::map<std::string, Kept> files;
  {
    const std::lock_guard lock(mutex_);
    files = files_;
  }
  std::filesystem::create_directories(to);
  std::size_t lost = 0;
  for (auto& [name, kept] : files) {
    lost += kept.unsynced.size();
    for (const Change& change : kept.unsynced) apply_in_part(kept, change, random);
    if (!kept.exists) continue;
    std::ofstream out(to / std::filesystem::path(name).filename(), std::ios::binary);
    out << kept.bytes;
  }
  return lost;
}

void LossyDisk::apply(Kept& kept, const Change& change) {
  kept.exists = change.kind != Change::remove;
  switch (change.kind) {
    case Change::write: {
      const auto offset = static_cast<std::size_t>(change.offset);
      if (kept.bytes.size() < offset + change.bytes.size()) kept.bytes.resize(offset + change.bytes.size());
      std::ranges::copy(change.bytes, kept.bytes.begin() + change.offset);
      break;
    }
    case Change::truncate:
      kept.bytes.resize(static_cast<std::size_t>(change.offset));
      break;
    case Change::remove:
      kept.bytes.clear();
      break;
  }
}

void LossyDisk::apply_in_part(Kept& kept, const Change& change, std::mt19937_64& random) {
  const auto chosen = [&] { return random() % 2 == 0; };
  if (change.kind != Change::write) {
    if (chosen()) apply(kept, change);
    return;
  }
  for (std::size_t at = 0; at < change.bytes.size(); at += kSector) {
    const auto offset = change.offset + static_cast<sqlite3_int64>(at);
    if (chosen()) apply(kept, {Change::write, offset, change.bytes.substr(at, kSector)});
  }
}

void LossyDisk::changed(sqlite3_file* file, Change change) {
  const std::lock_guard lock(mutex_);
  change.number = ++changes_;
  files_.at(open_.at(file).name).unsynced.push_back(std::move(change));
}

void LossyDisk::synced(sqlite3_file* file, std::int64_t before) {
  const std::lock_guard lock(mutex_);
  Kept& kept = files_.at(open_.at(file).name);
  if (!kept.exists) folder_synced(before);
  const auto end =
      std::ranges::find_if(kept.unsynced, [&](const Change& change) { return change.number > before; });
  for (auto change = kept.unsynced.begin(); change != end; ++change) apply(kept, *change);
  kept.unsynced.erase(kept.unsynced.begin(), end);
}

void LossyDisk::folder_synced(std::int64_t before) {
  for (auto& [name, kept] : files_) {
    const auto last = std::ranges::find_if(
        kept.unsynced.rbegin(), kept.unsynced.rend(),
        [&](const Change& change) { return change.kind == Change::remove && change.number <= before; });
    if (last == kept.unsynced.rend()) continue;
    kept.unsynced.erase(kept.unsynced.begin(), last.base());
    kept.exists = false;
    kept.bytes.clear();
  }
}

int LossyDisk::open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
  LossyDisk& disk = *only_;
  const int result = disk.real_->xOpen(disk.real_, name, file, flags, given);
  if (result != SQLITE_OK || name == nullptr || !std::string_view(name).starts_with(disk.folder_))
    return result;
  const std::lock_guard lock(disk.mutex_);
  disk.open_[file] = {name, file->pMethods};
  sqlite3_io_methods& wrapped = disk.wrapped_.try_emplace(file->pMethods, *file->pMethods).first->second;
  wrapped.xClose = close;
  wrapped.xWrite = write;
  wrapped.xTruncate = truncate;
  wrapped.xSync = sync;
  file->pMethods = &wrapped;
  disk.files_.try_emplace(name);
  return result;
}

int LossyDisk::remove(sqlite3_vfs*, const char* name, int sync_folder) {
  LossyDisk& disk = *only_;
  const int result = disk.real_->xDelete(disk.real_, name, sync_folder);
  const std::lock_guard lock(disk.mutex_);
  const auto found = disk.files_.find(name);
  if (result != SQLITE_OK || found == disk.files_.end()) return result;
  if (sync_folder != 0) {
    found->second = {};
  } else {
    found->second.unsynced.push_back({Change::remove, 0, {}, ++disk.changes_});
  }
  return result;
}

const sqlite3_io_methods& LossyDisk::real(sqlite3_file* file) {
  const std::lock_guard lock(only_->mutex_);
  return *only_->open_.at(file).real;
}

int LossyDisk::close(sqlite3_file* file) {
  const sqlite3_io_methods& methods = real(file);
  {
    const std::lock_guard lock(only_->mutex_);
    only_->open_.erase(file);
  }
  return methods.xClose(file);
}

int LossyDisk::write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  only_->changed(file, {Change::write, offset,
                        std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
  return real(file).xWrite(file, bytes, size, offset);
}

int LossyDisk::truncate(sqlite3_file* file, sqlite3_int64 size) {
  only_->changed(file, {Change::truncate, size});
  return real(file).xTruncate(file, size);
}

int LossyDisk::sync(sqlite3_file* file, int how) {
  std::int64_t before = 0;
  {
    const std::lock_guard lock(only_->mutex_);
    before = only_->changes_;
  }
  const int result = real(file).xSync(file, how);
  if (result == SQLITE_OK) only_->synced(file, before);
  return result;
}

}  // namespace reeld::storage
