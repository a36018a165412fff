#include "actors/runtime/journal_file.hpp"

#include "actors/hash/sha256.hpp"
#include "actors/runtime/posix_file.hpp"
#include "actors/runtime/sqlite.hpp"

#include <algorithm>
#include <utility>

namespace flwr {
namespace {

constexpr int64_t version = 1;

constexpr auto tables = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
                        "CREATE TABLE entry (sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL,"
                        " round INTEGER NOT NULL, client INTEGER, body BLOB NOT NULL,"
                        " chain BLOB NOT NULL);"
                        "CREATE TABLE head (sequence INTEGER NOT NULL, chain BLOB NOT NULL);";

std::string schema(const journal_format& format) {
  return "PRAGMA application_id = " + std::to_string(format.application_id)
         + "; PRAGMA user_version = " + std::to_string(version) + ";" + tables;
}

// A checkpoint after each commit: entries stay in the log alone no longer than a reader makes
// them, so that damage to the log costs nothing that was acknowledged.
constexpr auto writer_settings = "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = FULL;"
                                 "PRAGMA wal_autocheckpoint = 1;";

/// The bytes under a check: numbers big-endian, texts and blobs behind their lengths.
class hashed_bytes {
public:
  hashed_bytes& add(uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes_.push_back(static_cast<uint8_t>(number >> shift));
    return *this;
  }

  template <class Bytes>
  hashed_bytes& add_range(const Bytes& range) {
    add(range.size());
    bytes_.insert(bytes_.end(), range.begin(), range.end());
    return *this;
  }

  hash256 digest() const { return sha256(bytes_); }

private:
  bytes bytes_;
};

struct chain_head {
  uint64_t sequence = 0;
  hash256 chain{};

  friend bool operator==(const chain_head&, const chain_head&) = default;
};

chain_head first_head(const journal_meta& meta) {
  hashed_bytes hashed;
  hashed.add_range(std::string_view{"flwr-actor/journal/1"}).add(meta.size());
  for (const auto& [key, value] : meta)
    hashed.add_range(key).add_range(value);
  return {0, hashed.digest()};
}

chain_head next_head(const chain_head& head, const journal_entry& entry) {
  auto sequence = head.sequence + 1;
  hashed_bytes hashed;
  hashed.add_range(head.chain).add(sequence).add_range(entry.kind).add(entry.round);
  hashed.add(entry.client.has_value())
    .add(static_cast<uint64_t>(entry.client.value_or(client_id{})));
  return {sequence, hashed.add_range(entry.body).digest()};
}

std::optional<hash256> hash_column(const sqlite_statement& row, int column) {
  auto raw = row.blob(column);
  hash256 value;
  if (raw.size() != value.size())
    return std::nullopt;
  std::ranges::copy(raw, value.begin());
  return value;
}

/// The columns sequence, kind, round, client, body. Numbers use all 64 bits of SQLite's integers.
journal_entry entry_of(const sqlite_statement& row) {
  journal_entry entry;
  entry.sequence = static_cast<uint64_t>(row.integer(0));
  entry.kind = row.text(1);
  entry.round = static_cast<uint64_t>(row.integer(2));
  if (!row.null(3))
    entry.client = client_id{static_cast<uint64_t>(row.integer(3))};
  entry.body = row.blob(4);
  return entry;
}

} // namespace

struct journal_file::impl {
  std::filesystem::path path;
  sqlite_database database;
  journal_meta meta;

  caf::error damaged(const std::string& where) const {
    return make_error(ec::corrupt, path.string() + ": " + where
                                     + " is damaged; restore the file from a copy, or start "
                                       "another run with --new-run");
  }

  expected<void> check_kind(const journal_format& format) {
    auto pages = database.integer("PRAGMA page_count");
    if (!pages)
      return pages.error();
    if (*pages == 0)
      return make_error(ec::missing, path.string() + ": empty; the run never began");
    auto id = database.integer("PRAGMA application_id");
    auto written_by = database.integer("PRAGMA user_version");
    if (!id || !written_by)
      return !id ? id.error() : written_by.error();
    if (*id != format.application_id)
      return make_error(ec::corrupt,
                        path.string() + ": not a " + std::string{format.name} + " of flwr-actor");
    if (*written_by > version)
      return make_error(ec::usage, path.string()
                                     + ": written by a newer version of flwr-actor "
                                       "(journal format "
                                     + std::to_string(*written_by) + "); use that one");
    if (*written_by != version)
      return damaged("the format number");
    return caf::unit;
  }

  expected<void> read_meta() {
    auto rows = database.prepare("SELECT key, value FROM meta");
    for (;;) {
      auto row = rows.step();
      if (!row)
        return row.error();
      if (!*row)
        return caf::unit;
      meta.emplace(rows.text(0), rows.text(1));
    }
  }

  expected<void> write_meta() {
    for (const auto& [key, value] : meta) {
      auto insert = database.prepare("INSERT INTO meta VALUES (?, ?)");
      if (auto done = insert.bind(key).bind(value).step(); !done)
        return done.error();
    }
    auto head = first_head(meta);
    auto insert = database.prepare("INSERT INTO head VALUES (0, ?)");
    if (auto done = insert.bind(head.chain).step(); !done)
      return done.error();
    return caf::unit;
  }

