#pragma once
/// \file
/// Tells one error of a database from all others: a change of the file was cut short, and only somebody who may write
/// the file can undo it.

#include "core/result.hpp"

namespace airlock::db {

[[nodiscard]] bool was_cut_short(const core::Error& error);

}  // namespace airlock::db
