#include "actors/chain/evm.hpp"

#include "actors/chain/abi_words.hpp"
#include "actors/hash/hex.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

using namespace flwr;

namespace {

bytes code_of(std::string_view digits) { return from_hex(digits).value(); }

evm_result run(const bytes& code, uint64_t gas = 100'000, const evm_storage& storage = {}) {
  evm_call call;
  call.code = code;
  call.gas = gas;
  return run_evm(call, storage);
}

/// What `operation` makes of a and b, a being on top: PUSH32 b, PUSH32 a, the operation, and the
/// result as the output.
u256 result_of(uint8_t operation, const u256& a, const u256& b) {
  bytes code{0x7f};
  auto append = [&](const bytes& more) { code.insert(code.end(), more.begin(), more.end()); };
  for (const auto& each : {b, a}) {
    auto word = abi_word(each);
    append({word.begin(), word.end()});
    append({0x7f});
  }
  code.back() = operation;
  append(code_of("5f5260205ff3")); // MSTORE at 0; RETURN 32 bytes.
  auto output = run(code).output;
  std::span<const uint8_t> word{output};
  return read_u256(word).value();
}

const u256 minus_one = ~u256{};

} // namespace

TEST_CASE("numbers wrap at 2^256, and nothing divides by zero") {
  CHECK(result_of(0x01, minus_one, 2) == 1);
  CHECK(result_of(0x02, minus_one, 2) == minus_one - 1);
  CHECK(result_of(0x03, 1, 2) == minus_one);
  CHECK(result_of(0x04, 7, 2) == 3);
  CHECK(result_of(0x04, 7, 0) == 0);
}

TEST_CASE("comparisons know signs where they should") {
  CHECK(result_of(0x10, 1, minus_one) == 1);
  CHECK(result_of(0x11, 1, minus_one) == 0);
  CHECK(result_of(0x12, 1, minus_one) == 0);
  CHECK(result_of(0x12, minus_one, 1) == 1);
  CHECK(result_of(0x13, 1, minus_one) == 1);
  CHECK(result_of(0x14, 5, 5) == 1);
}

TEST_CASE("a shift by the whole word or more leaves nothing") {
  CHECK(result_of(0x1b, 4, 0xff) == 0xff0);
  CHECK(result_of(0x1c, 4, 0xff) == 0xf);
  CHECK(result_of(0x1b, 255, 3) == u256{1} << 255);
  for (const auto& bits : {u256{256}, u256{1} << 32, minus_one}) {
    CHECK(result_of(0x1b, bits, minus_one) == 0);
    CHECK(result_of(0x1c, bits, minus_one) == 0);
  }
}

TEST_CASE("code halts, with all gas, at what it can't do") {
  for (auto digits : {"fe", "0c", "31", "f1", "ff", // No such operation here.
                      "50", "01", "80", "90", "a4", // Nothing on the stack.
                      "5f56", "600456", "60045600", // No JUMPDEST there.
                      "60055661005b"}) {            // One that is data.
    INFO(digits);
    auto result = run(code_of(digits));
    CHECK(result.end == evm_end::halted);
    CHECK(result.gas_left == 0);
  }
}

TEST_CASE("the stack holds 1,024 words") {
  CHECK(run(bytes(1024, 0x5f)).end == evm_end::returned);
  CHECK(run(bytes(1025, 0x5f)).end == evm_end::halted);
}

TEST_CASE("memory that gas can't pay for isn't reserved") {
  auto minus_one_text = "7f" + std::string(64, 'f');
  for (const auto& digits : std::initializer_list<std::string>{
         minus_one_text + "51", "63ffffffff51", "65ffffffffffff51", "62ffffff51",
         minus_one_text + "5ff3", minus_one_text + "5f5f37", minus_one_text + minus_one_text + "20",
         minus_one_text + "5fa0"}) {
    INFO(digits);
    CHECK(run(code_of(digits)).end == evm_end::halted);
  }
}

