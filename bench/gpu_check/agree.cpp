#include "agree.hpp"

#include <cmath>

#include "kernels/cpu/cpu_device.hpp"
#include "made_up.hpp"
#include "reference.hpp"

namespace reeld::kernels {
namespace {

// The reference knows no mip levels, and the level's own filter is not its.
bool shows_level_0_alone(const FramePlan& plan) {
  for (int i = 0; i < plan.layer_count; ++i) {
    if (plan.layers[static_cast<std::size_t>(i)].level > 0) {
      return false;
    }
  }
  return true;
}

double largest_error(const Frame& frame, const reference::Image& expected) {
  double largest = 0;
  for (int y = 0; y < frame.height; ++y) {
    for (int x = 0; x < frame.width; ++x) {
      const reference::Pixel& p = expected.at(x, y);
      const double codes[3] = {p.r * 255, p.g * 255, p.b * 255};
      for (int c = 0; c < 3; ++c) {
        largest = std::max(largest, std::abs(frame.rgb(x, y, c) - codes[c]));
      }
    }
  }
  return largest;
}

}  // namespace

std::string disagreement(Device& device, int count) {
  CpuDevice scalar(scalar_kernels());
  std::vector<reference::Image> exact(1);
  std::vector<PictureId> ids;
  for (const Raster& raster : random_plan_rasters()) {
    const auto here = device.upload(raster.view(), {});
    const auto there = scalar.upload(raster.view(), {});
    if (!here || !there || *here != *there) {
      return "a picture could not be uploaded" + (here ? std::string() : ": " + here.error().message);
    }
    ids.push_back(*here);
    exact.resize(*here + 1);
    exact[*here] = reference::decode(raster.view());
  }
  for (int n = 0; n < count; ++n) {
    FramePlan plan = random_plan(n, ids);
    Frame frame(plan.width, plan.height, plan.format);
    Frame expected = frame;
    if (const auto rendered = device.render(plan, frame.view()); !rendered) {
      return "plan " + std::to_string(n) + ": " + rendered.error().message;
    }
    if (!scalar.render(plan, expected.view()) || frame != expected) {
      return "plan " + std::to_string(n) + " has other bytes than the CPU's";
    }
    plan.format = PixelFormat::rgb24;
    Frame rgb(plan.width, plan.height, plan.format);
    if (!device.render(plan, rgb.view())) {
      return "plan " + std::to_string(n) + " could not be rendered as RGB";
    }
    const double error = shows_level_0_alone(plan) ? largest_error(rgb, reference::render(plan, exact)) : 0;
    if (error > 1.0) {
      return "plan " + std::to_string(n) + " is " + std::to_string(error) + " code values from the reference";
    }
  }
  for (PictureId id : ids) {
    device.release(id);
  }
  return "";
}

std::string measuring_disagreement(Device& device) {
  CpuDevice scalar(scalar_kernels());
  std::vector<Raster> rasters = random_plan_rasters();
  rasters.push_back(natural_raster(1500, 1100));
  rasters.push_back(noise_raster(1, 700, 3));
  rasters.push_back(noise_raster(kMaxPictureSize, 9, 4));
  for (const Raster& raster : rasters) {
    const auto found = device.measure(raster.view(), 1);
    const auto expected = scalar.measure(raster.view(), 1);
    const std::string size = std::to_string(raster.width) + "x" + std::to_string(raster.height);
    if (!found || !expected) {
      return "a picture of " + size + " could not be measured" + (found ? "" : ": " + found.error().message);
    }
    if (*found != *expected) {
      return "a picture of " + size + " measures other numbers than on the CPU";
    }
  }
  return "";
}

}  // namespace reeld::kernels
