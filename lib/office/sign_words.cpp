#include "office/sign_words.hpp"

#include "office/officer_drop.hpp"
#include "site/signed_words.hpp"
#include "site/site.hpp"

namespace airlock::office {

Result<Dropped> sign_words(const std::string& directory, const redaction::WordList& words,
                           const crypto::Certificate& certificate, const keeper::PersonKey& key,
                           const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  const core::Time now = world.now();
  const std::string document = site::to_document({site.configuration().site_id, now, words});
  if (document.size() > site::signed_words_bytes_limit) {
    return core::fail(core::Code::bad_input,
                      "the list has more than " + std::to_string(site::signed_words_bytes_limit) + " bytes",
                      "a `*` at the end of a word stands for several");
  }
  AIRLOCK_TRY(auto file, sign_and_drop(site, "words", document, certificate, key, now));
  return Dropped{std::move(file), now};
}

}  // namespace airlock::office
