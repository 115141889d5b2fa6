#include "crypto/revocation.hpp"

#include "kit.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

RevocationTemplate list_of(std::vector<Certificate> certificates, std::uint64_t number = 1) {
  RevocationTemplate out{.number = number, .issued = now, .next_update = until, .revoked = {}};
  for (auto& certificate : certificates) out.revoked.push_back({std::move(certificate), now});
  return out;
}

RevocationList make(const Identity& authority, std::vector<Certificate> certificates, std::uint64_t number = 1) {
  const auto list =
      issue_revocation_list(list_of(std::move(certificates), number), authority.certificate, authority.key);
  REQUIRE_MESSAGE(list, why(list));
  return *list;
}

}  // namespace

TEST_CASE("a revocation list names the certificates of its issuer, and no others") {
  const Identity top = root();
  const Identity other = root("other");
  const Identity gone = leaf(top, Role::kit);
  const Identity stays = leaf(top, Role::kit);
  const Identity foreign = leaf(other, Role::kit);
  const RevocationList list = make(top, {gone.certificate}, 7);
  CHECK(list.number() == 7);
  CHECK(list.size() == 1);
  CHECK(list.issued() == now);
  CHECK(list.is_issued_by(top.certificate));
  CHECK_FALSE(list.is_issued_by(other.certificate));
  CHECK_FALSE(list.is_issued_by(root().certificate));  // the same name, another key
  CHECK(list.revokes(gone.certificate));
  CHECK_FALSE(list.revokes(stays.certificate));
  CHECK_FALSE(list.revokes(foreign.certificate));
  const std::vector<Certificate> chain{stays.certificate, gone.certificate};
  CHECK(*revoked_in(chain, std::vector{list}) == gone.certificate);
  CHECK(revoked_in(std::vector{stays.certificate}, std::vector{list}) == nullptr);
  CHECK(revoked_in(chain, {}) == nullptr);
  const auto again = RevocationList::from_pem(list.pem());
  REQUIRE(again);
  CHECK(*again == list);
  CHECK(make(top, {}).size() == 0);
}

TEST_CASE("lists of several authorities come in one file, of every kind of key") {
  std::string file;
  std::vector<Identity> authorities;
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    authorities.push_back(root("root", kind));
    file += make(authorities.back(), {leaf(authorities.back(), Role::kit).certificate}).pem();
  }
  const auto lists = RevocationList::list_from_pem(file);
  REQUIRE_MESSAGE(lists, why(lists));
  REQUIRE(lists->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK((*lists)[i].is_issued_by(authorities[i].certificate));
  CHECK(RevocationList::list_from_pem("lists:\n" + file + "x")->size() == lists->size());
  CHECK_FALSE(RevocationList::list_from_pem(""));
  CHECK_FALSE(RevocationList::from_pem(file));
}

TEST_CASE("only an authority signs lists, with its own key, over its own certificates") {
  const Identity top = root();
  const Identity other = root("other");
  const Identity end = leaf(top, Role::kit);
  CHECK_FALSE(issue_revocation_list(list_of({}), end.certificate, end.key));
  CHECK_FALSE(issue_revocation_list(list_of({}), top.certificate, other.key));
  CHECK_FALSE(issue_revocation_list(list_of({leaf(other, Role::kit).certificate}), top.certificate, top.key));
}