  expected<chain_head> read_head() {
    auto query = database.prepare("SELECT sequence, chain FROM head");
    auto row = query.step();
    if (!row)
      return row.error();
    auto chain = *row ? hash_column(query, 1) : std::nullopt;
    if (!chain)
      return damaged("the end of the chain");
    return chain_head{static_cast<uint64_t>(query.integer(0)), *chain};
  }

  expected<void> insert(std::span<const journal_entry> entries) {
    auto head = read_head();
    if (!head)
      return head.error();
    auto row = database.prepare("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)");
    for (const auto& entry : entries) {
      *head = next_head(*head, entry);
      row.bind(static_cast<int64_t>(head->sequence)).bind(entry.kind);
      row.bind(static_cast<int64_t>(entry.round));
      entry.client ? row.bind(static_cast<int64_t>(*entry.client)) : row.bind(nullptr);
      if (auto done = row.bind(entry.body).bind(head->chain).step(); !done)
        return done.error();
      row.reset();
    }
    auto update = database.prepare("UPDATE head SET sequence = ?, chain = ?");
    update.bind(static_cast<int64_t>(head->sequence)).bind(head->chain);
    if (auto done = update.step(); !done)
      return done.error();
    return caf::unit;
  }

  expected<void> walk(const visitor& visit) {
    auto rows = database.prepare("SELECT sequence, kind, round, client, body, chain FROM entry "
                                 "ORDER BY sequence");
    auto head = first_head(meta);
    for (;;) {
      auto row = rows.step();
      if (!row)
        return row.error();
      if (!*row)
        break;
      auto entry = entry_of(rows);
      head = next_head(head, entry);
      if (entry.sequence != head.sequence || hash_column(rows, 5) != head.chain)
        return damaged("entry " + std::to_string(head.sequence));
      visit(std::move(entry));
    }
    auto end = read_head();
    if (!end)
      return end.error();
    return *end == head ? expected<void>{caf::unit} : damaged("the end of the chain");
  }
};

journal_file::journal_file(std::unique_ptr<impl> body) : impl_(std::move(body)) {}
journal_file::journal_file(journal_file&&) noexcept = default;
journal_file& journal_file::operator=(journal_file&&) noexcept = default;
journal_file::~journal_file() = default;

expected<journal_file> journal_file::create(const std::filesystem::path& path,
                                            const journal_meta& meta,
                                            const journal_format& format) {
  auto database = sqlite_database::open(path, file_access::create);
  if (!database)
    return database.error();
  auto body = std::make_unique<impl>(impl{path, std::move(*database), meta});
  auto pages = body->database.integer("PRAGMA page_count");
  if (!pages)
    return pages.error();
  if (*pages != 0)
    return make_error(ec::usage, path.string() + ": there is a file already");
  auto made = body->database.transaction("BEGIN IMMEDIATE", [&]() -> expected<void> {
    if (auto made = body->database.run(schema(format).c_str()); !made)
      return made;
    return body->write_meta();
  });
  if (made)
    made = body->database.run(writer_settings);
  if (made)
    made = sync_directory(path.parent_path());
  if (!made)
    return made.error();
  return journal_file{std::move(body)};
}

expected<journal_file> journal_file::open(const std::filesystem::path& path, journal_access access,
                                          const journal_format& format) {
  std::error_code ignored;
  if (std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found)
    return make_error(ec::missing, path.string() + ": no such file; the run never began");
  auto writes = access == journal_access::read_write;
  auto database =
    sqlite_database::open(path, writes ? file_access::read_write : file_access::read_only);
  if (!database)
    return database.error();
  auto body = std::make_unique<impl>(impl{path, std::move(*database), {}});
  auto ready = body->check_kind(format);
  if (ready && writes)
    ready = body->database.run(writer_settings);
  if (ready)
    ready = body->read_meta();
  if (!ready)
    return ready.error();
  journal_file journal{std::move(body)};
  if (auto sound = journal.for_each([](auto&&) {}); !sound)
    return sound.error();
  return journal;
}

const journal_meta& journal_file::meta() const { return impl_->meta; }

expected<void> journal_file::append(std::span<const journal_entry> entries) {
  return impl_->database.transaction("BEGIN IMMEDIATE", [&] { return impl_->insert(entries); });
}

expected<void> journal_file::for_each(const visitor& visit) const {
  return impl_->database.transaction("BEGIN", [&] { return impl_->walk(visit); });
}

expected<std::vector<journal_entry>> journal_file::read_all() const {
  std::vector<journal_entry> entries;
  if (auto read = for_each([&](journal_entry entry) { entries.push_back(std::move(entry)); });
      !read)
    return read.error();
  return entries;
}

expected<std::vector<journal_entry>> journal_file::read(std::string_view kind) const {
  std::vector<journal_entry> entries;
  auto keep = [&](journal_entry entry) {
    if (entry.kind == kind)
      entries.push_back(std::move(entry));
  };
  if (auto read = for_each(keep); !read)
    return read.error();
  return entries;
}

} // namespace flwr
