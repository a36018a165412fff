#include "actors/fl/history.hpp"

#include "actors/fl/flower_lines.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace flwr;

namespace {

history two_rounds() {
  history run{.end = run_end{false, "interrupted"},
              .contract = "0x00112233445566778899aAbBcCdDeEfF00112233",
              .chain_id = 1718384498,
              .final_model_cid = "bafkfinal"};
  run.rounds.push_back({.round = 1,
                        .model_cid = "bafkone",
                        .updates = 2,
                        .evaluate_results = 2,
                        .loss = 23002.5,
                        .loss_mean = 2.30025,
                        .accuracy = 0.1,
                        .fit_metrics = {{"loss", 2.5}},
                        .tx = "0xabcd",
                        .gas_used = 57374,
                        .seconds = {1.5, 0.001, 0.25, 2.0, 1e-05}});
  run.rounds.push_back({.round = 2,
                        .model_cid = "bafkfinal",
                        .failures = 2,
                        .evaluate_failures = 2,
                        .loss = std::numeric_limits<double>::quiet_NaN()});
  run.losses_distributed = {{1, 23002.5}, {2, 1e16}};
  append_metrics(run.metrics_distributed, 1, {{"accuracy", 0.1}, {"n", int64_t{3}}});
  append_metrics(run.metrics_distributed, 2, {{"accuracy", 0.25}});
  append_metrics(run.metrics_distributed_fit, 1,
                 {{"text \"x\"", std::string{"it's"}}, {"raw", bytes{0, 255}}, {"yes", true}});
  return run;
}

} // namespace

TEST_CASE("history_lines are the last words of a server of flwr 1.4") {
  CHECK(history_lines(two_rounds())
        == std::vector<std::string>{
          "app_fit: losses_distributed [(1, 23002.5), (2, 1e+16)]",
          "app_fit: metrics_distributed_fit {'raw': [(1, b'\\x00\\xff')], 'text \"x\"': [(1, "
          "\"it's\")], 'yes': [(1, True)]}",
          "app_fit: metrics_distributed {'accuracy': [(1, 0.1), (2, 0.25)], 'n': [(1, 3)]}",
          "app_fit: losses_centralized []", "app_fit: metrics_centralized {}"});
}

TEST_CASE("the lines during a run are those of flwr 1.4") {
  CHECK(starting_line() == "FL starting");
  CHECK(sampled_line(phase_kind::fit, 1, 2, 3)
        == "fit_round 1: strategy sampled 2 clients (out of 3)");
  CHECK(received_line(phase_kind::fit, 1, 2, 0) == "fit_round 1 received 2 results and 0 failures");
  CHECK(sampled_line(phase_kind::evaluate, 12, 1, 1)
        == "evaluate_round 12: strategy sampled 1 clients (out of 1)");
  CHECK(received_line(phase_kind::evaluate, 12, 0, 1)
        == "evaluate_round 12 received 0 results and 1 failures");
  CHECK(cancelled_line(phase_kind::fit, 3) == "fit_round 3: no clients selected, cancel");
  CHECK(initial_line(2.5, {{"accuracy", 0.1}})
        == "initial parameters (loss, other metrics): 2.5, {'accuracy': 0.1}");
  CHECK(progress_line(1, 2.0, {}, 12.25) == "fit progress: (1, 2.0, {}, 12.25)");
  CHECK(finished_line(0.5) == "FL finished in 0.5");
}

TEST_CASE("to_json writes the schema flwr-actor/run/1") {
  CHECK(to_json(two_rounds())
        == R"({"schema":"flwr-actor/run/1","rounds":[{"round":1,"model_cid":"bafkone","updates":2,)"
           R"("failures":0,"evaluate_results":2,"evaluate_failures":0,"loss":23002.5,)"
           R"("loss_mean":2.30025,"accuracy":0.1,"fit_metrics":{"loss":2.5},"tx":"0xabcd",)"
           R"("gas_used":57374,"seconds":{"fit":1.5,"aggregate":0.001,"ipfs":0.25,"chain":2.0,)"
           R"("evaluate":1e-05}},{"round":2,"model_cid":"bafkfinal","updates":0,"failures":2,)"
           R"("evaluate_results":0,"evaluate_failures":2,"loss":null,"loss_mean":null,)"
           R"("accuracy":null,"fit_metrics":{},"tx":null,"gas_used":null,"seconds":{"fit":null,)"
           R"("aggregate":null,"ipfs":null,"chain":null,"evaluate":null}}],)"
           R"("end":{"done":false,"reason":"interrupted"},)"
           R"("contract":"0x00112233445566778899aAbBcCdDeEfF00112233","chain_id":1718384498,)"
           R"("final_model_cid":"bafkfinal","losses_distributed":[[1,23002.5],[2,1e+16]],)"
           R"("losses_centralized":[],"metrics_distributed_fit":{"raw":[[1,"0x00ff"]],)"
           R"("text \"x\"":[[1,"it's"]],"yes":[[1,true]]},)"
           R"("metrics_distributed":{"accuracy":[[1,0.1],[2,0.25]],"n":[[1,3]]},)"
           R"("metrics_centralized":{}})");
}

TEST_CASE("to_json of a run without chain and rounds has nulls and empty lists") {
  CHECK(to_json({.final_model_cid = "bafkgenesis"})
        == R"({"schema":"flwr-actor/run/1","rounds":[],"end":null,"contract":null,"chain_id":null,)"
           R"("final_model_cid":"bafkgenesis","losses_distributed":[],"losses_centralized":[],)"
           R"("metrics_distributed_fit":{},"metrics_distributed":{},"metrics_centralized":{}})");
}

TEST_CASE("to_csv writes a header and a line a round, empty where nothing applies") {
  CHECK(to_csv(two_rounds())
        == "round,model_cid,updates,failures,evaluate_results,evaluate_failures,loss,loss_mean,"
           "accuracy,tx,gas_used,seconds_fit,seconds_aggregate,seconds_ipfs,seconds_chain,"
           "seconds_evaluate\n"
           "1,bafkone,2,0,2,0,23002.5,2.30025,0.1,0xabcd,57374,1.5,0.001,0.25,2.0,1e-05\n"
           "2,bafkfinal,0,2,0,2,nan,,,,,,,,,\n");
}
