#include "public/known_kit.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"

namespace airlock::published {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Members;
using core::quote;

/// Checks that the kit is for this product, and is neither older nor other than the kit that is known.
Result<void> check_known(const KitHeader& kit, const KitTerms& terms) {
  const auto refuse = [](std::string why) { return fail(Code::integrity, std::move(why)); };
  const std::string number = "number " + std::to_string(kit.number);
  if (!terms.product.empty() && kit.product != terms.product) {
    return refuse("is for product " + quote(kit.product) + ", not " + quote(terms.product));
  }
  if (kit.number < terms.known.number) {
    return refuse("is the kit with " + number + ", but number " + std::to_string(terms.known.number) + " is known");
  }
  if (kit.number == terms.known.number && kit.content_sha256.hex() != terms.known.content_sha256) {
    return refuse("is not the kit with " + number + " that is known");
  }
  if (auto lists = check_lists(kit, terms.known.lists, terms.roots); !lists) {
    return refuse(std::move(lists.error().message));
  }
  return {};
}

Revocations unknown(core::Error error, std::string_view name) {
  return {.kit = {}, .unknown = std::move(error).within(name)};
}

JudgedByKit judge_one(const LicenceFile& file, const licence::Setting& setting, const Revocations& revocations) {
  JudgedByKit out{.verdict = judge_file(file, setting)};
  const bool holds =
      out.verdict.state != core::LicenceState::missing && out.verdict.state != core::LicenceState::invalid;
  if (!revocations.unknown || !holds) return out;
  out.by_kit = true;
  auto unbelieved = std::move(out.verdict.licence);
  out.verdict = licence::LicenceVerdict{};
  out.verdict.unbelieved = std::move(unbelieved);
  out.verdict.state = core::LicenceState::invalid;
  out.verdict.malformed = revocations.unknown->code == Code::bad_input;
  out.verdict.reason = revocations.unknown->message + ", so nobody can say whether the licence was revoked";
  out.verdict.hint = "install the vendor's newest kit with `airlock kit install FILE`";
  return out;
}

}  // namespace

KnownKit known_from(const KitHeader& kit) {
  KnownKit out{.number = kit.number, .content_sha256 = kit.content_sha256.hex(), .lists = {}};
  for (std::size_t i = 0; i < kit.trust.lists.size(); ++i) {
    const crypto::RevocationList& list = kit.trust.lists[i];
    out.lists.push_back({kit.trust.list_issuers[i].hex(), list.number(), crypto::sha256(list.pem()).hex()});
  }
  return out;
}

void add_lists(KnownKit& known, const KnownKit& other) {
  for (const KnownKit::KnownList& list : other.lists) {
    const auto at = std::find_if(known.lists.begin(), known.lists.end(),
                                 [&](const KnownKit::KnownList& each) { return each.issuer == list.issuer; });
    if (at == known.lists.end()) {
      if (known.lists.size() < known_lists_limit) known.lists.push_back(list);
    } else if (at->number < list.number) {
      *at = list;
    }
  }
}

void add_known(KnownKit& known, const KnownKit& other) {
  add_lists(known, other);
  if (known.number >= other.number) return;
  known.number = other.number;
  known.content_sha256 = other.content_sha256;
}

Result<void> check_lists(const KitHeader& kit, const std::vector<KnownKit::KnownList>& known,
                         const std::vector<crypto::Certificate>& roots) {
  const KnownKit has = known_from(kit);
  for (const KnownKit::KnownList& before : known) {
    const auto root = std::find_if(roots.begin(), roots.end(), [&](const crypto::Certificate& certificate) {
      return certificate.key().sha256().hex() == before.issuer;
    });
    if (root == roots.end())
      continue;  // the operator removed this root, and with it all certificates that it could revoke
    const std::string of = " of " + quote(root->subject());
    const auto list = std::find_if(has.lists.begin(), has.lists.end(),
                                   [&](const KnownKit::KnownList& each) { return each.issuer == before.issuer; });
    if (list == has.lists.end()) {
      return fail(Code::refused, "the kit lacks the revocation list" + of + ", which an earlier kit had",
                  "ask the vendor for a kit that has it");
    }
    if (list->number < before.number || (list->number == before.number && list->sha256 != before.sha256)) {
      return fail(Code::refused,
                  "the kit's revocation list" + of + " has number " + std::to_string(list->number) +
                      ", but another with number " + std::to_string(before.number) + " is in force",
                  "ask the vendor for a newer kit");
    }
  }
  return {};
}

void add_known_members(Json& document, const KnownKit& known) {
  if (known.number != 0) document["kit"] = {{"number", known.number}, {"content_sha256", known.content_sha256}};
  if (known.lists.empty()) return;
  document["revocation_lists"] = Json::array();
  for (const KnownKit::KnownList& list : known.lists) {
    document["revocation_lists"].push_back(
        {{"issuer_key_sha256", list.issuer}, {"number", list.number}, {"sha256", list.sha256}});
  }
}

KnownKit known_kit_in(Members& in) {
  KnownKit out;
  in.inner_if("kit", [&](Members& kit) {
    out.number = kit.count("number", 1);
    out.content_sha256 = kit.sha256("content_sha256");
  });
  in.each_if("revocation_lists", known_lists_limit, [&](Members& list) {
    KnownKit::KnownList& known = out.lists.emplace_back();
    known.issuer = list.sha256("issuer_key_sha256");
    known.number = list.count("number");
    known.sha256 = list.sha256("sha256");
  });
  return out;
}

Revocations revocations_in(const std::optional<std::string>& file, std::string_view name, const KitTerms& terms) {
  if (!file) {
    if (terms.known.number == 0) return {};
    return unknown(
        {Code::integrity, "is missing, but kit number " + std::to_string(terms.known.number) + " is known", {}}, name);
  }
  auto kit = verify_kit_header(*file, crypto::TrustStore(crypto::Role::kit, roots_for(crypto::Role::kit, terms.roots)));
  if (!kit) return unknown(std::move(kit).error(), name);
  return revocations_of(std::move(*kit), name, terms);
}

Revocations revocations_of(KitHeader kit, std::string_view name, const KitTerms& terms) {
  if (auto known = check_known(kit, terms); !known) return unknown(std::move(known).error(), name);
  return {.kit = std::move(kit), .unknown = {}};
}

licence::LicenceVerdict judge_file(const LicenceFile& file, const licence::Setting& setting) {
  if (!file.unreadable) return licence::judge(file.bytes, file.name, setting);
  licence::LicenceVerdict out;
  out.state = core::LicenceState::invalid;
  out.malformed = true;
  out.reason = file.unreadable->message;
  out.hint = file.unreadable->hint.empty() ? "put the vendor's licence file there" : file.unreadable->hint;
  return out;
}

JudgedByKit judge_by_kit(const LicencePair& files, licence::Setting setting, const Revocations& revocations) {
  const KitHeader& kit = revocations.kit;
  setting.newest_trusted =
      std::max(setting.newest_trusted, std::optional(kit.issued));  // nothing is less than any time
  setting.revoked_licences = kit.revoked_licences;
  setting.revocations = kit.trust.lists;
  JudgedByKit present = judge_one(files.present, setting, revocations);
  if (!files.next.is_there()) return present;
  const auto& licence = present.verdict.licence;
  if (licence && licence::counts_as_seen(core::name(present.verdict.state))) setting.seen.add(*licence);
  JudgedByKit next = judge_one(files.next, setting, revocations);
  next.next_in_force = !next.verdict.code();
  if (next.next_in_force) return next;
  licence::let_follow(present.verdict, std::move(next.verdict));
  return present;
}

}  // namespace airlock::published
