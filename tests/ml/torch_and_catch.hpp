/// LibTorch in a test: its logging takes the name CHECK and ends the process; tests mean Catch's,
/// which reports and goes on.
#pragma once

#include <catch2/catch.hpp>
#include <torch/script.h>
#include <torch/torch.h>

#undef CHECK
#define CHECK(...)                                                                                 \
  INTERNAL_CATCH_TEST("CHECK", Catch::ResultDisposition::ContinueOnFailure, __VA_ARGS__)
