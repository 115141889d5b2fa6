#pragma once
/// \file
/// An approval that was taken in, as an `approved` entry of the ledger has it.

#include <cstdint>
#include <string>

#include "envelope/approval.hpp"

namespace airlock::gate {

struct RecordedApproval {
  std::uint64_t entry = 0;  ///< seq
  envelope::Approval approval;
  crypto::Certificate signer;
  bool by_operator = false;  ///< the file was dropped by the user who owns the site
  std::string drop;          ///< the id under which the file was claimed
  std::string pem;
};

}  // namespace airlock::gate
