#include "apps/accounts.hpp"

#include "apps/key_files.hpp"
#include "apps/key_store.hpp"
#include "tests/apps/key_fixture.hpp"

#include <fstream>
#include <iterator>

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

constexpr uint64_t development_chain = 31337;

std::string opened(const account_options& options, uint64_t chain_id = 1) {
  auto key = open_account(options, chain_id);
  INFO((key ? "" : render(key.error())));
  REQUIRE(key);
  return to_text((*key)->address());
}

std::string contents(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace

TEST_CASE("an account is a key of the folder, opened by a password from a file or typed") {
  vault files;
  auto key = published();
  REQUIRE(add_key(files.keys, "server", key.sealed));
  CHECK(opened({"server", files.keys, {files.password()}}) == key.address);
  CHECK(opened({"server", files.keys, typing({"testpassword"})}) == key.address);
}

TEST_CASE("an account is a key file of either kind, known by its place or its ending") {
  vault files;
  auto key = published();
  CHECK(opened({files.put("plain.key", key.digits), files.keys, {}}) == key.address);
  CHECK(opened({files.put("nameless", key.digits + "\n"), files.keys, {}}) == key.address);
  CHECK(opened({files.put("sealed.json", key.sealed), {}, typing({"testpassword"})})
        == key.address);
  for (auto relative : {"here.key", "here.json", "./here"})
    CHECK_THAT(render(error_of(open_account({relative, files.keys, {}}, 1))),
               Contains("cannot read " + std::string{relative}));
}

TEST_CASE("development accounts are those that the nodes publish") {
  for (const auto& each : load_cases("hd-wallets")) {
    auto name = text_of(each, "name");
    if (text_of(each, "kind") != "derive")
      continue;
    INFO(name);
    auto number = name.substr(name.rfind('/') + 1);
    auto node = name.starts_with("ganache") ? "ganache:" : "anvil:";
    CHECK(opened({std::string{"dev:"} + node + number, {}, {}}, development_chain)
          == text_of(each, "address"));
  }
}

TEST_CASE("development accounts serve on development chains only") {
  for (uint64_t chain_id : {1337ull, 31337ull, 0x666c7772ull})
    CHECK(opened({"dev:anvil:0", {}, {}}, chain_id)
          == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  for (uint64_t chain_id : {0ull, 1ull, 137ull, 11155111ull, ~0ull}) {
    auto refused = error_of(open_account({"dev:anvil:0", {}, {}}, chain_id));
    CHECK(code_of(refused) == ec::usage);
    CHECK_THAT(render(refused),
               Contains("public") && Contains("not on chain " + std::to_string(chain_id)));
  }
}

TEST_CASE("an account that can't be is refused with what is wrong") {
  vault files;
  auto key = published();
  REQUIRE(add_key(files.keys, "server", key.sealed));
  auto exposed = files.put("exposed.key", key.digits, fs::perms{0644});
  auto wrong = files.put("wrong", "testpasswore\n");
  auto open_password = files.put("open", "testpassword\n", fs::perms{0640});
  const std::tuple<account_options, ec, std::string> cases[] = {
    {{"", files.keys, {}}, ec::usage, "a key's name has"},
    {{"sever", files.keys, {}}, ec::usage, "did you mean 'server'?"},
    {{"server", files / "none", {}}, ec::usage, "flwr-actor keys new NAME"},
    {{"0x" + key.digits, files.keys, {}}, ec::usage, "a key's name has"},
    {{key.digits, files.keys, {}}, ec::usage, "no name but a private key"},
    {{"server", files.keys, {wrong}}, ec::rejected, "server.json: key file: the password is wrong"},
    {{"server", files.keys, {open_password}}, ec::usage, "chmod 600 " + open_password},
    {{"server", files.keys, {"/none"}}, ec::usage, "cannot read /none"},
    {{exposed, files.keys, {}}, ec::usage, "chmod 600 " + exposed},
    {{files.put("bad.key", "12"), files.keys, {}}, ec::corrupt, "bad.key: 2 hex digits"},
    {{files.put("bad.json", "{"), files.keys, {wrong}},
     ec::corrupt,
     "bad.json: key file: isn't JSON"},
    {{files.path().string(), files.keys, {}}, ec::usage, "directory"},
    {{"dev:", {}, {}}, ec::usage, "unknown development wallet"},
    {{"dev:anvl:0", {}, {}}, ec::usage, "did you mean 'anvil'?"},
    {{"dev:anvil", {}, {}}, ec::usage, "needs its number"},
    {{"dev:anvil:", {}, {}}, ec::usage, "needs its number"},
    {{"dev:anvil:-1", {}, {}}, ec::usage, "needs its number"},
    {{"dev:anvil:0x1", {}, {}}, ec::usage, "needs its number"},
    {{"dev:anvil:2147483648", {}, {}}, ec::usage, "needs its number"},
  };
  for (const auto& [options, code, why] : cases) {
    INFO(why);
    auto refused = error_of(open_account(options, development_chain));
    CHECK(code_of(refused) == code);
    CHECK_THAT(render(refused), Contains(why));
    CHECK_THAT(render(refused), !Contains(key.digits) && !Contains("testpasswor"));
  }
}

TEST_CASE("a development key is made once and found again") {
  vault files;
  auto path = files / "dev.key";
  auto made = load_or_make_dev_key(path);
  REQUIRE(made);
  CHECK(mode_of(path) == 0600);
  CHECK(contents(path).size() == 65);
  CHECK(contents(path).ends_with('\n'));
  auto text = contents(path);
  CHECK((*load_or_make_dev_key(path))->address() == (*made)->address());
  CHECK(contents(path) == text);
  CHECK(opened({path.string(), {}, {}}) == to_text((*made)->address()));
}

TEST_CASE("a development key that is damaged or exposed is refused and stays") {
  vault files;
  auto digits = published().digits;
  for (const auto& text : {std::string{}, digits.substr(2), "\n" + digits, published().sealed}) {
    auto path = files.put("dev.key", text);
    auto refused = error_of(load_or_make_dev_key(path));
    CHECK(code_of(refused) == ec::corrupt);
    CHECK_THAT(render(refused), Contains(path));
    CHECK(contents(path) == text);
  }
  auto path = files.put("dev.key", digits, fs::perms{0604});
  CHECK_THAT(render(error_of(load_or_make_dev_key(path))), Contains("chmod 600 " + path));
}

TEST_CASE("a development key that can't be written is no key") {
  vault files;
  CHECK_THAT(render(error_of(load_or_make_dev_key(files / "none" / "dev.key"))),
             Contains((files / "none").string()));
  fs::create_symlink("nowhere", files / "link");
  CHECK_FALSE(load_or_make_dev_key(files / "link"));
}
