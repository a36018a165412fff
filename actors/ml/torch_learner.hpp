#pragma once

#include "actors/ml/datasets.hpp"
#include "actors/ml/learner.hpp"
#include "actors/ml/models.hpp"
#include "actors/ml/partition.hpp"

namespace flwr {

/// What a learner on LibTorch needs. Data and partition are shared by all learners.
struct torch_learner_config {
  dataset_ptr data;     ///< Not null.
  data_split_ptr split; ///< Of `data`; not null.
  model_spec model;
  uint64_t seed = 1;
  uint64_t local_epochs = 1; ///< >= 1.
  uint64_t batch_size = 32;  ///< >= 1; an epoch's last batch may be smaller.
  double lr = 0.001;
  double momentum = 0.9;
};

/// Makes learners on LibTorch: mean cross entropy over a batch, minimised by stochastic gradient
/// descent with momentum.
///
/// fit: an answer is a function of (seed, client, round, base model). The velocities start at 0; in
/// each epoch the list of the client's samples, ascending at first, is shuffled by the Philox
/// stream
/// ("batches", seed, client, round), which goes on from epoch to epoch, and cut into batches.
/// Metric: `loss`, the mean over all samples seen. rejected -- the base model has another layout,
/// or the client has no samples.
///
/// evaluate: `loss` is the sum of the samples' cross entropies; metrics `accuracy` and `loss_mean`.
///
/// Each learner keeps LibTorch to one thread where it works, and OpenBLAS for the whole process;
/// the global random generator isn't touched. Its factory errs as `layers_of`, or, for a
/// TorchScript file, missing, corrupt or usage.
learner_factory make_torch_learner(torch_learner_config);

} // namespace flwr
