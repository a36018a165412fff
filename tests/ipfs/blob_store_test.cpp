#include "actors/ipfs/block_store.hpp"
#include "tests/contracts/blob_store_suite.hpp"

using namespace flwr;

namespace {

struct embedded_store : test::threaded_fixture {
  ~embedded_store() { end(store); }

  blob_store_actor store =
    spawn_block_store(sys, runs_on::own_thread,
                      std::make_shared<block_files>(block_files::in_memory(unixfs_v1_2025)));
};

} // namespace

FLWR_BLOB_STORE_SUITE(embedded_store)
