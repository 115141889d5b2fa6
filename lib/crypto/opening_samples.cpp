#include "core/encoding.hpp"
#include "crypto/opening_check.hpp"

namespace airlock::crypto {
namespace {

// The sound object was made once by `openssl cms -encrypt -binary -aes-256-gcm -keyopt ecdh_kdf_md:sha256` for the key
// below. In the second the content cipher's identifier was rewritten to AES-256-OFB and its parameter to GCM's first
// counter block, which makes OFB decrypt the first block of the same ciphertext; in the third ICVlen was rewritten to 1
// and the tag cut to its first byte. Lengths were corrected, nothing else was touched. Base64.
constexpr std::string_view sound =
    "MIIBFwYLKoZIhvcNAQkQARegggEGMIIBAgIBADGBtqGBswIBA6BRoU8wCQYHKoZIzj0CAQNCAAQ+LCWZT5sptgjYcKiKjEzGdFSRscWUt96qK5"
    "6bPxL2h9IUOBYHuQ7zsVbuQaXnjTAnM4L1mfeJjZ5j87mz2RGuMBUGBiuBBAELATALBglghkgBZQMEAS0wRDBCMBYwETEPMA0GA1UEAwwGc2Ft"
    "cGxlAgEBBChWy/C0Dsb54veoPVEKcwF9Z/8Nlkngs4OIvDhNdnpVdT3iq9+W+5X+MDIGCSqGSIb3DQEHATAeBglghkgBZQMEAS4wEQQM/aOn3B"
    "zd8jarpNLpAgEQgAXi7Eq+dgQQlfS2xStDbqayIoJN9zlwGQ==";
constexpr std::string_view ofb =
    "MIIBFgYLKoZIhvcNAQkQARegggEFMIIBAQIBADGBtqGBswIBA6BRoU8wCQYHKoZIzj0CAQNCAAQ+LCWZT5sptgjYcKiKjEzGdFSRscWUt96qK5"
    "6bPxL2h9IUOBYHuQ7zsVbuQaXnjTAnM4L1mfeJjZ5j87mz2RGuMBUGBiuBBAELATALBglghkgBZQMEAS0wRDBCMBYwETEPMA0GA1UEAwwGc2Ft"
    "cGxlAgEBBChWy/C0Dsb54veoPVEKcwF9Z/8Nlkngs4OIvDhNdnpVdT3iq9+W+5X+MDEGCSqGSIb3DQEHATAdBglghkgBZQMEASsEEP2jp9wc3f"
    "I2q6TS6QAAAAKABeLsSr52BBCV9LbFK0NuprIigk33OXAZ";
constexpr std::string_view tag =
    "MIIBBgYLKoZIhvcNAQkQAReggfYwgfMCAQAxgbahgbMCAQOgUaFPMAkGByqGSM49AgEDQgAEPiwlmU+bKbYI2HCoioxMxnRUkbHFlLfeqiuemz"
    "8S9ofSFDgWB7kO87FW7kGl540wJzOC9Zn3iY2eY/O5s9kRrjAVBgYrgQQBCwEwCwYJYIZIAWUDBAEtMEQwQjAWMBExDzANBgNVBAMMBnNhbXBs"
    "ZQIBAQQoVsvwtA7G+eL3qD1RCnMBfWf/DZZJ4LODiLw4TXZ6VXU94qvflvuV/jAyBgkqhkiG9w0BBwEwHgYJYIZIAWUDBAEuMBEEDP2jp9wc3f"
    "I2q6TS6QIBAYAF4uxKvnYEAZU=";
constexpr std::string_view key =
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGoHsbB31S5FAi6IO2W7uRv8/OuhDyny/MtVxh/ia0+uhRANCAAQezFq2gtG7Tb"
    "J413TNlaRTtZJNk8Bi8pIwlUWJi67gu/3G4G7XlTyoupLt3FyoM+DeTv3bTNOcislJ1vb2qNKn";

}  // namespace

const OpeningSamples& opening_samples() {
  static const OpeningSamples samples{*core::from_base64(sound), *core::from_base64(ofb), *core::from_base64(tag),
                                      "sound", *core::from_base64(key)};
  return samples;
}

}  // namespace airlock::crypto
