#pragma once
/// \file
/// The grammars of types of text, one function each, exactly as docs/formats/dictionary.md has them. For the source
/// files of dictionary/ only; `fits` (fits.hpp) decides which one a type needs.

#include <string_view>

namespace airlock::dictionary {

// network_grammars.cpp
[[nodiscard]] bool is_hostname(std::string_view text);
[[nodiscard]] bool is_ip(std::string_view text);
[[nodiscard]] bool is_mac(std::string_view text);
[[nodiscard]] bool is_email(std::string_view text);
[[nodiscard]] bool is_url(std::string_view text);

// name_grammars.cpp
[[nodiscard]] bool is_version(std::string_view text);
/// Whether `text` looks as if a machine had made it up: no word that a person chose, and no UUID with dashes.
[[nodiscard]] bool is_id(std::string_view text);
[[nodiscard]] bool is_locale(std::string_view text);

// time_grammars.cpp
[[nodiscard]] bool is_time(std::string_view text);
[[nodiscard]] bool is_date(std::string_view text);
/// The text of a JSON number: seconds, or milliseconds, since 1970.
[[nodiscard]] bool is_epoch(std::string_view text);
[[nodiscard]] bool is_epoch_ms(std::string_view text);
[[nodiscard]] bool is_duration(std::string_view text);

}  // namespace airlock::dictionary