TEST_CASE("no bytes need no memory, wherever they would be") {
  auto minus_one_text = "7f" + std::string(64, 'f');
  for (const auto& digits : {"5f" + minus_one_text + "f3", "5f" + minus_one_text + "fd",
                             "5f5f" + minus_one_text + "37", "5f" + minus_one_text + "a0"}) {
    INFO(digits);
    CHECK(run(code_of(digits)).end != evm_end::halted);
  }
}

TEST_CASE("memory is paid by the word, once, and more the more there is") {
  CHECK(run(code_of("5f5150")).gas_left == 100'000 - 2 - 3 - 3 - 2);
  CHECK(run(code_of("5f51505f5150")).gas_left == 100'000 - 2 * 7 - 3);
  // 1,024 words: 3 each and the square by 512.
  CHECK(run(code_of("617fe05150")).gas_left == 100'000 - 3 - 3 - 3 * 1024 - 2048 - 2);
}

// The table of EIP-2200 with the prices of EIP-2929 and EIP-3529 for a cold slot 0; two gas for
// PUSH0, three for each PUSH1.
TEST_CASE("stores cost and give back what the table of EIP-3529 says") {
  struct row {
    std::string_view code;
    uint64_t gas, refund, original;
  };
  for (const auto& each : std::initializer_list<row>{{"60006000556000600055", 2'312, 0, 0},
                                                     {"60006000556001600055", 22'212, 0, 0},
                                                     {"60016000556000600055", 22'212, 19'900, 0},
                                                     {"60016000556002600055", 22'212, 0, 0},
                                                     {"60016000556001600055", 22'212, 0, 0},
                                                     {"60006000556000600055", 5'112, 4'800, 1},
                                                     {"60006000556001600055", 5'112, 2'800, 1},
                                                     {"60006000556002600055", 5'112, 0, 1},
                                                     {"60026000556000600055", 5'112, 4'800, 1},
                                                     {"60026000556003600055", 5'112, 0, 1},
                                                     {"60026000556001600055", 5'112, 2'800, 1},
                                                     {"60026000556002600055", 5'112, 0, 1},
                                                     {"60016000556000600055", 5'112, 4'800, 1},
                                                     {"60016000556002600055", 5'112, 0, 1},
                                                     {"60016000556001600055", 2'312, 0, 1}}) {
    INFO(each.code << " on " << each.original);
    evm_storage storage;
    if (each.original != 0)
      storage[0] = each.original;
    auto result = run(code_of(each.code), 100'000, storage);
    CHECK(100'000 - result.gas_left == each.gas);
    CHECK(result.refund == each.refund);
  }
}

TEST_CASE("nothing is stored with 2,300 gas or less") {
  evm_storage same{{0, 1}};
  auto code = code_of("60015f5460015f55"); // Warms the slot, then stores what is there.
  CHECK(run(code, 3 + 2 + 2'100 + 3 + 2 + 2'301, same).end == evm_end::returned);
  CHECK(run(code, 3 + 2 + 2'100 + 3 + 2 + 2'300, same).end == evm_end::halted);
}

TEST_CASE("what reverts or halts leaves no logs, changes or refund") {
  auto storing = std::string{"60016000555f5fa0"}; // Stores, and logs nothing.
  auto fine = run(code_of(storing));
  CHECK(fine.changes == evm_storage{{0, 1}});
  CHECK(fine.logs.size() == 1);
  for (auto end : {"5f5ffd", "fe"}) {
    auto result = run(code_of(storing + end));
    CHECK(result.changes.empty());
    CHECK(result.logs.empty());
    CHECK(result.refund == 0);
  }
}

TEST_CASE("any code ends within its gas") {
  rc::prop("random code", [](const bytes& code) {
    auto result = run(code, 10'000);
    RC_ASSERT(result.gas_left <= 10'000u);
    RC_ASSERT(result.end != evm_end::halted || result.gas_left == 0u);
  });
}
