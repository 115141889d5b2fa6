#include "prover/misfit_places.hpp"

#include <map>
#include <set>

#include "core/text.hpp"
#include "dictionary/classifier.hpp"

namespace airlock::prover {
namespace {

using dictionary::Classifier;
using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::TokenStatus;
using report::Token;
using report::TokenKind;

class Finder {
 public:
  explicit Finder(const Dictionary& dictionary) : dictionary_(dictionary) {
    for (const dictionary::Field& field : dictionary.fields()) {
      std::size_t end = 0;
      for (std::size_t step = 0; step < field.steps.size(); ++step) {
        const std::string parent = field.path.substr(0, end);
        end = std::min(field.path.find('/', end + 1), field.path.size());
        const std::string path = field.path.substr(0, end);
        if (!field.is_wildcard[step] || (step + 1 == field.steps.size() && field.key)) {
          with_members_.insert(parent);
        } else if (const auto at = dictionary.find(path); !at || !dictionary.fields()[*at].key) {
          with_elements_.insert(parent);
        }
      }
    }
  }

  /// False if there were too many places.
  [[nodiscard]] bool add(const Token& token, const Placement& placement) {
    if (token.kind == TokenKind::end) return true;
    if (token.closes()) {
      close();
      return true;
    }
    if (token.kind == TokenKind::key) {
      key(token, placement);
    } else {
      value(token, placement);
    }
    return places_ <= places_limit;
  }

  std::vector<MisfitPlace> take() {
    std::vector<MisfitPlace> out;
    for (auto& place : found_) out.push_back(std::move(*place));
    return out;
  }

 private:
  /// Where the walk is: at a declared place, at one that is seen for a proposal, or at one that is left out since
  /// something around it stands for it.
  struct Here {
    std::string path;
    NamePath names;
    Seen* seen = nullptr;
    bool is_left_out = false;
    bool is_twin = false;
  };
  struct Open : Here {
    bool is_array = false;
    bool is_empty = true;
  };

  void close() {
    if (open_.back().seen != nullptr && open_.back().is_empty) ++open_.back().seen->empty_containers;
    open_.pop_back();
  }

  void key(const Token& token, const Placement& placement) {
    Open& around = open_.back();
    around.is_empty = false;
    const bool is_wildcard = placement.wildcard_key;
    std::string step = dictionary::literal_step(token.text);
    if (is_wildcard) {  // the declared step: `*` or a pattern
      const std::string_view declared = dictionary_.path_of(placement.place);
      step = declared.substr(declared.rfind('/') + 1);
    }
    next_ = {around.path + "/" + step, around.names, nullptr, around.is_left_out, around.is_twin};
    next_.names.push_back(is_wildcard ? NameStep{{}, each_member} : NameStep{words_of(token.text)});
    if (around.is_left_out) return;
    if (around.seen != nullptr) {
      next_.seen = &member(*around.seen, token.text);
    } else if (placement.status == TokenStatus::ill_typed && is_wildcard) {
      MisfitPlace& place = place_at(MisfitKind::ill_key, next_, placement.field);
      ++place.seen.times;
      note(place.seen.scalars, token.kind, token.text);
      next_.is_left_out = true;
    } else if (placement.status == TokenStatus::twin) {
      next_.is_twin = true;
    } else if (around.is_twin || (placement.status == TokenStatus::undeclared && is_flattened(around, token.text))) {
      stray_twin(next_);
      next_.is_left_out = true;
    } else if (placement.status == TokenStatus::undeclared || placement.status == TokenStatus::ill_typed) {
      next_.seen = &member(object_at(around).seen, token.text);
    }
  }

  void value(const Token& token, const Placement& placement) {
    Here here = place_of_value(token, placement);
    if (!here.is_left_out && here.seen == nullptr && is_misfit(placement)) {
      if (here.is_twin) {
        stray_twin(here);
        here.is_left_out = true;
      } else {
        here.seen = &place_at(kind_of(placement), here, field_at(here.path)).seen;
      }
    }
    if (here.seen != nullptr) see(token, *here.seen);
    if (!token.opens()) return;
    Open open;
    static_cast<Here&>(open) = std::move(here);
    open.is_array = token.kind == TokenKind::begin_array;
    open_.push_back(std::move(open));
  }

  static bool is_misfit(const Placement& placement) {
    return placement.status == TokenStatus::undeclared || placement.status == TokenStatus::ill_typed;
  }
  static MisfitKind kind_of(const Placement& placement) {
    return placement.status == TokenStatus::ill_typed ? MisfitKind::ill_typed : MisfitKind::undeclared;
  }

