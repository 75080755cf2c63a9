#version 460
// Measuring a picture for Vulkan: a group is a tile. Memory is reached by its address, as in frame.comp.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

#define ADDRESS uvec2
#include "kernels/pixel/vocabulary_glsl.inc"
#include "kernels/pixel/vocabulary_whole.inc"
#include "kernels/pixel/statistics.inc"
#include "kernels/gpu/measure_params.inc"

layout(local_size_x = 256) in;
layout(push_constant) uniform Push {
  uvec2 params;
}
push;

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Params {
  MeasureParams measure;
};
layout(buffer_reference, std430, buffer_reference_align = 4) buffer Ints {
  int value[];
};

shared int shared_lumas[1521];
shared int shared_bins[256];
shared int shared_partials[2560];
shared int shared_quads[256];

#define MEASURE Params(push.params).measure
#define INT_AT(address, index) Ints(address).value[index]
#define ADD_AT(address, index, amount) atomicAdd(Ints(address).value[index], amount)
#define ADD_SHARED(place, amount) atomicAdd(place, amount)
#define BARRIER() barrier()
#define MEASURE_ARGUMENT
#define TILE_ARGUMENT
#define TILE_PASSED
#define MEASURE_MEMORY
#include "kernels/gpu/measure.inc"

void main() {
  measure_group(int(gl_WorkGroupID.x), int(gl_WorkGroupID.y), int(gl_NumWorkGroups.x),
                int(gl_LocalInvocationID.x));
}
