// A second implementation of the classifier's rules, slow and plain: it holds the whole report, tries every declaration
// at every place and every split of every name. The classifier must agree with it on generated reports.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "dictionary/fits.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;
using airlock::report::TokenKind;

namespace {

struct Step {
  std::string name;  ///< of a member, or the index of an element
  bool is_element;
};
using Path = std::vector<Step>;
/// TokenStatus of each key (path ends in `#`) and value.
using Statuses = std::map<std::string, TokenStatus>;

std::string text_of(const Path& path) {
  std::string out;
  for (const Step& step : path) out += "/" + airlock::core::pointer_step(step.name);
  return out;
}

TokenKind kind_of(const Json& value) {
  if (value.is_object()) return TokenKind::begin_object;
  if (value.is_array()) return TokenKind::begin_array;
  if (value.is_string()) return TokenKind::string;
  if (value.is_number()) return TokenKind::number;
  return value.is_boolean() ? TokenKind::boolean : TokenKind::null;
}

bool fits(const Shape& shape, const Json& value) {
  const std::string text = value.is_string() ? value.get<std::string>() : value.is_structured() ? "" : value.dump();
  return first_fit(shape, kind_of(value), text).has_value();
}

class Model {
 public:
  Model(const Dictionary& dictionary, std::vector<std::string> twins_under, std::string separator)
      : dictionary_(dictionary), twins_under_(std::move(twins_under)), separator_(std::move(separator)) {}

  Statuses judge(const Json& report) {
    out_.clear();
    value({}, report);
    return out_;
  }

 private:
  /// The declarations whose first steps `path` follows, each step the literal one where there is one.
  [[nodiscard]] std::vector<const Field*> along(const Path& path) const {
    std::vector<const Field*> left;
    for (const Field& field : dictionary_.fields()) left.push_back(&field);
    for (std::size_t i = 0; i < path.size(); ++i) {
      std::vector<const Field*> literal;
      std::vector<const Field*> wild;
      for (const Field* field : left) {
        if (field->steps.size() <= i) continue;
        const bool wildcard = field->is_wildcard[i];
        if (!wildcard && !path[i].is_element && field->steps[i] == path[i].name) literal.push_back(field);
        if (wildcard && path[i].is_element == (keys_at(*field, i) == nullptr)) wild.push_back(field);
      }
      left = literal.empty() ? wild : literal;
    }
    return left;
  }

  /// What declares the keys of the wildcard at step `i` of a declaration: that with exactly these first steps.
  [[nodiscard]] const KeyDeclaration* keys_at(const Field& of, std::size_t i) const {
    for (const Field& field : dictionary_.fields()) {
      if (field.key && field.steps.size() == i + 1 &&
          std::equal(field.steps.begin(), field.steps.end(), of.steps.begin())) {
        return &*field.key;
      }
    }
    return nullptr;
  }

  /// Whether a declaration goes on from a path of this size.
  static bool goes_on(const std::vector<const Field*>& along, std::size_t size) {
    return std::any_of(along.begin(), along.end(), [&](const Field* field) { return field->steps.size() > size; });
  }

  /// The declaration of exactly this path's value, or null.
  static const Field* leaf(const std::vector<const Field*>& along, std::size_t size) {
    const auto at = std::find_if(along.begin(), along.end(), [&](const Field* field) {
      return field->steps.size() == size && !field->shape.types.empty();
    });
    return at == along.end() ? nullptr : *at;
  }

  void all(const Path& path, const Json& json, TokenStatus status) {
    out_[text_of(path)] = status;
    inside(path, json, status);
  }

  template <typename Visit>
  static void for_each_child(const Path& path, const Json& json, Visit visit) {
    std::size_t index = 0;
    for (auto at = json.begin(); json.is_structured() && at != json.end(); ++at) {
      Path child = path;
      child.push_back({json.is_array() ? std::to_string(index++) : at.key(), json.is_array()});
      visit(child, at.value());
    }
  }

  void inside(const Path& path, const Json& json, TokenStatus status) {
    for_each_child(path, json, [&](const Path& child, const Json& inner) {
      if (!child.back().is_element) out_[text_of(child) + "#"] = status;
      all(child, inner, status);
    });
  }

