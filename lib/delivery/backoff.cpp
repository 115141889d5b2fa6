#include "delivery/backoff.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/text.hpp"

namespace airlock::delivery {
namespace {

constexpr std::size_t error_length = 500;

/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the only form of an HTTP date that senders may write (RFC 9110 5.6.7).
std::optional<core::Time> http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || !text.ends_with(" GMT")) return std::nullopt;
  const auto month = std::find(months.begin(), months.end(), text.substr(8, 3));
  if (month == months.end()) return std::nullopt;
  std::string number = std::to_string(month - months.begin() + 1);
  if (number.size() == 1) number.insert(0, "0");
  const auto time = core::Time::from_text(std::string(text.substr(12, 4)) + "-" + number + "-" +
                                          std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z");
  return time ? std::optional(*time) : std::nullopt;
}

/// How long the receiver asks us to wait; 0 where the header is missing or malformed.
std::chrono::seconds asked_for(std::string_view retry_after, core::Time now) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  if (error == std::errc::result_out_of_range) return longest_retry_after;
  if (error != std::errc{} || end != retry_after.data() + retry_after.size()) {
    const auto until = http_date(retry_after);
    seconds = until ? (*until - now).count() : 0;
  }
  return std::clamp(std::chrono::seconds(seconds), std::chrono::seconds(0), longest_retry_after);
}

std::string in_words(const net::Answer& answer) {
  std::string out = "the receiver answers " + std::to_string(answer.status);
  if (answer.status >= 300 && answer.status < 400) {
    return out + ", a redirect to " + core::quote(answer.location) + ", which is not followed";
  }
  if (answer.status == 413) return out + ": it accepts only smaller reports";
  if (!answer.text.empty()) out += ": " + core::printable(answer.text);
  return out;
}

std::string word_of(net::Trouble trouble) {
  static constexpr std::array<std::string_view, 8> words{
      "unreachable", "proxy", "tls", "timeout", "connection_lost", "malformed_answer", "answer_too_large", "local"};
  return std::string(words.at(static_cast<std::size_t>(trouble)));
}

/// A status in a few words. libcurl passes on any number that the receiver sends, so one outside 100 to 999 is left
/// out.
std::string word_of(long status) {
  std::string_view kind = "unexpected";
  if (status >= 300 && status < 400) kind = "redirect";
  if (status >= 400 && status < 500) kind = "refused";
  if (status >= 500 && status < 600) kind = "server_error";
  if (status == 401 || status == 403 || status == 407) kind = "not_let_in";
  if (status == 408) kind = "timeout";
  if (status == 413) kind = "too_large";
  if (status == 429 || status == 503) kind = "busy";
  if (status < 100 || status > 999) return std::string(kind);
  return "answers " + std::to_string(status) + ": " + std::string(kind);
}

}  // namespace

AttemptVerdict judge(const net::Reply& reply) {
  AttemptVerdict out;
  if (!reply.answer) {
    out.recorded = word_of(reply.trouble);
    out.error = reply.error.message;
    out.maybe_delivered = reply.begun;
    return out;
  }
  const long status = reply.answer->status;
  out.retry_after = reply.answer->retry_after;
  if (status >= 200 && status < 300) {
    out.end = AttemptEnd::delivered;
    return out;
  }
  out.recorded = word_of(status);
  out.error = core::printable(in_words(*reply.answer), error_length);
  // A server that failed may have stored the report first; one that refused has not.
  out.maybe_delivered = status >= 500 || status == 408;
  if (status == 413) {
    out.end = AttemptEnd::given_up;
  } else if (status == 400 || status == 409 || status == 415 || status == 422) {
    out.end = AttemptEnd::report_trouble;
  }
  return out;
}

core::Time next_try(std::uint64_t attempts, std::string_view retry_after, core::Time now, std::uint64_t random) {
  std::chrono::seconds wait = first_wait;
  for (std::uint64_t i = 1; i < attempts && wait < longest_wait; ++i) wait *= 2;
  wait = std::min(wait, longest_wait);
  const auto half = static_cast<std::uint64_t>(wait.count() / 2);
  const std::chrono::seconds jittered{wait.count() - static_cast<std::int64_t>(random % (half + 1))};
  return now + std::max(jittered, asked_for(retry_after, now));
}

}  // namespace airlock::delivery
