#include "public/kit_archive.hpp"

#include "core/text.hpp"
#include "crypto/pem.hpp"

namespace airlock::published {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::size_t files_limit = 3 + crypto::recipients_limit + roots_limit + 1;

bool is_certificate_in(std::string_view folder, std::string_view name) {
  return name.starts_with(folder) && name.ends_with(".crt") && name.find('/', folder.size()) == name.npos;
}

}  // namespace

Result<KitFiles> kit_files(const core::Blob& archive) {
  AIRLOCK_TRY(const envelope::TarListing listing, envelope::read_tar(archive, files_limit));
  const std::vector<envelope::TarEntry>& entries = listing.files;
  KitFiles out;
  out.time = listing.time;
  constexpr std::string_view fixed[] = {kit_names::header, kit_names::policy, kit_names::dictionary};
  std::size_t at = 0;
  for (; at < std::size(fixed); ++at) {
    if (at >= entries.size()) return fail(Code::bad_input, "the kit lacks " + quote(fixed[at]));
    if (entries[at].name != fixed[at]) break;
    out.documents.push_back(entries[at]);
  }
  const auto take = [&](auto&& fits, std::vector<envelope::TarEntry>& into) {
    while (out.documents.size() == std::size(fixed) && at < entries.size() && fits(entries[at].name)) {
      into.push_back(entries[at++]);
    }
  };
  take([](const std::string& name) { return is_certificate_in(kit_names::recipients, name); }, out.recipients);
  take([](const std::string& name) { return is_certificate_in(kit_names::roots, name); }, out.roots);
  take([&](const std::string& name) { return name == kit_names::revocation_lists && out.revocation_lists.empty(); },
       out.revocation_lists);
  if (at < entries.size()) return fail(Code::bad_input, "the kit has an unexpected file " + quote(entries[at].name));
  return out;
}

Result<std::string> kit_text(const core::Blob& archive, const envelope::TarEntry& entry, std::uint64_t limit) {
  auto text = core::to_string(core::BlobPart(archive, entry.offset, entry.size), limit);
  if (!text) return fail(std::move(text.error()).within(quote(entry.name)));
  return text;
}

Result<KitTrust> read_kit_trust(const core::Blob& archive, const KitFiles& files) {
  KitTrust out;
  if (files.roots.size() > roots_limit) return fail(Code::bad_input, "the kit has more than 8 files in `roots/`");
  for (const auto& entry : files.roots) {
    AIRLOCK_TRY(const std::string pem, kit_text(archive, entry, kit_certificate_bytes_limit));
    auto successor = crypto::successor_from_pem(pem);
    if (!successor) return fail(std::move(successor.error()).within(quote(entry.name)));
    out.successors.push_back(std::move(*successor));
  }
  for (const auto& entry : files.revocation_lists) {
    AIRLOCK_TRY(const std::string pem, kit_text(archive, entry, kit_bytes_limit));
    auto lists = crypto::RevocationList::list_from_pem(pem);
    if (!lists) return fail(std::move(lists.error()).within(quote(entry.name)));
    out.lists = std::move(*lists);
  }
  return out;
}

Result<std::unique_ptr<OpenedKit>> open_kit(std::string_view file, const crypto::TrustStore& trust,
                                            std::span<const crypto::RevocationList> known) {
  if (file.size() > kit_bytes_limit) {
    return fail(Code::bad_input, "is larger than " + std::to_string(kit_bytes_limit) + " bytes");
  }
  auto out = std::make_unique<OpenedKit>();
  AIRLOCK_TRY(out->der, crypto::from_pem(crypto::cms_label, file));
  out->object = std::make_unique<core::MemoryBlob>(out->der);
  AIRLOCK_TRY(auto verified, crypto::verify(*out->object, trust));
  out->verified = std::make_unique<crypto::Verified>(std::move(verified));
  AIRLOCK_TRY(out->files, kit_files(out->verified->content()));
  AIRLOCK_TRY(out->trust, read_kit_trust(out->verified->content(), out->files));
  AIRLOCK_CHECK(verify_kit_trust(out->trust, trust));
  for (const auto& lists : {known, std::span<const crypto::RevocationList>(out->trust.lists)}) {
    if (const auto* revoked = crypto::revoked_in(out->verified->chain(), lists); revoked != nullptr) {
      return fail(Code::integrity,
                  "depends on the certificate " + quote(revoked->subject()) + ", which the vendor has revoked",
                  "do not install it; ask the vendor for a new kit");
    }
  }
  return out;
}

}  // namespace airlock::published
