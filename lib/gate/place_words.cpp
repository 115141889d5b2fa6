#include "gate/place_words.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "envelope/approval.hpp"
#include "gate/claims.hpp"
#include "gate/signed_drops.hpp"
#include "site/officers.hpp"
#include "site/signed_words.hpp"
#include "site/words.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

Result<void> place_words(const std::string& directory, const std::string& id, const sys::World& world) {
  if (!core::is_uuid(id)) return fail(Code::usage, quote(id) + " is not the id of a claimed file");
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  const std::string claimed = site.path(site::layout::claimed) + "/" + id + std::string(claimed_drop_ending);
  AIRLOCK_TRY(const std::string text, sys::read_file(claimed, drop_bytes_limit));
  AIRLOCK_TRY(const std::string pem, crypto::canonical_pem(crypto::cms_label, text));
  AIRLOCK_TRY(const envelope::SignedText document, envelope::verify_by_officer(pem));
  AIRLOCK_TRY(const site::SignedWords signed_words, site::parse_signed_words(document.text));
  AIRLOCK_TRY(const site::Officers officers, site::read_officers(site));
  const auto hers = officers.with(document.signer);
  if (hers.empty() || !hers.front().is_valid_at(world.now()) || signed_words.site_id != site.configuration().site_id) {
    return fail(Code::refused, "the list is not one that a valid officer signed for this site");
  }
  const site::WordSection section{document.signer.key().sha256().hex(), signed_words.time, document.signer.subject(),
                                  signed_words.words};
  const std::string path = site.path(site::layout::words);
  std::string file;
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (there) {
    AIRLOCK_TRY(file, sys::read_file(path, redaction::word_list_bytes_limit));
  }
  AIRLOCK_TRY(const auto sections, site::sections_of(file, path));
  for (const site::WordSection& each : sections) {
    if (each.key_sha256 != section.key_sha256) continue;
    if (section.time < each.time) return fail(Code::refused, "the list is older than the one of the same officer");
    if (each.time == section.time && each.words == section.words) return site::ensure_words_key(site);
  }
  AIRLOCK_TRY(const std::string changed, site::with_section(file, path, section));
  AIRLOCK_CHECK(sys::replace_file(path, changed, site.file_permissions(), world));
  return site::ensure_words_key(site);
}

}  // namespace airlock::gate