  void value(const Path& path, const Json& json) {
    const auto here = along(path);
    const Field* field = leaf(here, path.size());
    if (field != nullptr && !(json.is_structured() && goes_on(here, path.size()))) {
      if (!fits(field->shape, json)) return all(path, json, TokenStatus::ill_typed);
      out_[text_of(path)] = TokenStatus::declared;
      return inside(path, json, TokenStatus::ill_typed);
    }
    if (!json.is_structured()) return all(path, json, TokenStatus::undeclared);
    out_[text_of(path)] = TokenStatus::structure;
    for_each_child(path, json, [&](const Path& child, const Json& inner) { member(child, inner); });
  }

  void member(const Path& child, const Json& json) {
    const std::string key = text_of(child) + "#";
    const auto here = along(child);
    const std::size_t last = child.size() - 1;
    if (child.back().is_element) return here.empty() ? all(child, json, TokenStatus::undeclared) : value(child, json);
    if (!here.empty() && !here.front()->is_wildcard[last]) {
      out_[key] = TokenStatus::structure;
      return value(child, json);
    }
    if (is_under_twins(child)) {
      std::vector<Path> originals;
      splits({child.begin(), child.end() - 1}, child.back().name, originals);
      if (!originals.empty()) return twin(child, json, originals);
    }
    if (here.empty()) {
      out_[key] = TokenStatus::undeclared;
      return all(child, json, TokenStatus::undeclared);
    }
    const bool good = first_fit(keys_at(*here.front(), last)->shape, TokenKind::key, child.back().name).has_value();
    out_[key] = good ? TokenStatus::declared : TokenStatus::ill_typed;
    return good ? value(child, json) : all(child, json, TokenStatus::ill_typed);
  }

  [[nodiscard]] bool is_under_twins(const Path& child) const {
    if (child.size() != twins_under_.size() + 1) return false;
    for (std::size_t i = 0; i < twins_under_.size(); ++i) {
      if (child[i].is_element || child[i].name != twins_under_[i]) return false;
    }
    return child.back().name.find(separator_) != std::string::npos;
  }

  /// Adds every path that `name`, cut in any way, may mean below `front`: pieces as members and as elements.
  void splits(const Path& front, const std::string& name, std::vector<Path>& out) const {
    for (std::size_t cut = name.find(separator_);; cut = name.find(separator_, cut + 1)) {
      const std::string piece = name.substr(0, cut);
      for (const bool is_element : {false, true}) {
        Path path = front;
        path.push_back({piece, is_element});
        const auto here = along(path);
        if (here.empty() || !may_be(piece, is_element, *here.front(), path.size() - 1)) continue;
        if (cut == std::string::npos) {
          out.push_back(path);
        } else {
          splits(path, name.substr(cut + separator_.size()), out);
        }
      }
      if (cut == std::string::npos) return;
    }
  }

  [[nodiscard]] bool may_be(const std::string& piece, bool is_element, const Field& field, std::size_t step) const {
    if (!field.is_wildcard[step]) return true;
    if (!is_element) return first_fit(keys_at(field, step)->shape, TokenKind::key, piece).has_value();
    return !piece.empty() && piece.size() <= 7 && piece.find_first_not_of("0123456789") == std::string::npos &&
           (piece.size() == 1 || piece[0] != '0');
  }

  void twin(const Path& child, const Json& json, const std::vector<Path>& originals) {
    out_[text_of(child) + "#"] = TokenStatus::twin;
    for (const Path& original : originals) {
      const auto there = along(original);
      const Field* field = leaf(there, original.size());
      const bool copies_container = json.is_structured() && goes_on(there, original.size());
      if (copies_container || (field != nullptr && fits(field->shape, json))) {
        out_[text_of(child)] = TokenStatus::twin;
        return inside(child, json, TokenStatus::ill_typed);
      }
    }
    all(child, json, TokenStatus::ill_typed);
  }

