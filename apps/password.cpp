#include "apps/password.hpp"

#include "apps/private_file.hpp"

namespace flwr {
namespace {

expected<secret_bytes> first_line(const std::filesystem::path& path) {
  auto file = read_private(path);
  if (!file)
    return std::move(file.error());
  if (auto closed = check_unexposed(*file); !closed)
    return closed.error();
  auto line = as_text(file->data);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return secret_bytes{line.begin(), line.end()};
}

} // namespace

expected<secret_bytes> have_password(const password_source& source, const std::string& question) {
  return source.file ? first_line(*source.file) : source.ask(question);
}

expected<secret_bytes> choose_password(const password_source& source, const std::string& question) {
  auto chosen = have_password(source, question);
  if (!chosen)
    return chosen;
  if (chosen->empty())
    return make_error(ec::usage, "an empty password protects nothing");
  if (source.file)
    return chosen;
  auto again = source.ask("The same once more: ");
  if (!again)
    return again;
  if (!equal_secrets(*chosen, *again))
    return make_error(ec::usage, "the two passwords differ; nothing was written");
  return chosen;
}

} // namespace flwr
