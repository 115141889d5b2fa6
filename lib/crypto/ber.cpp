#include "crypto/ber.hpp"

#include <algorithm>

namespace airlock::crypto {
namespace {

using namespace std::string_view_literals;
constexpr auto end_marker = "\0\0"sv;  // X.690 8.1.5

}  // namespace

/// Up to `maximum` bytes from here on; fewer if the open value or the blob ends before. `maximum` must not exceed the
/// window's size.
std::string_view Walker::peek(std::size_t maximum) {
  if (error_) return {};
  const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(maximum, end() - at_));
  if (at_ < window_begin_ || at_ + want > window_begin_ + window_size_) {
    auto got = blob_.read_at(at_, window_);
    if (!got) {
      error_ = std::move(got).error();
      return {};
    }
    window_begin_ = at_;
    window_size_ = *got;
  }
  return std::string_view(window_.data(), window_size_).substr(static_cast<std::size_t>(at_ - window_begin_), want);
}

bool Walker::at(std::uint8_t tag) {
  const auto next = peek(1);
  return !next.empty() && static_cast<std::uint8_t>(next[0]) == tag;
}

/// Skips the header of the next value, whose content must end within the open value.
std::optional<der::DerHeader> Walker::header(std::uint8_t tag, std::string_view what) {
  const auto found = at(tag) ? der::read_header(peek(der::header_bytes_limit)) : std::nullopt;
  if (!found || found->length > end() - at_ - found->size) {
    refuse(std::string(what) + " must be here");
    return std::nullopt;
  }
  at_ += found->size;
  return found;
}

void Walker::enter(std::uint8_t tag, std::string_view what) {
  if (const auto found = header(tag, what)) {
    levels_.push_back({found->indefinite ? end() : at_ + found->length, found->indefinite});
  }
}

bool Walker::at_end_marker() { return peek(end_marker.size()) == end_marker; }

void Walker::leave(std::string_view what) {
  if (error_) return;
  const EnteredValue level = levels_.back();
  if (level.indefinite ? !at_end_marker() : at_ != level.end) {
    return refuse(std::string(what) + " must end here");
  }
  if (level.indefinite) at_ += end_marker.size();
  levels_.pop_back();
}

void Walker::expect(std::string_view encoding, std::string_view what) {
  if (peek(encoding.size()) != encoding) return refuse(std::string(what) + " must be here");
  at_ += encoding.size();
}

std::string Walker::take(std::uint8_t tag, std::size_t limit, std::string_view what) {
  const std::uint64_t begin = at_;
  const auto found = header(tag, what);
  if (!found) return {};
  if (found->indefinite || found->size + found->length > limit) {
    refuse(std::string(what) + (found->indefinite ? " must have a definite length" : " is too large"));
    return {};
  }
  at_ += found->length;
  std::string whole(static_cast<std::size_t>(at_ - begin), '\0');
  auto got = blob_.read_at(begin, whole);
  if (!got) {
    error_ = std::move(got).error();
  } else if (*got != whole.size()) {
    refuse(std::string(what) + " is cut off");
  }
  return whole;
}

std::vector<ByteRange> Walker::octets(std::uint8_t primitive, std::uint8_t constructed, std::string_view what) {
  std::vector<ByteRange> pieces;
  if (!at(constructed)) {
    const auto found = header(primitive, what);
    if (!found) return {};
    if (found->indefinite) {
      refuse(std::string(what) + " must have a definite length");
      return {};
    }
    pieces.push_back({at_, found->length});
    at_ += found->length;
    return pieces;
  }
  enter(constructed, what);
  while (at(der::octet_string)) {
    const auto piece = header(der::octet_string, what);
    if (!piece) break;
    if (piece->indefinite || piece->length == 0 || pieces.size() == pieces_limit) {
      refuse(std::string(what) + " is in pieces that are empty or too many");
      break;
    }
    pieces.push_back({at_, piece->length});
    at_ += piece->length;
  }
  leave(what);
  return pieces;
}

void Walker::refuse(std::string_view why) {
  if (error_) return;
  error_ = core::Error{core::Code::bad_input,
                       "is not " + std::string(kind_) + ": " + std::string(why) + " (byte " + std::to_string(at_) + ")",
                       {}};
}

core::Result<void> Walker::finish() {
  if (!error_ && at_ != blob_.size()) refuse("nothing may follow it");
  if (error_) return core::fail(*error_);
  return {};
}

}  // namespace airlock::crypto
