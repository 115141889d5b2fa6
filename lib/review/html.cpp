#include "review/html.hpp"

#include <algorithm>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"

namespace airlock::review {
namespace {

/// Bytes that are collected before the sink gets them.
constexpr std::size_t piece_bytes = 32ULL * 1024;
/// So many marks may stand on one letter; more would cover the lines around it.
constexpr int marks_on_a_letter = 4;

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&#39;";
      break;
    default:
      out += c;
  }
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) append_escaped(out, c);
}

/// Whether a character has no width of its own, but is drawn onto the one before (blocks of combining marks in
/// Unicode).
bool is_combining(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x0483 && c <= 0x0489) || (c >= 0x1AB0 && c <= 0x1AFF) ||
         (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F);
}

/// A character as its number: `\u202e`, or `\xff` for a byte that is not UTF-8.
std::string number_of(std::string_view character) {
  // `terminal_text` leaves line breaks, tabs and combining marks. All of them are below U+10000.
  std::string out = core::terminal_text(character);
  if (out != character) return out;
  const char32_t c = core::first_code_point(character).value;
  return "\\u" + core::to_hex(std::string{static_cast<char>(c >> 8), static_cast<char>(c)});
}

/// Calls `plain` with each stretch of text that can be shown as it is, and `unseen` with the number of each character
/// that cannot.
template <typename Plain, typename Unseen>
void split(std::string_view text, Plain plain, Unseen unseen) {
  int marks = 0;
  std::size_t begin = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = core::utf8_length(text.substr(at));
    const std::string_view character = text.substr(at, std::max<std::size_t>(length, 1));
    marks = length != 0 && is_combining(core::first_code_point(character).value) ? marks + 1 : 0;
    at += character.size();
    if (core::is_printable(character) && marks <= marks_on_a_letter) continue;
    if (const std::size_t end = at - character.size(); end > begin) plain(text.substr(begin, end - begin));
    begin = at;
    unseen(number_of(character));
  }
  if (begin < text.size()) plain(text.substr(begin));
}

}  // namespace

std::string visible(std::string_view text) {
  std::string out;
  split(
      text, [&](std::string_view part) { out += part; }, [&](const std::string& number) { out += number; });
  return out;
}

std::string grouped(std::uint64_t number) {
  std::string out = std::to_string(number);
  for (std::size_t at = out.size(); at > 3;) {
    at -= 3;
    out.insert(at, 1, ' ');
  }
  return out;
}

void Html::add_attributes(std::initializer_list<Attribute> attributes) {
  for (const Attribute& attribute : attributes) {
    pending_ += ' ';
    pending_ += attribute.name.view();
    pending_ += "=\"";
    append_escaped(pending_, visible(attribute.value));
    pending_ += '"';
  }
}

Html& Html::open(Literal tag, std::initializer_list<Attribute> attributes) {
  pending_ += '<';
  pending_ += tag.view();
  add_attributes(attributes);
  pending_ += '>';
  open_.push_back(tag);
  return *this;
}

Html& Html::close() {
  pending_ += "</";
  pending_ += open_.back().view();
  pending_ += '>';
  open_.pop_back();
  flush_if_full();
  return *this;
}

Html& Html::only(Literal tag, std::initializer_list<Attribute> attributes) {
  pending_ += '<';
  pending_ += tag.view();
  add_attributes(attributes);
  pending_ += '>';
  return *this;
}

Html& Html::text(std::string_view text) {
  split(
      text, [&](std::string_view part) { append_escaped(pending_, part); },
      [&](const std::string& number) {
        pending_ += "<span class=\"unseen\">";
        append_escaped(pending_, number);
        pending_ += "</span>";
      });
  flush_if_full();
  return *this;
}

Html& Html::plain(std::string_view text) {
  append_escaped(pending_, visible(text));
  return *this;
}

Html& Html::sentence(std::string_view sentence) {
  while (!sentence.empty()) {
    const std::size_t begin = sentence.find('`');
    const std::size_t end = begin == std::string_view::npos ? begin : sentence.find('`', begin + 1);
    if (end == std::string_view::npos) return text(sentence);
    text(sentence.substr(0, begin)).leaf("code", sentence.substr(begin + 1, end - begin - 1));
    sentence.remove_prefix(end + 1);
  }
  return *this;
}

Html& Html::leaf(Literal tag, std::string_view text, std::initializer_list<Attribute> attributes) {
  return open(tag, attributes).text(text).close();
}

Html& Html::shortened(std::string_view text, Breaks breaks) {
  if (text.empty()) return leaf("span", "empty", {{"class", "remark"}});
  std::string_view shown = text.substr(0, shown_bytes);
  // No character is cut in two.
  while (shown.size() < text.size() && !shown.empty() &&
         (static_cast<unsigned char>(text[shown.size()]) & 0xC0) == 0x80) {
    shown.remove_suffix(1);
  }
  if (shown.empty()) shown = text.substr(0, shown_bytes);
  const std::size_t length = shown.size();
  open("bdi");
  while (breaks == Breaks::at_steps && !shown.empty()) {
    const std::size_t step = std::min(shown.find_first_of("/_"), shown.size() - 1) + 1;
    this->text(shown.substr(0, step));
    shown.remove_prefix(step);
    if (!shown.empty()) pending_ += "<wbr>";
  }
  this->text(shown).close();
  if (length < text.size()) {
    pending_ += ' ';
    leaf("span", "… and so on, " + grouped(text.size()) + " bytes in all", {{"class", "remark"}});
  }
  return *this;
}

Html& Html::value(std::string_view text) { return shortened(text, Breaks::anywhere); }

Html& Html::path(std::string_view text) { return shortened(text, Breaks::at_steps); }

Html& Html::raw(Literal markup) {
  pending_ += markup.view();
  return *this;
}

void Html::flush_if_full() {
  if (pending_.size() >= piece_bytes) flush();
}

void Html::flush() {
  written_ += pending_.size();
  if (done_) done_ = out_.write(pending_);
  pending_.clear();
}

core::Result<void> Html::finish() {
  while (!open_.empty()) close();
  flush();
  return done_;
}

}  // namespace airlock::review
