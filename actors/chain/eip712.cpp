#include "actors/chain/eip712.hpp"

#include "actors/chain/abi_words.hpp"
#include "actors/hash/keccak256.hpp"

#include <set>

namespace flwr {
namespace {

caf::error no_struct(std::string_view name) {
  return make_error(ec::usage, "typed data has no struct '" + std::string{name} + "'");
}

caf::error no_value(std::string_view type) {
  return make_error(ec::usage, "typed data has a value that isn't a " + std::string{type}
                                 + ", or is too deep");
}

/// The type without its array brackets.
std::string_view innermost(std::string_view type) { return type.substr(0, type.find('[')); }

/// An elementary type of the ABI, which has no parts, in its canonical spelling: it gets hashed.
std::optional<abi_type> elementary(std::string_view type) {
  auto parsed = parse_abi_type(type);
  if (!parsed || parsed->kind == abi_kind::tuple || !parsed->parts.empty()
      || to_text(*parsed) != type)
    return std::nullopt;
  return std::move(*parsed);
}

/// Adds the structs that `name` refers to, at any distance.
caf::error collect(const typed_structs& structs, std::string_view name,
                   std::set<std::string_view>& found) {
  std::vector<std::string_view> todo{name};
  while (!todo.empty()) {
    auto next = structs.find(todo.back());
    todo.pop_back();
    if (!found.insert(next->first).second)
      continue;
    for (const auto& member : next->second)
      if (auto type = innermost(member.type); structs.contains(type))
        todo.push_back(type);
      else if (!elementary(type))
        return no_struct(type);
  }
  return caf::none;
}

std::string signature_of(std::string_view name, const std::vector<typed_member>& members) {
  std::string text{name};
  auto separator = '(';
  for (const auto& [member, type] : members) {
    text += separator;
    text.append(type).append(" ").append(member);
    separator = ',';
  }
  return text + (members.empty() ? "()" : ")");
}

/// An array's element type and, for T[k], its count.
struct array_type {
  std::string_view element;
  std::optional<std::string_view> count;
};

std::optional<array_type> array_in(std::string_view type) {
  auto open = type.rfind('[');
  if (open == std::string_view::npos || !type.ends_with(']'))
    return std::nullopt;
  auto count = type.substr(open + 1, type.size() - open - 2);
  return array_type{type.substr(0, open), count.empty() ? std::nullopt : std::optional{count}};
}

/// Values into words; `structs` knows the types.
class hasher {
public:
  explicit hasher(const typed_structs& structs) : structs_(structs) {}

  expected<bytes> data(std::string_view name, const abi_value& value, size_t depth) {
    auto type = encode_type(structs_, name);
    if (!type)
      return type.error();
    const auto& members = structs_.find(name)->second;
    auto values = std::get_if<abi_list>(&value.data);
    if (!values || values->size() != members.size() || depth > max_typed_depth)
      return no_value(name);
    bytes words;
    append_words(words, keccak256(*type));
    for (size_t i = 0; i < members.size(); ++i)
      if (auto err = append(words, members[i].type, (*values)[i], depth))
        return err;
    return words;
  }

private:
  caf::error append(bytes& words, std::string_view type, const abi_value& value, size_t depth) {
    auto word = word_of(type, value, depth);
    if (!word)
      return word.error();
    append_words(words, *word);
    return caf::none;
  }

  expected<hash256> word_of(std::string_view type, const abi_value& value, size_t depth) {
    if (auto array = array_in(type))
      return array_word(*array, type, value, depth + 1);
    if (structs_.contains(type))
      return struct_word(type, value, depth + 1);
    return elementary_word(type, value);
  }

  expected<hash256> struct_word(std::string_view name, const abi_value& value, size_t depth) {
    auto encoded = data(name, value, depth);
    if (!encoded)
      return encoded.error();
    return keccak256(*encoded);
  }

  expected<hash256> array_word(const array_type& array, std::string_view type,
                               const abi_value& value, size_t depth) {
    auto values = std::get_if<abi_list>(&value.data);
    if (!values || depth > max_typed_depth
        || (array.count && *array.count != std::to_string(values->size())))
      return no_value(type);
    bytes words;
    for (const auto& each : *values)
      if (auto err = append(words, array.element, each, depth))
        return err;
    return keccak256(words);
  }

  expected<hash256> elementary_word(std::string_view type, const abi_value& value) {
    auto known = elementary(type);
    if (!known)
      return no_struct(type);
    if (auto raw = std::get_if<bytes>(&value.data); raw && known->kind == abi_kind::bytes)
      return keccak256(*raw);
    if (auto text = std::get_if<std::string>(&value.data); text && known->kind == abi_kind::string)
      return keccak256(*text);
    auto encoded = abi_encode(*known, value);
    std::span<const uint8_t> rest;
    if (encoded && !is_dynamic(*known))
      rest = *encoded;
    auto word = read_hash256(rest);
    return word ? expected<hash256>{*word} : no_value(type);
  }

  const typed_structs& structs_;
};

} // namespace

expected<std::string> encode_type(const typed_structs& structs, std::string_view name) {
  std::set<std::string_view> found;
  if (!structs.contains(name))
    return no_struct(name);
  if (auto err = collect(structs, name, found))
    return err;
  found.erase(name);
  auto text = signature_of(name, structs.find(name)->second);
  for (auto other : found)
    text += signature_of(other, structs.find(other)->second);
  return text;
}

expected<bytes> encode_data(const typed_structs& structs, std::string_view name,
                            const abi_value& value) {
  return hasher{structs}.data(name, value, 0);
}

expected<hash256> hash_struct(const typed_structs& structs, std::string_view name,
                              const abi_value& value) {
  auto encoded = encode_data(structs, name, value);
  if (!encoded)
    return encoded.error();
  return keccak256(*encoded);
}

hash256 domain_separator(const typed_domain& domain) {
  std::string members;
  bytes words;
  auto add = [&](std::string_view member, const auto& word) {
    members += (members.empty() ? "" : ",") + std::string{member};
    append_words(words, word);
  };
  if (domain.name)
    add("string name", keccak256(*domain.name));
  if (domain.version)
    add("string version", keccak256(*domain.version));
  if (domain.chain_id)
    add("uint256 chainId", *domain.chain_id);
  if (domain.verifying_contract)
    add("address verifyingContract", *domain.verifying_contract);
  if (domain.salt)
    add("bytes32 salt", *domain.salt);
  auto type = keccak256("EIP712Domain(" + members + ")");
  words.insert(words.begin(), type.begin(), type.end());
  return keccak256(words);
}

hash256 typed_digest(const hash256& domain, const hash256& message) {
  bytes data{0x19, 0x01};
  append_words(data, domain, message);
  return keccak256(data);
}

} // namespace flwr
