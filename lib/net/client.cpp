#include "net/client.hpp"

#include <curl/curl.h>

#include <array>

#include "core/text.hpp"
#include "net/exchange.hpp"

namespace airlock::net {
namespace {

using core::Code;
using core::fail;
using core::quote;

struct FreeEasy {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
using List = std::unique_ptr<curl_slist, FreeList>;

bool start() {
  static const bool started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return started;
}

std::size_t on_head(char* bytes, std::size_t, std::size_t count, void* exchange) {
  return static_cast<Exchange*>(exchange)->head({bytes, count}) ? count : count + 1;
}
std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* exchange) {
  return static_cast<Exchange*>(exchange)->body({bytes, count}) ? count : count + 1;
}
std::size_t on_request(char* into, std::size_t size, std::size_t count, void* exchange) {
  return static_cast<Exchange*>(exchange)->request({into, size * count}).value_or(CURL_READFUNC_ABORT);
}
int on_rewind(void* exchange, curl_off_t offset, int origin) {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(exchange)->rewind(static_cast<std::uint64_t>(offset));
  return CURL_SEEKFUNC_OK;
}
int on_begin(void* exchange, char*, char*, int, int) {
  static_cast<Exchange*>(exchange)->begin(Exchange::Clock::now());
  return CURL_PREREQFUNC_OK;
}
int on_tick(void* exchange, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
  return static_cast<Exchange*>(exchange)->tick(static_cast<std::uint64_t>(sent), Exchange::Clock::now()) ? 0 : 1;
}

/// Sets options until one fails.
class CurlOptions {
 public:
  explicit CurlOptions(CURL* handle) : handle_(handle) {}
  template <typename T>
  CurlOptions& set(CURLoption option, T value) {
    if (result_ == CURLE_OK) result_ = curl_easy_setopt(handle_, option, value);
    return *this;
  }
  CurlOptions& text(CURLoption option, const std::string& value) { return set(option, value.c_str()); }
  /// libcurl keeps the pointer: `value` must outlive the handle.
  CurlOptions& pem(CURLoption option, const std::string& value) {
    curl_blob blob{const_cast<char*>(value.data()), value.size(), CURL_BLOB_NOCOPY};
    return set(option, &blob);
  }
  [[nodiscard]] core::Result<void> done() const {
    if (result_ == CURLE_OK) return {};
    return fail(Code::unexpected, std::string("libcurl: ") + curl_easy_strerror(result_));
  }

 private:
  CURL* handle_;
  CURLcode result_ = CURLE_OK;
};

void set_trust(CurlOptions& options, const Endpoint& endpoint) {
  const long oldest = CURL_SSLVERSION_TLSv1_2;
  options.set(CURLOPT_SSLVERSION, oldest).set(CURLOPT_PROXY_SSLVERSION, oldest);
  options.set(CURLOPT_SSL_VERIFYPEER, 1L).set(CURLOPT_SSL_VERIFYHOST, 2L);
  options.set(CURLOPT_PROXY_SSL_VERIFYPEER, 1L).set(CURLOPT_PROXY_SSL_VERIFYHOST, 2L);
  // Without this libcurl would also trust the store of the system, whose path it was built with.
  const char* const none = nullptr;
  options.set(CURLOPT_CAINFO, none).set(CURLOPT_CAPATH, none);
  options.set(CURLOPT_PROXY_CAINFO, none).set(CURLOPT_PROXY_CAPATH, none);
  options.pem(CURLOPT_CAINFO_BLOB, endpoint.roots).pem(CURLOPT_PROXY_CAINFO_BLOB, endpoint.roots);
  if (!endpoint.client_certificate.empty()) {
    options.pem(CURLOPT_SSLCERT_BLOB, endpoint.client_certificate).set(CURLOPT_SSLCERTTYPE, "PEM");
    options.pem(CURLOPT_SSLKEY_BLOB, endpoint.client_key).set(CURLOPT_SSLKEYTYPE, "PEM");
  }
  std::string pins;
  for (const std::string& pin : endpoint.pins) pins += (pins.empty() ? "" : ";") + pin;
  if (!pins.empty()) options.text(CURLOPT_PINNEDPUBLICKEY, pins);
}

void set_proxy(CurlOptions& options, const std::optional<Proxy>& proxy) {
  // Empty texts: where an option is not set at all, libcurl looks in the environment.
  options.text(CURLOPT_PROXY, proxy ? proxy->url : "").text(CURLOPT_NOPROXY, proxy ? proxy->exceptions : "");
  options.set(CURLOPT_HTTPPROXYTUNNEL, 1L).set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!proxy || proxy->user.empty()) return;
  options.text(CURLOPT_PROXYUSERNAME, proxy->user).text(CURLOPT_PROXYPASSWORD, proxy->password);
  options.set(CURLOPT_PROXYAUTH, CURLAUTH_BASIC | CURLAUTH_DIGEST);
}

void set_request(CurlOptions& options, const Endpoint& endpoint) {
  options.text(CURLOPT_URL, endpoint.url).set(CURLOPT_PROTOCOLS_STR, "https").set(CURLOPT_FOLLOWLOCATION, 0L);
  options.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L).set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  options.set(CURLOPT_USERAGENT, "airlock/" AIRLOCK_VERSION).set(CURLOPT_NOSIGNAL, 1L);
  // A name server that does not answer must not delay the end of the program.
  options.set(CURLOPT_QUICK_EXIT, 1L).set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(endpoint.timeout.count()));
  options.set(CURLOPT_HEADERFUNCTION, on_head).set(CURLOPT_WRITEFUNCTION, on_body);
  options.set(CURLOPT_READFUNCTION, on_request).set(CURLOPT_SEEKFUNCTION, on_rewind);
  options.set(CURLOPT_PREREQFUNCTION, on_begin);
  options.set(CURLOPT_NOPROGRESS, 0L).set(CURLOPT_XFERINFOFUNCTION, on_tick);
}

