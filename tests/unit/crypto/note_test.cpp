#include "crypto/note.hpp"
#include "core/encoding.hpp"

#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

// The example of c2sp.org/signed-note.
const std::string example_key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const std::string example_text = "This is an example message.\n";
const std::string example_signature =
    "— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const std::string example = example_text + "\n" + example_signature;

NoteVerifier verifier() { return NoteVerifier::from_text(example_key).value(); }
std::string stranger(const std::string& name) {
  return "— " + name + " " + core::to_base64("abcd" + std::string(64, 's')) + "\n";
}

}  // namespace

TEST_CASE("the specification's own example verifies") {
  CHECK(verify_note(example, verifier()).value() == example_text);
  CHECK(verifier().text() == example_key);
  CHECK(core::to_hex(verifier().id()) == "530d903a");
}

TEST_CASE("a note that was signed verifies, and with no other text, name or key") {
  const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
  const std::string text = "airlock/x\n7\n\nwith an empty line\n";
  const std::string note = sign_note(text, "airlock/x", key).value();
  CHECK(verify_note(note, NoteVerifier("airlock/x", key.public_key())).value() == text);
  CHECK(why(verify_note(note, NoteVerifier("airlock/y", key.public_key()))) ==
        "integrity: the note is not signed by `airlock/y`");
  const PrivateKey other = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(why(verify_note(note, NoteVerifier("airlock/x", other.public_key()))).starts_with("integrity"));
  CHECK(NoteVerifier::from_text(NoteVerifier("airlock/x", key.public_key()).text()).value().name() == "airlock/x");
}

TEST_CASE("lines of unknown keys are ignored, also under the same name or the same id") {
  CHECK(verify_note(example + stranger("other.example"), verifier()));
  CHECK(verify_note(example + stranger("example.com/foo"), verifier()));
  const std::string same_id = "— other " + core::to_base64(verifier().id() + std::string(64, 's')) + "\n";
  CHECK(verify_note(example_text + "\n" + same_id + example_signature, verifier()));
  CHECK(why(verify_note(example_text + "\n" + stranger("other.example"), verifier())) ==
        "integrity: the note is not signed by `example.com/foo`");
}

TEST_CASE("a known key that fails fails the note, whatever else stands in it") {
  const std::string forged = "— example.com/foo " + core::to_base64(verifier().id() + std::string(64, 's')) + "\n";
  CHECK(why(verify_note(example + forged, verifier())) ==
        "integrity: the note's signature by `example.com/foo` does not verify");
  const std::string cut = "— example.com/foo " + core::to_base64(verifier().id() + "s") + "\n";
  CHECK(why(verify_note(example + cut, verifier())).starts_with("integrity"));
}

TEST_CASE("up to 16 signatures are read") {
  std::string note = example;
  for (int i = 0; i < 15; ++i) note += stranger("other.example");
  CHECK(verify_note(note, verifier()));
  CHECK(why(verify_note(note + stranger("other.example"), verifier())) ==
        "bad_input: is not a signed note: it has more than 16 signatures");
}

TEST_CASE("what is not a note is refused") {
  for (const std::string& bad :
       {std::string(), example_text, example_text + "\n", example.substr(0, example.size() - 1), example + "\n",
        example + "x\n", example_text + example_signature, "\xFF" + example, "a\tb\n" + example, "a\r\n" + example,
        example_text + "\n- example.com/foo AAAAAAAA\n", example_text + "\n—  AAAAAAAA\n",
        example_text + "\n— example.com/foo\n", example_text + "\n— example.com/foo !\n",
        example_text + "\n— example.com/foo AAAA\n", example_text + "\n— a+b AAAAAAAA\n"}) {
    CAPTURE(bad);
    CHECK(why(verify_note(bad, verifier())).starts_with("bad_input: is not a signed note: "));
  }
}

TEST_CASE("no single byte of a note can change unnoticed") {
  for (std::size_t at = 0; at < example.size(); ++at) {
    for (const int flip : {1, 2, 0x20, 0x80}) {
      std::string note = example;
      note[at] = static_cast<char>(note[at] ^ flip);
      CHECK_MESSAGE(!verify_note(note, verifier()), "byte ", at);
    }
  }
}

TEST_CASE("a verifier key that is not one is refused") {
  const auto changed = [](std::size_t at, char to) { return std::string(example_key).replace(at, 1, 1, to); };
  for (const std::string& bad :
       {std::string(), std::string("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"),
        std::string("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), changed(0, 'f'), changed(16, '6'),
        changed(18, '1'), changed(25, 'B'), example_key + "x", example_key.substr(0, 30), std::string("a+00000000+")}) {
    CAPTURE(bad);
    CHECK(why(NoteVerifier::from_text(bad)).starts_with("bad_input"));
  }
}

TEST_CASE("what cannot be a note is not signed") {
  const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK_FALSE(sign_note("no newline", "name", key));
  CHECK_FALSE(sign_note("tab\t\n", "name", key));
  CHECK_FALSE(sign_note("\xFF\n", "name", key));
  for (const auto* name : {"", "a b", "a+b", "a\u00A0b", "a\u3000b", "a\nb"}) CHECK_FALSE(sign_note("x\n", name, key));
  CHECK_FALSE(sign_note("x\n", "name", PrivateKey::generate(KeyKind::p256).value()));
}
