#pragma once

#include "messages/types.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace flwr {

/// The element types of safetensors, in its order of falling rank.
enum class dtype : uint8_t {
  u64,
  i64,
  f64,
  c64,
  f32,
  u32,
  i32,
  bf16,
  f16,
  u16,
  i16,
  f8_e8m0,
  f8_e4m3,
  f8_e5m2,
  i8,
  u8,
  boolean,
};

/// One tensor of a model, and where its bytes lie (row-major, little-endian).
struct tensor_info {
  std::string name;
  dtype type = dtype::f32;
  std::vector<uint64_t> shape;
  uint64_t offset_bytes = 0; ///< From the start of the *file*, the header included.
  uint64_t size_bytes = 0;

  friend bool operator==(const tensor_info&, const tensor_info&) = default;
};

/// Names, types and shapes of a model's tensors, and the safetensors header that they give.
/// All models of a run share one.
struct layout {
  std::vector<tensor_info> tensors; ///< In state-dict order, which isn't the order in the file.
  bytes header;                     ///< The file up to the data: 8 bytes of length, JSON, padding.
  uint64_t file_bytes = 0;          ///< Header and data.

  friend bool operator==(const layout&, const layout&) = default;
};

using layout_ptr = std::shared_ptr<const layout>;

/// A model's tensors as immutable bytes: the blob *is* the canonical safetensors file, so what is
/// sent, stored, hashed and averaged is the same memory.
struct parameters {
  layout_ptr layout; ///< Never null.
  blob_ptr file;     ///< Never null; `layout->file_bytes` long, starts with `layout->header`.

  /// The bytes of tensor `t` of the layout.
  std::span<const uint8_t> tensor(size_t t) const {
    const auto& info = layout->tensors[t];
    return std::span{*file}.subspan(info.offset_bytes, info.size_bytes);
  }
};

/// Thousands of actors hold the same model: they share it, and nobody can change it.
using parameters_ptr = std::shared_ptr<const parameters>;

/// A model by its content id, and its tensors where this process holds them (else null).
struct model_ref {
  content_id id;
  parameters_ptr tensors;
};

/// The instruction to train on the client's own data.
struct fit_ins {
  client_id client{};  ///< Who is asked.
  uint64_t round = 0;  ///< 1-based; 0 is the genesis model.
  model_ref base;      ///< Where training starts.
  scalars config;      ///< The strategy's.
  std::string refused; ///< Why this client's last answer was refused, if it was.
};

/// Gives back a share of `--inbound-bytes` when its last copy goes.
using ticket_ptr = std::shared_ptr<const void>;

/// A client's answer to `fit_ins`.
struct fit_res {
  client_id client{};       ///< Stamped by the CLIENT PROXY; a client can't choose it.
  uint64_t round = 0;       ///< The round of the instruction.
  content_id base;          ///< The model that training started from.
  int64_t num_examples = 0; ///< Training samples behind the update, not batches.
  model_ref model;          ///< The trained model.
  scalars metrics;
  address signer{};            ///< Stamped by the CLIENT PROXY: whose signature it is.
  signature_bytes signature{}; ///< The client's, over all of the above (PROTOCOL, section 3).
  ticket_ptr ticket; ///< Held until the update is folded and stored; null outside this process.
};

/// The instruction to test a model.
struct evaluate_ins {
  std::optional<client_id> client; ///< Whose test data; nobody's: all of it (central evaluation).
  uint64_t round = 0;
  model_ref model;
  scalars config;
};

/// The answer to `evaluate_ins`.
struct evaluate_res {
  client_id client{}; ///< Stamped by the CLIENT PROXY.
  uint64_t round = 0;
  int64_t num_examples = 0; ///< Test samples.
  float loss = 0;           ///< Sum of the per-example losses, as the tutorial prints it.
  scalars metrics;          ///< At least "accuracy" where the learner knows one.
};

} // namespace flwr

FLWR_LOCAL_MESSAGE(flwr::parameters_ptr)
FLWR_LOCAL_MESSAGE(flwr::model_ref)
FLWR_LOCAL_MESSAGE(flwr::fit_ins)
FLWR_LOCAL_MESSAGE(flwr::fit_res)
FLWR_LOCAL_MESSAGE(flwr::evaluate_ins)
FLWR_LOCAL_MESSAGE(flwr::evaluate_res)
