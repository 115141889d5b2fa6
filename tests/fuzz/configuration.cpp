// The configuration of a site and of a machine, and the public part of a site. Naming the product changes nothing else.

#include "site/configuration.hpp"

#include "fuzz/target.hpp"
#include "public/public_site.hpp"
#include "site/machine.hpp"

using namespace airlock;
using namespace airlock::test;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = input_text(data, size);
  if (const auto read = site::parse_configuration(text, "airlock.json")) {
    const auto named = site::with_product(text, "airlock.json", "another");
    require(named.has_value(), "a product can be named");
    const auto again = site::parse_configuration(*named, "airlock.json");
    require(again && again->product == "another" && again->site_id == read->site_id && again->floor == read->floor &&
                again->redact_also.size() == read->redact_also.size() && again->archive == read->archive,
            "naming the product changes nothing else");
  }
  (void)site::parse_machine(text, "machine.json");
  if (const auto read = published::parse_public_site(text, "site.json")) {
    const std::string written = published::to_document(*read);
    const auto again = published::parse_public_site(written, "site.json");
    require(again && published::to_document(*again) == written, "the public part is written as it was read");
  }
  return 0;
}