  const Dictionary& dictionary_;
  std::vector<std::string> twins_under_;
  std::string separator_;
  Statuses out_;
};

/// What the classifier says, in the model's form.
Statuses classified(const Dictionary& dictionary, const std::string& report) {
  Statuses out;
  for (const auto& at : test::walk(dictionary, report)) {
    if (at.kind == TokenKind::end_object || at.kind == TokenKind::end_array || at.kind == TokenKind::end) continue;
    out[at.path + (at.kind == TokenKind::key ? "#" : "")] = at.placement.status;
  }
  return out;
}

/// The first place where the two differ, or nothing.
std::string difference(const Statuses& expected, const Statuses& found) {
  for (const auto& [path, status] : expected) {
    const auto at = found.find(path);
    if (at == found.end()) return path + " was not seen";
    if (at->second != status) {
      return path + " is " + std::string(test::name(at->second)) + ", not " + std::string(test::name(status));
    }
  }
  return found.size() == expected.size() ? "" : "more tokens than expected";
}

/// Makes reports that are mostly near the example dictionary.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  Json report() { return container(0); }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  Json value(std::size_t depth) {
    static const std::vector<Json> scalars{
        0, 7, -1, 1.5, true, false, nullptr, "", "a", "text", "192.0.2.1", "ada@example.com", "2022-04-25T00:00:00Z"};
    return depth < 6 && pick(2) == 0 ? container(depth) : scalars[pick(scalars.size())];
  }

  Json container(std::size_t depth) {
    static const std::vector<std::string> names{"event",
                                                "from",
                                                "chain",
                                                "total",
                                                "teams",
                                                "2",
                                                "n",
                                                "by",
                                                "words",
                                                "it",
                                                "hosts",
                                                "h.example",
                                                "not a host",
                                                "tags",
                                                "users",
                                                "mail",
                                                "a__b",
                                                "",
                                                "x",
                                                "props",
                                                "teams__2__n",
                                                "teams__2",
                                                "teams__2__by__a__b",
                                                "words__",
                                                "words__it",
                                                "words___it",
                                                "words____",
                                                "tags__0",
                                                "tags__00",
                                                "users__0__mail",
                                                "users__0",
                                                "hosts__-",
                                                "hosts__h",
                                                "a__",
                                                "__",
                                                "teams__a__b__by__n",
                                                "props__total",
                                                "chain__x"};
    static const std::vector<std::string> containers{"teams", "words", "hosts", "tags", "users", "by", "2"};
    const bool is_array = depth > 0 && pick(4) == 0;
    Json out = is_array ? Json::array() : Json::object();
    for (std::size_t left = pick(6); left > 0; --left) {
      if (is_array) {
        out.push_back(value(depth + 1));
      } else if (depth == 0) {
        out["props"] = container(1);
        out[names[pick(names.size())]] = value(1);
      } else if (pick(3) == 0) {
        out[containers[pick(containers.size())]] = container(depth + 1);
      } else {
        out[names[pick(names.size())]] = value(depth + 1);
      }
    }
    return out;
  }

  std::mt19937_64 random_;
};

/// Compares classifier and model on generated reports. Returns how often each standing was seen.
std::map<TokenStatus, int> compare(const Dictionary& dictionary, int reports) {
  Model model(dictionary, {"props"}, "__");
  Generator generator(20261101);
  std::map<TokenStatus, int> seen;
  for (int i = 0; i < reports; ++i) {
    const Json report = generator.report();
    const Statuses expected = model.judge(report);
    CAPTURE(report.dump());
    REQUIRE(difference(expected, classified(dictionary, report.dump())) == "");
    for (const auto& [path, status] : expected) ++seen[status];
  }
  return seen;
}

}  // namespace

TEST_CASE("on generated reports the classifier agrees with a slow and plain model") {
  auto seen = compare(test::example_dictionary(), 800);
  for (const auto status : {TokenStatus::structure, TokenStatus::declared, TokenStatus::ill_typed,
                            TokenStatus::undeclared, TokenStatus::twin}) {
    CAPTURE(std::string(test::name(status)));
    CHECK(seen[status] > 200);
  }
}

TEST_CASE("they agree where a scalar and a container are declared at one place") {
  Json json = Json::parse(test::example());
  for (const auto* path : {"/props/teams", "/props/words", "/props/tags/*/n", "/props/words/it/n", "/chain/x",
                           "/props/teams/*/by", "/props/hosts/*/n"}) {
    json["fields"].push_back({{"path", path}, {"type", {"count", "text"}}, {"class", "usage"}});
  }
  const auto dictionary = Dictionary::parse(json.dump(), "d.json");
  REQUIRE_MESSAGE(dictionary, dictionary.error().message);
  auto seen = compare(*dictionary, 400);
  CHECK(std::min(seen[TokenStatus::declared], seen[TokenStatus::twin]) > 100);
}
