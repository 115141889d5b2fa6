#include "site/verdict.hpp"

#include "core/text.hpp"
#include "site/configuration.hpp"
#include "site/site.hpp"
#include "sys/file.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::quote;
using core::Result;

constexpr std::uint64_t trust_bytes_limit = 1024 * 1024;

Result<crypto::TrustStore> trust_from(const std::string& path) {
  AIRLOCK_TRY(const std::string pem, sys::read_file(path, trust_bytes_limit));
  auto roots = crypto::Certificate::list_from_pem(pem);
  if (!roots) return fail(std::move(roots.error()).within(quote(path)));
  return crypto::TrustStore(crypto::Role::licence, std::move(*roots));
}

}  // namespace

Result<std::optional<std::string>> read_if_there(const std::string& path, std::uint64_t limit) {
  if (!sys::exists(path)) return std::nullopt;
  auto text = sys::read_file(path, limit);
  if (text) return std::move(*text);
  if (text.error().code == Code::bad_input) return std::string{};
  return fail(std::move(text).error());
}

Result<licence::Verdict> judge_public(const std::string& directory, core::Time now) {
  const auto path = [&](std::string_view name) { return directory + "/" + std::string(name); };
  const std::string public_path = path(layout::public_site);
  if (!sys::exists(public_path)) {
    return fail(
        Code::bad_input, quote(directory) + ": is not a site directory: it has no " + quote(layout::public_site),
        "make one with `airlock init`, name another with `--site`, or give `--licence`, `--trust` and `--product`");
  }
  AIRLOCK_TRY(const std::string text, sys::read_file(public_path, configuration_bytes_limit));
  AIRLOCK_TRY(const PublicSite site, parse_public_site(text, public_path));
  AIRLOCK_TRY(const auto trust, trust_from(path(layout::vendor_root)));
  AIRLOCK_TRY(const auto file, read_if_there(path(layout::licence), licence::licence_bytes_limit));
  return licence::judge(file, path(layout::licence),
                        {.trust = trust,
                         .product = site.product,
                         .site_id = site.site_id,
                         .key_sha256 = site.key_sha256,
                         .now = now,
                         .newest_trusted = site.newest_time});
}

Result<licence::Verdict> judge_files(const LicenceFiles& files, core::Time now) {
  AIRLOCK_TRY(const auto trust, trust_from(files.trust));
  AIRLOCK_TRY(const auto file, read_if_there(files.licence, licence::licence_bytes_limit));
  return licence::judge(file, files.licence,
                        {.trust = trust,
                         .product = files.product,
                         .site_id = files.site_id,
                         .key_sha256 = std::nullopt,
                         .now = now,
                         .newest_trusted = std::nullopt});
}

}  // namespace airlock::site
