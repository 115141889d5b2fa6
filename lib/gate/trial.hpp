#pragma once
/// \file
/// Tries a report without a site: what a policy and a dictionary would make of it, for a licence of some tier. Whoever
/// writes these documents uses it, with neither vendor nor licence.

#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "gate/process.hpp"
#include "site/kit.hpp"
#include "site/kit_documents.hpp"

namespace airlock::gate {

/// What the decision on a report depends on, as far as somebody without a site says it.
struct Trial {
  site::Kit kit;  ///< made of nothing but a policy and a dictionary
  std::string tier;
  std::vector<std::string> entitlements;
};

/// Puts documents together that were read from files. The tier `unlicensed` stands for a site that is declared to run
/// without a licence. Error: usage where the policy has no such tier or entitlement, with the most similar name in the
/// hint.
[[nodiscard]] Result<Trial> make_trial(site::KitDocuments documents, std::string tier,
                                       std::vector<std::string> entitlements);

/// What a site with these documents and a valid licence would do whose ceiling allows whatever they decide: no floor,
/// no redactions of its own, no list of words, nothing on hold, no approvals. Pseudonyms are of a key that is made for
/// this call. Error: as `preview`.
[[nodiscard]] Result<Preview> try_out(Trial trial, core::Source& input, const ProcessOptions& options);

}  // namespace airlock::gate
