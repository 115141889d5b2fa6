#include "public/judge.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "public/kit_archive.hpp"
#include "public/known_kit.hpp"
#include "public/layout.hpp"
#include "public/memory.hpp"
#include "public/public_site.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"

namespace airlock::published {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::uint64_t trust_bytes_limit = 1024ULL * 1024;

Result<std::vector<crypto::Certificate>> roots_from_pem(std::string_view pem, std::string_view name) {
  auto roots = crypto::Certificate::list_from_pem(pem);
  if (!roots) return fail(std::move(roots.error()).within(name));
  return roots;
}

crypto::TrustStore trust_of(crypto::Role role, const std::vector<crypto::Certificate>& roots) {
  return {role, roots_for(role, roots)};
}

/// Applications often run as another user than the one who owns the files. Only an error of permissions has a hint.
Result<licence::LicenceVerdict> with_hint_on_permissions(Result<licence::LicenceVerdict> judged) {
  if (!judged && judged.error().code == Code::unexpected && !judged.error().hint.empty()) {
    judged.error().hint =
        "let this user read it; `airlock doctor` says which files in `public/` other users cannot read";
  }
  return judged;
}

/// What `public/` has besides licences and kit.
struct SiteAndRoots {
  PublicSite site;
  std::vector<crypto::Certificate> roots;
};

Result<SiteAndRoots> read_site_and_roots(const std::string& directory) {
  const std::string path = directory + "/" + std::string(layout::public_site);
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) {
    return fail(
        Code::bad_input, quote(directory) + ": is not a site directory: it has no " + quote(layout::public_site),
        "make one with `airlock init`, name another with `--site`, or give `--licence`, `--trust` and `--product`");
  }
  AIRLOCK_TRY(const std::string text, sys::read_file(path, public_site_bytes_limit));
  AIRLOCK_TRY(PublicSite site, parse_public_site(text, path));
  AIRLOCK_TRY(auto roots, roots_from(directory + "/" + std::string(layout::vendor_root)));
  return SiteAndRoots{std::move(site), std::move(roots)};
}

Result<JudgedByKit> judge_by_shown(const std::string& directory, const SiteAndRoots& shown, const LicencePair& licences,
                                   core::Time now) {
  const std::string kit_path = directory + "/" + std::string(layout::kit);
  AIRLOCK_TRY(const auto kit_file, read_if_there(kit_path, kit_bytes_limit));
  Revocations revocations;
  if (licences.present.is_there() || licences.next.is_there()) {
    revocations = revocations_in(kit_file, quote(kit_path),
                                 {.roots = shown.roots, .product = shown.site.product, .known = shown.site.kit});
  }
  const auto trust = trust_of(crypto::Role::licence, shown.roots);
  return judge_by_kit(licences,
                      {.trust = trust,
                       .product = shown.site.product,
                       .site_id = shown.site.site_id,
                       .key_sha256 = shown.site.key_sha256,
                       .now = now,
                       .newest_trusted = shown.site.newest_time,
                       .seen = shown.site.all_seen()},
                      revocations);
}

/// Reads `site.json`, the licences and the kit, in an order that is safe while a command changes them: a command puts a
/// kit or licence in place before `site.json` names it, and writes `site.json` first where it takes a step back. If the
/// kit makes the verdict worse, a command may have been half way, so everything is read once more.
template <typename ReadLicences>
Result<licence::LicenceVerdict> judge_folder(const std::string& directory, core::Time now, ReadLicences read) {
  for (bool again = false;; again = true) {
    AIRLOCK_TRY(const SiteAndRoots shown, read_site_and_roots(directory));
    AIRLOCK_TRY(const LicencePair licences, read());
    AIRLOCK_TRY(JudgedByKit judged, judge_by_shown(directory, shown, licences, now));
    if (again || !judged.by_kit) return std::move(judged.verdict);
  }
}

/// A named file that is missing is a mistyped path, not a licence that was never installed.
Result<licence::LicenceVerdict> as_named(Result<licence::LicenceVerdict> judged, const std::string& file) {
  if (judged && judged->state == core::LicenceState::missing) {
    judged->reason = quote(file) + ": no such file";
    judged->hint = "give the path of the licence that the vendor sent";
  }
  return judged;
}

Result<licence::LicenceVerdict> judge_given(const LicenceFiles& files, core::Time now) {
  AIRLOCK_TRY(const auto roots, roots_from(files.trust));
  const auto trust = trust_of(crypto::Role::licence, roots);
  AIRLOCK_TRY(const LicenceFile file, read_licence(files.licence));
  return judge_file(file, {.trust = trust,
                           .product = files.product,
                           .site_id = files.site_id,
                           .key_sha256 = std::nullopt,
                           .now = now,
                           .newest_trusted = std::nullopt});
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

Result<LicenceFile> read_licence(const std::string& path) {
  LicenceFile out{.name = path};
  AIRLOCK_TRY(const bool there, sys::look_for(path));
  if (!there) return out;
  auto text = sys::read_file(path, licence::licence_bytes_limit);
  if (text) {
    out.bytes = std::move(*text);
  } else if (text.error().code == Code::bad_input) {
    out.unreadable = std::move(text).error();
  } else {
    return fail(std::move(text).error());
  }
  return out;
}

Result<LicencePair> read_licences(const std::string& directory) {
  LicencePair out;
  AIRLOCK_TRY(out.next, read_licence(directory + "/" + std::string(layout::next_licence)));
  AIRLOCK_TRY(out.present, read_licence(directory + "/" + std::string(layout::licence)));
  return out;
}

Result<licence::LicenceVerdict> judge_public(const std::string& directory, core::Time now) {
  return with_hint_on_permissions(judge_folder(directory, now, [&] { return read_licences(directory); }));
}

Result<licence::LicenceVerdict> judge_for_public(const std::string& directory, const std::string& file,
                                                 core::Time now) {
  return with_hint_on_permissions(as_named(judge_folder(directory, now,
                                                        [&]() -> Result<LicencePair> {
                                                          AIRLOCK_TRY(LicenceFile named, read_licence(file));
                                                          return LicencePair{.present = std::move(named)};
                                                        }),
                                           file));
}

Result<licence::LicenceVerdict> judge_files(const LicenceFiles& files, core::Time now) {
  return with_hint_on_permissions(as_named(judge_given(files, now), files.licence));
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
  auto judged = judge_by_kit({.present = {.name = "licence", .bytes = bytes.licence}},
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

}  // namespace airlock::published
