// A provider in C++: sounds. It speaks docs/plugins.md with reeld's own codec; any msgpack and ZeroMQ library
// would do. One thread does all: between two seconds of sound it looks whether reeld has something to say.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

#include "wire/codec.hpp"
#include "wire/zmq.hpp"

namespace {

namespace wire = reeld::wire;
using Json = nlohmann::json;

constexpr int kRate = 48000;                 // samples a second, one channel
constexpr std::size_t kMaxTextBytes = 4000;  // about twenty minutes of it
constexpr int kPentatonic[] = {0, 2, 4, 7, 9};

struct Note {
  double start_seconds, seconds, hertz;
};

// FNV-1a: the same on every machine, unlike std::hash.
std::uint32_t hash_of(const std::string& text) {
  std::uint32_t hash = 2166136261U;
  for (const unsigned char byte : text) hash = (hash ^ byte) * 16777619U;
  return hash;
}

double pitch(std::uint32_t hash) {
  const int steps = 12 * static_cast<int>(hash / 5 % 2) + kPentatonic[hash % 5];
  return 220 * std::pow(2.0, steps / 12.0);
}

class Plugin {
 public:
  Plugin() : context_(zmq_ctx_new()), socket_(zmq_socket(context_.get(), ZMQ_DEALER)) {
    wire::set_option(socket_, ZMQ_LINGER, 500);
    zmq_connect(socket_.get(), std::getenv("REELD_PLUGIN_SOCKET"));
    send({{"type", "hello"},
          {"protocol", 1},
          {"token", std::getenv("REELD_PLUGIN_TOKEN")},
          {"name", "tone"},
          {"version", "1.0.0"},
          {"capabilities", {"speech", "sound"}},
          {"limits", {{"max_text_bytes", kMaxTextBytes}}}});
  }

  void serve() {
    while (!ended_) listen(-1);
  }

 private:
  void send(const Json& message) {
    const std::string bytes = wire::encode(message);
    zmq_send(socket_.get(), bytes.data(), bytes.size(), 0);
  }

  void listen(long wait_ms) {
    zmq_pollitem_t item{socket_.get(), 0, ZMQ_POLLIN, 0};
    if (zmq_poll(&item, 1, wait_ms) <= 0) return;
    wire::Frame frame;
    if (zmq_msg_recv(frame.get(), socket_.get(), 0) < 0) return;
    const auto message = wire::decode(frame.text());
    if (message) take(*message);
  }

  void take(const Json& message) {
    const std::string type = message.at("type");
    if (type == "ping") send({{"type", "pong"}, {"id", message.at("id")}});
    if (type == "request") answer(message);
    if (type == "cancel") cancelled_ = true;
    if (type == "bye" || type == "refused") cancelled_ = ended_ = true;
  }

  void answer(const Json& request) {
    cancelled_ = false;
    const Json& wish = request.at("wish");
    if (wish.value("text", "").size() > kMaxTextBytes)
      return fail(request, "limit_exceeded", "at most 4000 bytes of text are spoken", "/text");
    Json words = Json::array();
    const std::vector<Note> notes = request.at("capability") == "speech" ? spoken(wish, words) : bells(wish);
    const std::filesystem::path file =
        std::filesystem::path(request.at("scratch").get<std::string>()) / "tone.wav";
    if (notes.empty()) return fail(request, "invalid_request", "there is no word in this text", "/text");
    if (!write(notes, file, request.at("id")))
      return fail(request, cancelled_ ? "cancelled" : "provider_failed", "tone.wav was not finished");
    Json delivery = {{"file", "tone.wav"}, {"media_type", "audio/wav"}, {"cost_usd", 0}};
    if (!words.empty()) delivery["words"] = words;
    send({{"type", "result"}, {"id", request.at("id")}, {"deliveries", {delivery}}});
  }

