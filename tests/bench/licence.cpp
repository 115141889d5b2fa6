// How long it takes to judge a licence in process, beside OpenSSL's primitives over the same signatures, all in the
// same run and in turn, so that what else the machine does weighs on all of them alike.
//     bench_licence POLICIES      ends with 0 where the licence's p99 is under a millisecond

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "crypto/cms.hpp"
#include "crypto/pem.hpp"
#include "example_licence.hpp"
#include "licence/licence.hpp"
#include "public/judge.hpp"
#include "public/public_site.hpp"
#include "site/kit.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"
#include "temporary_directory.hpp"

using namespace airlock;

namespace {

constexpr int in_process_rounds = 4000;
constexpr double most_p99_us = 1000;

double cpu_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

/// Processor time, since the machine has other work too.
double microseconds(const std::function<bool()>& work) {
  const double begin = cpu_microseconds();
  const bool done = work();
  const double end = cpu_microseconds();
  if (!done) {
    std::puts("a measured step failed");
    std::exit(2);
  }
  return end - begin;
}

struct Row {
  std::string name;
  std::function<bool()> work;
  std::vector<double> times = {};

  double at(double share) {
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  }
};

/// Runs the rows in turn.
void measure(std::vector<Row>& rows, int rounds) {
  for (int i = -rounds / 10; i < rounds; ++i) {
    for (Row& row : rows) {
      const double time = microseconds(row.work);
      if (i >= 0) row.times.push_back(time);
    }
  }
  for (Row& row : rows) {
    std::printf("%-58s p50 %9.1f us   p99 %9.1f us\n", row.name.c_str(), row.at(0.5), row.at(0.99));
  }
}

struct Authority {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
};

Authority authority(const char* name, const Authority* issuer = nullptr, std::vector<crypto::Role> roles = {}) {
  auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const crypto::CertificateTemplate content{.common_name = name,
                                            .roles = std::move(roles),
                                            .not_before = test::time("2026-01-01T00:00:00Z"),
                                            .not_after = test::time("2046-01-01T00:00:00Z"),
                                            .ca = issuer == nullptr,
                                            .uuid = {}};
  auto certificate = issuer == nullptr
                         ? crypto::self_sign(content, key).value()
                         : crypto::issue(content, key.public_key(), issuer->certificate, issuer->key).value();
  return {std::move(key), std::move(certificate)};
}

/// The primitive alone: one signature over a message as long as `size`, by this kind of key.
std::function<bool()> primitive(EVP_PKEY* key, std::size_t size) {
  const std::string message(size, 'x');
  EVP_MD_CTX* const signing = EVP_MD_CTX_new();
  EVP_DigestSignInit(signing, nullptr, EVP_sha256(), nullptr, key);
  std::size_t length = 1024;
  std::vector<unsigned char> signature(length);
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  EVP_DigestSign(signing, signature.data(), &length, bytes, message.size());
  EVP_MD_CTX_free(signing);
  signature.resize(length);
  return [key, message, signature] {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const auto* at = reinterpret_cast<const unsigned char*>(message.data());
    const bool good = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1 &&
                      EVP_DigestVerify(context, signature.data(), signature.size(), at, message.size()) == 1;
    EVP_MD_CTX_free(context);
    return good;
  };
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto read = [&](const char* name) { return sys::read_file(std::string(argv[1]) + name, 1 << 20).value(); };
  const test::TemporaryDirectory folder;

  const Authority root = authority("Bench Root");
  const Authority signer = authority("Bench Licences", &root, {crypto::Role::licence});
  const Authority kits = authority("Bench Kits", &root, {crypto::Role::kit});
  const Authority recipient = authority("Bench Recipient", &root, {crypto::Role::recipient});
  licence::Licence content = test::example_licence();
  content.sites.clear();
  content.any_site = true;
  content.issued = content.not_before = test::time("2026-02-01T00:00:00Z");
  content.not_after = test::time("2045-01-01T00:00:00Z");
  const std::string document = licence::to_document(content);
  const auto der =
      crypto::sign(document, {.key = signer.key, .certificate = signer.certificate, .time = content.issued});
  const std::string file = crypto::to_pem(crypto::cms_label, der.value());
  const std::string licence_path = folder / "licence.p7s";
  const std::string root_path = folder / "root.crt";
  std::ofstream(licence_path) << file;
  std::ofstream(root_path) << root.certificate.pem();
  const core::Time now = test::time("2026-12-01T00:00:00Z");

  // A site's public directory, with the kit that Airlock comes with.
  const std::string site = folder / "site";
  const site::KitContent kit{.product = "posthog",
                             .number = 1,
                             .issued = content.issued,
                             .next_update = content.not_after,
                             .delivery = "",
                             .policy = read("/posthog-default.json"),
                             .dictionary = read("/dictionary/posthog-status-report.json"),
                             .recipients = {recipient.certificate}};
  const std::string kit_file =
      site::build_kit(kit, {.key = kits.key, .certificate = kits.certificate, .time = kit.issued}).value();
  const auto publish = [&](std::string_view name, const std::string& text) {
    const std::string path = site + "/" + std::string(name);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path) << text;
  };
  publish(site::layout::public_site, published::to_document({.site_id = "7f1c7c26-5c0b-4f0e-9d3a-1f2e3d4c5b6a",
                                                             .product = "posthog",
                                                             .key_sha256 = std::string(64, '0'),
                                                             .licence_sequence = 1,
                                                             .newest_time = content.issued}));
  publish(site::layout::vendor_root, root.certificate.pem());
  publish(site::layout::licence, file);
  publish(site::layout::kit, kit_file);

  std::puts("in process: licence and kit signed by a certificate below the root, all keys P-256");
  // What every verification must compute: the signer's certificate and what it signed.
  const auto verify_one = primitive(signer.key.handle(), 700);
  const auto is_valid = [](const auto& verdict) { return verdict && verdict->state == core::LicenceState::valid; };
  const auto is_valid_of_bytes = [](const auto& judged) {
    return judged && judged->verdict.state == core::LicenceState::valid;
  };
  std::vector<Row> rows{
      {"OpenSSL primitives: two ECDSA P-256 signatures", [&] { return verify_one() && verify_one(); }},
      {"verdict from bytes, trust parsed each time",
       [&] {
         return is_valid_of_bytes(published::judge_bytes({.licence = file,
                                                          .trust = root.certificate.pem(),
                                                          .product = "posthog",
                                                          .site_id = {},
                                                          .key_sha256 = {},
                                                          .newest_trusted = {},
                                                          .newest_sequence = 0,
                                                          .kit = {}},
                                                         now));
       }},
      {"verdict from files",
       [&] {
         return is_valid(published::judge_files(
             {.licence = licence_path, .trust = root_path, .product = "posthog", .site_id = {}}, now));
       }},
      {"OpenSSL primitives: four ECDSA P-256 signatures",
       [&] { return verify_one() && verify_one() && verify_one() && verify_one(); }},
      {"verdict from a site: licence and a kit of " + std::to_string(kit_file.size() / 1024) + " KiB",
       [&] { return is_valid(published::judge_public(site, now)); }}};
  measure(rows, in_process_rounds);

  const double p99 = std::max(rows[1].at(0.99), rows[2].at(0.99));
  const bool fast = p99 < most_p99_us;
  std::printf("\np99 of a licence's verdict %s 1 ms (with a kit beside it: %.0f us)\n",
              fast ? "is under" : "is NOT under", rows[4].at(0.99));
  return fast ? 0 : 1;
}
