#include "site/former_keys.hpp"

#include <algorithm>

#include "core/encoding.hpp"
#include "site/key_files.hpp"
#include "sys/look.hpp"

namespace airlock::site {
namespace {

/// The number of `…/site-17.crt`, or 0.
std::uint64_t number_in(const std::string& file) {
  const std::size_t begin = file.rfind('-') + 1;  // npos + 1 == 0
  return core::number_from<std::uint64_t>(file.substr(begin, file.rfind('.') - begin)).value_or(0);
}

/// The key or certificate in force, and those of the former ones that `read` makes of their files.
template <typename Value, typename Read>
Result<std::vector<Value>> with_former(Result<Value> in_force, Result<std::vector<std::string>> files, Read read) {
  std::vector<Value> out;
  AIRLOCK_TRY(Value first, std::move(in_force));
  out.push_back(std::move(first));
  AIRLOCK_TRY(const auto former, std::move(files));
  for (const std::string& file : former) {
    AIRLOCK_TRY(Value value, read(file));
    out.push_back(std::move(value));
  }
  return out;
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
  return with_former(site.signing_certificate(), former_files(site, KeyName::site, ".crt"), read_certificate);
}

Result<std::vector<Identity>> all_archive_identities(const Site& site) {
  return with_former(site.archive_identity(), former_files(site, KeyName::archive, ".key"),
                     [&](const std::string& file) -> Result<Identity> {
                       AIRLOCK_TRY(auto key, read_shared_key(file, site.shared_by()));
                       AIRLOCK_TRY(auto certificate, read_certificate(file.substr(0, file.size() - 4) + ".crt"));
                       return Identity{std::move(key), std::move(certificate)};
                     });
}

Result<std::vector<crypto::Secret>> all_pseudonym_keys(const Site& site) {
  return with_former(site.pseudonym_key(), former_files(site, KeyName::pseudonym, ".key"),
                     [&](const std::string& file) { return read_pseudonym_key(file, site.shared_by()); });
}

}  // namespace airlock::site
