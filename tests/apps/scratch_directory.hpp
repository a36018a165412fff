#pragma once

#include "tests/runtime/temporary_directory.hpp"

#include <fstream>
#include <string>
#include <string_view>

namespace flwr::test {

/// A temporary directory to write files in.
struct scratch_directory : temporary_directory {
  /// Writes a file, and its folders.
  std::string write(const std::string& name, std::string_view contents) const {
    auto file = path() / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << contents;
    return file.string();
  }
};

} // namespace flwr::test
