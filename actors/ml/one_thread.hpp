#pragma once

namespace flwr {

/// Keeps LibTorch to the calling thread from now on, and OpenBLAS to one thread in the whole
/// process. Workers that each want all cores slow each other down by factors. Any thread; cheap.
void use_one_thread();

} // namespace flwr
