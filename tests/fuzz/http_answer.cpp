// A receiver's answer: the lines of its head, its body, and what the sender makes of it.

#include "core/text.hpp"
#include "delivery/backoff.hpp"
#include "fuzz/target.hpp"
#include "net/exchange.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = input_text(data, size);
  net::Exchange exchange(nullptr, std::chrono::seconds(1));
  long status = 0;
  for (;;) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, std::min(end + 1, text.size()));
    if (line.starts_with("HTTP/") && line.size() > 12) status = std::atol(std::string(line.substr(9, 3)).c_str());
    if (line.empty() || !exchange.head(line)) break;
    text.remove_prefix(line.size());
    if (line == "\r\n" || line == "\n") break;
  }
  (void)exchange.body(text);
  require(exchange.answer.text.size() <= net::answer_text_maximum, "little of the body is kept");

  net::Reply reply;
  reply.begun = true;
  reply.answer = exchange.answer;
  reply.answer->status = status;
  const delivery::AttemptVerdict verdict = delivery::judge(reply);
  require(core::is_printable(verdict.error), "what is recorded is printable");
  require((verdict.end == delivery::AttemptEnd::delivered) == (status >= 200 && status < 300),
          "only a 2xx says that it arrived");
  const auto now = core::Time::from_text("2026-11-01T00:00:00Z").value();
  const core::Time next = delivery::next_try(3, exchange.answer.retry_after, now, 7);
  require(next > now && next - now <= delivery::longest_retry_after,
          "the next try is neither in the past nor too far off");
  return 0;
}
