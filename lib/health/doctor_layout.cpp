#include "core/text.hpp"
#include "health/findings.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::health {
namespace {

using core::quote;
using core::shell_path;
using sys::others_all;
using sys::others_write;

constexpr unsigned sticky = 01000;
/// The permissions that a member of the group needs to drop a file.
constexpr unsigned to_drop = 0030;

class Layout {
 public:
  Layout(const site::Site& site, Findings& findings) : site_(site), findings_(findings) {}

  void look() {
    permissions(site_.directory(), with_readers({"", site::layout::site_permissions}));
    for (const auto& folder : site::layout::folders) this->folder(folder);
    for (const auto file :
         {site::layout::configuration, site::layout::words, site::layout::ledger, site::layout::rollback_anchor}) {
      permissions(site_.path(file), site_.file_permissions());
    }
    former_keys();
    for (const auto name : {site::layout::outbox, site::layout::held, site::layout::claimed}) strangers(name);
    if (!sound_) return;
    findings_.add(
        "directory", Health::ok,
        std::to_string(site::layout::folders.size()) + " folders, and only the owner can change their content");
  }

 private:
  void tell(Health health, std::string what, std::string hint) {
    sound_ = false;
    findings_.add("directory", health, std::move(what), std::move(hint));
  }

  /// Compares the permissions that others than the owner have with `due`, with which Airlock creates the file or
  /// folder. It may be missing.
  void permissions(const std::string& path, unsigned due, Health if_readable = Health::warn) {
    const auto found = sys::attributes_of(path);
    if (!found) return tell(Health::fail, found.error().message, "run as the owner of the site directory");
    if (!*found) return;
    const unsigned excess = (*found)->permissions & others_all & ~due;
    if (excess == 0) return;
    const bool change = (excess & others_write) != 0;
    tell(change ? Health::fail : if_readable,
         quote(path) + ": users other than its owner can " + (change ? "change it" : "read it"),
         "find out who had access, then " + chmod(due, path));
  }

  void folder(const site::layout::Folder& folder) {
    const std::string path = site_.path(folder.name);
    const bool is_inbox = folder.name == site::layout::inbox;
    const auto found = sys::attributes_of(path);
    // A site made by an earlier release gets these folders with the next report.
    if (found && !*found && (folder.name == site::layout::claimed || folder.name == site::layout::approvals)) return;
    if (found && (!*found || !(*found)->directory)) {
      std::string hint = "put it back from a backup; where it was empty, `mkdir -m " + octal(folder.permissions) + " " +
                         shell_path(path) + "` as the owner of the site directory";
      if (is_inbox)
        hint += ", then `chgrp GROUP " + shell_path(path) + "` with the group of the product that drops reports";
      return tell(Health::fail, quote(path) + (*found ? ": is not a folder" : ": is missing"), hint);
    }
    if (is_inbox && found) {
      const unsigned has = (*found)->permissions;
      const bool drops = (has & to_drop) == to_drop;
      if (!drops || (has & sticky) == 0) {
        return tell(Health::fail,
                    quote(path) + ": members of its group " +
                        (drops ? "can remove each other's reports, since the sticky bit is missing"
                               : "cannot drop reports there"),
                    chmod(folder.permissions, path));
      }
    }
    permissions(path, with_readers(folder));
  }

  /// Permissions with which others than the owner may be given access to a folder: `due`, and for readers more.
  [[nodiscard]] unsigned with_readers(const site::layout::Folder& folder) const {
    if (site_.configuration().readers.empty() || folder.name == site::layout::inbox) return folder.permissions;
    if (folder.name == site::layout::approvals) return site::layout::shared_drop_permissions;
    return folder.permissions | site::layout::shared_folder;
  }

  /// Reports anything in `folder` that is not a regular file. Airlock makes only regular files there. Other commands
  /// leave such a thing alone, whatever its name.
  void strangers(std::string_view folder) {
    const std::string path = site_.path(folder);
    if (!sys::is_directory(path)) return;
    const auto names = sys::list_directory(path);
    if (!names) return;  // reported already
    for (const std::string& name : *names) {
      const auto kind = sys::kind_of(path + "/" + name);
      if (!kind || *kind == sys::FileKind::file || *kind == sys::FileKind::none) continue;
      tell(Health::warn, quote(path + "/" + name) + ": is not a regular file, so Airlock did not make it",
           "find out who put it there, and remove it");
    }
  }

  /// Checks the former keys here, since they are read only for an old bundle or pseudonym, and perhaps never.
  void former_keys() {
    const std::string former = site_.path(site::layout::former_keys);
    if (!sys::is_directory(former)) return;
    const auto names = sys::list_directory(former);
    if (!names) return tell(Health::fail, names.error().message, "run as the owner of the site directory");
    permissions(former, site_.folder_permissions());
    for (const std::string& name : *names) {
      if (name.ends_with(".key")) permissions(former + "/" + name, site_.file_permissions(), Health::fail);
    }
  }

  const site::Site& site_;
  Findings& findings_;
  bool sound_ = true;
};

}  // namespace

void look_at_layout(const site::Site& site, Findings& findings) { Layout(site, findings).look(); }

}  // namespace airlock::health
