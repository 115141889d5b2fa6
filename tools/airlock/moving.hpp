#pragma once
/// \file
/// What the supervisor moves for the worker, which may not: dropped reports and what officers dropped. What the worker
/// says is believed as far as gate/claims.hpp checks it.

#include <string>

#include "sys/worker.hpp"

namespace airlock::tools::supervision {

/// Whether a word of the worker asks to move a report, or to take what an officer dropped.
[[nodiscard]] bool moves_reports(char word);
[[nodiscard]] bool takes_drops(char word);

/// Does what the word asks at the site in the directory `site`, and answers the worker.
void move_for_worker(const std::string& site, sys::Worker& ends, char word);
/// The same for what officers dropped: claims it, or says whose it is.
void take_drop_for_worker(const std::string& site, sys::Worker& ends, char word);

}  // namespace airlock::tools::supervision
