// The tile in plain floats, a pixel at a time, straight from pixel/pixel.inc: for machines and builds without
// Highway, and for the tests that hold the vectors against it.
#include <algorithm>

#include "kernels/cpu/measure.hpp"
#include "kernels/pixel/host.hpp"
#include "kernels/reduced.hpp"

namespace reeld::kernels {
namespace {

using namespace host;

int high_half(std::uint32_t word) {
  return static_cast<std::int16_t>(word >> 16);
}
int low_half(std::uint32_t word) {
  return static_cast<std::int16_t>(word & 0xFFFF);
}

int horizontal_value(const PlacedPicture& placed, int x, int y, int channel) {
  const AxisTaps& taps = placed.columns;
  auto column = static_cast<std::size_t>(x);
  auto pairs = static_cast<std::size_t>(taps.pair_count);
  const std::int16_t* samples = placed.level->samples.get() +
                                placed.level->place(y, taps.first_pair[column]) +
                                PackedLevel::kPairSamples * static_cast<std::size_t>(channel);
  int sum = kRowStart;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const WeightPair weights = taps.weights[column * pairs + pair];
    sum += low_half(weights) * samples[0] + high_half(weights) * samples[1];
    samples += PackedLevel::kPairSamples * static_cast<std::size_t>(placed.level->channels);
  }
  return row_value(sum);
}

// Makes the window of frame row `y` be in the ring.
void fill_ring(const PlacedPicture& placed, SampleRing& ring, int x0, int y) {
  const int first = placed.rows.first_pair[static_cast<std::size_t>(y)];
  for (int pair = first; pair < first + placed.rows.pair_count; ++pair) {
    const int block = pair / SampleRing::kBlockPairs;
    int& held = ring.block_in_slot[static_cast<std::size_t>(block % ring.slots)];
    if (held == block) {
      continue;
    }
    held = block;
    for (int i = block * SampleRing::kBlockPairs; i < (block + 1) * SampleRing::kBlockPairs; ++i) {
      for (int c = 0; c < placed.level->channels; ++c) {
        for (int x = 0; x < kTileWidth; ++x) {
          const int upper = horizontal_value(placed, x0 + x, 2 * i, c);
          const int lower = horizontal_value(placed, x0 + x, 2 * i + 1, c);
          ring.row_pair(i)[c * kTileWidth + x] = (upper & 0xFFFF) | (lower << 16);
        }
      }
    }
  }
}

// The picture's colour in row `y`, which it reaches, column x0 + x; the ring holds the row's window.
Rgba sample(const PlacedPicture& placed, SampleRing& ring, int y, int x) {
  const auto row = static_cast<std::size_t>(y);
  const auto pairs = static_cast<std::size_t>(placed.rows.pair_count);
  float channel[4] = {0, 0, 0, 0};
  for (int c = 0; c < placed.level->channels; ++c) {
    int sum = kColumnStart;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
      const WeightPair weights = placed.rows.weights[row * pairs + pair];
      const auto values = static_cast<std::uint32_t>(
          ring.row_pair(placed.rows.first_pair[row] + static_cast<int>(pair))[c * kTileWidth + x]);
      sum += low_half(weights) * low_half(values) + high_half(weights) * high_half(values);
    }
    channel[c] = column_value(sum);
  }
  bool opaque = placed.level->channels == 3;
  return existing_colour(Rgba{channel[0], channel[1], channel[2], opaque ? 1.0f : channel[3]});
}

struct Canvas {
  Rgb pixel[kTileWidth];
};

void blend_row(const PlacedPicture& placed, SampleRing& ring, int x0, int y, Canvas* canvas) {
  if (y < placed.rows.begin || y >= placed.rows.end || !placed.reaches(x0)) {
    return;
  }
  fill_ring(placed, ring, x0, y);
  float row_coverage = placed.rows.coverage[static_cast<std::size_t>(y)] * placed.opacity;
  for (int x = 0; x < kTileWidth; ++x) {
    float coverage = placed.columns.coverage[static_cast<std::size_t>(x0 + x)] * row_coverage;
    canvas->pixel[x] = blend_over(sample(placed, ring, y, x), canvas->pixel[x], coverage);
  }
}

Rgb rgb_of(Colour colour) {
  return Rgb{colour.r, colour.g, colour.b};
}

void blend_overlays(const FrameJob& job, TileScratch& scratch, int layer, int x0, int y, Canvas* canvas) {
  for (int i = 0; i < job.plan->overlay_count; ++i) {
    if (job.plan->overlays[static_cast<std::size_t>(i)].layer == layer) {
      blend_row(job.overlays[i], scratch.overlays[i], x0, y, canvas);
    }
  }
}

void compose_row(const FrameJob& job, TileScratch& scratch, int x0, int y, Canvas* canvas) {
  Canvas layers[kMaxLayers];
  for (int i = 0; i < kMaxLayers; ++i) {
    std::fill(layers[i].pixel, layers[i].pixel + kTileWidth, rgb_of(job.plan->background));
  }
  for (int i = 0; i < job.plan->layer_count; ++i) {
    blend_row(job.layers[i], scratch.layers[i], x0, y, &layers[i]);
    blend_overlays(job, scratch, i, x0, y, &layers[i]);
  }
  *canvas = layers[0];
  if (job.mixes) {
    for (int x = 0; x < kTileWidth; ++x) {
      MixWeights weights = transition_weights(job.transition.frame, static_cast<float>(x0 + x) + 0.5f,
                                              static_cast<float>(y) + 0.5f);
      canvas->pixel[x] =
          mix_layers(layers[0].pixel[x], layers[1].pixel[x], rgb_of(job.plan->transition.colour),
                     weights.layer0, weights.layer1, weights.colour);
    }
  }
  blend_overlays(job, scratch, Overlay::kOnTop, x0, y, canvas);
}

