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

// B'-Y' and R'-Y' of two rows, summed; index 0 is the column before the tile.
struct DifferenceRow {
  float blue[kTileWidth + 1];
  float red[kTileWidth + 1];
};

// Writes one code of one or two bytes.
void put(std::uint8_t* plane, std::size_t index, int code, bool deep) {
  if (deep) {
    plane[2 * index] = static_cast<std::uint8_t>(code << 6 & 0xFF);
    plane[2 * index + 1] = static_cast<std::uint8_t>(code >> 2);
  } else {
    plane[index] = static_cast<std::uint8_t>(code);
  }
}

Rgb encoded(const Rgb& linear) {
  return Rgb{encoded_of_linear(linear.r), encoded_of_linear(linear.g), encoded_of_linear(linear.b)};
}

void write_rgb(const FrameJob& job, const Canvas& canvas, int x0, int y, int count) {
  std::uint8_t* line = job.out.planes[0] + static_cast<std::size_t>(y) * job.out.stride_bytes[0];
  for (int x = 0; x < count; ++x) {
    const Rgb p = encoded(canvas.pixel[x]);
    const float start = code_start(0.0f, x % kDitherSize, y % kDitherSize);
    auto at = static_cast<std::size_t>(x0 + x);
    put(line, 3 * at, code_of(p.r, 255.0f, start), false);
    put(line, 3 * at + 1, code_of(p.g, 255.0f, start), false);
    put(line, 3 * at + 2, code_of(p.b, 255.0f, start), false);
  }
}

// A row's luma, and its differences: the upper row's, or the lower's added to them.
void write_luma(const FrameJob& job, const Canvas& canvas, int x0, int y, int count, DifferenceRow* row) {
  const bool deep = job.plan->format == PixelFormat::p010;
  const float codes = deep ? kDeepCodes : 1.0f;
  std::uint8_t* line = job.out.planes[0] + static_cast<std::size_t>(y) * job.out.stride_bytes[0];
  for (int x = 0; x < kTileWidth; ++x) {
    const Rgb p = encoded(canvas.pixel[x]);
    const float luma = luma709(p.r, p.g, p.b);
    const float blue = p.b - luma, red = p.r - luma;
    row->blue[x + 1] = y % 2 == 0 ? blue : rows_sum(row->blue[x + 1], blue);
    row->red[x + 1] = y % 2 == 0 ? red : rows_sum(row->red[x + 1], red);
    if (x < count) {
      const float start = code_start(codes * kLumaZero, x % kDitherSize, y % kDitherSize);
      put(line, static_cast<std::size_t>(x0 + x), code_of(luma, codes * kLumaScale, start), deep);
    }
  }
}

float sited(const float* differences, int x) {
  return sited_left(differences[x], differences[x + 1], differences[x + 2]);
}

// `edges`: of these rows the last column of the tile before, blue and red, and then of this tile.
void write_chroma(const FrameJob& job, DifferenceRow& row, float* edges, int x0, int y, int count) {
  row.blue[0] = x0 == 0 ? row.blue[1] : edges[0];
  row.red[0] = x0 == 0 ? row.red[1] : edges[1];
  edges[0] = row.blue[kTileWidth];
  edges[1] = row.red[kTileWidth];
  bool planar = job.plan->format == PixelFormat::yuv420p;
  bool deep = job.plan->format == PixelFormat::p010;
  const float codes = deep ? kDeepCodes : 1.0f;
  std::uint8_t* cb_line = job.out.planes[1] + static_cast<std::size_t>(y) * job.out.stride_bytes[1];
  std::uint8_t* cr_line =
      planar ? job.out.planes[2] + static_cast<std::size_t>(y) * job.out.stride_bytes[2] : cb_line;
  for (int x = 0; x < count / 2; ++x) {
    const float start = code_start(codes * kChromaZero, x % kDitherSize, y % kDitherSize);
    auto at = static_cast<std::size_t>(x0 / 2 + x);
    put(cb_line, planar ? at : 2 * at, code_of(sited(row.blue, 2 * x), codes * kBlueScale, start), deep);
    put(cr_line, planar ? at : 2 * at + 1, code_of(sited(row.red, 2 * x), codes * kRedScale, start), deep);
  }
}

void render_tile(const FrameJob& job, TileScratch& scratch, int x0) {
  int count = std::min(kTileWidth, job.plan->width - x0);
  Canvas canvas;
  DifferenceRow differences;
  for (int y = 0; y < job.plan->height; ++y) {
    compose_row(job, scratch, x0, y, &canvas);
    if (job.plan->format == PixelFormat::rgb24) {
      write_rgb(job, canvas, x0, y, count);
      continue;
    }
    write_luma(job, canvas, x0, y, count, &differences);
    if (y % 2 == 1) {
      float* edges = &scratch.edges[static_cast<std::size_t>(y / 2) * 2];
      write_chroma(job, differences, edges, x0, y / 2, count);
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
