#pragma once
/// \file
/// The site directory (docs/formats/site.md): where each file of a site is, and how its keys and trusted certificates
/// are read. Ledger and reports are not read here.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/hash.hpp"
#include "crypto/key.hpp"
#include "crypto/note.hpp"
#include "keeper/key_file.hpp"
#include "public/destination.hpp"
#include "public/layout.hpp"
#include "site/configuration.hpp"
#include "sys/new_directory.hpp"
#include "sys/world.hpp"

namespace airlock::site {

/// Names within a site directory.
namespace layout {
inline constexpr std::string_view configuration = "airlock.json";
using namespace published::layout;                                    // the files in `public/`
inline constexpr std::string_view proposed_kit = "kit-proposed.p7s";  ///< until it is in its place
inline constexpr std::string_view keys = "keys";
inline constexpr std::string_view signing_key = "keys/site.key";
inline constexpr std::string_view ledger_key = "keys/ledger.key";
inline constexpr std::string_view ledger_public_key = "keys/ledger.pub";
inline constexpr std::string_view words_key = "keys/words.key";  ///< exists once there was a list of words
inline constexpr std::string_view words = "words.txt";           ///< words that never leave (site/words.hpp)
inline constexpr std::string_view vendor_trust = "trust/vendor";
inline constexpr std::string_view delivery_trust = "trust/delivery";
inline constexpr std::string_view officers_trust = "trust/officers";
inline constexpr std::string_view inbox = "inbox";
inline constexpr std::string_view claimed = "claimed";  ///< files taken from below and not recorded yet
inline constexpr std::string_view held = "held";
inline constexpr std::string_view outbox = "outbox";
inline constexpr std::string_view ledger = "ledger.db";
inline constexpr std::string_view rollback_anchor = "ledger.anchor";  ///< rollback anchor: the newest known checkpoint
inline constexpr std::string_view watchers = "watchers";        ///< not swept by recovery, as `held` and `outbox` are
inline constexpr std::string_view told = "watchers/told.json";  ///< up to which entry the watchers were told
inline constexpr std::string_view told_lock = "watchers/lock";
inline constexpr std::string_view lock = "site.lock";
inline constexpr std::string_view inbox_lock = "inbox.lock";
inline constexpr std::string_view send_lock = "send.lock";
inline constexpr std::string_view approvals = "approvals";  ///< where officers drop approvals and word lists
inline constexpr std::string_view request = "site-request.p7s";
inline constexpr std::string_view former_keys = "keys/former";  ///< exists once a key was replaced
inline constexpr std::string_view history = "history";  ///< exists once something was replaced (site/history.hpp)

/// Permissions of the site directory: other users can open `public/`, but not list the directory.
inline constexpr unsigned site_permissions = 0711;
inline constexpr unsigned public_permissions = 0755;
/// Permissions where there are readers. With set-group-id, what is made in a folder belongs to the folder's group.
inline constexpr unsigned shared_site_permissions = 02751;
inline constexpr unsigned shared_folder = 02750;
inline constexpr unsigned shared_file = 0640;
inline constexpr unsigned shared_drop_permissions = 03730;  ///< of `approvals`
struct Folder {
  std::string_view name;
  unsigned permissions;
};
/// The folders that every site has; a folder comes after the one that it is in.
inline constexpr std::array<Folder, 11> folders{{{public_folder, public_permissions},
                                                 {keys, 0700},
                                                 {"trust", 0700},
                                                 {vendor_trust, 0700},
                                                 {delivery_trust, 0700},
                                                 {officers_trust, 0700},
                                                 {inbox, 01730},
                                                 {claimed, 0700},
                                                 {held, 0700},
                                                 {outbox, 0700},
                                                 {approvals, 0700}}};
}  // namespace layout

/// Maximum size of a file with certificates or keys that a destination names, in bytes.
inline constexpr std::uint64_t delivery_pem_limit = 256ULL * 1024;

/// The name of the signing key in prompts and in systemd credentials.
inline constexpr std::string_view signing_key_name = "site";

inline constexpr std::string_view default_directory = "/var/lib/airlock";

/// Where readers have their scratch files, which have no names. On a disk, since a report may be large.
inline constexpr std::string_view reader_scratch = "/var/tmp";

/// A key with its certificate.
struct Identity {
  crypto::PrivateKey key;
  crypto::Certificate certificate;
  [[nodiscard]] crypto::Signer signer(core::Time now) const {
    return {.key = key, .certificate = certificate, .time = now};
  }
};

class Site {
 public:
  /// Reads the configuration. `world` must outlive the site and its copies. Errors: bad_input (no site there, or an
  /// invalid configuration), with the hint to run `init`.
  [[nodiscard]] static Result<Site> open(const std::string& directory, const sys::World& world = sys::real_world());
  /// A site that is in no directory, to try documents with: with the default configuration and declared to run without
  /// a licence, with scratch files in `reader_scratch`, and with a pseudonym key that is made now and never stored.
  /// There is nothing else that is read from a site's directory. Precondition: `world` as for `open`.
  [[nodiscard]] static Site placeless(const std::string& product, const sys::World& world = sys::real_world());
  /// The same site with its configuration as it is now.
  [[nodiscard]] Result<Site> read_again() const { return open(directory_, *world_); }

