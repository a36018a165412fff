/// What the tests of keys share: published keys, and files that nobody else may read.
#pragma once

#include "actors/chain/address.hpp"
#include "apps/accounts.hpp"
#include "tests/apps/scratch_directory.hpp"
#include "tests/support/vectors.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

namespace flwr::test {

/// A published key of the vectors, its account, and its file under "testpassword".
struct published_key {
  std::string digits, address, sealed;
};

inline boost::json::value keystore_case(std::string_view name) {
  for (const auto& each : load_cases("keystore"))
    if (text_of(each, "name") == name)
      return each;
  throw std::runtime_error{"no such case"};
}

inline published_key published(std::string_view name = "light-scrypt") {
  auto found = keystore_case(name);
  return {text_of(found, "private_key").substr(2), text_of(found, "address"),
          boost::json::serialize(found.at("keystore"))};
}

/// A scratch directory for secrets.
struct vault : scratch_directory {
  std::filesystem::path keys = path() / "keys";

  /// A file with this mode.
  std::string put(const std::string& name, std::string_view text,
                  std::filesystem::perms mode = std::filesystem::perms{0600}) const {
    auto file = write(name, text);
    std::filesystem::permissions(file, mode);
    return file;
  }

  std::string password(std::string_view text = "testpassword\n") const {
    return put("password", text);
  }
};

inline unsigned mode_of(const std::filesystem::path& path) {
  return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

/// Stands for somebody who types these, one after the other.
inline password_source typing(std::vector<std::string> answers) {
  auto next = std::make_shared<size_t>(0);
  return {{}, [=](const std::string&) -> expected<secret_bytes> {
            auto answer = answers.at((*next)++);
            return secret_bytes{answer.begin(), answer.end()};
          }};
}

/// The error of what has to fail.
template <class T>
caf::error error_of(const expected<T>& result) {
  REQUIRE_FALSE(result);
  return result.error();
}

} // namespace flwr::test
