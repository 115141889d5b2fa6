#include "site/former_keys.hpp"

#include <algorithm>

#include "site/key_files.hpp"
#include "sys/look.hpp"

namespace airlock::site {
namespace {

/// The number of `…/site-17.crt`, or 0.
std::uint64_t number_in(const std::string& file) {
  const auto dash = file.rfind('-');
  std::uint64_t number = 0;
  for (std::size_t at = dash + 1; dash != file.npos && at < file.size() && file[at] >= '0' && file[at] <= '9'; ++at) {
    number = number * 10 + static_cast<std::uint64_t>(file[at] - '0');
  }
  return number;
}

}  // namespace

Result<std::vector<std::string>> former_files(const Site& site, KeyName key, std::string_view ending) {
  std::vector<std::string> out;
  const std::string folder = site.path(layout::former_keys);
  AIRLOCK_TRY(const bool there, sys::look_for(folder));
  if (!there) return out;
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  const std::string start = std::string(name(key)) + "-";
  for (const std::string& file : names) {
    if (file.starts_with(start) && file.ends_with(ending)) out.push_back(folder + "/" + file);
  }
  std::sort(out.begin(), out.end(),
            [](const std::string& a, const std::string& b) { return number_in(a) < number_in(b); });
  return out;
}

Result<std::vector<crypto::Certificate>> all_signing_certificates(const Site& site) {
  std::vector<crypto::Certificate> out;
  AIRLOCK_TRY(auto in_force, site.signing_certificate());
  out.push_back(std::move(in_force));
  AIRLOCK_TRY(const auto files, former_files(site, KeyName::site, ".crt"));
  for (const std::string& file : files) {
    AIRLOCK_TRY(auto certificate, read_certificate(file));
    out.push_back(std::move(certificate));
  }
  return out;
}

Result<std::vector<Identity>> all_archive_identities(const Site& site) {
  std::vector<Identity> out;
  AIRLOCK_TRY(auto in_force, site.archive_identity());
  out.push_back(std::move(in_force));
  AIRLOCK_TRY(const auto files, former_files(site, KeyName::archive, ".key"));
  for (const std::string& file : files) {
    AIRLOCK_TRY(auto key, read_private_key(file));
    AIRLOCK_TRY(auto certificate, read_certificate(file.substr(0, file.size() - 4) + ".crt"));
    out.push_back(Identity{std::move(key), std::move(certificate)});
  }
  return out;
}

Result<std::vector<crypto::Secret>> all_pseudonym_keys(const Site& site) {
  std::vector<crypto::Secret> out;
  AIRLOCK_TRY(auto in_force, site.pseudonym_key());
  out.push_back(std::move(in_force));
  AIRLOCK_TRY(const auto files, former_files(site, KeyName::pseudonym, ".key"));
  for (const std::string& file : files) {
    AIRLOCK_TRY(auto key, read_pseudonym_key(file));
    out.push_back(std::move(key));
  }
  return out;
}

}  // namespace airlock::site
