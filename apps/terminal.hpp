#pragma once

#include "apps/options.hpp"

#include <string>

namespace flwr {

/// What people see on stderr: finished lines, and below them one that is drawn again and again.
/// One thread at a time.
class terminal {
public:
  explicit terminal(progress_style);

  /// Whether stderr can redraw a line, and it is wanted.
  bool draws() const { return draws_; }

  void say(const std::string& line);
  void progress(const std::string& line);

private:
  void clear();

  bool draws_;
  bool silent_;
  bool drawn_ = false;
};

} // namespace flwr
