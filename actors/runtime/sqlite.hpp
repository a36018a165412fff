/// SQLite with errors as values. Callers link it through this room; no header of SQLite stands
/// behind this one.
#pragma once

#include "messages/error.hpp"
#include "messages/types.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace flwr {

enum class file_access { read_only, read_write, create };

/// A prepared statement. Errors stick: the first one, of `prepare` or `bind`, comes out of `step`.
class sqlite_statement {
public:
  sqlite_statement(sqlite3* connection, std::string_view sql);

  /// Binds the next parameter, from left to right. The bytes are copied.
  sqlite_statement& bind(int64_t);
  sqlite_statement& bind(std::nullptr_t);
  sqlite_statement& bind(std::string_view);
  sqlite_statement& bind(std::span<const uint8_t>);

  /// Runs up to the next row. True: there is one; false: done.
  expected<bool> step();

  /// Back to the start, for other parameters.
  void reset();

  /// Columns of the current row, from 0.
  int64_t integer(int column) const;
  bool null(int column) const;
  std::string text(int column) const;
  bytes blob(int column) const;

private:
  struct finalize {
    void operator()(sqlite3_stmt*) const;
  };

  sqlite_statement& note(int result);

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, finalize> statement_;
  int next_ = 0;
  int result_ = 0;
};

/// A connection to one database file. Movable; one thread at a time. Statements must end first.
///
/// @errors  of all calls: no_space -- disk or quota full; io -- the system failed, or access is
///          denied; corrupt -- not a database, or damaged; timeout -- another process held a lock
///          for 5 s; rejected -- a value is too large. The texts name the file.
class sqlite_database {
public:
  static expected<sqlite_database> open(const std::filesystem::path&, file_access);

  sqlite_statement prepare(std::string_view sql) { return {connection_.get(), sql}; }

  /// Runs statements that return nothing of interest.
  expected<void> run(const char* sql);

  /// The one integer of the one row of `sql`.
  expected<int64_t> integer(std::string_view sql);

  /// Runs `body` (returning `expected<void>`) as one transaction. If it fails nothing is changed.
  template <class Body>
  expected<void> transaction(const char* begin, Body body) {
    auto done = run(begin);
    if (done)
      done = body();
    if (done)
      done = run("COMMIT");
    if (!done)
      roll_back();
    return done;
  }

private:
  struct close {
    void operator()(sqlite3*) const;
  };

  explicit sqlite_database(sqlite3* connection) : connection_(connection) {}
  void roll_back();

  std::unique_ptr<sqlite3, close> connection_;
};

} // namespace flwr
