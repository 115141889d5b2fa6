// A site's request, signed with the certificate in it. Every request that is accepted was made by the site of the seed.

#include "site/request.hpp"

#include "fuzz/target.hpp"
#include "fuzz/trust.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = site::verify_request(input_text(data, size), "site-request.p7s");
  if (!request) return 0;
  static const crypto::Certificate made_by = trusted_certificate("site.crt");
  require(request->site_certificate == made_by, "a request that verifies is the site's");
  require(trusted("contents").find(request->fingerprint.hex()) != std::string::npos, "its content was signed");
  return 0;
}
