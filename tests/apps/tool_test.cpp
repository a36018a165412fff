#include "apps/tool.hpp"

#include "apps/tool_files.hpp"
#include "tests/apps/scratch_directory.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <vector>

using namespace flwr;
using Catch::Matchers::Contains;

namespace {

using words = std::vector<std::string>;

expected<std::string> run(const words& args, const std::map<std::string, std::string>& set = {}) {
  std::vector<const char*> argv{"flwr-actor"};
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

std::string printed(const words& args, const std::map<std::string, std::string>& set = {}) {
  auto text = run(args, set);
  INFO((text ? "" : render(text.error())));
  REQUIRE(text);
  return *text;
}

std::string refusal(const words& args, ec code = ec::usage) {
  auto text = run(args);
  REQUIRE_FALSE(text);
  CHECK(code_of(text.error()) == code);
  return render(text.error());
}

} // namespace

TEST_CASE("the tool box shows examples first") {
  auto text = printed({"--help"});
  CHECK(text.find("Examples:") < text.find("Usage:"));
  CHECK_THAT(printed({"status", "--help"}), Contains("--state-dir DIR"));
  CHECK_THAT(printed({"--version"}), Catch::Matchers::StartsWith("flwr-actor 0."));
}

TEST_CASE("who asks for JSON gets JSON, of errors too") {
  std::vector<const char*> argv{"flwr-actor", "status", "--state-dir", "nowhere", "--json"};
  auto output = run_tool(
    static_cast<int>(argv.size()), argv.data(), [](const std::string&) { return std::nullopt; },
    [](const std::string&) {});
  REQUIRE(output);
  CHECK(output->code == exit_code::usage);
  CHECK(output->trouble == ec::usage);
  CHECK_THAT(output->text, Contains("flwr-actor/error/1") && Contains("nowhere")
                             && Catch::Matchers::EndsWith("\n"));
}

TEST_CASE("a command line that the tool box doesn't know is refused with a suggestion") {
  CHECK_THAT(refusal({}), Contains("name a command: cid, model, status"));
  CHECK_THAT(refusal({"model"}), Contains("name a command: inspect"));
  CHECK_THAT(refusal({"statsu"}), Contains("unknown command statsu (did you mean status?)"));
  CHECK_THAT(refusal({"model", "inspct"}), Contains("did you mean inspect?"));
  CHECK_THAT(refusal({"status", "--state_dir", "x"}), Contains("did you mean --state-dir?"));
  CHECK_THAT(refusal({"cid"}), Contains("FILE is required"));
  CHECK_THAT(refusal({"cid", "a", "b"}), Contains("\"b\" is one word too many"));
  CHECK_THAT(refusal({"status", "--run", "0"}), Contains("--run: \"0\" can't be"));
  CHECK_THAT(refusal({"cid", "a", "--ipfs-profile=v0"}),
             Contains("allowed: unixfs-v1-2025 or unixfs-v0-2015"));
}

TEST_CASE("cid prints the content id that Kubo gives") {
  test::scratch_directory scratch;
  auto file = scratch.write("hello", "hello worlds\n");
  CHECK(printed({"cid", scratch.write("empty", "")})
        == "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku\n");
  CHECK(printed({"cid", scratch.write("empty", ""), "--ipfs-profile", "unixfs-v0-2015"})
        == "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH\n");
  auto by_variable = printed({"cid", file}, {{"FLWR_ACTOR_IPFS_PROFILE", "unixfs-v0-2015"}});
  CHECK(by_variable == printed({"cid", "--ipfs-profile=unixfs-v0-2015", file}));
  CHECK(printed({"cid", file, "--ipfs-profile=unixfs-v1-2025"},
                {{"FLWR_ACTOR_IPFS_PROFILE", "unixfs-v0-2015"}})
        == printed({"cid", file}));
}

TEST_CASE("cid --json prints one document") {
  test::scratch_directory scratch;
  CHECK(printed({"cid", "--json", scratch.write("empty", "")})
        == R"({"schema":"flwr-actor/cid/1",)"
           R"("content_id":"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku",)"
           R"("profile":"unixfs-v1-2025","bytes":0})"
           "\n");
}

TEST_CASE("model inspect shows a safetensors file, and refuses any other") {
  test::scratch_directory scratch;
  std::string header = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  header.resize(56, ' ');
  std::string file{"\x38\0\0\0\0\0\0\0", 8};
  file += header + std::string{"\0\0\x80\x3f", 4};
  auto path = scratch.write("model.safetensors", file);
  CHECK_THAT(printed({"model", "inspect", path}), Contains("w     F32    [1]    1"));
  CHECK_THAT(printed({"model", "inspect", path}), Contains("content id: baf"));
  CHECK_THAT(printed({"model", "inspect", "--json", path}),
             Contains(R"({"schema":"flwr-actor/model/1","content_id":"baf)"));
  auto other = scratch.write("other", "not a model");
  CHECK_THAT(refusal({"model", "inspect", other}, ec::corrupt), Contains(other));
}

TEST_CASE("a file that can't be read is refused with its name") {
  test::scratch_directory scratch;
  auto none = (scratch.path() / "none").string();
  CHECK_THAT(refusal({"cid", none}), Contains(none + ": No such file or directory"));
  CHECK_THAT(refusal({"cid", scratch.path()}), Contains("is a directory; name a file"));
  CHECK_THAT(refusal({"model", "inspect", scratch.path()}), Contains("is a directory"));
}

TEST_CASE("a file is read whole, in chunks of one length and a rest") {
  test::scratch_directory scratch;
  std::string text(3 << 20, 'x');
  auto path = scratch.write("file", text);
  auto whole = read_file(path);
  REQUIRE(whole);
  CHECK(std::string(whole->begin(), whole->end()) == text);
  std::vector<size_t> sizes;
  auto note = [&](auto chunk) { sizes.push_back(chunk.size()); };
  CHECK(*read_chunks(path, 1 << 20, note) == text.size());
  CHECK(*read_chunks(path, text.size() - 1, note) == text.size());
  CHECK(sizes == std::vector<size_t>{1 << 20, 1 << 20, 1 << 20, text.size() - 1, 1});
}

TEST_CASE("digits are the shortest that read back") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(-4) == "-4");
}
