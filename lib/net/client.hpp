#pragma once
/// \file
/// HTTPS requests to one address, through libcurl, which no other module uses. TLS 1.2 or newer, verified against the
/// roots that the caller gives and never the system's; nothing is taken from the environment, a redirect is an answer
/// like any other, answers are bounded, and every phase has a time limit (docs/formats/delivery.md). It does not know
/// what it sends, nor whether it may: that is for delivery/.
///
/// OpenSSL must have been started without configuration before (the first use of crypto/ does it), since libcurl would
/// start it with one. The program must ignore SIGPIPE.
///
///     AIRLOCK_TRY(auto client, Client::open(endpoint));
///     const Reply reply = client.post({{"Content-Type", "application/json"}}, blob);
///     if (reply.answer && reply.answer->status == 200) …

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"

namespace airlock::net {

/// The most that is read of an answer's head and of its body; an answer with more is none.
inline constexpr std::size_t answer_head_most = 64 * 1024;
inline constexpr std::size_t answer_body_most = 256 * 1024;
/// How much of the body is kept, for messages.
inline constexpr std::size_t answer_text_most = 512;
/// While the request goes out at least this many bytes must go in each time limit.
inline constexpr std::uint64_t slowest_upload = 4096;

struct Proxy {
  std::string url;   ///< `http://` or `https://`
  std::string user;  ///< empty: without authentication
  std::string password;
  std::string exceptions;  ///< hosts that are reached without it, as `NO_PROXY` lists them
};

struct Endpoint {
  std::string url;                 ///< `https://`
  std::string roots;               ///< PEM; nothing else is trusted
  std::string client_certificate;  ///< PEM with its chain, or empty
  std::string client_key;          ///< PEM
  std::vector<std::string> pins;   ///< `sha256//…`; one of them must be that of the server's key
  std::optional<Proxy> proxy;
  /// For resolving the name and connecting (TCP, proxy, TLS); for each `slowest_upload` bytes of the request; and for
  /// the whole answer.
  std::chrono::seconds timeout{30};
};

struct Header {
  std::string name;
  std::string value;
};

struct Answer {
  long status = 0;
  std::string location;     ///< of a redirect
  std::string retry_after;  ///< as it came
  std::string text;         ///< the beginning of the body, as it came
};

/// Why there is no answer, as far as a record may say: nobody but this program chose these words.
enum class Trouble : std::uint8_t {
  unreachable,       ///< no address, or nobody takes the connection
  proxy,             ///< the proxy lets nobody through, or not us
  tls,               ///< no proof of identity, or no common way to encrypt
  timeout,           ///< a time limit passed
  connection_lost,   ///< the other side hung up
  malformed_answer,  ///< what came is not HTTP
  answer_too_large,
  local,             ///< on this side: a file that cannot be read, a setting
};

/// What became of a request.
struct Reply {
  std::optional<Answer> answer;  ///< complete and within its limits
  core::Error error;             ///< where there is no answer; may repeat words of the other side
  Trouble trouble = Trouble::local;  ///< where there is no answer
  /// Whether the connection stood and the request began to go out, so that it may have arrived.
  bool begun = false;
};

class Client {
 public:
  /// Errors: bad_input where certificate, key or roots are none, unexpected.
  [[nodiscard]] static core::Result<Client> open(Endpoint endpoint);

  /// Posts `body`. The connection is kept for the next request.
  [[nodiscard]] Reply post(const std::vector<Header>& headers, const core::Blob& body);
  /// Asks for the head only (HEAD): connection, TLS and authentication are tried, and nothing is sent.
  [[nodiscard]] Reply check();

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace airlock::net
