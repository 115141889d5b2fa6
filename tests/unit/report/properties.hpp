#pragma once
/// \file
/// What must hold for every input, judged against nlohmann/json: one function for the differential tests and the fuzz
/// target. Each returns what is wrong, or nothing.

#include <optional>
#include <string>
#include <string_view>

#include "unit/report/oracle.hpp"
#include "unit/report/support.hpp"

namespace airlock::test {

/// Same verdict and, where both accept, same tokens.
inline std::optional<std::string> differs_from_oracle(std::string_view text) {
  const Reading ours = read(text);
  const OracleReading theirs = nlohmann_reading(std::string(text));
  if (theirs.accepted == ours.error.has_value()) {
    return ours.error ? "refused, but nlohmann accepts: " + ours.error->message : "accepted, but nlohmann refuses";
  }
  if (ours.error) return std::nullopt;
  if (ours.tokens.size() != theirs.events.size()) return "another number of tokens than nlohmann";
  for (std::size_t i = 0; i < ours.tokens.size(); ++i) {
    const Seen& token = ours.tokens[i];
    Event event{token.kind, token.decoded};
    if (event.kind == report::TokenKind::number) {
      event.text = theirs.text.substr(token.begin, token.end - token.begin);
      if (event.text == "-0") event.text = "0";  // an integer to nlohmann
    }
    if (event != theirs.events[i]) return "another token than nlohmann at byte " + std::to_string(token.begin);
  }
  return std::nullopt;
}

/// Takes the judged members out of nlohmann's DOM.
inline void edit_dom(nlohmann::ordered_json& value, const Judge& judge, std::size_t& number) {
  auto edited = nlohmann::ordered_json(value.type());
  const auto edit_member = [&](const std::string* key, nlohmann::ordered_json& member) {
    const std::size_t mine = number++;
    const Verdict verdict = judge(mine);
    edit_dom(member, judge, number);
    if (verdict == Verdict::drop || verdict == Verdict::drop_late) return;
    if (verdict == Verdict::replace_value && member.is_primitive()) member = replacement_value;
    if (key == nullptr) {
      edited.push_back(member);
    } else {
      edited[verdict == Verdict::replace_key ? replacement_key(mine) : *key] = member;
    }
  };
  if (value.is_object()) {
    for (auto& [key, member] : value.items()) edit_member(&key, member);
  } else if (value.is_array()) {
    for (auto& member : value) edit_member(nullptr, member);
  } else {
    return;
  }
  value = std::move(edited);
}

/// For a text that the scanner accepts: kept whole it comes out unchanged, byte for byte; edited, it is well-formed,
/// its tokens are exactly the bytes of the tokens that stayed, and nlohmann reads what it reads in the original without
/// the members that went.
inline std::optional<std::string> edits_wrongly(std::string_view text, const Judge& judge) {
  const auto whole = edit(text, [](std::size_t) { return Verdict::keep; });
  if (!whole) return "keeping all fails: " + whole.error().message;
  if (whole->output != text) return "keeping all changes the text";

  const auto edited = edit(text, judge);
  if (!edited) return "editing fails: " + edited.error().message;
  if (const std::string fault = why(edited->output); fault != "accepted") return "the output is refused: " + fault;
  if (token_bytes(edited->output) != edited->bytes) return "the output has other tokens than those that stayed";

  // Numbers too large for a double are replaced in both alike.
  auto expected = nlohmann::ordered_json::parse(nlohmann_reading(std::string(text)).text);
  const auto found = nlohmann::ordered_json::parse(nlohmann_reading(edited->output).text);
  std::size_t number = 0;
  edit_dom(expected, judge, number);
  if (found != expected) return "nlohmann reads something else in the output";
  return std::nullopt;
}

}  // namespace airlock::test
