#pragma once
/// \file
/// Random JSON documents with every freedom that the grammar leaves: white space, escapes, number forms, nesting.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/mutator.hpp"

namespace airlock::test {

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) {}

  /// A document; now and then one that I-JSON forbids (a key twice, a noncharacter).
  std::string document() {
    out_.clear();
    value(0);
    space();
    return std::move(out_);
  }

 private:
  void space() {
    static constexpr std::array<std::string_view, 8> spaces{"", "", "", " ", "\n", "\t ", "\r\n  ", "     "};
    out_ += random_.pick(spaces);
  }

  void value(std::size_t depth) {
    space();
    switch (random_.below(depth == 0 ? 3 : depth < 6 ? 8 : 6)) {
      case 0:
        out_ += depth == 0 ? "[]" : "null";
        break;
      case 1:
      case 6:
        container(depth, '{', '}');
        break;
      case 2:
      case 7:
        container(depth, '[', ']');
        break;
      case 3:
        out_ += random_.one_in(2) ? "true" : "false";
        break;
      case 4:
        number();
        break;
      default:
        string();
    }
  }

  void container(std::size_t depth, char open, char close) {
    out_ += open;
    for (std::size_t left = depth > 8 ? 0 : random_.below(6), i = 0; i < left; ++i) {
      if (i > 0) {
        space();
        out_ += ',';
      }
      if (open == '{') {
        space();
        string();
        space();
        out_ += ':';
      }
      value(depth + 1);
    }
    space();
    out_ += close;
  }

  void number() {
    static constexpr std::array<std::string_view, 14> numbers{"0",
                                                              "-0",
                                                              "1",
                                                              "-17",
                                                              "3.14",
                                                              "1.50",
                                                              "1e3",
                                                              "1E+02",
                                                              "-2e-07",
                                                              "0.0e0",
                                                              "1e400",
                                                              "-9e999",
                                                              "18446744073709551616",
                                                              "-9223372036854775809"};
    out_ += random_.pick(numbers);
  }

  void string() {
    static constexpr std::array<std::string_view, 22> pieces{"a",           "key",     "posthog",
                                                             " ",           "é",       "€",
                                                             "😀",           "\\n",     "\\\"",
                                                             "\\\\",        "\\/",     "\\u0061",
                                                             "\\u0000",     "\\u20AC", "\\ud83d\\ude00",
                                                             "\x7f",        "/",       "__",
                                                             "$ip",         "0",       "\xF4\x8F\xBF\xBD",
                                                             "\\b\\f\\r\\t"};
    static constexpr std::array<std::string_view, 3> forbidden{"\\uffff", "\xEF\xB7\x90", "\\uDBFF\\uDFFE"};
    out_ += '"';
    for (std::size_t left = random_.below(7); left > 0; --left) out_ += random_.pick(pieces);
    if (random_.one_in(400)) out_ += random_.pick(forbidden);
    out_ += '"';
  }

  Random& random_;
  std::string out_;
};

}  // namespace airlock::test
