#pragma once
/// \file
/// nlohmann/json as the oracle that scanner and editor are tested against.
///
/// It differs from the scanner in these points and no others, and `nlohmann_reading` makes up for each: it takes NUL
/// for the end of the text, skips a byte order mark, accepts duplicate keys and noncharacters, knows no limits, and
/// refuses numbers that are too large for a double (they are replaced in a copy, byte for byte as long).

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/utf8.hpp"
#include "report/scanner.hpp"

namespace airlock::test {

struct Event {
  report::TokenKind kind;
  std::string text;  ///< decoded for keys and strings; the value for integers; as it stands otherwise
  bool operator==(const Event&) const = default;
};

struct OracleReading {
  bool accepted = false;
  std::vector<Event> events;
  std::string text;  ///< what was read: the input, but for numbers too large for a double
};

class OracleHandler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return add(report::TokenKind::null, "null"); }
  bool boolean(bool value) override { return add(report::TokenKind::boolean, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return add(report::TokenKind::number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return add(report::TokenKind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) override {
    allowed_ = text.size() <= limits_.number_bytes && allowed_;  // integers are short: longer ones come here
    return add(report::TokenKind::number, text);
  }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& text) override {
    check(text, limits_.string_bytes);
    return add(report::TokenKind::string, text);
  }
  bool key(string_t& text) override {
    check(text, limits_.key_bytes);
    allowed_ = keys_.back().insert(text).second && allowed_;
    return add(report::TokenKind::key, text);
  }
  bool start_object(std::size_t) override { return open(report::TokenKind::begin_object); }
  bool end_object() override { return close(report::TokenKind::end_object); }
  bool start_array(std::size_t) override { return open(report::TokenKind::begin_array); }
  bool end_array() override { return close(report::TokenKind::end_array); }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) override {
    constexpr int number_overflow = 406;
    if (error.id == number_overflow) overflow_ = {position - token.size(), token.size()};
    return false;
  }

  [[nodiscard]] bool allowed() const { return allowed_; }
  [[nodiscard]] std::pair<std::size_t, std::size_t> overflow() const { return overflow_; }
  std::vector<Event> events;

 private:
  bool add(report::TokenKind kind, std::string text) {
    events.push_back({kind, std::move(text)});
    return true;
  }
  bool open(report::TokenKind kind) {
    keys_.emplace_back();
    allowed_ = keys_.size() <= limits_.depth && allowed_;
    return add(kind, "");
  }
  bool close(report::TokenKind kind) {
    keys_.pop_back();
    return add(kind, "");
  }
  void check(std::string_view text, std::size_t limit) {
    allowed_ = text.size() <= limit && allowed_;
    while (!text.empty()) {
      const auto next = core::first_code_point(text);
      if (core::is_noncharacter(next.value)) allowed_ = false;
      text.remove_prefix(next.bytes);
    }
  }

  report::Limits limits_;
  std::vector<std::set<std::string>> keys_;
  bool allowed_ = true;
  std::pair<std::size_t, std::size_t> overflow_{0, 0};
};

inline OracleReading nlohmann_reading(std::string text) {
  for (;;) {
    OracleHandler handler;
    const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
    const auto [at, length] = handler.overflow();
    if (length > 0) {
      // With an exponent, so that what may follow stays the same.
      text.replace(at, length, "0e" + std::string(length - 2, '0'));
      continue;
    }
    const bool allowed =
        handler.allowed() && text.find('\0') == text.npos && !std::string_view(text).starts_with("\xEF\xBB\xBF");
    return {parsed && allowed, std::move(handler.events), std::move(text)};
  }
}

}  // namespace airlock::test
