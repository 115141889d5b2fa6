#include "site/words.hpp"

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "site/key_files.hpp"
#include "site/signed_words.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;

constexpr std::size_t word_digest_hex = 32;

/// The key of the site's list; a throwaway one before it has one.
Result<crypto::Secret> words_key(const Site& site) {
  const std::string path = site.path(layout::words_key);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return crypto::Secret(site.world().random_bytes(pseudonym_key_bytes));
  return read_pseudonym_key(path, site.shared_by());
}

/// Fills `words` and `digests` from the file.
Result<void> read_into(SiteWords& out, const Site& site, const std::string& path) {
  AIRLOCK_TRY(out.file, sys::read_file(path, redaction::word_list_bytes_limit));
  AIRLOCK_TRY(out.words, redaction::word_list_from(out.file, path));
  AIRLOCK_TRY(const auto sections, sections_of(out.file, path));
  out.officers = sections.size();
  if (out.words.empty()) return {};
  AIRLOCK_TRY(const crypto::Secret key, words_key(site));
  crypto::HmacSha256 keyed(key);
  for (const redaction::Word& word : out.words) {
    out.digests.insert(keyed(core::to_lower(word.text)).hex().substr(0, word_digest_hex) +
                       (word.any_ending ? "*" : ""));
  }
  return {};
}

}  // namespace

Result<SiteWords> read_words(const Site& site) {
  SiteWords out;
  const std::string path = site.path(layout::words);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return out;
  auto read = read_into(out, site, path);
  if (read) return out;
  if (read.error().code == Code::not_recorded) return fail(std::move(read).error());
  out.words.clear();
  out.digests.clear();
  out.problem = std::move(read).error();
  if (out.problem->hint.empty()) out.problem->hint = "correct the file, or put it back from a backup";
  return out;
}

std::string list_digest(const SiteWords& words) {
  if (words.digests.empty()) return {};
  crypto::Sha256 sha256;  // of keyed digests, so it needs no key of its own
  for (const std::string& digest : words.digests) sha256.update(digest + "\n");
  return sha256.finish().hex();
}

Result<void> ensure_words_key(const Site& site) {
  AIRLOCK_TRY(const bool has_list, sys::look_for(site.path(layout::words)));
  if (!has_list || !site.may_change()) return {};
  const std::string path = site.path(layout::words_key);
  AIRLOCK_TRY(const bool has_key, sys::look_for(path));
  if (has_key) return {};
  const std::string keys = site.path(layout::keys);
  AIRLOCK_TRY(auto file, sys::NewFile::create(keys + "/.words." + sys::random_uuid(site.world()) + ".tmp",
                                              site.file_permissions(), site.world()));
  AIRLOCK_CHECK(file.write(new_pseudonym_key().view()));
  file.take_owner_from(keys);
  AIRLOCK_CHECK(file.sync());
  if (auto linked = sys::link_file(file.path(), path, site.world()); !linked && linked.error().code != Code::refused) {
    return linked;  // refused: another process was faster
  }
  return sys::sync_directory(keys, site.world());
}

}  // namespace airlock::site
