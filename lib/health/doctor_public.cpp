#include <algorithm>

#include "core/text.hpp"
#include "health/findings.hpp"
#include "licence/verdict.hpp"
#include "public/judge.hpp"
#include "sys/look.hpp"
#include "sys/write_file.hpp"

namespace airlock::health {
namespace {

using core::LicenceState;
using core::quote;
using core::shell_path;
using site::layout::public_folder;

/// Permissions of users who are neither the owner nor in the group: to read a file, to enter a folder.
constexpr unsigned to_read = 0004;
constexpr unsigned to_pass = 0001;

/// The difference between the roots that applications trust and the site's own, as a sentence. Nothing if they are the
/// same, or if either cannot be read, which another check reports.
std::optional<std::string> other_roots(const site::Site& site) {
  const auto own = site.vendor_roots();
  const auto shown = published::roots_from(site.path(site::layout::vendor_root));
  if (!own || !shown) return std::nullopt;
  const auto lacking = [](const auto& in, const auto& of) {
    return std::find_if(of.begin(), of.end(),
                        [&](const auto& each) { return std::find(in.begin(), in.end(), each) == in.end(); });
  };
  const std::string file = quote(site.path(site::layout::vendor_root));
  if (const auto extra = lacking(*own, *shown); extra != shown->end()) {
    return file + ": applications trust the root " + quote(extra->subject()) + ", but this site does not";
  }
  if (const auto missing = lacking(*shown, *own); missing != own->end()) {
    return file + ": applications do not trust the root " + quote(missing->subject()) + ", but this site does";
  }
  return std::nullopt;
}

/// The command that writes the file of roots that applications trust, from the site's own roots.
std::string write_roots(const site::Site& site) {
  return "`cat " + shell_path(site.path(site::layout::vendor_trust)) + "/*.crt > " +
         shell_path(site.path(site::layout::vendor_root)) + "`";
}

/// The hint if applications find `found` and the site another state, although both trust the same roots.
std::string way_back(const licence::LicenceVerdict& found) {
  if (found.state == LicenceState::invalid) return found.hint;
  if (found.state == LicenceState::revoked) return "install the vendor's kit again with `airlock kit install FILE`";
  return "remove `" + std::string(site::layout::public_site) +
         "`: the next `airlock process` writes it again from the ledger";
}

class PublicPart {
 public:
  PublicPart(const site::Site& site, Findings& findings) : site_(site), findings_(findings) {}

  /// Whether other users can read every file of the public part and cannot change any. Reports each exception.
  bool is_open() {
    above();
    reach(site_.directory(), to_pass, site::layout::site_permissions);
    reach(site_.path(public_folder), to_pass, site::layout::public_permissions);
    need(site::layout::public_site, "the next `airlock process` writes it again from the ledger");
    need(site::layout::vendor_root, "write it again: " + write_roots(site_));
    for (const auto file : {site::layout::public_site, site::layout::vendor_root, site::layout::licence,
                            site::layout::next_licence, site::layout::kit}) {
      reach(site_.path(file), to_read, sys::public_file);
    }
    return sound_;
  }

 private:
  void fail(std::string what, std::string hint) {
    sound_ = false;
    findings_.add("public", Health::fail, std::move(what), std::move(hint));
  }

  /// Checks that other users can pass every folder above the site. This is a warning only, since a site in somebody's
  /// home directory may be for that user alone.
  void above() {
    auto path = sys::real_path(site_.directory());
    while (path && path->size() > 1) {
      path = path->substr(0, std::max<std::size_t>(path->rfind('/'), 1));
      const auto found = sys::attributes_of(*path);
      if (!found || !*found || ((*found)->permissions & to_pass) != 0) continue;
      findings_.add("public", Health::warn, quote(*path) + ": no other user can pass through it to this site",
                    "applications that run as other users cannot verify a licence here; if there are any, `chmod o+x " +
                        shell_path(*path) + "`");
    }
  }

  void need(std::string_view name, std::string hint) {
    const std::string path = site_.path(name);
    if (sys::exists(path)) return;
    fail(quote(path) + ": is missing, so no application can verify the licence", std::move(hint));
  }

  void reach(const std::string& path, unsigned needed, unsigned due) {
    const auto found = sys::attributes_of(path);
    if (!found) return fail(found.error().message, "run as the owner of the site directory");
    if (!*found) return;
    const std::string hint = chmod(due, path);
    if (((*found)->permissions & needed) == 0) {
      fail(quote(path) + ": other users cannot " + ((*found)->directory ? "get into" : "read") +
               " it, so their applications cannot verify the licence",
           hint);
    }
    // `look_at_layout` checks who can change the site directory and `public/`.
    if (!(*found)->directory && ((*found)->permissions & sys::others_write) != 0) {
      fail(quote(path) + ": users other than its owner can change what applications believe",
           "find out who did, then " + hint);
    }
  }

  const site::Site& site_;
  Findings& findings_;
  bool sound_ = true;
};

}  // namespace

void look_at_public(const site::Site& site, const std::optional<licence::LicenceVerdict>& own, Findings& findings) {
  if (!sys::is_directory(site.path(public_folder))) return;  // `look_at_layout` reports a missing folder
  if (!PublicPart(site, findings).is_open()) return;
  const auto verdict = published::judge_public(site.directory(), findings.now());
  if (!verdict) {
    return findings.broken("public", verdict.error(),
                           "put the file back from a backup; if it is `public/site.json`, removing it is enough");
  }
  const std::string found = "for applications the licence is " + std::string(core::name(verdict->state));
  if (const auto others = other_roots(site)) {
    return findings.add("public", Health::fail, *others + "; " + found,
                        "find out who changed it, then " + write_roots(site));
  }
  if (own && own->state != verdict->state) {
    return findings.add(
        "public", Health::fail,
        found + ", but for this site it is " + std::string(core::name(own->state)) + ": " + verdict->reason,
        way_back(*verdict));
  }
  // A missing kit is reported already. A kit that is there but makes the licence doubtful is reported here.
  if (verdict->unbelieved && sys::exists(site.path(site::layout::kit))) {
    return findings.add("public", Health::fail, found + ": " + verdict->reason, verdict->hint);
  }
  findings.add("public", Health::ok, found);
}

}  // namespace airlock::health
