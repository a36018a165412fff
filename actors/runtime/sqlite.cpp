#include "actors/runtime/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace flwr {
namespace {

constexpr int busy_timeout_ms = 5'000;

bool out_of_space(sqlite3* connection, int result) {
  auto primary = result & 0xff;
  if (primary == SQLITE_FULL)
    return true;
  auto cause = sqlite3_system_errno(connection);
  return (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)
         && (cause == ENOSPC || cause == EDQUOT);
}

// Our own statements are right, so SQLITE_ERROR means that a damaged schema no longer fits them.
caf::error error_of(sqlite3* connection, int result, const std::string& path) {
  auto what = path + ": " + sqlite3_errstr(result);
  if (out_of_space(connection, result))
    return make_error(ec::no_space, what + "; free some space there and start again");
  switch (result & 0xff) {
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
  case SQLITE_FORMAT:
  case SQLITE_MISMATCH:
  case SQLITE_CONSTRAINT:
  case SQLITE_ERROR:
    return make_error(ec::corrupt, what + " (" + sqlite3_errmsg(connection)
                                     + "); the file is damaged: restore it from a copy");
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return make_error(ec::timeout, what + "; another process holds it: end that one");
  case SQLITE_READONLY:
    return make_error(ec::io, what
                                + "; it can't be written: see to the permissions of the file "
                                  "and its folder");
  case SQLITE_CANTOPEN:
    return make_error(ec::io, what
                                + "; whoever wrote it may not have ended cleanly: open it once "
                                  "as one who may write there, or copy its folder to where "
                                  "you may");
  case SQLITE_TOOBIG:
    return make_error(ec::rejected, what);
  case SQLITE_MISUSE:
  case SQLITE_RANGE:
    return make_error(ec::bug, what);
  }
  auto cause = sqlite3_system_errno(connection);
  return make_error(ec::io, what + (cause ? std::string{" ("} + std::strerror(cause) + ")" : ""));
}

caf::error error_of(sqlite3* connection, int result) {
  return error_of(connection, result, sqlite3_db_filename(connection, "main"));
}

std::filesystem::path beside(std::filesystem::path path, const char* suffix) {
  return path += suffix;
}

/// Whether nobody may write there, and nobody left anything behind that the file lacks. SQLite
/// would want to make files beside it all the same, unless it is told that nothing will change.
bool immutable(const std::filesystem::path& path) {
  auto folder = path.parent_path();
  std::error_code none;
  auto log = std::filesystem::file_size(beside(path, "-wal"), none);
  return ::faccessat(AT_FDCWD, folder.empty() ? "." : folder.c_str(), W_OK, AT_EACCESS) != 0
         && (none || log == 0) && !std::filesystem::exists(beside(path, "-shm"), none);
}

/// As SQLite's URIs spell it.
std::string immutable_uri(const std::filesystem::path& path) {
  std::string uri = "file:";
  for (auto each : path.string())
    uri += each == '?' ? "%3f" : each == '#' ? "%23" : each == '%' ? "%25" : std::string{each};
  return uri + "?immutable=1";
}

int open_flags(file_access access) {
  switch (access) {
  case file_access::read_only:
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  case file_access::read_write:
    return SQLITE_OPEN_READWRITE;
  case file_access::create:
    return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return 0;
}

} // namespace

void sqlite_statement::finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

sqlite_statement::sqlite_statement(sqlite3* connection, std::string_view sql)
  : connection_(connection) {
  sqlite3_stmt* statement = nullptr;
  note(
    sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

sqlite_statement& sqlite_statement::note(int result) {
  if (result_ == SQLITE_OK)
    result_ = result;
  return *this;
}

sqlite_statement& sqlite_statement::bind(int64_t value) {
  return note(sqlite3_bind_int64(statement_.get(), ++next_, value));
}

sqlite_statement& sqlite_statement::bind(std::nullptr_t) {
  return note(sqlite3_bind_null(statement_.get(), ++next_));
}

sqlite_statement& sqlite_statement::bind(std::string_view value) {
  return note(sqlite3_bind_text64(statement_.get(), ++next_, value.empty() ? "" : value.data(),
                                  value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

sqlite_statement& sqlite_statement::bind(std::span<const uint8_t> value) {
  // A null pointer would bind NULL, and an empty span may have one.
  static const uint8_t none = 0;
  return note(sqlite3_bind_blob64(statement_.get(), ++next_, value.empty() ? &none : value.data(),
                                  value.size(), SQLITE_TRANSIENT));
}

expected<bool> sqlite_statement::step() {
  if (result_ == SQLITE_OK) {
    auto result = sqlite3_step(statement_.get());
    if (result == SQLITE_ROW || result == SQLITE_DONE)
      return result == SQLITE_ROW;
    result_ = result;
  }
  return error_of(connection_, result_);
}

void sqlite_statement::reset() {
  sqlite3_reset(statement_.get());
  next_ = 0;
}

int64_t sqlite_statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool sqlite_statement::null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::string sqlite_statement::text(int column) const {
  auto raw = blob(column);
  return {raw.begin(), raw.end()};
}

bytes sqlite_statement::blob(int column) const {
  auto* data = static_cast<const uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  auto size = sqlite3_column_bytes(statement_.get(), column);
  return data ? bytes(data, data + size) : bytes{};
}

void sqlite_database::close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

expected<sqlite_database> sqlite_database::open(const std::filesystem::path& path,
                                                file_access access) {
  sqlite3* connection = nullptr;
  auto name = access != file_access::read_only ? path.string()
              : immutable(path)                ? immutable_uri(path)
                                               : std::filesystem::absolute(path).string();
  auto result =
    sqlite3_open_v2(name.c_str(), &connection,
                    open_flags(access) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  sqlite_database database{connection};
  if (!connection)
    return make_error(ec::io, path.string() + ": no memory for SQLite");
  if (result != SQLITE_OK)
    return error_of(connection, result, path.string());
  sqlite3_busy_timeout(connection, busy_timeout_ms);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  if (auto set = database.run("PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON"); !set)
    return set.error();
  return database;
}

expected<void> sqlite_database::run(const char* sql) {
  auto result = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK)
    return error_of(connection_.get(), result);
  return caf::unit;
}

expected<int64_t> sqlite_database::integer(std::string_view sql) {
  auto query = prepare(sql);
  auto row = query.step();
  if (!row)
    return row.error();
  if (!*row)
    return error_of(connection_.get(), SQLITE_CORRUPT);
  return query.integer(0);
}

void sqlite_database::roll_back() {
  if (!sqlite3_get_autocommit(connection_.get()))
    sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

} // namespace flwr
