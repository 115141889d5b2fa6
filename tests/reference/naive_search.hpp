#pragma once
/// \file
/// Finds values in a report the slow, obvious way, to check the leak scan from outside: it reads the JSON with another
/// parser, has a decoder of its own for each form, and searches everything, names and numbers too. It shares no code
/// with lib/redaction and knows no rule about words or places, so it finds more than the leak scan promises.

#include <string>
#include <string_view>

namespace leak_rate {

class Haystack {
 public:
  /// `report` must be well-formed JSON.
  explicit Haystack(const std::string& report);

  /// Whether `value` is anywhere in the report: as it is, without regard to ASCII case, or below up to three layers of
  /// percent-encoding, string escapes, base64 and hex.
  [[nodiscard]] bool holds(std::string_view value) const;
  /// The same, where white space between the characters of the report and of `value` does not count.
  [[nodiscard]] bool holds_cut(std::string_view value) const;

 private:
  void add(const std::string& text, int layers);
  void add_decoded(const std::string& digits, int bits, int layers);

  std::string texts_;    // lower case, each text with a separator behind it
  std::string without_;  // the same without white space
};

}  // namespace leak_rate
