#pragma once
/// \file
/// How a process becomes the worker (supervise.hpp). For the sources of supervisor and worker, and that of the
/// rehearsal.

#include <functional>

#include "core/result.hpp"
#include "supervise.hpp"
#include "sys/sandbox.hpp"
#include "sys/worker.hpp"

namespace airlock::tools::supervision {

/// The error of a task as its command reports it: where a report was to be recorded, it was not recorded.
[[nodiscard]] core::Error worded(core::Error error, const Task& task);

/// Makes this process the worker: its environment keeps only what the worker uses.
void become_worker(Context& context);

/// Closes every descriptor but `input` and those that the worker needs, and confines the process. Error: refused where
/// the kernel refuses the sandbox and the site's configuration does not allow to go on without.
[[nodiscard]] core::Result<sys::Confinement> give_up(Context& context, const Task& task, const sys::Worker& ends,
                                                     int input);

/// The worker's whole life. Returns its exit code.
[[nodiscard]] int work_confined(Context& context, const Task& task, sys::Worker& ends,
                                const std::function<int(Worker&)>& work);

}  // namespace airlock::tools::supervision
