#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "unit/report/support.hpp"

// Nicolas Seriot's JSONTestSuite, whole: y_ must be accepted, n_ refused, i_ is for the implementation to decide.

using namespace airlock::test;

namespace {

/// Content by name without `.json`, of the files whose name starts with `prefix`.
std::map<std::string, std::string> vectors(std::string_view prefix) {
  std::map<std::string, std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(TEST_KIT "/foreign/JSONTestSuite/test_parsing")) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    REQUIRE(file);
    found[entry.path().stem().string()] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return found;
}

/// Valid by RFC 8259, but forbidden by I-JSON, or (the first) longer than our limit.
const std::map<std::string, std::string> refused_all_the_same{
    {"y_number_double_close_to_zero", "byte 1: the number is longer than 64 bytes"},
    {"y_object_duplicated_key", "byte 9: the object has this key already, which I-JSON forbids"},
    {"y_object_duplicated_key_and_value", "byte 9: the object has this key already, which I-JSON forbids"},
    {"y_string_escaped_noncharacter", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_last_surrogates_1_and_2", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_nonCharacterInUTF-8_U+10FFFF", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_nonCharacterInUTF-8_U+FFFF", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_unicode_U+10FFFE_nonchar", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_unicode_U+1FFFE_nonchar", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_unicode_U+FDD0_nonchar", "byte 2: a noncharacter, which I-JSON forbids"},
    {"y_string_unicode_U+FFFE_nonchar", "byte 2: a noncharacter, which I-JSON forbids"},
};

/// Where RFC 8259 leaves the choice. Numbers are text, so none is too large or too small, only too long.
const std::map<std::string, std::string> our_choice{
    {"i_number_double_huge_neg_exp", "accepted"},
    {"i_number_huge_exp", "byte 1: the number is longer than 64 bytes"},
    {"i_number_neg_int_huge_exp", "accepted"},
    {"i_number_pos_double_huge_exp", "accepted"},
    {"i_number_real_neg_overflow", "accepted"},
    {"i_number_real_pos_overflow", "accepted"},
    {"i_number_real_underflow", "accepted"},
    {"i_number_too_big_neg_int", "accepted"},
    {"i_number_too_big_pos_int", "accepted"},
    {"i_number_very_big_negative_int", "accepted"},
    {"i_object_key_lone_2nd_surrogate", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_1st_surrogate_but_2nd_missing", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_1st_valid_surrogate_2nd_invalid", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_UTF-16LE_with_BOM", "byte 0: expected a value, found `\\xff`"},
    {"i_string_UTF-8_invalid_sequence", "byte 7: ill-formed UTF-8"},
    {"i_string_UTF8_surrogate_U+D800", "byte 2: ill-formed UTF-8"},
    {"i_string_incomplete_surrogate_and_escape_valid", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_incomplete_surrogate_pair", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_incomplete_surrogates_escape_valid", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_invalid_lonely_surrogate", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_invalid_surrogate", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_invalid_utf-8", "byte 2: ill-formed UTF-8"},
    {"i_string_inverted_surrogates_U+1D11E", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_iso_latin_1", "byte 2: ill-formed UTF-8"},
    {"i_string_lone_second_surrogate", "byte 2: an unpaired surrogate, which I-JSON forbids"},
    {"i_string_lone_utf8_continuation_byte", "byte 2: ill-formed UTF-8"},
    {"i_string_not_in_unicode_range", "byte 2: ill-formed UTF-8"},
    {"i_string_overlong_sequence_2_bytes", "byte 2: ill-formed UTF-8"},
    {"i_string_overlong_sequence_6_bytes", "byte 2: ill-formed UTF-8"},
    {"i_string_overlong_sequence_6_bytes_null", "byte 2: ill-formed UTF-8"},
    {"i_string_truncated-utf-8", "byte 2: ill-formed UTF-8"},
    {"i_string_utf16BE_no_BOM", "byte 0: expected a value, found `\\x00`"},
    {"i_string_utf16LE_no_BOM", "byte 1: expected a value or `]`, found `\\x00`"},
    {"i_structure_500_nested_arrays", "byte 64: the report is nested deeper than 64"},
    {"i_structure_UTF-8_BOM_empty_object", "byte 0: a byte order mark"},
};

}  // namespace

TEST_CASE("JSONTestSuite is there whole") {
  CHECK(vectors("y_").size() == 95);
  CHECK(vectors("n_").size() == 188);
  CHECK(vectors("i_").size() == 35);
}

TEST_CASE("JSONTestSuite: everything ill-formed is refused") {
  for (const auto& vector : vectors("n_")) {
    CAPTURE(vector.first);
    CHECK(why(vector.second) != "accepted");
  }
}

TEST_CASE("JSONTestSuite: everything well-formed is accepted, but for what I-JSON and the limits forbid") {
  std::set<std::string> refused;
  for (const auto& vector : vectors("y_")) {
    CAPTURE(vector.first);
    const auto listed = refused_all_the_same.find(vector.first);
    CHECK(why(vector.second) == (listed == refused_all_the_same.end() ? "accepted" : listed->second));
    if (why(vector.second) != "accepted") refused.insert(vector.first);
  }
  CHECK(refused.size() == refused_all_the_same.size());
}

TEST_CASE("JSONTestSuite: what is left to the implementation is decided, each by name") {
  for (const auto& vector : vectors("i_")) {
    CAPTURE(vector.first);
    const auto chosen = our_choice.find(vector.first);
    REQUIRE(chosen != our_choice.end());
    CHECK(why(vector.second) == chosen->second);
  }
}
