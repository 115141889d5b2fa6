#include "review/disclosed.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/hash.hpp"
#include "redaction/counts.hpp"
#include "redaction/plan.hpp"
#include "report/scanner.hpp"
#include "review/parts.hpp"
#include "review/words.hpp"
#include "sys/world.hpp"

namespace airlock::review {
namespace {

constexpr std::size_t fingerprint_key_bytes = 16;

/// What `redactions` say was done at one place of the dictionary.
using Done = std::map<std::string, std::uint64_t, std::less<>>;  // by action
using DoneAt = std::map<std::pair<std::string, std::string>, Done>;

DoneAt done_at(std::span<const envelope::RedactionCount> redactions) {
  DoneAt out;
  for (const auto& count : redactions) out[{count.path, count.what}][count.action] += count.count;
  return out;
}

core::Result<std::vector<redaction::Fate>> data_in(const Disclosed& disclosed, std::size_t most) {
  AIRLOCK_TRY(const auto plan, redaction::Plan::make(disclosed.dictionary, {}));
  report::Limits limits;
  limits.bytes = report::report_bytes_maximum;
  // Nothing is pseudonymised here, so the key is not used.
  const crypto::Secret no_key(std::string(32, '\0'));
  const crypto::Secret fingerprint_key(sys::real_world().random_bytes(fingerprint_key_bytes));
  return redaction::fates(disclosed.bytes, disclosed.dictionary, plan, no_key, limits, fingerprint_key,
                          {.maximum = most});
}

DataGroup group_of(const dictionary::Field* field, std::string path, std::string of, DatumEffect effect,
                   std::string ending, std::uint64_t count) {
  DataGroup out = empty_group(std::move(path), std::move(of), effect, std::move(ending));
  out.count = count;
  if (field != nullptr) {
    out.about = field->about;
    out.purpose = field->purpose;
  }
  return out;
}

class Reader {
 public:
  explicit Reader(const Disclosed& disclosed)
      : dictionary_(disclosed.dictionary), done_(done_at(disclosed.redactions)) {}

  /// A group of data that stand in the bytes. If only some of them were changed, they are two groups.
  void add(const redaction::Fate& fate) {
    if (fate.what == "twin") {
      out_.remaining.twins += fate.count;
      parts_.add(
          std::nullopt,
          with_values(group_of(nullptr, fate.path, fate.what, DatumEffect::kept, "stays as it is", fate.count), fate));
      return;
    }
    const dictionary::Field* const field = field_at(fate.path);
    // What a pseudonym or a mask replaced need not be of the declared type, so a value may be a misfit here. Misfits
    // come before values of the same path, so what was changed is first looked for among them.
    const bool of_key = fate.what == "key" || (field != nullptr && !field->cls);
    const auto cls = field == nullptr ? std::nullopt : class_of(*field, of_key);
    const std::string of = of_key ? "key" : "value";
    std::uint64_t left = fate.count;
    const auto done = done_.find({fate.path, of});
    if (done != done_.end()) {
      for (auto& [action, count] : done->second) {
        const DatumEffect effect = effect_of(action, of);
        if (!remains(effect)) continue;
        const std::uint64_t taken = std::min(left, count);
        count -= taken;
        left -= taken;
        if (taken != 0) put(cls, field, fate, of, effect, ending_of(action), taken);
      }
    }
    if (left != 0) put(cls, field, fate, of, DatumEffect::kept, "stays as it is", left);
  }

  DisclosedData finish() && {
    for (const auto& [place, done] : done_) {
      const auto& [path, what] = place;
      for (const auto& [action, count] : done) {
        const DatumEffect effect = effect_of(action, what);
        if (remains(effect) || count == 0) continue;
        const dictionary::Field* const field = field_at(path);
        const auto cls = field == nullptr || redaction::is_misfit(what) || what == "twin" || what == "collision"
                             ? std::nullopt
                             : class_of(*field, what == "key");
        parts_.add(cls, group_of(field, path, what, effect, ending_of(action), count));
      }
    }
    out_.parts = std::move(parts_).take();
    return std::move(out_);
  }

 private:
  [[nodiscard]] const dictionary::Field* field_at(const std::string& path) const {
    const auto index = dictionary_.find(path);
    return index ? &dictionary_.fields()[*index] : nullptr;
  }

  static DataGroup with_values(DataGroup group, const redaction::Fate& fate) {
    for (const redaction::Datum& datum : fate.data) {
      if (group.shown.size() == group.count) break;
      group.shown.push_back({.place = {}, .before = {}, .after = datum.value, .reason = {}});
    }
    return group;
  }

  void put(std::optional<dictionary::Class> cls, const dictionary::Field* field, const redaction::Fate& fate,
           const std::string& of, DatumEffect effect, std::string ending, std::uint64_t count) {
    if (cls) {
      out_.remaining.classes[*cls].at(static_cast<std::size_t>(effect)) += count;
    } else {
      out_.remaining.unknown += count;
    }
    DataGroup group = group_of(field, fate.path, of, effect, std::move(ending), count);
    // Which of several values were changed is not recorded, so values are shown only where all had the same fate.
    parts_.add(cls, count == fate.count ? with_values(std::move(group), fate) : std::move(group));
  }

  const dictionary::Dictionary& dictionary_;
  DoneAt done_;  ///< what is not accounted for yet
  DisclosedData out_;
  Parts parts_;
};

}  // namespace

core::Result<DisclosedData> read_disclosed(const Disclosed& disclosed, std::size_t most) {
  AIRLOCK_TRY(const auto fates, data_in(disclosed, most));
  Reader reader(disclosed);
  for (const redaction::Fate& fate : fates) reader.add(fate);
  return std::move(reader).finish();
}

}  // namespace airlock::review
