#include "apps/key_store.hpp"

#include "tests/apps/key_fixture.hpp"

#include <map>

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

expected<fs::path> folder_with(const std::map<std::string, std::string>& set) {
  return default_keys_folder([&](const std::string& name) -> std::optional<std::string> {
    auto found = set.find(name);
    return found == set.end() ? std::nullopt : std::optional{found->second};
  });
}

} // namespace

TEST_CASE("keys are where the XDG specification puts a user's data") {
  CHECK(*folder_with({{"HOME", "/h"}}) == "/h/.local/share/flwr-actor/keys");
  CHECK(*folder_with({{"HOME", "/h"}, {"XDG_DATA_HOME", "/d"}}) == "/d/flwr-actor/keys");
  CHECK(*folder_with({{"HOME", "/h"}, {"XDG_DATA_HOME", "relative"}})
        == "/h/.local/share/flwr-actor/keys");
  CHECK(*folder_with({{"HOME", "/h"}, {"XDG_DATA_HOME", ""}}) == "/h/.local/share/flwr-actor/keys");
  CHECK_THAT(render(error_of(folder_with({{"HOME", ""}}))), Contains("--keys-dir"));
}

TEST_CASE("a key's name is a file's name that no option takes for something else") {
  for (const auto& name : {std::string{"a"}, std::string{"Server-1_b.c"}, std::string(64, 'x')})
    CHECK(check_key_name(name));
  const std::pair<std::string, std::string> refused[] = {
    {"", "1 to 64"},
    {std::string(65, 'x'), "1 to 64"},
    {".hidden", "doesn't start with '.'"},
    {"..", "doesn't start with '.'"},
    {"a/b", "1 to 64"},
    {"a b", "1 to 64"},
    {"a:b", "1 to 64"},
    {"a\n", "1 to 64"},
    {std::string{"a\0b", 3}, "1 to 64"},
    {"\xc3\xa4", "1 to 64"},
    {"server.key", ".key or .json"},
    {"server.json", ".key or .json"},
    {std::string(64, 'a'), "no name but a private key"},
  };
  for (const auto& [name, why] : refused) {
    INFO(name);
    auto error = error_of(check_key_name(name));
    CHECK(code_of(error) == ec::usage);
    CHECK_THAT(render(error), Contains(why));
    CHECK_FALSE(add_key("nowhere", name, "{}"));
    CHECK_FALSE(find_key("nowhere", name));
  }
  CHECK_FALSE(fs::exists("nowhere"));
}

TEST_CASE("a key file is found under its name, with the address that it says") {
  vault files;
  auto key = published();
  REQUIRE(add_key(files.keys, "server", key.sealed));
  CHECK(mode_of(files.keys) == 0700);
  CHECK(mode_of(files.keys / "server.json") == 0600);
  auto found = find_key(files.keys, "server");
  REQUIRE(found);
  CHECK(found->file == files.keys / "server.json");
  CHECK(to_text(found->owner.value()) == key.address);
}

TEST_CASE("a key is never written over another") {
  vault files;
  REQUIRE(add_key(files.keys, "server", published().sealed));
  CHECK_THAT(render(error_of(add_key(files.keys, "server", "{}"))), Contains("there already"));
  CHECK(to_text(find_key(files.keys, "server")->owner.value()) == published().address);
}

TEST_CASE("keys are listed by name, and other files aren't") {
  vault files;
  CHECK(keys_in(files.keys)->empty());
  for (auto name : {"b", "a", "c"})
    REQUIRE(add_key(files.keys, name, published().sealed));
  for (auto name : {"keys/README", "keys/.x.json", "keys/a.json.new", "keys/two words.json"})
    files.write(name, published().sealed);
  fs::create_directory(files.keys / "folder.json");
  auto keys = keys_in(files.keys);
  REQUIRE(keys);
  REQUIRE(keys->size() == 3);
  CHECK(keys->front().name == "a");
  CHECK(keys->back().name == "c");
}

TEST_CASE("a key file that doesn't say its address is listed without one") {
  vault files;
  for (auto text :
       {"", "{", "[]", "{}", R"({"address":7})", R"({"address":"12"})", R"({"address":"zz"})"}) {
    files.put("keys/a.json", text);
    CHECK_FALSE(keys_in(files.keys)->front().owner);
  }
  files.put("keys/a.json", R"({"Address":"0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"})");
  CHECK(to_text(keys_in(files.keys)->front().owner.value()) == published().address);
}

TEST_CASE("a mistyped name gets a suggestion") {
  vault files;
  CHECK_THAT(render(error_of(find_key(files.keys, "server"))),
             Contains("flwr-actor keys new NAME"));
  REQUIRE(add_key(files.keys, "server", published().sealed));
  auto error = error_of(find_key(files.keys, "sever"));
  CHECK(code_of(error) == ec::usage);
  CHECK_THAT(render(error), Contains("did you mean 'server'?"));
}

TEST_CASE("a folder that can't be read is no empty one") {
  vault files;
  CHECK_THAT(render(error_of(keys_in(files.write("file", "")))), Contains("Not a directory"));
}
