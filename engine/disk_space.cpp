#include "engine/disk_space.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cmath>

#include "engine/files.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;

// Of a 4:2:0 picture in x264 "veryfast" at crf 23; six steps of crf double or halve it. Detailed photographs
// that move took 0.05 to 0.15 here.
constexpr double kBitsPerPixel = 0.2;
constexpr double kCrf = 23, kCrfPerDoubling = 6;
constexpr double kCrfOfTarget = 14;  // what is searched is not known yet; few ask for more
constexpr double kCharactersPerSecond = 10;
constexpr double kUnknownSeconds = 15;                            // of a speech that is a file
constexpr double kSoundBytesPerSecond = 48000.0 * 2 * 4 + 48000;  // samples as they are mixed, and coded
constexpr double kPictureBytes = 12e6;

double seconds_of(const SceneSpec& scene) {
  if (scene.duration) return *scene.duration;
  if (!scene.speech || !scene.speech->params.contains("text")) return kUnknownSeconds;
  const auto characters = scene.speech->params["text"].get_ref<const std::string&>().size();
  return scene.pad + scene.speech->delay + static_cast<double>(characters) / kCharactersPerSecond;
}

std::string megabytes(std::int64_t bytes) {
  return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

}  // namespace

DiskNeed disk_need(const Request& request) {
  double seconds = 0;
  for (const SceneSpec& scene : request.scenes) seconds += seconds_of(scene);
  const OutputSpec& output = request.output;
  const double pixels = static_cast<double>(output.width) * output.height * output.fps.num / output.fps.den;
  const double crf = request.target ? kCrfOfTarget : output.crf;
  const double bits = kBitsPerPixel * std::exp2((kCrf - crf) / kCrfPerDoubling);
  // As if nothing were compressed: a pixel has a sample of luma and half a one of chroma.
  const double most_bits = 1.5 * output.bit_depth;
  const double picture = pixels * seconds * std::min(bits, most_bits) / 8;
  const double film = picture + seconds * kSoundBytesPerSecond;
  const double pictures = static_cast<double>(request.scenes.size()) * kPictureBytes;
  return {static_cast<std::int64_t>(film), static_cast<std::int64_t>(film + pictures)};
}

DiskSpace::Reservation::~Reservation() {
  const std::lock_guard lock(space_.mutex_);
  for (const auto& [device, bytes] : parts_) space_.reserved_[device] -= bytes;
}

Result<DiskSpace::Reservation> DiskSpace::reserve(const DiskNeed& need, const fs::path& data_dir,
                                                  const fs::path& target_folder) {
  Reservation reservation(*this);
  REELD_TRY(take(reservation, data_dir, need.work_bytes));
  REELD_TRY(take(reservation, target_folder, need.film_bytes));
  return reservation;
}

Result<void> DiskSpace::take(Reservation& reservation, const fs::path& folder, std::int64_t bytes) {
  struct stat status {};
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || ::stat(folder.c_str(), &status) != 0) {
    return file_error(error ? error.value() : errno, "cannot look at the space in " + folder.string(),
                      Code::target_unwritable);
  }
  const std::lock_guard lock(mutex_);
  std::int64_t& others = reserved_[status.st_dev];
  const auto free = static_cast<std::int64_t>(space.available);
  if (bytes > free - others - kept_free_bytes_) {
    return Error{Code::disk_full, "the job needs about " + megabytes(bytes) + " in " + folder.string() +
                                      ", where " + megabytes(free) + " are free, " + megabytes(others) +
                                      " of them set aside for other jobs and " + megabytes(kept_free_bytes_) +
                                      " kept free: make room, or try again when other jobs are done"};
  }
  others += bytes;
  reservation.parts_.emplace_back(status.st_dev, bytes);
  return {};
}

}  // namespace reeld::engine
