#include "messages/unknown_word.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

using namespace flwr;

TEST_CASE("nearest_word counts edits and stays silent about strangers") {
  std::array<std::string_view, 3> known{"rounds", "clients", "round-timeout"};
  CHECK(nearest_word("round", known) == "rounds");
  CHECK(nearest_word("cleints", known) == "clients");
  CHECK(nearest_word("round-timeuot", known) == "round-timeout");
  CHECK(nearest_word("strategy", known) == std::nullopt);
  CHECK(nearest_word("", known) == std::nullopt);
  CHECK(nearest_word("rounds", {}) == std::nullopt);
}

TEST_CASE("an unknown word's error suggests by the name alone and lists all with their arguments") {
  const std::vector<std::string_view> known{"whole", "dirichlet:ALPHA", "mlp[:hidden=WIDTH]"};
  CHECK(render(unknown_word("rule", "dirchlet:0.3", known))
        == "unknown rule 'dirchlet:0.3'; did you mean 'dirichlet'? "
           "(known: whole, dirichlet:ALPHA, mlp[:hidden=WIDTH])");
  CHECK(render(unknown_word("rule", "mp", known)).find("did you mean 'mlp'?") != std::string::npos);
  CHECK(render(unknown_word("rule", "stranger", {})) == "unknown rule 'stranger' (known: )");
  CHECK(code_of(unknown_word("rule", "x", known)) == ec::usage);
}
