/* NVIDIA's encoder for tests, as far as libavcodec's h264_nvenc needs it. A coded frame is the checksum of
   the surface's pixels, read when the packet is fetched, as late as the real one may; a surface must be of
   the session's context. */
#include <ffnvcodec/nvEncodeAPI.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_cuda.h"

struct Session {
  void* context;
};
struct Surface {
  const uint8_t* pixels;
  uint32_t width, height, pitch;
  NV_ENC_BUFFER_FORMAT format;
};
struct Output {
  const struct Surface* surface;
  uint64_t time;
  int is_idr;
  char packet[32];
};

static NVENCSTATUS open_session(NV_ENC_OPEN_ENCODE_SESSION_EX_PARAMS* wanted, void** encoder) {
  struct Session* const session = calloc(1, sizeof *session);
  session->context = wanted->device;
  *encoder = session;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS close_session(void* encoder) {
  free(encoder);
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS codec_count(void* encoder, uint32_t* count) {
  (void)encoder;
  *count = 1;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS codecs(void* encoder, GUID* list, uint32_t room, uint32_t* count) {
  (void)encoder, (void)room;
  list[0] = NV_ENC_CODEC_H264_GUID, *count = 1;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS capability(void* encoder, GUID codec, NV_ENC_CAPS_PARAM* asked, int* value) {
  (void)encoder, (void)codec;
  *value =
      asked->capsToQuery == NV_ENC_CAPS_WIDTH_MAX || asked->capsToQuery == NV_ENC_CAPS_HEIGHT_MAX ? 4096 : 1;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS preset(void* encoder, GUID codec, GUID name, NV_ENC_TUNING_INFO tuning,
                          NV_ENC_PRESET_CONFIG* found) {
  (void)encoder, (void)codec, (void)name, (void)tuning;
  found->presetCfg.frameIntervalP = 1; /* no frames out of order */
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS initialize(void* encoder, NV_ENC_INITIALIZE_PARAMS* wanted) {
  (void)encoder, (void)wanted;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS set_streams(void* encoder, NV_ENC_CUSTREAM_PTR in, NV_ENC_CUSTREAM_PTR out) {
  (void)encoder, (void)in, (void)out;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS make_output(void* encoder, NV_ENC_CREATE_BITSTREAM_BUFFER* made) {
  (void)encoder;
  made->bitstreamBuffer = calloc(1, sizeof(struct Output));
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS free_output(void* encoder, NV_ENC_OUTPUT_PTR output) {
  (void)encoder;
  free(output);
  return NV_ENC_SUCCESS;
}
/* Parameter sets of H.264's baseline, for the file's header. */
static NVENCSTATUS sequence(void* encoder, NV_ENC_SEQUENCE_PARAM_PAYLOAD* payload) {
  static const uint8_t kSets[] = {0,    0, 0, 1, 0x67, 0x42, 0,    0x0a, 0xf8, 0x41,
                                  0xa2, 0, 0, 0, 1,    0x68, 0xce, 0x38, 0x80};
  (void)encoder;
  memcpy(payload->spsppsBuffer, kSets, sizeof kSets);
  *payload->outSPSPPSPayloadSize = sizeof kSets;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS take_surface(void* encoder, NV_ENC_REGISTER_RESOURCE* wanted) {
  const struct Session* const session = encoder;
  if (fake_cuda_context_of(wanted->resourceToRegister) != session->context)
    return NV_ENC_ERR_RESOURCE_REGISTER_FAILED;
  struct Surface* const surface = calloc(1, sizeof *surface);
  surface->pixels = wanted->resourceToRegister;
  surface->width = wanted->width, surface->height = wanted->height, surface->pitch = wanted->pitch;
  surface->format = wanted->bufferFormat;
  wanted->registeredResource = surface;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS leave_surface(void* encoder, NV_ENC_REGISTERED_PTR surface) {
  (void)encoder;
  free(surface);
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS map_surface(void* encoder, NV_ENC_MAP_INPUT_RESOURCE* map) {
  (void)encoder;
  map->mappedResource = map->registeredResource;
  map->mappedBufferFmt = ((const struct Surface*)map->registeredResource)->format;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS unmap_surface(void* encoder, NV_ENC_INPUT_PTR surface) {
  (void)encoder, (void)surface;
  return NV_ENC_SUCCESS;
}

static NVENCSTATUS encode(void* encoder, NV_ENC_PIC_PARAMS* picture) {
  (void)encoder;
  if ((picture->encodePicFlags & NV_ENC_PIC_FLAG_EOS) != 0) return NV_ENC_SUCCESS;
  struct Output* const output = picture->outputBitstream;
  output->surface = picture->inputBuffer;
  output->time = picture->inputTimeStamp;
  output->is_idr = (picture->encodePicFlags & NV_ENC_PIC_FLAG_FORCEIDR) != 0;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS fetch(void* encoder, NV_ENC_LOCK_BITSTREAM* packet) {
  (void)encoder;
  struct Output* const output = packet->outputBitstream;
  const struct Surface* const surface = output->surface;
  uint64_t sum = 0xcbf29ce484222325; /* FNV-1a */
  for (uint32_t y = 0; y < surface->height * 3 / 2; ++y) {
    for (uint32_t x = 0; x < surface->width; ++x) {
      sum = (sum ^ surface->pixels[(size_t)y * surface->pitch + x]) * 0x100000001b3;
    }
  }
  packet->bitstreamSizeInBytes = 21;
  memcpy(output->packet, output->is_idr ? "\0\0\0\1\x65" : "\0\0\0\1\x61", 5);
  snprintf(output->packet + 5, sizeof output->packet - 5, "%016llx", (unsigned long long)sum);
  packet->bitstreamBufferPtr = output->packet;
  packet->outputTimeStamp = output->time;
  packet->pictureType = output->is_idr ? NV_ENC_PIC_TYPE_IDR : NV_ENC_PIC_TYPE_P;
  return NV_ENC_SUCCESS;
}
static NVENCSTATUS unlock(void* encoder, NV_ENC_OUTPUT_PTR output) {
  (void)encoder, (void)output;
  return NV_ENC_SUCCESS;
}
static const char* last_error(void* encoder) {
  (void)encoder;
  return "the stand-in refused it";
}

NVENCSTATUS NvEncodeAPIGetMaxSupportedVersion(uint32_t* version) {
  *version = NVENCAPI_MAJOR_VERSION << 4 | NVENCAPI_MINOR_VERSION;
  return NV_ENC_SUCCESS;
}
NVENCSTATUS NvEncodeAPICreateInstance(NV_ENCODE_API_FUNCTION_LIST* functions) {
  functions->nvEncOpenEncodeSessionEx = open_session;
  functions->nvEncDestroyEncoder = close_session;
  functions->nvEncGetEncodeGUIDCount = codec_count;
  functions->nvEncGetEncodeGUIDs = codecs;
  functions->nvEncGetEncodeCaps = capability;
  functions->nvEncGetEncodePresetConfigEx = preset;
  functions->nvEncInitializeEncoder = initialize;
  functions->nvEncSetIOCudaStreams = set_streams;
  functions->nvEncCreateBitstreamBuffer = make_output;
  functions->nvEncDestroyBitstreamBuffer = free_output;
  functions->nvEncGetSequenceParams = sequence;
  functions->nvEncRegisterResource = take_surface;
  functions->nvEncUnregisterResource = leave_surface;
  functions->nvEncMapInputResource = map_surface;
  functions->nvEncUnmapInputResource = unmap_surface;
  functions->nvEncEncodePicture = encode;
  functions->nvEncLockBitstream = fetch;
  functions->nvEncUnlockBitstream = unlock;
  functions->nvEncGetLastErrorString = last_error;
  return NV_ENC_SUCCESS;
}
