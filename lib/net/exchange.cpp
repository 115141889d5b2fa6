#include "net/exchange.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::net {
namespace {

/// The value of a header line without white space around it; nothing where the line has another name.
std::optional<std::string_view> value_of(std::string_view line, std::string_view lower_name) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || core::to_lower(line.substr(0, colon)) != lower_name) return std::nullopt;
  std::string_view value = line.substr(colon + 1);
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!value.empty() && space(value.front())) value.remove_prefix(1);
  while (!value.empty() && space(value.back())) value.remove_suffix(1);
  return value;
}

}  // namespace

bool Exchange::stop(Trouble trouble, std::string why) {
  if (why_.empty()) {
    why_ = std::move(why);
    trouble_ = trouble;
  }
  return false;
}

bool Exchange::head(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > answer_head_maximum) {
    return stop(Trouble::answer_too_large,
                "the headers of the answer are larger than " + std::to_string(answer_head_maximum) + " bytes");
  }
  if (line.starts_with("HTTP/")) answer = {};  // what came before was an interim answer
  if (const auto value = value_of(line, "location")) answer.location = *value;
  if (const auto value = value_of(line, "retry-after")) answer.retry_after = *value;
  return true;
}

bool Exchange::body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (body_bytes_ > answer_body_maximum) {
    return stop(Trouble::answer_too_large,
                "the answer is larger than " + std::to_string(answer_body_maximum) + " bytes");
  }
  answer.text.append(bytes.substr(0, answer_text_maximum - answer.text.size()));
  return true;
}

std::optional<std::size_t> Exchange::request(std::span<char> into) {
  if (body_ == nullptr) return 0;
  const auto got = body_->read_at(at_, into);
  if (!got) {
    stop(Trouble::local, got.error().message);
    return std::nullopt;
  }
  at_ += *got;
  return *got;
}

bool Exchange::tick(std::uint64_t sent, Clock::time_point now) {
  if (!begun_) return true;  // libcurl limits the time of connecting
  const bool out = body_ == nullptr || sent >= body_->size();
  if (out != answering_ || sent >= mark_sent_ + slowest_upload || sent < mark_sent_) {
    answering_ = out;
    mark_ = now;
    mark_sent_ = sent;
    return true;
  }
  if (now - mark_ <= timeout_) return true;
  const std::string seconds = std::to_string(timeout_.count()) + " s";
  return stop(Trouble::timeout,
              answering_ ? "no complete answer within " + seconds
                         : "the receiver took less than " + std::to_string(slowest_upload) + " bytes in " + seconds);
}

}  // namespace airlock::net
