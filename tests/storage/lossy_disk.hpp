// A disk that forgets what was not synced: a VFS of SQLite's in front of the real one, which keeps of each
// file what a power cut would leave of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <sqlite3.h>

namespace reeld::storage {

// While it is there, databases that are opened in `folder` are on it. One at a time; whatever it opened is
// closed first. Any thread.
class LossyDisk {
 public:
  explicit LossyDisk(const std::filesystem::path& folder);
  ~LossyDisk();
  LossyDisk(const LossyDisk&) = delete;
  LossyDisk& operator=(const LossyDisk&) = delete;

  // Puts into the folder `to` what would be there if the power went now: all that was synced, and of what was
  // written since, sector by sector, what `random` chooses. Gives how many writes were not synced.
  std::size_t cut(const std::filesystem::path& to, std::mt19937_64& random);

 private:
  // A change that no sync has followed yet: bytes at a place, another length, or an end of the file.
  struct Change {
    enum Kind { write, truncate, remove } kind;
    sqlite3_int64 offset = 0;  // truncate: the length
    std::string bytes = {};
    std::int64_t number = 0;  // counts all changes of the disk
  };
  // A file by its name. Memory that is shared by processes (-shm) is none.
  struct Kept {
    bool exists = false;
    std::string bytes = {};
    std::vector<Change> unsynced = {};
  };
  static void apply(Kept& kept, const Change& change);
  static void apply_in_part(Kept& kept, const Change& change, std::mt19937_64& random);
  void changed(sqlite3_file* file, Change change);
  // What was written before a sync began is kept; what came beside it may not be.
  void synced(sqlite3_file* file, std::int64_t before);
  // With the first sync of a new file SQLite syncs its folder: what was removed there does not come back.
  void folder_synced(std::int64_t before);

  static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given);
  static int remove(sqlite3_vfs*, const char* name, int sync_folder);
  static int close(sqlite3_file* file);
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset);
  static int truncate(sqlite3_file* file, sqlite3_int64 size);
  static int sync(sqlite3_file* file, int how);

  static LossyDisk* only_;
  const std::string folder_;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  struct Open {
    std::string name;
    const sqlite3_io_methods* real = nullptr;
  };
  static const sqlite3_io_methods& real(sqlite3_file* file);

  std::mutex mutex_;  // of what follows
  std::map<const sqlite3_io_methods*, sqlite3_io_methods>
      wrapped_;  // by the real ones: there are several kinds
  std::map<sqlite3_file*, Open> open_;
  std::map<std::string, Kept> files_;
  std::int64_t changes_ = 0;
};

}  // namespace reeld::storage
