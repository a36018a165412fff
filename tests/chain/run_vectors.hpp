/// tests/vectors/federated-run.json: what a real node did with the contract, call by call.
#pragma once

#include "actors/chain/run_contract_code.hpp"
#include "messages/ledger.hpp"
#include "tests/support/vectors.hpp"

#include <algorithm>

namespace flwr::test {

inline const boost::json::array& run_cases() {
  static const auto cases = load_cases("federated-run");
  return cases;
}

inline bool is_creation(const boost::json::value& from) { return from.at("to").is_null(); }

/// The transaction's data: of a creation, the bytecode and its arguments.
inline bytes data_of(const boost::json::value& from) {
  if (!is_creation(from))
    return unhex(text_of(from, "data"));
  auto code = run_creation_code();
  bytes data{code.begin(), code.end()};
  auto arguments = unhex(text_of(from, "arguments"));
  data.insert(data.end(), arguments.begin(), arguments.end());
  return data;
}

template <class Array>
Array array_from(std::string_view digits) {
  Array value;
  auto raw = unhex(digits);
  if (raw.size() != value.size())
    throw std::runtime_error{"a vector's value of another size: " + std::string{digits}};
  std::ranges::copy(raw, value.begin());
  return value;
}

inline address address_in(const boost::json::value& from, std::string_view key) {
  return array_from<address>(text_of(from, key));
}

/// The contract that a case is about: the one called, or created.
inline address contract_of(const boost::json::value& from) {
  return address_in(from, is_creation(from) ? "created" : "to");
}

inline std::vector<log> logs_of(const boost::json::value& from) {
  std::vector<log> logs;
  for (const auto& each : from.at("logs").as_array()) {
    log to{contract_of(from), {}, unhex(text_of(each, "data"))};
    for (const auto& topic : each.at("topics").as_array())
      to.topics.push_back(array_from<hash256>(std::string_view{topic.as_string()}));
    logs.push_back(to);
  }
  return logs;
}

inline const boost::json::value& case_named(std::string_view name) {
  auto& cases = run_cases();
  auto found =
    std::ranges::find_if(cases, [&](auto& each) { return text_of(each, "name") == name; });
  if (found == cases.end())
    throw std::runtime_error{"no case " + std::string{name}};
  return *found;
}

} // namespace flwr::test
