#include "site/verdict.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "site/kit.hpp"
#include "site/known_kit.hpp"
#include "site/memory.hpp"
#include "site/public_site.hpp"
#include "site/site.hpp"
#include "sys/file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::uint64_t trust_bytes_limit = 1024 * 1024;

Result<std::vector<crypto::Certificate>> roots_from_pem(std::string_view pem, std::string_view name) {
  auto roots = crypto::Certificate::list_from_pem(pem);
  if (!roots) return fail(std::move(roots.error()).within(name));
  return roots;
}

crypto::TrustStore trust_of(crypto::Role role, const std::vector<crypto::Certificate>& roots) {
  return {role, roots_for(role, roots)};
}

}  // namespace

Result<std::vector<crypto::Certificate>> roots_from(const std::string& path) {
  AIRLOCK_TRY(const std::string pem, sys::read_file(path, trust_bytes_limit));
  return roots_from_pem(pem, quote(path));
}

Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return std::nullopt;
  auto text = sys::read_file(path, limit);
  if (text) return std::move(*text);
  if (text.error().code == Code::bad_input) return std::string{};
  return fail(std::move(text).error());
}

namespace {

/// Applications run as other users than those who give them their files. Only what permissions forbid has a hint.
Result<licence::Verdict> with_way_out(Result<licence::Verdict> judged) {
  if (!judged && judged.error().code == Code::unexpected && !judged.error().hint.empty()) {
    judged.error().hint = "let this user read it; `airlock doctor` says what of `public/` others cannot read";
  }
  return judged;
}

/// The files are read in the order in which a writer at work cannot mislead: it puts a kit into its place before
/// `site.json` names it, and a step back is in `site.json` first.
Result<JudgedByKit> judge_folder(const std::string& directory, core::Time now) {
  const auto path = [&](std::string_view name) { return directory + "/" + std::string(name); };
  const std::string public_path = path(layout::public_site);
  AIRLOCK_TRY(const bool there, sys::look_for(public_path));
  if (!there) {
    return fail(
        Code::bad_input, quote(directory) + ": is not a site directory: it has no " + quote(layout::public_site),
        "make one with `airlock init`, name another with `--site`, or give `--licence`, `--trust` and `--product`");
  }
  AIRLOCK_TRY(const std::string text, sys::read_file(public_path, public_site_bytes_limit));
  AIRLOCK_TRY(const PublicSite site, parse_public_site(text, public_path));
  AIRLOCK_TRY(const auto roots, roots_from(path(layout::vendor_root)));
  AIRLOCK_TRY(const auto file, read_if_there(path(layout::licence), licence::licence_bytes_limit));
  AIRLOCK_TRY(const auto kit_file, read_if_there(path(layout::kit), kit_bytes_limit));
  Revocations revocations;
  if (file) {
    revocations = revocations_in(kit_file, quote(path(layout::kit)),
                                 {.roots = roots, .product = site.product, .known = site.kit});
  }
  const auto trust = trust_of(crypto::Role::licence, roots);
  return judge_by_kit(file, path(layout::licence),
                      {.trust = trust,
                       .product = site.product,
                       .site_id = site.site_id,
                       .key_sha256 = site.key_sha256,
                       .now = now,
                       .newest_trusted = site.newest_time,
                       .seen = site.all_seen()},
                      revocations);
}

/// What a writer had only half changed is read once more.
Result<licence::Verdict> judge_folder_twice(const std::string& directory, core::Time now) {
  AIRLOCK_TRY(JudgedByKit judged, judge_folder(directory, now));
  if (judged.by_kit) {
    AIRLOCK_TRY(judged, judge_folder(directory, now));
  }
  return std::move(judged.verdict);
}

Result<licence::Verdict> judge_given(const LicenceFiles& files, core::Time now) {
  AIRLOCK_TRY(const auto roots, roots_from(files.trust));
  const auto trust = trust_of(crypto::Role::licence, roots);
  AIRLOCK_TRY(const auto file, read_if_there(files.licence, licence::licence_bytes_limit));
  return licence::judge(file, files.licence,
                        {.trust = trust,
                         .product = files.product,
                         .site_id = files.site_id,
                         .key_sha256 = std::nullopt,
                         .now = now,
                         .newest_trusted = std::nullopt});
}

}  // namespace

Result<licence::Verdict> judge_public(const std::string& directory, core::Time now) {
  return with_way_out(judge_folder_twice(directory, now));
}

Result<licence::Verdict> judge_files(const LicenceFiles& files, core::Time now) {
  return with_way_out(judge_given(files, now));
}

Result<JudgedBytes> judge_bytes(const LicenceBytes& bytes, core::Time now) {
  AIRLOCK_TRY(const auto roots, roots_from_pem(bytes.trust, "the trusted certificates"));
  Memory memory;
  if (bytes.memory) {
    AIRLOCK_TRY(memory, parse_memory(*bytes.memory, "the memory"));
  }
  Revocations revocations;
  if (bytes.licence) {
    revocations = revocations_in(bytes.kit, "the kit", {.roots = roots, .product = bytes.product, .known = memory.kit});
  }
  const auto trust = trust_of(crypto::Role::licence, roots);
  auto judged = judge_by_kit(bytes.licence, "licence",
                             {.trust = trust,
                              .product = bytes.product,
                              .site_id = bytes.site_id,
                              .key_sha256 = bytes.key_sha256,
                              .now = now,
                              .newest_trusted = bytes.newest_trusted,
                              .newest_sequence = bytes.newest_sequence,
                              .seen = memory.seen},
                             revocations);
  remember(memory, judged.verdict, revocations);
  return JudgedBytes{std::move(judged.verdict), to_document(memory)};
}

}  // namespace airlock::site
