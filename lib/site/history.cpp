#include "site/history.hpp"

#include "crypto/hash.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

constexpr std::size_t digest_characters = 16;
constexpr std::string_view ending = ".p7s";

std::string beginning(std::string_view kind, std::string_view id) {
  return std::string(kind) + "-" + std::string(id) + "-";
}

}  // namespace

Result<void> keep_in_history(const Site& site, std::string_view kind, std::string_view id, std::string_view bytes) {
  const std::string folder = site.path(layout::history);
  AIRLOCK_CHECK(sys::ensure_directory(folder, site.path(layout::ledger), site.folder_permissions(), site.world()));
  const std::string path = folder + "/" + beginning(kind, id) +
                           crypto::sha256(bytes).hex().substr(0, digest_characters) + std::string(ending);
  return sys::replace_file(path, bytes, site.file_permissions(), site.world());
}

Result<std::vector<std::string>> kept_in_history(const Site& site, std::string_view kind, std::string_view id) {
  std::vector<std::string> out;
  const std::string folder = site.path(layout::history);
  AIRLOCK_TRY(const bool there, sys::look_for(folder));
  if (!there) return out;
  AIRLOCK_TRY(const auto names, sys::list_directory(folder));
  const std::string begin = beginning(kind, id);
  for (const std::string& name : names) {
    const bool is_one = name.size() == begin.size() + digest_characters + ending.size();
    if (is_one && name.starts_with(begin) && name.ends_with(ending)) out.push_back(folder + "/" + name);
  }
  return out;
}

}  // namespace airlock::site
