#pragma once
/// \file
/// `evidence.json`, the last file of an evidence archive: what it covers, who exported it, what is missing, and every
/// other file with its size and digest. Format: docs/formats/evidence.md. Nothing is verified here.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/merkle.hpp"

namespace airlock::review {

/// The name of the document within the archive.
inline constexpr std::string_view evidence_name = "evidence.json";
inline constexpr std::uint64_t evidence_document_limit = 32ULL * 1024 * 1024;
/// The maximum number of files in an archive, and of what is missing.
inline constexpr std::size_t evidence_files_limit = 100'000;
/// The maximum size of an archive: stock `openssl` needs up to 2.6 times that in memory to verify it.
inline constexpr std::uint64_t evidence_bytes_limit = 1024ULL * 1024 * 1024;

/// What was asked for: two UTC days, or the numbers of two reports. Both ends are included.
struct EvidenceRange {
  std::string from;  ///< `2026-01-01`; empty where reports were named
  std::string to;
  std::uint64_t first_report = 0;  ///< 0 where days were named
  std::uint64_t last_report = 0;
  bool operator==(const EvidenceRange&) const = default;
};

/// A key of the ledger, with the smallest tree that it signed.
struct EvidenceKey {
  std::uint64_t from_size = 0;
  std::string key;  ///< `<name>+<id>+<base64>`
  bool operator==(const EvidenceKey&) const = default;
};

/// Something that the entries name and that the site no longer has.
struct MissingPart {
  std::string what;  ///< `kit 3`
  std::string why;
  bool operator==(const MissingPart&) const = default;
};

struct EvidenceFile {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;  ///< hex
  bool operator==(const EvidenceFile&) const = default;
};

struct EvidenceRecord {
  std::string site_id;
  std::string site_name;  ///< may be empty
  core::Time created;
  EvidenceRange range;
  std::uint64_t first_entry = 0;  ///< all entries from here
  std::uint64_t last_entry = 0;   ///< to here are in the archive
  ledger::TreeHead head;          ///< of the checkpoint that every proof leads to
  std::vector<EvidenceKey> ledger_keys;
  std::string exporter;                     ///< the subject of the certificate
  std::string exporter_certificate_sha256;  ///< hex
  std::string exporter_key_sha256;          ///< hex
  bool originals = false;                   ///< whether reports that did not leave are in it
  std::vector<MissingPart> missing;
  std::vector<EvidenceFile> files;  ///< in the order of the archive, without `evidence.json`
  bool operator==(const EvidenceRecord&) const = default;
};

/// The exact text: one line, with `files` last.
[[nodiscard]] std::string to_document(const EvidenceRecord& evidence);
/// Error: bad_input naming the JSON path.
[[nodiscard]] core::Result<EvidenceRecord> parse_evidence(std::string_view text);

}  // namespace airlock::review
