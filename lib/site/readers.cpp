#include "site/readers.hpp"

#include <array>

#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/person.hpp"
#include "sys/write_file.hpp"

namespace airlock::site {
namespace {

/// The files beside the folders that readers may read. The others, such as locks and keys of an administrator, stay as
/// they are.
constexpr std::array<std::string_view, 6> shared_files{layout::configuration, layout::ledger,
                                                       "ledger.db-journal",   layout::rollback_anchor,
                                                       layout::proposed_kit,  layout::words};
/// The folders of which readers may read every file.
constexpr std::array<std::string_view, 6> open_folders{layout::vendor_trust, layout::officers_trust, layout::claimed,
                                                       layout::held,         layout::outbox,         layout::history};
/// The folders of which readers may read some files.
constexpr std::array<std::string_view, 4> mixed_folders{layout::keys, "trust", layout::delivery_trust,
                                                        layout::former_keys};

/// Whether readers may read a file of a mixed folder: certificates, and the keys that do not sign. `trust/delivery/`
/// may hold credentials of any name.
bool is_shared(std::string_view name) {
  return name.ends_with(".crt") ||
         (name.ends_with(".key") &&
          (name.starts_with("archive") || name.starts_with("pseudonym") || name.starts_with("words")));
}

class Access {
 public:
  Access(const Site& site, unsigned owner, unsigned gid) : site_(site), owner_(owner), gid_(gid) {}

  Result<void> settle() {
    // A service that may not set set-group-id finds the folders that are made as they are needed.
    if (shares_) {
      for (const auto name : {layout::history, layout::former_keys}) {
        AIRLOCK_CHECK(
            sys::ensure_directory(site_.path(name), site_.path(layout::ledger), sys::private_directory, site_.world()));
      }
    }
    for (const auto name : shared_files) AIRLOCK_CHECK(set(site_.path(name), site_.file_permissions()));
    for (const auto name : open_folders) AIRLOCK_CHECK(folder(site_.path(name), [](std::string_view) { return true; }));
    AIRLOCK_CHECK(kinds_of_officers());
    for (const auto name : mixed_folders) AIRLOCK_CHECK(folder(site_.path(name), is_shared));
    AIRLOCK_CHECK(
        set(site_.path(layout::approvals), shares_ ? layout::shared_drop_permissions : sys::private_directory));
    return set(site_.directory(), shares_ ? layout::shared_site_permissions : layout::site_permissions);
  }

 private:
  /// Where a file or folder is gone by now, or is of another kind, nothing happens.
  Result<void> set(const std::string& path, unsigned permissions) {
    return sys::set_access(path, gid_, permissions, site_.world());
  }

  template <typename IsShared>
  Result<void> folder(const std::string& path, IsShared is_shared) {
    AIRLOCK_TRY(const auto kind, sys::kind_of(path));
    if (kind != sys::FileKind::directory) return {};
    AIRLOCK_CHECK(set(path, site_.folder_permissions()));
    AIRLOCK_TRY(const auto names, sys::list_directory(path));
    for (const std::string& name : names) {
      const std::string file = path + "/" + name;
      AIRLOCK_TRY(const auto found, sys::kind_of(file));
      if (found != sys::FileKind::file || !is_shared(name)) continue;
      AIRLOCK_TRY(const auto attributes, sys::attributes_of(file));
      // What everybody may read, or another user owns, is not Airlock's to change.
      if (!attributes || (attributes->permissions & 0004) != 0 || attributes->uid != owner_) continue;
      AIRLOCK_CHECK(set(file, site_.file_permissions()));
    }
    return {};
  }

  /// The folders in `trust/officers/`, one for each kind.
  Result<void> kinds_of_officers() {
    const std::string officers = site_.path(layout::officers_trust);
    AIRLOCK_TRY(const bool there, sys::look_for_directory(officers));
    if (!there) return {};
    AIRLOCK_TRY(const auto names, sys::list_directory(officers));
    for (const std::string& name : names) {
      AIRLOCK_CHECK(folder(officers + "/" + name, [](std::string_view) { return true; }));
    }
    return {};
  }

  const Site& site_;
  unsigned owner_;
  unsigned gid_;
  bool shares_ = !site_.configuration().readers.empty();
};

/// The group that the site directory is to have: the readers', or the one that it has.
Result<unsigned> due_group(const Site& site, const sys::Attributes& now) {
  if (site.configuration().readers.empty()) return now.gid;
  return sys::group_id(site.configuration().readers);
}

Result<sys::Attributes> attributes_of_directory(const Site& site) {
  AIRLOCK_TRY(const auto found, sys::attributes_of(site.directory()));
  if (!found) return core::fail(core::Code::bad_input, core::quote(site.directory()) + ": is gone");
  return *found;
}

}  // namespace

Result<bool> readers_are_settled(const Site& site) {
  AIRLOCK_TRY(const auto now, attributes_of_directory(site));
  // An administrator may have tightened a directory without readers, so only their access is looked for.
  if (site.configuration().readers.empty()) return now.permissions != layout::shared_site_permissions;
  AIRLOCK_TRY(const unsigned gid, due_group(site, now));
  return now.permissions == layout::shared_site_permissions && now.gid == gid;
}

Result<void> write_ledger_public_key(const Site& site) {
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  return sys::replace_file(site.path(layout::ledger_public_key), verifier.text() + "\n", sys::public_file,
                           site.world());
}

Result<void> settle_readers(const Site& site) {
  AIRLOCK_TRY(const bool settled, readers_are_settled(site));
  if (settled) return {};
  AIRLOCK_TRY(const auto now, attributes_of_directory(site));
  AIRLOCK_TRY(const unsigned gid, due_group(site, now));
  AIRLOCK_TRY(const bool has_public_key, sys::look_for(site.path(layout::ledger_public_key)));
  if (!has_public_key) AIRLOCK_CHECK(write_ledger_public_key(site));
  return Access(site, now.uid, gid).settle();
}

}  // namespace airlock::site
