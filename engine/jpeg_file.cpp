#include "engine/jpeg_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

// They want <cstdio> before them.
#include <jpeglib.h>

#include <jerror.h>

#include "engine/files.hpp"
#include "engine/picture_container.hpp"
#include "engine/picture_error.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

// Of the file, read at once: much more than the 3 KB at a block's end that libjpeg-turbo decodes its slow
// way.
constexpr std::size_t kBlockBytes = 256 << 10;
// Rows are told of in groups: waking who waits takes some microseconds, decoding 32 rows of 4000 pixels half
// a millisecond.
constexpr int kRowsToldAtOnce = 32;
constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr int kEndMarker = 0xD9;

// Adobe's CMYK is stored inverted: a channel is how much light it lets through, so light is channel times
// key.
void to_rgba(std::uint8_t* cmyk, int width) {
  for (std::uint8_t* p = cmyk; p < cmyk + std::size_t{4} * static_cast<std::size_t>(width); p += 4) {
    for (int c = 0; c < 3; ++c) p[c] = static_cast<std::uint8_t>((p[c] * p[3] + 127) / 255);
    p[3] = 255;
  }
}

ssize_t read_some(int fd, void* to, std::size_t bytes) {
  ssize_t n = 0;
  do {
    n = ::read(fd, to, bytes);
  } while (n < 0 && errno == EINTR);
  return n;
}

}  // namespace

