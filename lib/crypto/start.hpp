#pragma once
/// \file
/// Who owns the process that OpenSSL runs in.
///
/// A program of Airlock owns its process: OpenSSL never reads a configuration in it. libairlock is a guest: if it
/// forbade the configuration, it would forbid it to its host, whose TLS settings may stand there. Either way the context
/// that this module works in has none.

namespace airlock::crypto {

/// Says that somebody else owns the process. To be called before anything else of crypto/; costs nothing again. OpenSSL's
/// clean-up at exit is not registered by it, only where the host itself has done so before.
void run_as_guest() noexcept;

/// Says that this program owns the process, and that nothing has called OpenSSL yet: then one context is enough, which
/// spares a part of the library's start. Not for programs that share OpenSSL with another library; what a token's module
/// does to OpenSSL stays in the keeper's helper, which signs and verifies nothing.
void run_as_owner() noexcept;

}  // namespace airlock::crypto
