#pragma once
/// \file
/// `airlock approve --words`: an officer signs a list of words that must never leave, and drops it
/// (docs/formats/words.md#signed-by-an-officer). The owner's next run takes it in (gate/signed_drops.hpp).

#include <string>

#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "office/approve.hpp"
#include "redaction/word_list.hpp"
#include "sys/world.hpp"

namespace airlock::office {

/// Signs the list, and drops the signature. May ask for a passphrase or PIN. Errors: as `approve`.
[[nodiscard]] Result<Dropped> sign_words(const std::string& directory, const redaction::WordList& words,
                                         const crypto::Certificate& certificate, const keeper::PersonKey& key,
                                         const sys::World& world = sys::real_world());

}  // namespace airlock::office