// Encoded R'G'B'; index 0 is the column before the tile.
struct EncodedRow {
  Rgb pixel[kTileWidth + 1];
};

void encode_row(const Canvas& canvas, bool is_first, float* edge, EncodedRow* row) {
  for (int x = 0; x < kTileWidth; ++x) {
    const Rgb& linear = canvas.pixel[x];
    row->pixel[x + 1] =
        Rgb{encoded_of_linear(linear.r), encoded_of_linear(linear.g), encoded_of_linear(linear.b)};
  }
  row->pixel[0] = is_first ? row->pixel[1] : Rgb{edge[0], edge[1], edge[2]};
  const Rgb& last = row->pixel[kTileWidth];
  edge[0] = last.r;
  edge[1] = last.g;
  edge[2] = last.b;
}

// Writes one code of one or two bytes.
void put(std::uint8_t* plane, std::size_t index, float code, float offset, bool deep) {
  if (deep) {
    int value = dithered_code(code * 4.0f, offset) << 6;
    plane[2 * index] = static_cast<std::uint8_t>(value & 0xFF);
    plane[2 * index + 1] = static_cast<std::uint8_t>(value >> 8);
  } else {
    plane[index] = static_cast<std::uint8_t>(dithered_code(code, offset));
  }
}

void write_first_plane(const FrameJob& job, const EncodedRow& row, int x0, int y, int count) {
  std::uint8_t* line = job.out.planes[0] + static_cast<std::size_t>(y) * job.out.stride_bytes[0];
  for (int x = 0; x < count; ++x) {
    const Rgb& p = row.pixel[x + 1];
    float offset = dither_offset(x % kDitherSize, y % kDitherSize);
    auto at = static_cast<std::size_t>(x0 + x);
    if (job.plan->format == PixelFormat::rgb24) {
      put(line, 3 * at, p.r * 255.0f, offset, false);
      put(line, 3 * at + 1, p.g * 255.0f, offset, false);
      put(line, 3 * at + 2, p.b * 255.0f, offset, false);
    } else {
      put(line, at, luma_code(luma709(p.r, p.g, p.b)), offset, job.plan->format == PixelFormat::p010);
    }
  }
}

float sited(float Rgb::*channel, const EncodedRow& upper, const EncodedRow& lower, int x) {
  const Rgb* above = upper.pixel + 1 + x;
  const Rgb* below = lower.pixel + 1 + x;
  return sited_left(rows_mean(above[-1].*channel, below[-1].*channel),
                    rows_mean(above->*channel, below->*channel),
                    rows_mean(above[1].*channel, below[1].*channel));
}

void write_chroma(const FrameJob& job, const EncodedRow* rows, int x0, int y, int count) {
  bool planar = job.plan->format == PixelFormat::yuv420p;
  bool deep = job.plan->format == PixelFormat::p010;
  std::uint8_t* cb_line = job.out.planes[1] + static_cast<std::size_t>(y) * job.out.stride_bytes[1];
  std::uint8_t* cr_line =
      planar ? job.out.planes[2] + static_cast<std::size_t>(y) * job.out.stride_bytes[2] : cb_line;
  for (int x = 0; x < count / 2; ++x) {
    float r = sited(&Rgb::r, rows[0], rows[1], 2 * x);
    float g = sited(&Rgb::g, rows[0], rows[1], 2 * x);
    float b = sited(&Rgb::b, rows[0], rows[1], 2 * x);
    float luma = luma709(r, g, b);
    float offset = dither_offset(x % kDitherSize, y % kDitherSize);
    auto at = static_cast<std::size_t>(x0 / 2 + x);
    put(cb_line, planar ? at : 2 * at, cb_code(luma, b), offset, deep);
    put(cr_line, planar ? at : 2 * at + 1, cr_code(luma, r), offset, deep);
  }
}

void render_tile(const FrameJob& job, TileScratch& scratch, int x0) {
  int count = std::min(kTileWidth, job.plan->width - x0);
  Canvas canvas;
  EncodedRow rows[2];
  for (int y = 0; y < job.plan->height; ++y) {
    compose_row(job, scratch, x0, y, &canvas);
    encode_row(canvas, x0 == 0, &scratch.edges[static_cast<std::size_t>(y) * 3], &rows[y % 2]);
    write_first_plane(job, rows[y % 2], x0, y, count);
    if (y % 2 == 1 && job.plan->format != PixelFormat::rgb24) {
      write_chroma(job, rows, x0, y / 2, count);
    }
  }
  if (job.out.reduced != nullptr) {
    reduce_columns(*job.plan, job.out, x0, x0 + count);
  }
}

void resample_tile(const PlacedPicture& placed, SampleRing& ring, int x0, int first, int last,
                   PackedLevel* target) {
  for (int y = first; y < last; ++y) {
    fill_ring(placed, ring, x0, y);
    for (int x = 0; x < std::min(kTileWidth, target->width - x0); ++x) {
      Rgba colour = sample(placed, ring, y, x);
      float channel[4] = {colour.r, colour.g, colour.b, colour.a};
      std::size_t place = target->place(y, (x0 + x) / 2) + static_cast<std::size_t>(x % 2);
      for (int c = 0; c < target->channels; ++c) {
        target->samples[place + PackedLevel::kPairSamples * static_cast<std::size_t>(c)] =
            static_cast<std::int16_t>(truncated(channel[c] * float(kWhiteSample) + 0.5f));
      }
    }
  }
}

}  // namespace

CpuKernels scalar_kernels() {
  return {"scalar", render_tile, resample_tile, measure_rows_scalar};
}

}  // namespace reeld::kernels
