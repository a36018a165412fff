#include "actors/ipfs/safetensors_header.hpp"

#include "actors/ipfs/safetensors.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>

#include <optional>
#include <unordered_set>
#include <utility>

namespace flwr {
namespace {

namespace json = boost::json;

constexpr std::string_view metadata_key = "__metadata__";

std::string json_text(std::string_view text) {
  return json::serialize(json::string_view{text.data(), text.size()});
}

/// Hears the events of Boost.JSON's parser. Building a json::value instead would lose repeated
/// keys.
class header_handler {
public:
  static constexpr size_t max_object_size = size_t(-1);
  static constexpr size_t max_array_size = size_t(-1);
  static constexpr size_t max_key_size = max_header_bytes;
  static constexpr size_t max_string_size = max_header_bytes;

  std::vector<tensor_info> tensors;
  std::string problem; ///< Why the handler stopped the parser, if it did.

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_object_begin(json::error_code& err) {
    switch (at_) {
    case place::outside:
      at_ = place::file;
      return true;
    case place::file:
      if (key_ == metadata_key) {
        at_ = place::metadata;
        return true;
      }
      return begin_tensor(err);
    default:
      return fail(err, "an object stands where none belongs");
    }
  }

  bool on_object_end(size_t, json::error_code& err) {
    if (at_ == place::file) {
      at_ = place::outside;
      return true;
    }
    if (at_ == place::tensor && !(type_ && shape_ && offsets_))
      return fail(err, "it has not all of dtype, shape and data_offsets");
    if (at_ == place::tensor)
      return end_tensor(err);
    at_ = place::file;
    return true;
  }

  bool on_array_begin(json::error_code& err) {
    if (at_ != place::tensor || (field_ != "shape" && field_ != "data_offsets"))
      return fail(err, "a list stands where none belongs");
    auto& list = field_ == "shape" ? shape_ : offsets_;
    list.emplace();
    list_ = &*list;
    at_ = place::list;
    return true;
  }

  bool on_array_end(size_t, json::error_code&) {
    at_ = place::tensor;
    return true;
  }

  bool on_key_part(json::string_view part, size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool on_key(json::string_view part, size_t, json::error_code& err) {
    auto key = take_text(part);
    if (at_ == place::metadata)
      return metadata_keys_.insert(std::move(key)).second || fail(err, "a key comes twice");
    if (at_ == place::tensor)
      return begin_field(std::move(key), err);
    key_ = std::move(key);
    return keys_.insert(key_).second || fail(err, "it comes twice");
  }

  bool on_string_part(json::string_view part, size_t, json::error_code&) {
    text_.append(part.data(), part.size());
    return true;
  }

  bool on_string(json::string_view part, size_t, json::error_code& err) {
    auto text = take_text(part);
    if (at_ == place::metadata)
      return true;
    if (at_ != place::tensor || field_ != "dtype")
      return fail(err, "a string stands where none belongs");
    type_ = dtype_from(text);
    return type_ || fail(err, "it has the unknown dtype " + shown_name(text));
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }

  bool on_int64(int64_t number, json::string_view text, json::error_code& err) {
    if (text.starts_with('-')) // "-0" as well.
      return fail(err, "a number is negative");
    return on_uint64(static_cast<uint64_t>(number), text, err);
  }

  bool on_uint64(uint64_t number, json::string_view, json::error_code& err) {
    if (at_ != place::list)
      return fail(err, "a number stands where none belongs");
    if (list_->size() == max_dimensions)
      return fail(err, "it has more than 64 dimensions");
    list_->push_back(number);
    return true;
  }

  bool on_double(double, json::string_view, json::error_code& err) {
    return fail(err, "a number is no integer of 64 bits");
  }

  bool on_bool(bool, json::error_code& err) { return fail(err, "a truth value stands there"); }
  bool on_null(json::error_code& err) { return fail(err, "null stands there"); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

private:
  enum class place { outside, file, metadata, tensor, list };

  bool fail(json::error_code& err, std::string_view what) {
    problem = (keys_.empty() ? "the header" : "the entry " + shown_name(key_)) + " is wrong: ";
    problem += what;
    err = json::error::exception; // Any: `problem` says more.
    return false;
  }

  std::string take_text(json::string_view last) {
    text_.append(last.data(), last.size());
    return std::exchange(text_, {});
  }

  bool begin_tensor(json::error_code& err) {
    if (tensors.size() == max_tensors)
      return fail(err, "there are more than 65,536 tensors");
    field_.clear();
    type_.reset();
    shape_.reset();
    offsets_.reset();
    at_ = place::tensor;
    return true;
  }

  bool begin_field(std::string key, json::error_code& err) {
    field_ = std::move(key);
    bool known = field_ == "dtype" || field_ == "shape" || field_ == "data_offsets";
    if (!known)
      return fail(err, "it has the unknown field " + shown_name(field_));
    bool again = field_ == "dtype"   ? type_.has_value()
                 : field_ == "shape" ? shape_.has_value()
                                     : offsets_.has_value();
    return !again || fail(err, "it has a field twice");
  }

  bool end_tensor(json::error_code& err) {
    if (offsets_->size() != 2)
      return fail(err, "data_offsets is no pair");
    auto begin = (*offsets_)[0], end = (*offsets_)[1];
    if (end < begin)
      return fail(err, "its data ends before it begins");
    tensors.push_back({key_, *type_, *std::move(shape_), begin, end - begin});
    at_ = place::file;
    return true;
  }

  using number_list = std::vector<uint64_t>;

  place at_ = place::outside;
  std::unordered_set<std::string> keys_, metadata_keys_;
  std::string key_, field_, text_;
  std::optional<dtype> type_;
  std::optional<number_list> shape_, offsets_;
  number_list* list_ = nullptr;
};

std::string number_list_text(const std::vector<uint64_t>& numbers) {
  std::string text = "[";
  for (auto number : numbers)
    text += (text.size() > 1 ? "," : "") + std::to_string(number);
  return text + "]";
}

} // namespace

expected<std::vector<tensor_info>> parse_header(std::string_view text) {
  json::parse_options options;
  options.max_depth = 3;
  json::basic_parser<header_handler> parser{options};
  json::error_code err;
  auto used = parser.write_some(false, text.data(), text.size(), err);
  auto& handler = parser.handler();
  if (!handler.problem.empty())
    return make_error(ec::corrupt, "safetensors: " + handler.problem);
  if (!err && used < text.size())
    err = json::error::extra_data;
  if (err)
    return make_error(ec::corrupt, "safetensors: the header is no JSON: " + err.message()
                                     + " at byte " + std::to_string(used) + " of it");
  return std::move(handler.tensors);
}

std::string write_header(const std::vector<const tensor_info*>& tensors) {
  std::string text = "{";
  for (const auto* tensor : tensors) {
    auto begin = tensor->offset_bytes;
    text += text.size() > 1 ? "," : "";
    text += json_text(tensor->name) + R"(:{"dtype":")";
    text += name_of(tensor->type);
    text += R"(","shape":)" + number_list_text(tensor->shape) + R"(,"data_offsets":)"
            + number_list_text({begin, begin + tensor->size_bytes}) + "}";
  }
  return text + "}";
}

std::string shown_name(std::string_view name) {
  size_t shown = 80;
  if (name.size() <= shown)
    return json_text(name);
  while (shown > 0 && (static_cast<uint8_t>(name[shown]) & 0xC0) == 0x80) // Within a character.
    --shown;
  return json_text(name.substr(0, shown)) + "...";
}

} // namespace flwr
