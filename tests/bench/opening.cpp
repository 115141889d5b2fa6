// What nobody who receives a bundle can leave out, by OpenSSL alone: decrypts it, verifies the site's signature over
// what was inside, and one Ed25519 signature as that of a checkpoint.
//     bench_opening BUNDLE RECIPIENT-CERTIFICATE RECIPIENT-KEY SITE-CERTIFICATE

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

template <typename T>
T* must(T* made) {
  if (made == nullptr) {
    ERR_print_errors_fp(stderr);
    std::exit(1);
  }
  return made;
}
void must(bool is_good) {
  if (!is_good) must<void>(nullptr);
}

BIO* open(const char* path) { return must(BIO_new_file(path, "rb")); }
X509* certificate(const char* path) { return must(PEM_read_bio_X509(open(path), nullptr, nullptr, nullptr)); }

void verify_as_of_a_checkpoint() {
  EVP_PKEY* const key = must(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const std::string note(200, 'x');
  const auto* const bytes = reinterpret_cast<const unsigned char*>(note.data());
  unsigned char signature[64];
  std::size_t length = sizeof signature;
  EVP_MD_CTX* const context = must(EVP_MD_CTX_new());
  must(EVP_DigestSignInit(context, nullptr, nullptr, nullptr, key) == 1 &&
       EVP_DigestSign(context, signature, &length, bytes, note.size()) == 1);
  EVP_MD_CTX_reset(context);
  must(EVP_DigestVerifyInit(context, nullptr, nullptr, nullptr, key) == 1 &&
       EVP_DigestVerify(context, signature, length, bytes, note.size()) == 1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  CMS_ContentInfo* const sealed = must(d2i_CMS_bio(open(argv[1]), nullptr));
  BIO* const signed_bytes = must(BIO_new(BIO_s_mem()));
  EVP_PKEY* const key = must(PEM_read_bio_PrivateKey(open(argv[3]), nullptr, nullptr, nullptr));
  must(CMS_decrypt(sealed, key, certificate(argv[2]), nullptr, signed_bytes, CMS_BINARY) == 1);
  CMS_ContentInfo* const content = must(d2i_CMS_bio(signed_bytes, nullptr));
  STACK_OF(X509)* const signers = must(sk_X509_new_null());
  must(sk_X509_push(signers, certificate(argv[4])) > 0);
  BIO* const archive = must(BIO_new(BIO_s_mem()));
  must(CMS_verify(content, signers, nullptr, nullptr, archive, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1);
  verify_as_of_a_checkpoint();
}
