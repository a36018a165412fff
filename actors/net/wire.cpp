#include "actors/net/wire.hpp"

#include "actors/ipfs/content_id.hpp"
#include "actors/net/message_limits.hpp"
#include "actors/net/tensors.hpp"
#include "actors/net/wire_scalars.hpp"

#include <google/protobuf/stubs/logging.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <utility>

namespace flwr::wire {
namespace {

constexpr auto ipfs_type = "ipfs";

caf::error broken(const std::string& why) { return make_error(ec::corrupt, why); }

template <class Message>
expected<Message> parse(const grpc::ByteBuffer& raw) {
  if (auto wrong = check_limits(raw))
    return wrong;
  google::protobuf::LogSilencer silence; // Else what a peer sends can write to the terminal.
  auto copy = raw; // Shares the slices; a reader wants one that it may change.
  grpc::ProtoBufferReader reader{&copy};
  Message msg;
  if (!reader.status().ok() || !msg.ParseFromZeroCopyStream(&reader))
    return broken("this isn't a message of Flower's Join");
  return msg;
}

/// Model and our own words of an instruction.
expected<void> write_model(const model_ref& model, uint64_t round, exchange how,
                           proto::Parameters& to, scalar_map& config) {
  if (how != exchange::plain) {
    set_own(config, "round", static_cast<int64_t>(round));
    set_own(config, "base", to_text(model.id));
  }
  if (how == exchange::ipfs) {
    to.set_tensor_type(ipfs_type);
    return caf::unit;
  }
  if (!model.tensors)
    return make_error(ec::rejected, "a model is to be sent whose tensors aren't here");
  return append_tensors(*model.tensors, to);
}

/// What an instruction says, where it comes from a server of ours.
struct instruction {
  uint64_t round = 0;
  model_ref model;
  scalars config;
  std::string refused;
};

template <class Ins>
expected<instruction> read_instruction(const Ins& from, const layout_ptr& layout) {
  caf::error failure;
  own_words own{from.config(), failure};
  instruction what;
  what.round = own.number("round");
  what.model.id = own.content("base");
  if (own.has("refused"))
    what.refused = own.text("refused");
  if (failure)
    return failure;
  auto config = scalars_in(from.config());
  if (!config)
    return config.error();
  what.config = std::move(*config);
  if (from.parameters().tensor_type() == ipfs_type)
    return what;
  auto tensors = tensors_in(from.parameters(), layout);
  if (!tensors)
    return tensors.error();
  what.model.tensors = *tensors;
  return what;
}

caf::error check_status(const proto::Status& status) {
  if (status.code() == proto::OK)
    return {};
  return make_error(ec::rejected, "the client says: " + status.message());
}

void set_success(proto::Status& status) {
  status.set_code(proto::OK);
  status.set_message("Success");
}

} // namespace

expected<proto::ClientMessage> parse_client_message(const grpc::ByteBuffer& raw) {
  return parse<proto::ClientMessage>(raw);
}

expected<proto::ServerMessage> parse_server_message(const grpc::ByteBuffer& raw) {
  return parse<proto::ServerMessage>(raw);
}

grpc::ByteBuffer serialize(const google::protobuf::MessageLite& msg) {
  grpc::ByteBuffer buffer;
  bool own = false;
  grpc::SerializationTraits<google::protobuf::MessageLite>::Serialize(msg, &buffer, &own);
  return buffer;
}

// -- instructions ------------------------------------------------------------------------------

expected<proto::ServerMessage> fit_ins_to_proto(const fit_ins& ins, exchange how) {
  proto::ServerMessage msg;
  auto& to = *msg.mutable_fit_ins();
  append_scalars(ins.config, *to.mutable_config());
  auto written =
    write_model(ins.base, ins.round, how, *to.mutable_parameters(), *to.mutable_config());
  if (!written)
    return written.error();
  if (how != exchange::plain && !ins.refused.empty())
    set_own(*to.mutable_config(), "refused", ins.refused);
  return msg;
}

expected<proto::ServerMessage> evaluate_ins_to_proto(const evaluate_ins& ins, exchange how) {
  proto::ServerMessage msg;
  auto& to = *msg.mutable_evaluate_ins();
  append_scalars(ins.config, *to.mutable_config());
  auto written =
    write_model(ins.model, ins.round, how, *to.mutable_parameters(), *to.mutable_config());
  if (!written)
    return written.error();
  return msg;
}

expected<fit_ins> fit_ins_from_proto(const proto::ServerMessage& msg, client_id client,
                                     const layout_ptr& layout) {
  if (!msg.has_fit_ins())
    return broken("not an instruction to fit");
  auto what = read_instruction(msg.fit_ins(), layout);
  if (!what)
    return what.error();
  return fit_ins{client, what->round, std::move(what->model), std::move(what->config),
                 std::move(what->refused)};
}

expected<evaluate_ins> evaluate_ins_from_proto(const proto::ServerMessage& msg, client_id client,
                                               const layout_ptr& layout) {
  if (!msg.has_evaluate_ins())
    return broken("not an instruction to evaluate");
  auto what = read_instruction(msg.evaluate_ins(), layout);
  if (!what)
    return what.error();
  return evaluate_ins{client, what->round, std::move(what->model), std::move(what->config)};
}

// -- answers -----------------------------------------------------------------------------------

expected<proto::ClientMessage> fit_res_to_proto(const fit_res& res, exchange how) {
  proto::ClientMessage msg;
  auto& to = *msg.mutable_fit_res();
  set_success(*to.mutable_status());
  to.set_num_examples(res.num_examples);
  auto& metrics = *to.mutable_metrics();
  append_scalars(res.metrics, metrics);
  set_own(metrics, "round", static_cast<int64_t>(res.round));
  set_own(metrics, "model", to_text(res.model.id));
  set_own(metrics, "signature", bytes{res.signature.begin(), res.signature.end()});
  if (how == exchange::ipfs) {
    to.mutable_parameters()->set_tensor_type(ipfs_type);
    return msg;
  }
  if (!res.model.tensors)
    return make_error(ec::rejected, "an update is to be sent whose tensors aren't here");
  auto written = append_tensors(*res.model.tensors, *to.mutable_parameters());
  return written ? expected<proto::ClientMessage>{std::move(msg)} : written.error();
}

proto::ClientMessage evaluate_res_to_proto(const evaluate_res& res) {
  proto::ClientMessage msg;
  auto& to = *msg.mutable_evaluate_res();
  set_success(*to.mutable_status());
  to.set_loss(res.loss);
  to.set_num_examples(res.num_examples);
  append_scalars(res.metrics, *to.mutable_metrics());
  return msg;
}

// Of the .npy files each has a header of its own.
uint64_t most_answer_bytes(const layout& model) {
  constexpr uint64_t per_tensor = 256;
  return model.file_bytes + model.file_bytes / 4 + model.tensors.size() * per_tensor
         + unannounced_bytes;
}

proto::ClientMessage announcement_to_proto(uint64_t bytes) {
  proto::ClientMessage msg;
  msg.mutable_announcement()->set_bytes(bytes);
  return msg;
}

std::optional<uint64_t> announcement_in(const proto::ClientMessage& msg) {
  return msg.has_announcement() ? std::optional{msg.announcement().bytes()} : std::nullopt;
}

proto::ServerMessage go_ahead() {
  proto::ServerMessage msg;
  msg.mutable_go_ahead();
  return msg;
}

proto::ClientMessage failure_to_proto(bool to_fit, const caf::error& why) {
  proto::ClientMessage msg;
  auto& status = to_fit ? *msg.mutable_fit_res()->mutable_status()
                        : *msg.mutable_evaluate_res()->mutable_status();
  status.set_code(to_fit ? proto::FIT_NOT_IMPLEMENTED : proto::EVALUATE_NOT_IMPLEMENTED);
  status.set_message(render(why));
  return msg;
}

expected<fit_res> fit_res_from_proto(const proto::ClientMessage& msg, const fit_ins& asked,
                                     exchange how, const layout_ptr& layout) {
  if (!msg.has_fit_res())
    return broken("the client answered something else than it was asked: not a fit");
  auto& from = msg.fit_res();
  if (auto refused = check_status(from.status()))
    return refused;
  fit_res res;
  res.round = asked.round;
  res.base = asked.base.id;
  res.num_examples = from.num_examples();
  caf::error failure;
  if (how != exchange::plain) {
    own_words own{from.metrics(), failure};
    res.round = own.number("round");
    res.model.id = own.content("model");
    res.signature = own.fixed<signature_bytes>("signature");
  }
  if (failure)
    return failure;
  auto metrics = scalars_in(from.metrics());
  if (!metrics)
    return metrics.error();
  res.metrics = std::move(*metrics);
  if (how == exchange::ipfs)
    return res;
  auto tensors = tensors_in(from.parameters(), layout);
  if (!tensors)
    return tensors.error();
  res.model.tensors = *tensors;
  return res;
}

expected<evaluate_res> evaluate_res_from_proto(const proto::ClientMessage& msg,
                                               const evaluate_ins& asked) {
  if (!msg.has_evaluate_res())
    return broken("the client answered something else than it was asked: not an evaluation");
  auto& from = msg.evaluate_res();
  if (auto refused = check_status(from.status()))
    return refused;
  auto metrics = scalars_in(from.metrics());
  if (!metrics)
    return metrics.error();
  evaluate_res res;
  res.round = asked.round;
  res.num_examples = from.num_examples();
  res.loss = from.loss();
  res.metrics = std::move(*metrics);
  return res;
}

} // namespace flwr::wire
