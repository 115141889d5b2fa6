#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "policy/document.hpp"
#include "policy/limits.hpp"
#include "policy/names.hpp"
#include "redaction/plan.hpp"

namespace airlock::policy {
namespace {

using core::Json;
using core::Members;
using core::quote;

/// A profile as written, without what it extends.
struct ProfileDraft {
  std::optional<std::string> extends;
  std::optional<redaction::Undeclared> undeclared;
  std::vector<redaction::Redaction> redactions;
  redaction::CopiesAre copies = redaction::CopiesAre::dropped;
};

std::string path_of(std::string_view profile) { return "/profiles/" + core::pointer_step(profile); }

class ProfileReader {
 public:
  ProfileReader(std::string_view document, int version) : document_(document), version_(version) {}

  Result<Profiles> read(const Json& json, Extensions& extends) {
    if (json.size() > profiles_limit) {
      return refuse("/profiles", "has more than " + std::to_string(profiles_limit) + " members");
    }
    for (const auto& [name, item] : json.items()) {
      AIRLOCK_TRY(drafts_[name], read_draft(name, item));
    }
    Profiles out;
    for (const auto& [name, draft] : drafts_) {
      AIRLOCK_TRY(out[name], complete(name));
      if (draft.extends) extends.emplace(name, *draft.extends);
    }
    return out;
  }

 private:
  Result<ProfileDraft> read_draft(const std::string& name, const Json& json) const {
    Members in(json, document_, path_of(name));
    ProfileDraft draft;
    if (!core::is_name(name)) in.refuse("", core::name_rule);
    draft.extends = in.text_if("extends");
    if (in.has("undeclared")) {
      const bool drop = in.word("undeclared", {"drop", "refuse"}) == "drop";
      draft.undeclared = drop ? redaction::Undeclared::drop : redaction::Undeclared::refuse;
    }
    if (in.has("copies")) {
      if (version_ < 2) in.refuse("copies", "needs the format `airlock-policy/2`");
      if (!in.word("copies", {"hold"}).empty()) draft.copies = redaction::CopiesAre::held;
    }
    const Json* redactions = in.array_if("redactions", redactions_limit);
    AIRLOCK_CHECK(in.finish());
    if (redactions == nullptr) return draft;
    for (const Json& item : *redactions) {
      std::string place = in.path_of("redactions") + "/" + std::to_string(draft.redactions.size());
      AIRLOCK_TRY(auto redaction, redaction::redaction_from(item, document_, std::move(place)));
      draft.redactions.push_back(std::move(redaction));
    }
    return draft;
  }

  /// The profile together with all profiles that it extends, directly or indirectly.
  Result<redaction::Profile> complete(const std::string& name) const {
    redaction::Profile out;
    out.name = name;
    std::optional<redaction::Undeclared> undeclared;
    std::set<std::string> seen;
    for (const std::string* at = &name; at != nullptr;) {
      const ProfileDraft& draft = drafts_.at(*at);
      seen.insert(*at);
      undeclared = std::max(undeclared, draft.undeclared);  // nothing < drop < refuse
      out.copies = std::max(out.copies, draft.copies);
      out.redactions.insert(out.redactions.end(), draft.redactions.begin(), draft.redactions.end());
      if (out.redactions.size() > redactions_limit) {
        return refuse(path_of(name),
                      "has more than " + std::to_string(redactions_limit) + " redactions with those that it extends");
      }
      const std::string* next = draft.extends ? &*draft.extends : nullptr;
      if (next != nullptr && !drafts_.contains(*next)) {
        return refuse(path_of(*at) + "/extends", quote(*next) + " is not a profile of this policy");
      }
      if (next != nullptr && seen.contains(*next)) {
        return refuse(path_of(*at) + "/extends", "makes a circle: " + quote(*next) + " already extends " + quote(*at));
      }
      at = next;
    }
    if (!undeclared) {
      return refuse(path_of(name) + "/undeclared", "is missing, and no profile that it extends has it",
                    "write `refuse`, or `drop` to let a report leave without its undeclared values");
    }
    out.undeclared = *undeclared;
    return out;
  }

  tl::unexpected<core::Error> refuse(const std::string& path, const std::string& why, std::string hint = {}) const {
    return core::fail(core::Code::bad_input, quote(document_) + ": " + quote(path) + ": " + why, std::move(hint));
  }

  std::string document_;
  int version_;  ///< the format's
  std::map<std::string, ProfileDraft> drafts_;
};

}  // namespace

bool redacts(const redaction::Profile& profile) {
  return !profile.redactions.empty() || profile.undeclared == redaction::Undeclared::drop;
}

Result<Profiles> read_profiles(const Json& json, std::string_view name, int version,
                               const dictionary::Dictionary& dictionary, Extensions& extends) {
  AIRLOCK_TRY(auto out, ProfileReader(name, version).read(json, extends));
  std::vector<redaction::Profile> all;
  for (const auto& [profile_name, profile] : out) all.push_back(profile);
  // Any treatments can be joined. So if the plan of all profiles can be made, the plan of any decision can.
  AIRLOCK_CHECK(redaction::Plan::make(dictionary, all));
  return out;
}

}  // namespace airlock::policy
