// reeld-espeak: speaks the text on its standard input into a WAV file, and writes when each word begins and
// ends. A program of its own, for libespeak-ng is under the GPL (version 3 or later) and may crash; it takes
// nothing from reeld but this file.
//
//   reeld-espeak VOICE WORDS_PER_MINUTE PITCH WAV WORDS < TEXT
//
// TEXT is UTF-8. WORDS becomes a JSON list of [word, start, end], seconds from the sound's start; words are
// what white space parts, and one that is not spoken ("-") stands with the one before it.
#include <espeak-ng/speak_lib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kHeaderBytes = 44;

struct Spoken {                // an event, in the order in which the sound has them
  std::int64_t at = 0;         // samples
  std::optional<int> word_at;  // a word begins: its first character's number in the text, from 0
  bool audible = false;        // a phoneme that is no pause begins
};

struct Sound {
  std::ofstream wav;
  std::int64_t sample_count = 0;
  std::vector<Spoken> events;
};

// The library's callback has no argument of ours of its own; there is one sound a program.
Sound sound;

int take(short* samples, int count, espeak_EVENT* event) {
  if (samples != nullptr && count > 0) {
    sound.wav.write(reinterpret_cast<const char*>(samples),
                    static_cast<std::streamsize>(count * sizeof(short)));
    sound.sample_count += count;
  }
  for (; event->type != espeakEVENT_LIST_TERMINATED; ++event) {
    if (event->type == espeakEVENT_WORD) {
      sound.events.push_back({event->sample, event->text_position - 1, false});
    } else if (event->type == espeakEVENT_PHONEME) {
      sound.events.push_back({event->sample, std::nullopt, event->id.string[0] != '\0'});
    }
  }
  return 0;
}

std::string wav_header(std::int64_t sample_count, int rate_hz) {
  const auto number = [](std::uint32_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
    return bytes;
  };
  const auto data = static_cast<std::uint32_t>(sample_count * 2), rate = static_cast<std::uint32_t>(rate_hz);
  return "RIFF" + number(data + kHeaderBytes - 8, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
         number(1, 2) + number(rate, 4) + number(rate * 2, 4) + number(2, 2) + number(16, 2) + "data" +
         number(data, 4);
}

// As the program espeak-ng does: a voice's name first, then a language.
bool set_voice(const std::string& name) {
  if (espeak_SetVoiceByName(name.c_str()) == EE_OK) return true;
  espeak_VOICE wanted{};
  wanted.languages = name.c_str();
  return espeak_SetVoiceByProperties(&wanted) == EE_OK;
}

struct Word {
  std::string text;
  int end = 0;  // the number of the character after it
  std::optional<std::size_t> event;
};

std::vector<Word> words_in(const std::string& text) {
  std::vector<Word> words;
  int character = 0;
  bool inside = false;
  for (const char c : text) {
    const bool starts = (c & 0xC0) != 0x80;
    const bool space = std::strchr(" \t\r\n\v\f", c) != nullptr;
    if (!space && !inside) words.emplace_back();
    inside = !space;
    if (inside) words.back().text += c;
    if (starts) ++character;
    if (inside) words.back().end = character;
  }
  return words;
}

// The first event of each word. One at the white space before a word is that word's.
void place(std::vector<Word>& words) {
  auto word = words.begin();
  for (std::size_t i = 0; i < sound.events.size(); ++i) {
    if (!sound.events[i].word_at) continue;
    while (word != words.end() && *sound.events[i].word_at >= word->end) ++word;
    if (word == words.end()) return;
    if (!word->event) word->event = i;
  }
}

// What is spoken with another word stands with it; so every word that is left has an event.
std::vector<Word> spoken_words(std::vector<Word> words) {
  std::vector<Word> spoken;
  std::string before;
  for (Word& word : words) {
    if (word.event) {
      word.text = before + word.text;
      before.clear();
      spoken.push_back(std::move(word));
    } else if (spoken.empty()) {
      before += word.text + " ";
    } else {
      spoken.back().text += " " + word.text;
    }
  }
  return spoken;
}

nlohmann::json timed(const std::vector<Word>& words, int rate_hz) {
  nlohmann::json told = nlohmann::json::array();
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t first = *words[i].event;
    const std::size_t next = i + 1 < words.size() ? *words[i + 1].event : sound.events.size();
    std::int64_t start = -1, end = -1;
    for (std::size_t e = first; e < next; ++e) {
      if (!sound.events[e].audible) continue;
      if (start < 0) start = sound.events[e].at;
      end = e + 1 < sound.events.size() ? sound.events[e + 1].at : sound.sample_count;
    }
    if (start < 0) start = end = sound.events[first].at;
    told.push_back({words[i].text, static_cast<double>(start) / rate_hz, static_cast<double>(end) / rate_hz});
  }
  return told;
}

int fail(const std::string& message) {
  std::cerr << message << '\n';
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string(arguments[1]) == "--version") {
    const char* data = nullptr;
    std::cout << espeak_Info(&data) << '\n';
    return 0;
  }
  if (count != 6) return fail("usage: reeld-espeak VOICE WORDS_PER_MINUTE PITCH WAV WORDS < TEXT");
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const int rate_hz = espeak_Initialize(
      AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr,
      espeakINITIALIZE_DONT_EXIT | espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA);
  if (rate_hz <= 0) return fail("libespeak-ng does not start: its data are missing");
  if (!set_voice(arguments[1])) return fail("The specified espeak-ng voice does not exist.");
  espeak_SetParameter(espeakRATE, std::atoi(arguments[2]), 0);
  espeak_SetParameter(espeakPITCH, std::atoi(arguments[3]), 0);
  espeak_SetSynthCallback(take);

  sound.wav.open(arguments[4], std::ios::binary);
  sound.wav << std::string(kHeaderBytes, '\0');
  if (espeak_Synth(text.c_str(), text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8 | espeakENDPAUSE,
                   nullptr, nullptr) != EE_OK)
    return fail("libespeak-ng does not take the text");
  espeak_Synchronize();
  sound.wav.seekp(0);
  sound.wav << wav_header(sound.sample_count, rate_hz);
  sound.wav.close();

  std::vector<Word> words = words_in(text);
  place(words);
  std::ofstream out(arguments[5], std::ios::binary);
  out << timed(spoken_words(std::move(words)), rate_hz)
             .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out.close();
  if (!sound.wav || !out) return fail("the files cannot be written");
  return 0;
}
