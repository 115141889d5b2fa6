#pragma once
/// \file
/// Kits, licences and receipts of a test vendor whose product makes reports of three fields.

#include <doctest/doctest.h>

#include <string>

#include "authorities.hpp"
#include "site/kit.hpp"
#include "site/receipt.hpp"

namespace airlock::test {

/// What the vendor's policy does with the field of class `person`.
enum class Persons : std::uint8_t { dropped, kept };

inline const std::string small_report = R"({"event": "weekly", "total": 7, "user": "Ada Lovelace"})";

class SmallVendor {
 public:
  [[nodiscard]] std::string kit(std::uint64_t number, Persons persons = Persons::dropped) const {
    const std::string profile = persons == Persons::dropped ? "closed" : "open";
    const auto kit = site::build_kit(
        {.product = "example",
         .number = number,
         .issued = issued,
         .next_update = issued + std::chrono::days{300},
         .delivery = R"({"destinations": [{"type": "https-json", "url": "https://127.0.0.1:1/reports"}]})",
         .policy = R"({"format": "airlock-policy/1", "name": "small", "version": "1", "tiers": {
           "sealing": {"disposition": "seal", "profiles": [")" +
                   profile + R"("], "may": ["seal", "withhold"]},
           "sending": {"disposition": "redact", "profiles": [")" +
                   profile + R"("], "may": ["redact", "seal", "withhold"]},
           "silent": {"disposition": "withhold", "may": ["withhold"]}},
           "otherwise": "withhold",
           "rules": [{"id": "expired", "when": {"licence": ["expired"]}, "at_least": "withhold"}],
           "profiles": {"open": {"undeclared": "drop", "redactions": [{"path": "/total", "do": "drop"}]},
                        "closed": {"extends": "open", "redactions": [{"class": "person", "do": "drop"}]}},
           "claims": []})",
         .dictionary = R"({"format": "airlock-dictionary/1", "name": "small", "product": "example",
           "roles": {"event": "/event"}, "events": ["weekly"], "fields": [
           {"path": "/event", "type": "enum", "values": ["weekly"], "class": "usage", "purpose": "routing", "about": "what it is"},
           {"path": "/total", "type": "count", "class": "usage", "purpose": "billing", "about": "how much"},
           {"path": "/user", "type": "text", "class": "person", "purpose": "none", "about": "who"}]})",
         .recipients = {recipient_.certificate}},
        {.key = vendor().kits.key, .certificate = vendor().kits.certificate, .time = issued, .chain = {}});
    REQUIRE_MESSAGE(kit, kit.error().message);
    return *kit;
  }

  [[nodiscard]] std::string licence(const std::string& tier, std::int64_t sequence = 1,
                                    std::string_view until = "2027-10-01T00:00:00Z") const {
    auto content = example_licence();
    content.serial = "LIC-" + std::to_string(sequence);
    content.sequence = sequence;
    content.product = "example";
    content.tier = tier;
    content.entitlements.clear();
    content.limits.clear();
    content.sites.clear();
    content.any_site = true;
    content.not_after = time(until);
    return vendor().file(content);
  }

  [[nodiscard]] std::string receipt(const site::Receipt& receipt) const {
    const auto file = site::write_receipt(
        receipt, {.key = receipts_.key, .certificate = receipts_.certificate, .time = receipt.issued, .chain = {}});
    REQUIRE_MESSAGE(file, file.error().message);
    return *file;
  }

  core::Time issued = time("2026-11-02T00:00:00Z");

 private:
  Authority recipient_ = make_below(vendor().root, "Recipient", {crypto::Role::recipient}, false);
  Authority receipts_ = make_below(vendor().root, "Receipts", {crypto::Role::receipt}, false);
};

}  // namespace airlock::test
