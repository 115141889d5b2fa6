#include "redaction/taken_out.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::redaction {

using core::Result;
using dictionary::Class;

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t digits(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), core::is_digit));
}

Result<void> TakenOut::add_text(std::string_view text, std::optional<Class> cls, bool declared, std::uint32_t source) {
  const std::size_t minimum = declared ? note_characters_minimum : note_odd_characters_minimum;
  if (text.empty() || (!cls && characters(text) < minimum)) return {};
  return add(texts_, text, cls, declared, source);
}

Result<void> TakenOut::add_number(std::string_view text, std::optional<Class> cls, std::uint32_t source) {
  const std::size_t count = digits(text);
  if (count < note_digits_minimum) return {};
  const bool tells = cls && is_tell_tale(*cls) && count >= number_digits_minimum;
  return add(numbers_, text, tells ? cls : std::nullopt, true, source);
}

std::uint32_t TakenOut::source_id(const std::string& path) {
  const auto at = std::find(sources_.begin(), sources_.end(), path);
  if (at != sources_.end()) return static_cast<std::uint32_t>(at - sources_.begin());
  sources_.push_back(path);
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

Result<void> TakenOut::add(Needles& needles, std::string_view text, std::optional<Class> cls, bool declared,
                           std::uint32_t source) {
  auto at = needles.find(text);
  if (at == needles.end()) {
    if (texts_.size() + numbers_.size() == needles_limit) {
      return core::fail(core::Code::bad_input, "the report has more than " + std::to_string(needles_limit) +
                                                   " distinct values to take out, the maximum for the leak scan");
    }
    at = needles.emplace(text, Trace{{}, declared, source}).first;
  }
  Trace& trace = at->second;
  if (cls && trace.classes.none()) trace.source = source;
  if (cls) trace.classes.set(static_cast<std::size_t>(*cls));
  trace.declared |= declared;
  return {};
}

}  // namespace airlock::redaction
