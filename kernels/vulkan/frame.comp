#version 460
// The frame kernel for Vulkan: a group is a tile, a layer of the grid a frame. Memory is reached by its address, so that
// pictures of any size and number need no descriptors.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

#define ADDRESS uvec2
#include "kernels/pixel/vocabulary_glsl.inc"
#include "kernels/pixel/transition_frame.inc"
#include "kernels/pixel/pixel.inc"
#include "kernels/gpu/frame_params.inc"

layout(local_size_x = 256) in;
layout(push_constant) uniform Push {
  uvec2 frames;
}
push;

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Frames {
  FrameParams frame[];
};
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Ints {
  int value[];
};
layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Floats {
  float value[];
};
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Texels {
  ivec2 texel[];
};
layout(buffer_reference, std430, buffer_reference_align = 4) writeonly buffer Words {
  int word[];
};

shared int shared_samples[4752];
shared float shared_encoded[1584];

#define FRAME Frames(push.frames).frame[gl_WorkGroupID.z]
#define INT_AT(address, index) Ints(address).value[index]
#define FLOAT_AT(address, index) Floats(address).value[index]
#define TEXEL_LOW(address, index) Texels(address).texel[index].x
#define TEXEL_HIGH(address, index) Texels(address).texel[index].y
#define STORE_WORD(address, index, bits) Words(address).word[index] = (bits)
#define BARRIER() barrier()
#define FRAME_ARGUMENT
#define FRAME_PASSED
#define SHARED_MEMORY
#define SHARED_ARGUMENT
#define SHARED_PASSED
#include "kernels/gpu/frame.inc"

void main() {
  render_group(int(gl_WorkGroupID.x), int(gl_WorkGroupID.y) + FRAME.first_group,
               int(gl_LocalInvocationID.x));
}