// What libjpeg holds pointers into, so it stays where it is.
struct JpegFile::Decoder {
  explicit Decoder(fs::path path) : file(std::move(path)) {
    jpeg.err = jpeg_std_error(&errors);
    errors.error_exit = give_up;
    errors.emit_message = warn;
    jpeg.client_data = this;
    source.init_source = [](j_decompress_ptr) {};
    source.fill_input_buffer = read_block;
    source.skip_input_data = skip;
    source.resync_to_restart = jpeg_resync_to_restart;
    source.term_source = [](j_decompress_ptr) {};
  }
  ~Decoder() {
    jpeg_destroy_decompress(&jpeg);
    if (fd >= 0) ::close(fd);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  static Decoder& of(j_common_ptr common) { return *static_cast<Decoder*>(common->client_data); }

  // Calls into libjpeg, which leaves `step` by a jump where something is wrong: nothing in there may want to
  // be destroyed.
  template <class Step>
  Result<void> run(const Step& step) {
    if (setjmp(failed) != 0) return failure();
    step();
    return {};
  }

  Error failure() {
    if (read_error != 0) return file_error(read_error, "cannot read " + file.string(), Code::file_unreadable);
    char words[JMSG_LENGTH_MAX] = "";
    errors.format_message(reinterpret_cast<j_common_ptr>(&jpeg), words);
    const bool is_cut = errors.msg_code == JWRN_JPEG_EOF || errors.msg_code == JWRN_HIT_MARKER;
    return invalid_picture(file, is_cut ? "the file is truncated (" + std::string(words) + ")" : words);
  }

  [[noreturn]] static void give_up(j_common_ptr common) { std::longjmp(of(common).failed, 1); }

  // A warning, which has a level below 0, is of data that are wrong. Only stray bytes before the end marker,
  // which some cameras leave, harm nothing: it is looked for when all pixels are decoded.
  static void warn(j_common_ptr common, int level) {
    const jpeg_error_mgr& errors = *common->err;
    const bool harmless = errors.msg_code == JWRN_EXTRANEOUS_DATA && errors.msg_parm.i[1] == kEndMarker;
    if (level < 0 && !harmless) give_up(common);
  }

  static boolean read_block(j_decompress_ptr jpeg) {
    Decoder& self = of(reinterpret_cast<j_common_ptr>(jpeg));
    const ssize_t n = read_some(self.fd, self.block.data(), self.block.size());
    if (n < 0) self.read_error = errno;
    if (n <= 0) ERREXIT(jpeg, JWRN_JPEG_EOF);
    self.source.next_input_byte = self.block.data();
    self.source.bytes_in_buffer = static_cast<std::size_t>(n);
    return TRUE;
  }

  static void skip(j_decompress_ptr jpeg, long count) {
    jpeg_source_mgr& source = *jpeg->src;
    auto left = static_cast<std::size_t>(std::max(count, 0L));
    while (left > source.bytes_in_buffer) {
      left -= source.bytes_in_buffer;
      read_block(jpeg);
    }
    source.next_input_byte += left;
    source.bytes_in_buffer -= left;
  }

  const fs::path file;
  int fd = -1;
  int read_error = 0;
  jpeg_decompress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg_source_mgr source = {};
  std::vector<JOCTET> block = std::vector<JOCTET>(kBlockBytes);
  std::jmp_buf failed;
};

JpegFile::JpegFile(std::unique_ptr<Decoder> decoder) : decoder_(std::move(decoder)) {}
JpegFile::JpegFile(JpegFile&&) noexcept = default;
JpegFile::~JpegFile() = default;

Result<JpegFile> JpegFile::open(const fs::path& file) {
  JpegFile opened(std::make_unique<Decoder>(file));
  Decoder& decoder = *opened.decoder_;
  decoder.fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (decoder.fd < 0) return file_error(errno, "cannot read " + file.string(), Code::file_unreadable);
  REELD_TRY(decoder.run([&] {
    jpeg_create_decompress(&decoder.jpeg);
    decoder.jpeg.src = &decoder.source;
    jpeg_save_markers(&decoder.jpeg, kExifMarker, 0xFFFF);
    jpeg_read_header(&decoder.jpeg, TRUE);
  }));
  const std::int64_t width = opened.width(), height = opened.height();
  const bool fits =
      std::max(width, height) <= kernels::kMaxPictureSize && width * height <= kMaxPicturePixels;
  if (!fits) return too_large_picture(file, width, height);
  return opened;
}

int JpegFile::width() const {
  return static_cast<int>(decoder_->jpeg.image_width);
}

int JpegFile::height() const {
  return static_cast<int>(decoder_->jpeg.image_height);
}

int JpegFile::orientation() const {
  for (const auto* marker = decoder_->jpeg.marker_list; marker != nullptr; marker = marker->next) {
    const std::string_view text(reinterpret_cast<const char*>(marker->data), marker->data_length);
    if (text.starts_with("Exif\0\0"sv))
      return exif_orientation(PictureKind::jpeg, {marker->data, marker->data_length});
  }
  return 1;
}

bool JpegFile::has_end() const {
  std::error_code error;
  std::array<std::uint8_t, 4096> block;
  bool found_last = false;  // of the bytes that are not zero
  for (auto end = static_cast<off_t>(fs::file_size(decoder_->file, error)); !error && end > 0;) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(block.size()));
    if (::pread(decoder_->fd, block.data(), static_cast<std::size_t>(end - begin), begin) != end - begin)
      return false;
    for (auto i = static_cast<std::size_t>(end - begin); i-- > 0;) {
      if (found_last) return block[i] == 0xFF;
      if (block[i] == 0) continue;
      if (block[i] != kEndMarker) return false;
      found_last = true;
    }
    end = begin;
  }
  return false;
}

void JpegFile::decode(std::uint8_t* rgba, kernels::ArrivingRows& rows) {
  jpeg_decompress_struct& jpeg = decoder_->jpeg;
  const Result<void> done = decoder_->run([&] {
    const bool is_cmyk = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
    jpeg.out_color_space = is_cmyk ? JCS_CMYK : JCS_EXT_RGBA;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW row = rgba + std::size_t{4} * jpeg.output_width * jpeg.output_scanline;
      jpeg_read_scanlines(&jpeg, &row, 1);
      if (is_cmyk) to_rgba(row, width());
      const auto there = static_cast<int>(jpeg.output_scanline);
      if (there % kRowsToldAtOnce == 0 && there < height()) rows.have(there);
    }
    jpeg_finish_decompress(&jpeg);
  });
  if (done) {
    rows.have(height());
  } else {
    rows.fail(done.error());
  }
}

}  // namespace reeld::engine
