#pragma once
/// \file
/// Whether this process belongs to Airlock, which decides how OpenSSL is started.
///
/// A program of Airlock owns its process, and OpenSSL never reads a configuration there. libairlock is a guest in the
/// process of an application: forbidding the configuration would forbid it to the application too, which may have its
/// TLS settings in it. In both cases the OpenSSL context that this module uses has no configuration.

namespace airlock::crypto {

/// Declares the process to be somebody else's. Must be called before anything else of crypto/; further calls cost
/// nothing. It does not register OpenSSL's clean-up at exit; the host may have done that itself.
void run_as_guest() noexcept;

/// Declares the process to be Airlock's own, before anything has called OpenSSL. Then this module uses OpenSSL's
/// default context instead of a second one, and OpenSSL starts faster. Not for programs that share OpenSSL with another
/// library, such as libcurl.
void run_as_owner() noexcept;

}  // namespace airlock::crypto
