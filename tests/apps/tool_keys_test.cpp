#include "apps/tool_keys.hpp"

#include "apps/key_store.hpp"
#include "apps/private_file.hpp"
#include "apps/tool.hpp"
#include "tests/apps/key_fixture.hpp"

#include <map>
#include <vector>

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;

namespace {

using words = std::vector<std::string>;
using variables = std::map<std::string, std::string>;

constexpr auto mnemonic =
  "kiss scan lend fossil jungle main shoot raven amazing young belt negative";

/// The tool box's `keys` with these words.
expected<std::string> run(words args, const variables& set = {}) {
  args.insert(args.begin(), {"flwr-actor", "keys"});
  std::vector<const char*> argv;
  for (const auto& arg : args)
    argv.push_back(arg.c_str());
  auto output = run_tool(
    static_cast<int>(argv.size()), argv.data(),
    [&](const std::string& name) -> std::optional<std::string> {
      auto found = set.find(name);
      return found == set.end() ? std::nullopt : std::optional{found->second};
    },
    [](const std::string&) {});
  return output ? expected<std::string>{output->text} : output.error();
}

/// A vault in which the commands work: with its folder, a password, and a cost for tests.
struct key_tool : vault {
  words with(words args, bool sealing = true) const {
    args.insert(args.end(), {"--keys-dir", keys.string()});
    if (sealing)
      args.insert(args.end(), {"--password-file", password(), "--kdf", "light"});
    return args;
  }

  std::string printed(const words& args, bool sealing = true) const {
    auto text = run(with(args, sealing));
    INFO((text ? "" : render(text.error())));
    REQUIRE(text);
    return *text;
  }

  std::string address_of(const std::string& name) const {
    auto key = open_account({name, keys, {password()}}, 1);
    REQUIRE(key);
    return to_text((*key)->address());
  }
};

} // namespace

TEST_CASE("keys new makes a key that its password opens, and prints the address") {
  key_tool tool;
  auto text = tool.printed({"new", "server"});
  CHECK(text == tool.address_of("server") + "\n");
  CHECK(tool.printed({"address", "server"}, false) == text);
  CHECK(mode_of(tool.keys) == 0700);
  CHECK(mode_of(tool.keys / "server.json") == 0600);
  CHECK(tool.printed({"new", "other"}) != text);
}

TEST_CASE("keys list shows names and addresses, in columns or as JSON") {
  key_tool tool;
  CHECK(tool.printed({"list"}, false).empty());
  CHECK(tool.printed({"list", "--json"}, false)
        == "{\"schema\":\"flwr-actor/keys/1\",\"keys\":[]}\n");
  REQUIRE(add_key(tool.keys, "server", published().sealed));
  REQUIRE(add_key(tool.keys, "b", "{}"));
  CHECK(tool.printed({"list"}, false) == "b       -\nserver  " + published().address + "\n");
  CHECK(tool.printed({"list", "--json"}, false)
        == R"({"schema":"flwr-actor/keys/1","keys":[{"name":"b","address":null,"file":")"
             + (tool.keys / "b.json").string() + R"("},{"name":"server","address":")"
             + published().address + R"(","file":")" + (tool.keys / "server.json").string()
             + "\"}]}\n");
}

TEST_CASE("new, import and address print one JSON document each") {
  key_tool tool;
  auto document = [&](const std::string& name, const std::string& address) {
    return R"({"schema":"flwr-actor/key/1","name":")" + name + R"(","address":")" + address
           + R"(","file":")" + (tool.keys / (name + ".json").c_str()).string() + "\"}\n";
  };
  auto made = tool.printed({"new", "a", "--json"});
  CHECK(made == document("a", tool.address_of("a")));
  CHECK(tool.printed({"address", "a", "--json"}, false) == made);
  auto file = tool.put("plain", published().digits);
  CHECK(tool.printed({"import", "b", "--key-file", file, "--json"})
        == document("b", published().address));
}