  [[nodiscard]] const std::string& directory() const { return directory_; }
  /// The clock, the random source, and who makes each change of a file, for everything that is done at this site.
  [[nodiscard]] const sys::World& world() const { return *world_; }
  /// The path of a file in the site directory.
  [[nodiscard]] std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  /// The permissions of the files and folders of the site, but for keys that sign and what `layout::folders` names:
  /// with them the owner can read, and the readers' group if there is one. Files of a folder get its group.
  [[nodiscard]] unsigned file_permissions() const;
  [[nodiscard]] unsigned folder_permissions() const;
  /// The folder whose group may read the keys that do not sign: the site directory; empty where there are no readers.
  [[nodiscard]] std::string shared_by() const;
  /// Whether this process may change the site. A reader may not.
  [[nodiscard]] bool may_change() const;
  /// The folder for scratch files: one of the site, or `reader_scratch` for somebody who may not change the site.
  [[nodiscard]] std::string scratch() const;
  [[nodiscard]] const Configuration& configuration() const { return configuration_; }
  [[nodiscard]] const std::string& configuration_text() const { return configuration_text_; }

  /// `site.key` and `site.crt`, which sign bundles. A key under a passphrase or in a token signs through the key agent,
  /// and the first call may ask for the secret. Errors: refused (permissions, wrong secret), bad_input, integrity (key
  /// and certificate do not belong together).
  [[nodiscard]] Result<Identity> signing_identity() const;
  /// How the signing key is kept: in the file, under a passphrase, in a token. Errors: of the file.
  [[nodiscard]] Result<keeper::KeyFile> signing_key_file() const;
  /// `archive.key` and `archive.crt`, which open the site's own bundles. Errors: as `signing_identity`.
  [[nodiscard]] Result<Identity> archive_identity() const;
  [[nodiscard]] Result<crypto::Certificate> archive_certificate() const;
  [[nodiscard]] Result<crypto::Certificate> signing_certificate() const;
  [[nodiscard]] Result<crypto::PrivateKey> ledger_key() const;
  [[nodiscard]] Result<crypto::Secret> pseudonym_key() const;
  /// The certificates of the authorities that may certify a receiver, PEM: the destination's `ca_file`, or all of
  /// `trust/delivery/` where it names none. Empty where there are none.
  [[nodiscard]] Result<std::string> receiver_authorities(const published::Destination& destination) const;
  /// The path of a file that a destination names, which is absolute or relative to the site directory.
  [[nodiscard]] std::string path_of(const std::string& file) const { return file.starts_with('/') ? file : path(file); }
  /// The name and public key that verify the ledger's checkpoints: of `ledger.key`, or `keys/ledger.pub` for somebody
  /// who may not read that key.
  [[nodiscard]] Result<crypto::NoteVerifier> ledger_verifier() const;
  /// The one in `keys/ledger.pub`, for readers.
  [[nodiscard]] Result<crypto::NoteVerifier> published_ledger_verifier() const;
  [[nodiscard]] crypto::NoteVerifier ledger_verifier(const crypto::PrivateKey& ledger_key) const;
  /// All certificates in `trust/vendor/`, by file name. Error: bad_input where there is none.
  [[nodiscard]] Result<std::vector<crypto::Certificate>> vendor_roots() const;
  /// The certificates in `trust/vendor/` that may be roots for this role.
  [[nodiscard]] Result<crypto::TrustStore> vendor_trust(crypto::Role role) const;

 private:
  Site(std::string directory, const sys::World& world, Configuration configuration, std::string configuration_text);
  [[nodiscard]] Result<crypto::Certificate> certificate(std::string_view name) const;

  std::string directory_;
  const sys::World* world_;
  Configuration configuration_;
  std::string configuration_text_;
  std::shared_ptr<const crypto::Secret> own_pseudonym_key_;  ///< of a site without a directory; else null
};

/// What a new site is made from.
struct NewSite {
  std::string site_id;
  std::string name;       ///< may be empty
  std::string product;    ///< may be empty
  std::string readers{};  ///< group whose members may read the site; may be empty
  crypto::Certificate vendor_root;
  core::Time now;
};

/// Makes the directory; one that is empty, or that an interrupted `begin_site` left, is used. Errors: refused (there is
/// a site already, other files are in the folder, the file system cannot hold a site), not_recorded.
[[nodiscard]] Result<sys::NewDirectory> begin_site(const std::string& directory);
struct CreatedSite {
  core::Digest request_fingerprint;
  core::Digest key_sha256;
  crypto::PrivateKey ledger_key;  ///< signs the first rollback anchor
};
/// Writes folders, keys, trusted certificates, public part and site request, but not the configuration. Until
/// `finish_site` the directory is not a site. Error: not_recorded.
[[nodiscard]] Result<CreatedSite> create_site(const std::string& directory, const NewSite& content,
                                              const sys::World& world);
/// Writes the configuration, which makes the directory a site.
[[nodiscard]] Result<void> finish_site(const std::string& directory, const NewSite& content, const sys::World& world);

}  // namespace airlock::site