TEST_CASE("what openssl makes is read; its deltas, partial lists, weak digests and lists without number are not") {
  const TemporaryDirectory folder;
  const auto openssl = [&](const std::string& arguments) {
    return run("cd " + folder.path() + " && openssl " + arguments + " 2>/dev/null") == 0;
  };
  const Identity top = root();
  write(folder / "ca.crt", top.certificate.pem());
  write(folder / "ca.key", top.key.pem().view());
  write(folder / "index.txt", "");
  write(folder / "index.txt.attr", "");
  write(folder / "leaf.crt", leaf(top, Role::kit).certificate.pem());
  const auto make_with = [&](const std::string& extensions, const std::string& digest = "sha256") {
    write(folder / "ca.cnf",
          "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ncertificate=ca.crt\nprivate_key=ca.key\n"
          "default_crl_days=30\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n" +
              extensions);
    write(folder / "number", "1F\n");
    return openssl("ca -config ca.cnf -gencrl -md " + digest + " -out crl.pem") ? read(folder / "crl.pem") : "";
  };
  write(folder / "ca.cnf", "");
  REQUIRE(!make_with("").empty());
  REQUIRE(openssl("ca -config ca.cnf -md sha256 -revoke leaf.crt"));
  const auto list = RevocationList::from_pem(make_with(""));
  REQUIRE_MESSAGE(list, why(list));
  CHECK(list->number() == 0x1F);
  CHECK(list->is_issued_by(top.certificate));
  CHECK(list->revokes(Certificate::from_pem(read(folder / "leaf.crt")).value()));
  CHECK_FALSE(RevocationList::from_pem(make_with("deltaCRL=critical,1\n")));
  CHECK_FALSE(RevocationList::from_pem(make_with("issuingDistributionPoint=critical,@i\n[i]\nonlyuser=TRUE\n")));
  CHECK_FALSE(RevocationList::from_pem(make_with("1.3.6.1.4.1.99999.1=critical,ASN1:NULL\n")));
  CHECK(RevocationList::from_pem(make_with("1.3.6.1.4.1.99999.1=ASN1:NULL\n")));
  CHECK(RevocationList::from_pem(make_with("", "sha384")));
  CHECK_FALSE(RevocationList::from_pem(make_with("", "sha1")));
}

TEST_CASE("a single-byte change of a list is refused, or is no list of the authority any more") {
  const Identity top = root();
  const std::string pem = make(top, {leaf(top, Role::kit).certificate}).pem();
  for (std::size_t at = 0; at < pem.size(); ++at) {
    std::string changed = pem;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto list = RevocationList::from_pem(changed);
    CAPTURE(at);
    const bool accepted = list.has_value() && list->is_issued_by(top.certificate);
    REQUIRE_FALSE(accepted);
  }
}

TEST_CASE("a successor is a root that the former one signed for, with no more roles") {
  const Identity former = root();
  const Identity next = root("next");
  const auto successor = sign_for_successor(next.certificate, former.certificate, former.key);
  REQUIRE_MESSAGE(successor, why(successor));
  CHECK(succeeds(former.certificate, *successor));
  CHECK_FALSE(succeeds(next.certificate, *successor));
  CHECK_FALSE(succeeds(root().certificate, *successor));
  CHECK_FALSE(succeeds(former.certificate, {next.certificate, next.certificate}));
  const auto read_back = successor_from_pem(successor->root.pem() + successor->link.pem());
  REQUIRE(read_back);
  CHECK(succeeds(former.certificate, *read_back));
  CHECK_FALSE(successor_from_pem(next.certificate.pem()));
  CHECK_FALSE(successor_from_pem(next.certificate.pem() + next.certificate.pem() + next.certificate.pem()));

  // What an online intermediate can sign is no root: it carries roles, or its own signature is not the root's.
  const Identity middle = authority(former, {Role::kit}, "next");
  CHECK_FALSE(succeeds(former.certificate, {next.certificate, middle.certificate}));
  const Identity own = {
      copy(middle.key),
      self_sign({.common_name = "next", .roles = {}, .not_before = from, .not_after = until, .ca = true, .uuid = {}},
                middle.key)
          .value()};
  CHECK_FALSE(succeeds(former.certificate, {own.certificate, middle.certificate}));
  const auto by_middle = sign_for_successor(own.certificate, middle.certificate, middle.key);
  CHECK_FALSE(by_middle);

  const Identity limited = root("limited", KeyKind::p256, {Role::kit});
  CHECK_FALSE(sign_for_successor(next.certificate, limited.certificate, limited.key));
  const Identity same = root("same", KeyKind::p256, {Role::kit});
  CHECK(sign_for_successor(same.certificate, limited.certificate, limited.key));
  const Identity more = root("more", KeyKind::p256, {Role::kit, Role::licence});
  CHECK_FALSE(sign_for_successor(more.certificate, limited.certificate, limited.key));
  CHECK_FALSE(sign_for_successor(leaf(former, Role::kit).certificate, former.certificate, former.key));
}
