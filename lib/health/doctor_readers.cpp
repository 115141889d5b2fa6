#include <array>

#include "core/text.hpp"
#include "health/findings.hpp"
#include "site/readers.hpp"
#include "sys/look.hpp"
#include "sys/person.hpp"

namespace airlock::health {
namespace {

using core::quote;
using core::shell_path;

constexpr unsigned group_reads = 0040;
/// What readers need for `preview`, `review` and `bundle open`, and what is easily put back from a backup without it.
constexpr std::array<std::string_view, 5> needed{site::layout::configuration, site::layout::ledger,
                                                 site::layout::rollback_anchor, "keys/archive.key",
                                                 "keys/pseudonym.key"};

}  // namespace

void look_at_readers(const site::Site& site, Findings& findings) {
  const std::string& group = site.configuration().readers;
  const auto settled = site::readers_are_settled(site);
  if (!settled) {
    return findings.broken("readers", settled.error(),
                           "or take `readers` out of airlock.json; until then nobody but the owner reads the site");
  }
  if (!*settled && group.empty()) {
    return findings.add("readers", Health::fail, "airlock.json names no readers, but a group can still read the site",
                        "run `airlock process --held` once as the owner, which takes that away");
  }
  if (group.empty()) return;
  if (!*settled) {
    return findings.add(
        "readers", Health::warn, "members of " + quote(group) + " have no access yet",
        "run `airlock process --held` once as the owner, who must be a member of the group, or as root");
  }
  for (const auto name : needed) {
    const std::string path = site.path(name);
    const auto found = sys::attributes_of(path);
    if (!found || !*found || ((*found)->permissions & group_reads) != 0) continue;
    return findings.add("readers", Health::warn, quote(path) + ": members of " + quote(group) + " cannot read it",
                        "`chgrp " + group + " " + shell_path(path) + "; chmod g+r " + shell_path(path) + "`");
  }
  const auto published = site.published_ledger_verifier();
  const auto own = site.ledger_verifier();
  if (!published) {
    return findings.broken("readers", published.error(),
                           "put it back from a backup of the site directory, or run `airlock key rotate ledger`");
  }
  if (own && published->text() != own->text()) {
    return findings.add("readers", Health::fail,
                        quote(site.path(site::layout::ledger_public_key)) + ": is not the public key of `ledger.key`",
                        "find out who changed it, then put the file of that key back");
  }
  findings.add("readers", Health::ok, "members of " + quote(group) + " read the site, but for the keys that sign");
}

}  // namespace airlock::health