  void fail(const Json& request, const char* code, const char* message, const char* path = "") {
    send({{"type", "error"}, {"id", request.at("id")}, {"code", code}, {"message", message}, {"path", path}});
  }

  // A tone for each word, as long as the word is; the word decides its pitch.
  static std::vector<Note> spoken(const Json& wish, Json& words) {
    std::vector<Note> notes;
    std::istringstream text(wish.at("text").get<std::string>());
    const double speed = wish.at("speed"), height = std::pow(2.0, wish.at("pitch").get<double>() - 1);
    double time = 0;
    for (std::string word; text >> word;) {
      const double seconds =
          (0.12 + 0.05 * static_cast<double>(std::min<std::size_t>(word.size(), 40))) / speed;
      notes.push_back({time, seconds, height * pitch(hash_of(word))});
      words.push_back({{"text", word}, {"start", time}, {"end", time + seconds}});
      time += seconds + 0.08 / speed;
    }
    return notes;
  }

  // Two bells a second; the prompt and the seed decide which.
  static std::vector<Note> bells(const Json& wish) {
    std::vector<Note> notes;
    const std::string words = wish.at("prompt").get<std::string>() + " " + wish.at("seed").dump();
    const double seconds = wish.at("seconds");
    for (int i = 0; i * 0.5 < seconds; ++i) {
      const double start = i * 0.5;
      notes.push_back({start, std::min(0.5, seconds - start), pitch(hash_of(words + std::to_string(i)))});
    }
    return notes;
  }

  // False where it was cancelled or the disk is full.
  bool write(const std::vector<Note>& notes, const std::filesystem::path& file, const Json& id) {
    const Note& last = notes.back();
    const double seconds = last.start_seconds + last.seconds;
    const auto count = static_cast<std::uint32_t>(std::llround(seconds * kRate));
    std::ofstream out(file, std::ios::binary);
    write_header(out, count);
    std::vector<std::int16_t> block;
    std::size_t note = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const double time = static_cast<double>(i) / kRate;
      while (note + 1 < notes.size() && notes[note + 1].start_seconds <= time) ++note;
      block.push_back(static_cast<std::int16_t>(std::lround(12000 * sample(notes[note], time))));
      if (block.size() < kRate && i + 1 < count) continue;
      out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(2 * block.size()));
      block.clear();
      send({{"type", "progress"}, {"id", id}, {"done", time / seconds}});
      listen(0);
      if (cancelled_ || !out) return false;
    }
    return static_cast<bool>(out.flush());
  }

  // -1..1: a sine and its octave, struck and fading.
  static double sample(const Note& note, double time) {
    const double since = time - note.start_seconds, left = note.seconds - since;
    if (left <= 0) return 0;
    const double loudness = std::min({since / 0.005, left / 0.01, 1.0}) * std::exp(-3 * since);
    const double angle = 2 * std::numbers::pi * note.hertz * since;
    return loudness * (0.8 * std::sin(angle) + 0.2 * std::sin(2 * angle));
  }

  static void write_header(std::ostream& out, std::uint32_t sample_count) {
    const auto number = [&](std::uint32_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) out.put(static_cast<char>(value >> (8 * i)));
    };
    out << "RIFF";
    number(36 + 2 * sample_count, 4);
    out << "WAVEfmt ";
    number(16, 4);
    number(1, 2);  // PCM
    number(1, 2);  // channels
    number(kRate, 4);
    number(2 * kRate, 4);
    number(2, 2);
    number(16, 2);
    out << "data";
    number(2 * sample_count, 4);
  }

  wire::Context context_;
  wire::Socket socket_;
  bool cancelled_ = false, ended_ = false;
};

}  // namespace

int main() {
  if (std::getenv("REELD_PLUGIN_SOCKET") == nullptr || std::getenv("REELD_PLUGIN_TOKEN") == nullptr) {
    std::cerr << "reeld starts this program, see docs/plugins.md\n";
    return 2;
  }
  Plugin().serve();
}