Trouble trouble_of(CURLcode result) {
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return Trouble::unreachable;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
      return Trouble::proxy;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return Trouble::tls;
    case CURLE_OPERATION_TIMEDOUT:
      return Trouble::timeout;
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return Trouble::connection_lost;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // how libcurl reports an answer that is not HTTP/1
    case CURLE_BAD_CONTENT_ENCODING:
      return Trouble::malformed_answer;
    default:
      return Trouble::local;
  }
}

/// How a proxy refused the connection; empty where it did not.
std::string proxy_refusal(CURL* handle) {
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &status);
  if (status < 300) return {};
  return "the proxy answers " + std::to_string(status) +
         (status == 407 || status == 401 ? ": it wants a user and password, or does not accept these" : "");
}

}  // namespace

struct Client::State {
  Endpoint endpoint;
  std::array<char, CURL_ERROR_SIZE> message{};
  Easy handle;

  Reply perform(const std::vector<HttpHeader>& headers, const core::Blob* body);
  [[nodiscard]] std::string why(CURLcode result, const Exchange& exchange) const;
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

core::Result<Client> Client::open(Endpoint endpoint) {
  if (endpoint.roots.empty()) {
    return fail(Code::bad_input, "there is no certificate to verify " + quote(endpoint.url) + " with",
                "put the CA certificate of the receiver into `trust/delivery/`, or name its file as `ca_file`");
  }
  auto state = std::make_unique<State>();
  state->endpoint = std::move(endpoint);
  if (!start()) return fail(Code::unexpected, "libcurl cannot be started");
  state->handle.reset(curl_easy_init());
  if (state->handle == nullptr) return fail(Code::unexpected, "libcurl cannot be started");
  CurlOptions options(state->handle.get());
  set_request(options, state->endpoint);
  set_trust(options, state->endpoint);
  set_proxy(options, state->endpoint.proxy);
  options.set(CURLOPT_ERRORBUFFER, state->message.data());
  AIRLOCK_CHECK(options.done());
  return Client(std::move(state));
}

std::string Client::State::why(CURLcode result, const Exchange& exchange) const {
  if (!exchange.why().empty()) return exchange.why();
  if (const std::string refusal = proxy_refusal(handle.get()); !refusal.empty()) return refusal;
  if (result == CURLE_OPERATION_TIMEDOUT && !exchange.begun()) {
    return "no connection within " + std::to_string(endpoint.timeout.count()) + " s";
  }
  const std::string detail(message.data());
  return core::printable(detail.empty() ? curl_easy_strerror(result) : detail, 300);
}

Reply Client::State::perform(const std::vector<HttpHeader>& headers, const core::Blob* body) {
  Exchange exchange(body, endpoint.timeout);
  List list;
  for (const HttpHeader& header : headers) {
    list.reset(curl_slist_append(list.release(), (header.name + ": " + header.value).c_str()));
  }
  CurlOptions options(handle.get());
  options.set(CURLOPT_HEADERDATA, &exchange).set(CURLOPT_WRITEDATA, &exchange).set(CURLOPT_READDATA, &exchange);
  options.set(CURLOPT_SEEKDATA, &exchange).set(CURLOPT_PREREQDATA, &exchange).set(CURLOPT_XFERINFODATA, &exchange);
  options.set(CURLOPT_HTTPHEADER, list.get());
  if (body != nullptr) {
    options.set(CURLOPT_NOBODY, 0L).set(CURLOPT_POST, 1L);
    options.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
  } else {
    options.set(CURLOPT_NOBODY, 1L);
  }
  message[0] = '\0';
  Reply reply;
  if (auto set = options.done(); !set) {
    reply.error = std::move(set).error();
    return reply;
  }
  const CURLcode result = curl_easy_perform(handle.get());
  reply.begun = exchange.begun();
  curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, nullptr);
  if (result != CURLE_OK) {
    reply.error = {Code::later, quote(endpoint.url) + ": " + why(result, exchange), {}};
    if (!exchange.why().empty()) {
      reply.trouble = exchange.trouble();
    } else {
      reply.trouble = proxy_refusal(handle.get()).empty() ? trouble_of(result) : Trouble::proxy;
    }
    return reply;
  }
  reply.answer = std::move(exchange.answer);
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &reply.answer->status);
  return reply;
}

Reply Client::post(const std::vector<HttpHeader>& headers, const core::Blob& body) {
  return state_->perform(headers, &body);
}

Reply Client::check() { return state_->perform({}, nullptr); }

}  // namespace airlock::net