TEST_CASE("keys import takes digits, wallets' files and mnemonics") {
  key_tool tool;
  auto scrypt = published("light-scrypt"), pbkdf2 = published("light-pbkdf2");
  tool.printed({"import", "digits", "--key-file", tool.put("digits", scrypt.digits)});
  tool.printed({"import", "scrypt", "--key-file", tool.put("scrypt", scrypt.sealed)});
  tool.printed({"import", "pbkdf2", "--key-file", tool.put("pbkdf2", pbkdf2.sealed)});
  CHECK(tool.address_of("digits") == scrypt.address);
  CHECK(tool.address_of("scrypt") == scrypt.address);
  CHECK(tool.address_of("pbkdf2") == pbkdf2.address);
  auto junk = tool.put("junk", " test test test test test test\ntest test test test test junk\n");
  CHECK(tool.printed({"import", "first", "--mnemonic-file", junk})
        == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266\n");
  CHECK(tool.printed({"import", "ninth", "--mnemonic-file", junk, "--path", "m/44'/60'/0'/0/9"})
        == "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720\n");
  CHECK(tool.address_of("ninth") == "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720");
}

TEST_CASE("a new key file costs what was asked for") {
  key_tool tool;
  tool.printed({"new", "light"});
  auto file = read_private(tool.keys / "light.json");
  auto params = boost::json::parse(std::string{as_text(file->data)}).at("crypto").at("kdfparams");
  CHECK(params.at("n") == 4096);
  CHECK(params.at("r") == 8);
  CHECK(params.at("p") == 6);
  CHECK(keys_request{}.cost.n == 262144);
  CHECK(keys_request{}.cost.r == 8);
  CHECK(keys_request{}.cost.p == 1);
}

TEST_CASE("a typed password is asked for twice when a key is new, once when its file has one") {
  vault files;
  keys_request request{"a", files.keys, typing({"secret", "secret"}), {2, 1, 1}};
  auto made = new_key(request);
  REQUIRE(made);
  auto key = open_account({"a", files.keys, typing({"secret"})}, 1);
  REQUIRE(key);
  CHECK(*made == to_text((*key)->address()) + "\n");
  request.name = "b";
  request.password = typing({"testpassword"});
  CHECK(import_key(request, {files.put("sealed", published().sealed)}));
}

TEST_CASE("nobody is asked for a password in vain") {
  vault files;
  REQUIRE(add_key(files.keys, "a", published().sealed));
  password_source nobody{{}, [](const std::string&) -> expected<secret_bytes> {
                           FAIL("asked");
                           return make_error(ec::bug, "asked");
                         }};
  CHECK_THAT(render(error_of(new_key({"a", files.keys, nobody}))), Contains("there already"));
  CHECK_FALSE(new_key({"a/b", files.keys, nobody}));
  CHECK_FALSE(import_key({"b", files.keys, nobody}, {files.put("bad", "12")}));
  CHECK_FALSE(import_key({"b", files.keys, nobody}, {{}, files.put("words", "test test")}));
}

TEST_CASE("folder and password file come from the environment too, after the command line") {
  key_tool tool;
  REQUIRE(add_key(tool.keys, "server", published().sealed));
  variables set{{"FLWR_ACTOR_KEYS_DIR", tool.keys.string()},
                {"FLWR_ACTOR_PASSWORD_FILE", tool.password()}};
  CHECK(run({"new", "a", "--kdf=light"}, set));
  CHECK(keys_in(tool.keys)->size() == 2);
  CHECK(run({"list", "--keys-dir", (tool / "none").string()}, set)->empty());
  CHECK(run({"list"}, {{"HOME", tool.path().string()}})->empty());
  CHECK(error_of(run({"list"})) == ec::usage);
}

TEST_CASE("help shows examples first") {
  auto help = run({"--help"});
  REQUIRE(help);
  CHECK(help->find("Examples:") < help->find("Usage:"));
  CHECK_THAT(*run({"import", "--help"}), Contains("--mnemonic-file FILE"));
}

TEST_CASE("what can't be done is refused with what to do, and without the secret") {
  key_tool tool;
  auto key = published();
  REQUIRE(add_key(tool.keys, "server", key.sealed));
  REQUIRE(add_key(tool.keys, "silent", "{}"));
  auto digits = tool.put("digits", key.digits);
  auto sealed = tool.put("sealed", key.sealed);
  auto phrase = tool.put("words", mnemonic);
  auto exposed = tool.put("exposed", key.digits, std::filesystem::perms{0644});
  auto exposed_words = tool.put("exposed-words", mnemonic, std::filesystem::perms{0640});
  auto wrong = tool.put("wrong", "hunter2secret\n");
  auto empty = tool.put("empty", "\n");
  auto cut = tool.put("cut", key.digits.substr(1));
  auto swapped = tool.put("swapped", std::string{"scan kiss"} + std::string{mnemonic}.substr(9));
  auto typo = tool.put("typo", std::string{mnemonic} + "x");
  auto hostile = keystore_case("n-huge").at("keystore");
  auto huge = tool.put("huge", serialize(hostile));
  variables set{{"FLWR_ACTOR_KEYS_DIR", tool.keys.string()},
                {"FLWR_ACTOR_PASSWORD_FILE", tool.password()}};
  const std::tuple<words, ec, std::string> cases[] = {
    {{}, ec::usage, "name a command: new, import, list, address"},
    {{"lst"}, ec::usage, "lst (did you mean list?)"},
    {{key.digits}, ec::usage, "never on a command line"},
    {{"new"}, ec::usage, "NAME is required"},
    {{"new", "a", "--passwrd-file", wrong}, ec::usage, "did you mean --password-file?"},
    {{"new", "a", "--password", "hunter2secret"}, ec::usage, "did you mean --password-file?"},
    {{"new", "a", "--password=hunter2secret"}, ec::usage, "did you mean --password-file?"},
    {{"new", "a", "-phunter2secret"}, ec::usage, "an unknown option; see"},
    {{"new", "a", "hunter2secret"}, ec::usage, "a word too many; see"},
    {{"new", "a", "--kdf", "heavy"}, ec::usage, "--kdf"},
    {{"new", key.digits}, ec::usage, "no name but a private key"},
    {{"new", "0x" + key.digits}, ec::usage, "a key's name has"},
    {{"new", "server"}, ec::usage, "there already"},
    {{"new", "a", "--password-file", empty}, ec::usage, "protects nothing"},
    {{"new", "a", "--password-file", exposed}, ec::usage, "chmod 600 " + exposed},
    {{"import", "a"}, ec::usage, "give one of --key-file FILE and --mnemonic-file FILE"},
    {{"import", "a", "--key-file", digits, "--mnemonic-file", phrase}, ec::usage, "give one of"},
    {{"import", "a", "--key-file", digits, "--path", "m"}, ec::usage, "--path is for"},
    {{"import", "a", "--private-key", key.digits}, ec::usage, "never on a command line"},
    {{"import", "a", "--mnemonic", mnemonic}, ec::usage, "did you mean --mnemonic-file?"},
    {{"import", "server", "--key-file", digits}, ec::usage, "there already"},
    {{"import", "a", "--key-file", exposed}, ec::usage, "chmod 600 " + exposed},
    {{"import", "a", "--key-file", cut}, ec::usage, "cut: 63 hex digits"},
    {{"import", "a", "--key-file", phrase}, ec::usage, "words: byte 1 is no hex digit"},
    {{"import", "a", "--key-file", huge}, ec::usage, "huge: key file: crypto.kdfparams.n"},
    {{"import", "a", "--key-file", sealed, "--password-file", wrong},
     ec::usage,
     "the password is wrong"},
    {{"import", "a", "--key-file", sealed, "--password-file", empty},
     ec::usage,
     "protects nothing"},
    {{"import", "a", "--mnemonic-file", exposed_words}, ec::usage, "chmod 600 " + exposed_words},
    {{"import", "a", "--mnemonic-file", swapped}, ec::usage, "checksum"},
    {{"import", "a", "--mnemonic-file", typo}, ec::usage, "word 12"},
    {{"import", "a", "--mnemonic-file", digits}, ec::usage, "word 1"},
    {{"import", "a", "--mnemonic-file", phrase, "--path", "m/x"}, ec::usage, "no derivation path"},
    {{"address", "sever"}, ec::usage, "did you mean 'server'?"},
    {{"address", "silent"}, ec::missing, "silent.json doesn't say its address"},
  };
  for (const auto& [args, code, why] : cases) {
    INFO(why);
    auto refused = error_of(run(args, set));
    CHECK(code_of(refused) == code);
    CHECK_THAT(render(refused), Contains(why));
    for (const auto& secret :
         {key.digits.substr(1), std::string{"hunter2secret"}, std::string{"testpassword"},
          std::string{"kiss scan"}, std::string{"scan kiss"}, std::string{"negative"}})
      CHECK_THAT(render(refused), !Contains(secret));
  }
  CHECK(keys_in(tool.keys)->size() == 2);
}
