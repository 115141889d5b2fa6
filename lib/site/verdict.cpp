#include "site/verdict.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "site/kit.hpp"
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

/// A kit that lies there and cannot be believed may hold the licence's revocation: nobody knows, so the licence is not
/// believed either.
licence::Verdict unknown_revocations(core::Error error) {
  licence::Verdict out;
  out.state = core::LicenceState::invalid;
  out.malformed = error.code == Code::bad_input;
  out.reason = std::move(error.message) + ", so nobody can say whether the licence was revoked";
  out.hint = "install the vendor's kit again";
  return out;
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

/// Applications run as other users than those who give them their files.
Result<licence::Verdict> with_way_out(Result<licence::Verdict> judged) {
  if (!judged && judged.error().code == Code::refused && judged.error().hint.empty()) {
    judged.error().hint = "let this user read it; `airlock doctor` says what of `public/` others cannot read";
  }
  return judged;
}

Result<licence::Verdict> judge_folder(const std::string& directory, core::Time now) {
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
  KitHeader kit;
  if (file && kit_file) {
    auto verified = verify_kit_header(*kit_file, trust_of(crypto::Role::kit, roots));
    if (!verified) return unknown_revocations(std::move(verified.error()).within(quote(path(layout::kit))));
    kit = std::move(*verified);
  }
  const auto trust = trust_of(crypto::Role::licence, roots);
  return licence::judge(file, path(layout::licence),
                        {.trust = trust,
                         .product = site.product,
                         .site_id = site.site_id,
                         .key_sha256 = site.key_sha256,
                         .now = now,
                         .newest_trusted = std::max(site.newest_time, kit.issued),
                         .newest_sequence = site.licence_sequence,
                         .revoked_licences = kit.revoked_licences,
                         .revocations = kit.trust.lists});
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
  return with_way_out(judge_folder(directory, now));
}

Result<licence::Verdict> judge_files(const LicenceFiles& files, core::Time now) {
  return with_way_out(judge_given(files, now));
}

Result<licence::Verdict> judge_bytes(const LicenceBytes& bytes, core::Time now) {
  AIRLOCK_TRY(const auto roots, roots_from_pem(bytes.trust, "the trusted certificates"));
  KitHeader kit;
  if (bytes.licence && bytes.kit) {
    auto verified = verify_kit_header(*bytes.kit, trust_of(crypto::Role::kit, roots));
    if (!verified) return unknown_revocations(std::move(verified.error()).within("the kit"));
    kit = std::move(*verified);
  }
  const auto trust = trust_of(crypto::Role::licence, roots);
  return licence::judge(bytes.licence, "licence",
                        {.trust = trust,
                         .product = bytes.product,
                         .site_id = bytes.site_id,
                         .key_sha256 = bytes.key_sha256,
                         .now = now,
                         .newest_trusted = std::max(bytes.newest_trusted, std::optional(kit.issued)),
                         .newest_sequence = bytes.newest_sequence,
                         .revoked_licences = kit.revoked_licences,
                         .revocations = kit.trust.lists});
}

}  // namespace airlock::site
