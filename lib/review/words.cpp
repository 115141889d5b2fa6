#include "review/words.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/text.hpp"
#include "prover/name_reading.hpp"
#include "redaction/counts.hpp"

namespace airlock::review {
namespace {

using dictionary::Class;

/// In the order of dictionary::Class.
constexpr std::array<std::string_view, dictionary::class_count> meanings{
    "how much the product is used",
    "which software runs",
    "how the product is installed and run",
    "when something happened; also ids that are ordered by time",
    "licence keys",
    "names the site, its machines or its tenants",
    "about natural persons",
    "where on earth",
    "names that the customer chose",
    "how the report travelled"};

std::vector<std::string> places_of(const redaction::Plan& plan, const std::vector<redaction::Reason>& reasons,
                                   std::size_t part = 0) {
  std::vector<std::string> out;
  for (const auto& reason : reasons) {
    if (reason.part != part) continue;
    std::string place = plan.redactions()[reason.redaction].place;
    if (reason.fell_back) place += ", whose action fits no type of the value, so the value is dropped";
    for (const dictionary::Type type : reason.unfit) {
      place +=
          ", whose action does not fit type " + std::string(dictionary::name(type)) + ", so such a value is dropped";
    }
    if (std::find(out.begin(), out.end(), place) == out.end()) out.push_back(std::move(place));
  }
  return out;
}

}  // namespace

std::string ending_of(const std::string& action) {
  static const std::map<std::string, std::string> words{
      {"keep", "stays as it is"},
      {"drop", "is dropped"},
      {"copied", "is dropped too, as a copy of a value that is taken out"},
      {"mask", "is masked"},
      {"pseudonymise", "is replaced by a pseudonym"},
      {"host_to_domain", "is cut to its domain"},
      {"suppress_below", "is dropped, since it is small"},
      {"round", "is rounded"},
      {"truncate_ip", "is truncated"},
      {"truncate_time", "is truncated"},
      {"truncate_version", "is truncated"},
      {"refuse", "stops the report"}};
  const auto found = words.find(action);
  return found == words.end() ? action : found->second;
}

std::string sentence_of(const redaction::Treatment& treatment) {
  using redaction::Action;
  switch (treatment.action) {
    case Action::suppress_below:
      return "is dropped where it is below " + std::to_string(treatment.threshold);
    case Action::keep:
    case Action::drop:
    case Action::mask:
    case Action::pseudonymise:
    case Action::host_to_domain:
      return ending_of(std::string(redaction::name(treatment.action)));
    default:
      return "is coarsened: " + redaction::describe(treatment);
  }
}

std::string sentence_of(const redaction::Treatments& treatments) {
  std::string out = sentence_of(treatments.base);
  for (const auto& [type, treatment] : treatments.by_type) {
    out += "; of type " + std::string(dictionary::name(type)) + ": " + sentence_of(treatment);
  }
  return out;
}

std::string enumerated(const std::vector<std::string>& words, std::string_view last) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) out += i + 1 == words.size() ? " " + std::string(last) + " " : ", ";
    out += words[i];
  }
  return out;
}

std::string_view meaning_of(dictionary::Class cls) { return meanings.at(static_cast<std::size_t>(cls)); }

std::optional<dictionary::Class> class_of(const dictionary::Field& field, bool of_key) {
  if ((!of_key && field.cls) || !field.key) return field.cls;
  Class out = field.key->cls;
  for (const dictionary::KeyPart& part : field.key->more) {
    if (prover::strictness(part.cls) > prover::strictness(out)) out = part.cls;
  }
  return out;
}

std::optional<dictionary::Class> class_of(const dictionary::Dictionary& dictionary, const redaction::Fate& fate) {
  const auto index = redaction::is_misfit(fate.what) ? std::nullopt : dictionary.find(fate.path);
  return index ? class_of(dictionary.fields()[*index], fate.what == "key") : std::nullopt;
}

std::vector<std::string> copies_in_words(const std::vector<redaction::Copied>& copied, bool values) {
  std::vector<std::string> out;
  for (const redaction::Copied& each : copied) {
    out.push_back(each.path + ": " + std::to_string(each.count) +
                  (each.words.empty() ? " copied from " : " with a word of ") + each.source);
    if (!values) continue;
    for (const std::string& word : each.words) {
      out.back() += (&word == &each.words.front() ? ": " : ", ") + core::quote(word);
    }
  }
  return out;
}

std::string of_in_words(const TreatedField& field) {
  if (!field.of_key) return "";
  return field.part.empty() ? " (the key)" : " (" + field.part + " in the key)";
}

std::vector<TreatedField> treated_fields(const redaction::Plan& plan, const dictionary::Dictionary& dictionary) {
  std::vector<TreatedField> out;
  const auto& fields = dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    for (std::size_t part = 0; fields[i].key && part < fields[i].key->parts(); ++part) {
      const dictionary::KeyPart& declared = fields[i].key->part(part);
      const auto& treatments = plan.key_part(i, part);
      out.push_back({&fields[i], true, declared.name, declared.cls, treatments, weakest(treatments, declared.shape),
                     places_of(plan, plan.key_reasons(i), part)});
    }
    if (fields[i].cls) {
      out.push_back({&fields[i], false, "", *fields[i].cls, plan.value(i), weakest(plan.value(i), fields[i].shape),
                     places_of(plan, plan.value_reasons(i))});
    }
  }
  return out;
}

}  // namespace airlock::review
