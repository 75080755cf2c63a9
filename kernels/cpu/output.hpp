// The last step: finished rows of linear light become the frame's bytes. Encodes, matrixes, sites the chroma
// and dithers.
#pragma once

#include <vector>

#include "kernels/cpu/pixel_buffer.hpp"
#include "kernels/device.hpp"

namespace reeld::kernels {

// Belongs to one thread and is used again for frame after frame.
class FrameWriter {
 public:
  void begin(const FramePlan& plan, const FrameView& out);
  // Rows come from the top down, each once.
  void write_row(int y, const real4* row);

 private:
  // Encoded R'G'B' of one row, planar so that the matrix runs over x in vector lanes.
  struct EncodedRow {
    std::vector<float> r, g, b;
    void resize(std::size_t count);
  };

  void encode(const real4* row, EncodedRow* encoded) const;
  void write_rgb(int y, const EncodedRow& row) const;
  void write_luma(int y, const EncodedRow& row) const;
  void average_rows();
  void write_chroma(int chroma_y);

  int width_ = 0;
  PixelFormat format_ = PixelFormat::yuv420p;
  FrameView out_;
  EncodedRow rows_[2];  // the even and the odd row, between which the chroma lies
  EncodedRow chroma_;
  std::vector<std::uint8_t> cb_, cr_;
};

}  // namespace reeld::kernels
