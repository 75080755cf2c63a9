#include "engine/asset_store.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <random>
#include <semaphore>
#include <thread>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// OpenSSL's uses the processor's own instructions for it: five times as fast as plain code, which counts for
// pictures.
class Sha256 {
 public:
  Sha256() { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }
  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(), hash.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      text += {kDigits[hash[i] >> 4], kDigits[hash[i] & 15]};
    }
    return text;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
};

// Copying and hashing keep a core busy: more at once than there are cores only finish later, all of them, and
// a job's first picture is waited for.
class CopyTurn {
 public:
  CopyTurn() { turns().acquire(); }
  ~CopyTurn() { turns().release(); }
  CopyTurn(const CopyTurn&) = delete;
  CopyTurn& operator=(const CopyTurn&) = delete;

 private:
  static std::counting_semaphore<>& turns() {
    static std::counting_semaphore<> free(std::max(1u, std::thread::hardware_concurrency()));
    return free;
  }
};

// Copies `from` to `to` and hashes what was copied, in one reading: a file that changes meanwhile cannot get
// another's name.
Result<std::string> copy_and_hash(const fs::path& from, const fs::path& to) {
  std::ifstream in(from, std::ios::binary);
  if (!in) return file_error(errno, "cannot read " + from.string(), Code::file_unreadable);
  const CopyTurn turn;
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  if (!out) return file_error(errno, "cannot make " + to.string(), Code::target_unwritable);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  std::int64_t total = 0;
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    total += in.gcount();
    if (total > AssetStore::kMaxAssetBytes) {
      return Error{Code::limit_exceeded, from.string() + " is larger than the 4 GiB that an asset may have"};
    }
    hash.add({block.data(), static_cast<std::size_t>(in.gcount())});
    errno = 0;
    if (!out.write(block.data(), in.gcount())) {
      return file_error(errno, "cannot copy " + from.string() + " into the data directory",
                        Code::target_unwritable);
    }
  }
  if (in.bad()) return Error{Code::file_unreadable, "cannot read " + from.string() + " to its end"};
  errno = 0;
  out.close();
  if (!out)
    return file_error(errno, "cannot copy " + from.string() + " into the data directory",
                      Code::target_unwritable);
  return hash.hexadecimal();
}

}  // namespace

Result<StoredAsset> AssetStore::put(const providers::Delivery& delivery) const {
  auto kept = keep(delivery.file, delivery.file.extension().string());
  std::error_code error;
  if (!delivery.borrowed) fs::remove(delivery.file, error);
  return kept;
}

Result<StoredAsset> AssetStore::copy(const fs::path& file, const std::string& extension) const {
  return keep(file, extension);
}

void AssetStore::remove_unfinished() const {
  std::error_code ignored;
  fs::remove_all(incoming(), ignored);
}

Result<StoredAsset> AssetStore::keep(const fs::path& file, const std::string& extension) const {
  std::error_code error;
  fs::create_directories(incoming(), error);
  if (error) return file_error(error.value(), "cannot make " + incoming().string(), Code::target_unwritable);

  thread_local std::mt19937_64 random{std::random_device{}()};
  const fs::path temporary = incoming() / std::to_string(random());
  auto stored = [&]() -> Result<StoredAsset> {
    REELD_ASSIGN(const std::string hash, copy_and_hash(file, temporary));
    StoredAsset kept{hash, folder_ + "/" + hash.substr(0, 2) + "/" + hash + extension,
                     static_cast<std::int64_t>(fs::file_size(temporary, error)), false};
    const fs::path final_path = data_dir_ / kept.file;
    // Also over a file that is there: whoever cleans up leaves alone what was just made.
    kept.was_there = fs::exists(final_path, error);
    fs::create_directories(final_path.parent_path(), error);
    if (error)
      return file_error(error.value(), "cannot make " + final_path.string(), Code::target_unwritable);
    REELD_TRY(publish_file(temporary, final_path));
    return kept;
  }();
  fs::remove(temporary, error);
  return stored;
}

Result<std::string> sha256_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return file_error(errno, "cannot read " + file.string(), Code::file_unreadable);
  Sha256 hash;
  std::vector<char> block(1 << 20);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())), in.gcount() > 0) {
    hash.add({block.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (in.bad()) return Error{Code::file_unreadable, "cannot read " + file.string() + " to its end"};
  return hash.hexadecimal();
}

std::string sha256_of_text(std::string_view text) {
  Sha256 hash;
  hash.add(text);
  return hash.hexadecimal();
}

}  // namespace reeld::engine
