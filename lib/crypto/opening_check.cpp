#include "crypto/opening_check.hpp"

#include <openssl/cms.h>

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

namespace airlock::crypto {

Result<void> check_opening(const OpenFunction& open) {
  const auto refuse = [](const char* why) {
    return core::fail(core::Code::integrity,
                      std::string("the OpenSSL that is installed ") + why + ", so Airlock opens nothing with it",
                      "install the security updates of OpenSSL: 3.0.22, 3.5.7 or later");
  };
  const OpeningSamples& samples = opening_samples();
  if (open(samples.sound) != samples.content) return refuse("does not open a sound envelope");
  if (open(samples.ofb)) return refuse("opens an envelope whose cipher was rewritten");
  if (open(samples.tag)) return refuse("opens an envelope whose tag was cut to one byte");
  return {};
}

std::optional<std::string> open_with_library(std::string_view object) {
  // Read once for all samples: that takes longer than to open them.
  static const auto key = PrivateKey::from_pem(to_pem("PRIVATE KEY", opening_samples().key));
  const Handle<CMS_ContentInfo> parsed = parse_cms(object);
  const Handle<BIO> out(BIO_new(BIO_s_mem()));
  const bool opened = key && parsed != nullptr && out != nullptr &&
                      CMS_decrypt(parsed.get(), key->handle(), nullptr, nullptr, out.get(), CMS_BINARY) == 1;
  forget_errors();
  if (!opened) return std::nullopt;
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

Result<void> opening_is_safe() {
  static const Result<void> verdict = check_opening(open_with_library);
  return verdict;
}

}  // namespace airlock::crypto
