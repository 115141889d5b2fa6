#pragma once
/// \file
/// What supervisor and worker (supervise.hpp) share: the words that they exchange, and how a process becomes the
/// worker. For their own sources and that of the rehearsal.

#include <functional>

#include "core/result.hpp"
#include "supervise.hpp"
#include "sys/sandbox.hpp"
#include "sys/worker.hpp"

namespace airlock::tools::supervision {

// What the two processes tell each other.
inline constexpr char deliver_word = 'd';
inline constexpr char ran_word = 'r';
inline constexpr char not_installed_word = 'n';
inline constexpr char failed_word = 'f';
inline constexpr char claim_word = 'c';     // and a name
inline constexpr char put_back_word = 'b';  // and an id and a name
inline constexpr char keep_word = 'k';      // and an id
inline constexpr char piece_word = 'p';     // and a part of a page
inline constexpr char write_word = 'm';     // the page is complete
inline constexpr char done_word = 'y';      // for a claim and its id
inline constexpr char not_now_word = 'w';

/// The error of a task as its command reports it: where a report was to be recorded, it was not recorded.
[[nodiscard]] core::Error worded(core::Error error, const Task& task);

/// Sends a word, and an error behind it.
void tell(sys::Worker& ends, char word, const core::Error& error);

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
