#include "core/text.hpp"
#include "gate/findings.hpp"
#include "sys/file.hpp"

namespace airlock::gate {
namespace {

using core::quote;
using sys::others_all;
using sys::others_write;

/// As chmod(1) and mkdir(1) take it.
std::string octal(unsigned permissions) {
  std::string out;
  for (int shift = 9; shift >= 0; shift -= 3) {
    const unsigned digit = (permissions >> shift) & 7U;
    if (digit != 0 || !out.empty()) out += static_cast<char>('0' + digit);
  }
  return out;
}

class Layout {
 public:
  Layout(const site::Site& site, Findings& findings) : site_(site), findings_(findings) {}

  void look() {
    permissions(site_.directory(), others_all & ~others_write);
    for (const auto& folder : site::layout::folders) this->folder(folder);
    for (const auto file : {site::layout::configuration, site::layout::ledger, site::layout::anchor}) {
      permissions(site_.path(file), 0);
    }
    former_keys();
    if (!sound_) return;
    findings_.add(
        "directory", Health::ok,
        std::to_string(site::layout::folders.size()) + " folders, and nobody but the owner changes what is there");
  }

 private:
  void tell(Health health, std::string what, std::string hint) {
    sound_ = false;
    findings_.add("directory", health, std::move(what), std::move(hint));
  }

  /// Of something that may be missing. `allowed` are the permissions that others than its owner may have.
  void permissions(const std::string& path, unsigned allowed) {
    const auto found = sys::attributes_of(path);
    if (!found) return tell(Health::fail, found.error().message, "run as the owner of the site directory");
    if (!*found) return;
    const unsigned excess = (*found)->permissions & others_all & ~allowed;
    if (excess == 0) return;
    const std::string hint = "find out who had access, then `chmod go-" +
                             std::string((excess & others_write) != 0 ? "w" : "rwx") + " " + path + "`";
    if ((excess & others_write) != 0) {
      return tell(Health::fail, quote(path) + ": others than its owner can change it", hint);
    }
    tell(Health::warn, quote(path) + ": others than its owner can read it", hint);
  }

  void folder(const site::layout::Folder& folder) {
    const std::string path = site_.path(folder.name);
    const auto found = sys::attributes_of(path);
    if (found && (!*found || !(*found)->directory)) {
      return tell(Health::fail, quote(path) + (*found ? ": is not a folder" : ": is missing"),
                  "put it back from a backup; where it was empty, `mkdir -m " + octal(folder.permissions) + " " + path +
                      "` as the owner of the site directory");
    }
    permissions(path, folder.permissions & others_all);
  }

  /// They are read when an old bundle or pseudonym asks for them, which may be never.
  void former_keys() {
    const std::string former = site_.path(site::layout::former_keys);
    if (!sys::is_directory(former)) return;
    const auto names = sys::list_directory(former);
    if (!names) return tell(Health::fail, names.error().message, "run as the owner of the site directory");
    permissions(former, 0);
    for (const std::string& name : *names) {
      const std::string path = former + "/" + name;
      const auto found = sys::attributes_of(path);
      if (!name.ends_with(".key") || !found || !*found || ((*found)->permissions & others_all) == 0) continue;
      tell(Health::fail, quote(path) + ": others than its owner can read or change it",
           "check who had access, then `chmod 600` it; what was sealed for it, or pseudonyms made with it, may be "
           "known");
    }
  }

  const site::Site& site_;
  Findings& findings_;
  bool sound_ = true;
};

}  // namespace

void look_at_layout(const site::Site& site, Findings& findings) { Layout(site, findings).look(); }

}  // namespace airlock::gate
