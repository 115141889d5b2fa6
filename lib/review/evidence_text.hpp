#pragma once
/// \file
/// The texts of an evidence archive for whoever verifies it without Airlock: HOW-TO-VERIFY.txt, which also lies beside
/// the file, and `verify.sh`, a script for any POSIX shell with `openssl` 3 and coreutils.

#include <string>
#include <string_view>

#include "review/evidence_document.hpp"

namespace airlock::review {

/// How to verify the evidence in the file of this name. `is_encrypted`: it must be opened first.
[[nodiscard]] std::string how_to_verify_evidence(const EvidenceRecord& evidence, const std::string& file,
                                                 bool is_encrypted);

/// The script. It depends on nothing, so that it can be compared with the one in the documentation.
[[nodiscard]] std::string_view verify_script();

}  // namespace airlock::review
