#include "apps/password.hpp"

#include "apps/private_file.hpp"
#include "tests/apps/key_fixture.hpp"

using namespace flwr;
using namespace flwr::test;
using Catch::Matchers::Contains;

namespace {

std::string chosen(const password_source& source) {
  auto password = choose_password(source, "? ");
  REQUIRE(password);
  return std::string{as_text(*password)};
}

} // namespace

TEST_CASE("a password file's first line is the password") {
  vault files;
  const std::pair<std::string, std::string> cases[] = {
    {"secret", "secret"},
    {"secret\n", "secret"},
    {"secret\r\nmore\n", "secret"},
    {" two words \n", " two words "},
    {"p\xc3\xa4ss\n\n", "p\xc3\xa4ss"},
  };
  for (const auto& [text, password] : cases) {
    auto path = files.put("password", text);
    CHECK(chosen({path}) == password);
    CHECK(as_text(*have_password({path}, "? ")) == password);
  }
}

TEST_CASE("an empty password opens a file and closes none") {
  vault files;
  for (auto text : {"", "\n", "\r\n", "\nsecond line"}) {
    password_source source{files.put("password", text)};
    CHECK(have_password(source, "? ")->empty());
    CHECK_THAT(render(error_of(choose_password(source, "? "))), Contains("protects nothing"));
  }
  CHECK_FALSE(choose_password(typing({"", ""}), "? "));
}

TEST_CASE("a password file that others may read is refused with the command that closes it") {
  vault files;
  auto path = files.put("password", "secret\n", std::filesystem::perms{0644});
  auto refused = error_of(have_password({path}, "? "));
  CHECK(code_of(refused) == ec::usage);
  CHECK_THAT(render(refused), Contains("chmod 600 " + path) && !Contains("secret"));
}

TEST_CASE("whoever chooses a password types it twice, alike") {
  CHECK(chosen(typing({"secret", "secret"})) == "secret");
  auto differ = error_of(choose_password(typing({"secret", "secre"}), "? "));
  CHECK(code_of(differ) == ec::usage);
  CHECK_THAT(render(differ), Contains("differ") && !Contains("secre"));
  CHECK(as_text(*have_password(typing({"once"}), "? ")) == "once");
}

TEST_CASE("a prompt's own error stands") {
  password_source silent{{}, [](const std::string&) -> expected<secret_bytes> {
                           return make_error(ec::stopped, "interrupted");
                         }};
  CHECK(error_of(choose_password(silent, "? ")) == ec::stopped);
  CHECK(error_of(have_password(silent, "? ")) == ec::stopped);
}
