#pragma once
/// \file
/// What became of an HTTPS request: the answer of the server, or why there is none.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"

namespace airlock::net {

/// The maximum sizes of the head and of the body of an answer, in bytes. A larger answer counts as no answer.
inline constexpr std::size_t answer_head_maximum = 64ULL * 1024;
inline constexpr std::size_t answer_body_maximum = 256ULL * 1024;
/// How much of the body is kept for messages, in bytes.
inline constexpr std::size_t answer_text_maximum = 512;

struct Answer {
  long status = 0;
  std::string location;     ///< of a redirect
  std::string retry_after;  ///< as it came
  std::string text;         ///< the beginning of the body, as it came
};

/// Why there is no answer. A record may state this, since the other side cannot choose these words.
enum class Trouble : std::uint8_t {
  unreachable,       ///< the name has no address, or nobody accepts the connection
  proxy,             ///< the proxy lets nobody through, or not this client
  tls,               ///< the server does not prove its identity, or there is no common way to encrypt
  timeout,           ///< a time limit passed
  connection_lost,   ///< the other side closed the connection
  malformed_answer,  ///< the bytes that came are not HTTP
  answer_too_large,
  local,  ///< a fault on this side: a file that cannot be read, a setting
};

/// What became of a request.
struct Reply {
  std::optional<Answer> answer;      ///< complete and within its limits
  core::Error error;                 ///< where there is no answer; may repeat words of the other side
  Trouble trouble = Trouble::local;  ///< where there is no answer
  /// Whether the connection was made and the request began to go out, so that it may have arrived.
  bool begun = false;
};

}  // namespace airlock::net