  Here place_of_value(const Token&, const Placement& placement) {
    if (open_.empty()) return {};
    Open& around = open_.back();
    if (!around.is_array) return std::move(next_);
    around.is_empty = false;
    Here here{around.path + "/*", around.names, nullptr, around.is_left_out, around.is_twin};
    here.names.push_back({{}, each_element});
    if (around.is_left_out) return here;
    if (around.seen != nullptr) {
      here.seen = &element(*around.seen);
    } else if (is_misfit(placement) && !around.is_twin && !with_elements_.contains(around.path)) {
      here.seen = &element(object_at(around).seen);
    }
    return here;
  }

  static void see(const Token& token, Seen& seen) {
    ++seen.times;
    if (token.kind == TokenKind::begin_object) ++seen.objects;
    if (token.kind == TokenKind::begin_array) ++seen.arrays;
    if (token.is_scalar()) note(seen.scalars, token.kind, token.text);
  }

  Seen& member(Seen& seen, std::string_view name) {
    if (!seen.by_name.contains(name)) ++places_;
    return seen.member(name);
  }
  Seen& element(Seen& seen) {
    if (!seen.element) ++places_;
    return seen.each_element();
  }

  /// The place of an object or array some of whose content is not declared.
  MisfitPlace& object_at(const Here& here) { return place_at(MisfitKind::undeclared, here, field_at(here.path)); }

  void stray_twin(const Here& here) { ++place_at(MisfitKind::stray_twin, here, dictionary::no_field).seen.times; }

  [[nodiscard]] std::uint32_t field_at(std::string_view path) const {
    const auto at = dictionary_.find(path);
    const bool has_type = at && dictionary_.fields()[*at].cls;
    return has_type ? static_cast<std::uint32_t>(*at) : dictionary::no_field;
  }

  MisfitPlace& place_at(MisfitKind kind, const Here& here, std::uint32_t field) {
    const bool is_value = kind == MisfitKind::undeclared || kind == MisfitKind::ill_typed;
    const auto [at, is_new] =
        by_path_.emplace(std::pair{is_value ? MisfitKind::undeclared : kind, here.path}, found_.size());
    if (is_new) {
      ++places_;
      auto place = std::make_unique<MisfitPlace>();
      place->kind = kind;
      place->path = here.path;
      place->names = here.names;
      if (field != dictionary::no_field) place->field = field;
      place->has_members = with_members_.contains(here.path);
      place->has_elements = with_elements_.contains(here.path);
      found_.push_back(std::move(place));
    }
    return *found_[at->second];
  }

  [[nodiscard]] bool is_flattened(const Here& around, std::string_view key) const {
    const auto& twins = dictionary_.twins();
    return !twins.under.empty() && around.path == twins.under && key.find(twins.separator) != key.npos;
  }

  const Dictionary& dictionary_;
  std::set<std::string, std::less<>> with_members_;   ///< places with declared members
  std::set<std::string, std::less<>> with_elements_;  ///< places with declared elements
  std::vector<Open> open_;
  Here next_;  ///< where the value of the last key is
  std::vector<std::unique_ptr<MisfitPlace>> found_;
  std::map<std::pair<MisfitKind, std::string>, std::size_t> by_path_;
  std::size_t places_ = 0;
};

}  // namespace

core::Result<std::vector<MisfitPlace>> find_misfit_places(const core::Blob& report, const Dictionary& dictionary,
                                                          const report::Limits& limits,
                                                          const crypto::Secret& fingerprint_key) {
  report::Scanner scanner(report, limits, fingerprint_key, dictionary.document());
  Classifier classifier(dictionary);
  Finder finder(dictionary);
  for (;;) {
    AIRLOCK_TRY(const Token& token, scanner.next());
    if (token.kind == TokenKind::end) return finder.take();
    if (token.depth == 0 && !token.closes()) {
      AIRLOCK_CHECK(report::check_document(token, dictionary.document()));
    }
    const Placement placement = classifier.place(token);
    // Paths begin at each object that the dictionary describes.
    if (token.depth < report::depth_of_objects(dictionary.document())) continue;
    if (!finder.add(token, placement)) {
      return core::fail(core::Code::bad_input,
                        "more than " + std::to_string(places_limit) + " different members are not declared");
    }
  }
}

}  // namespace airlock::prover
