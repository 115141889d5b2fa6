/** \file
 * libairlock: an application asks it at its start whether its licence holds, and hands reports to Airlock through it.
 *
 *     airlock_verdict *verdict = airlock_verify_site("/var/lib/airlock");
 *     if (!airlock_verdict_usable(verdict)) warn(airlock_verdict_reason(verdict));
 *     set_tier(airlock_verdict_tier(verdict));
 *     airlock_verdict_free(verdict);
 *
 * A verdict stops nobody. The library returns it, and the application decides what it means.
 *
 * Rules for every function:
 *  - Threads: any number of threads may call at once. Several threads may read a handle; one of them frees it.
 *  - Handles: a function that returns a handle returns NULL only where memory ran out. A NULL handle may be passed to
 *    every function; it reads as the verdict or the outcome "no memory is left". For a NULL setting
 *    airlock_verify_bytes returns AIRLOCK_UNJUDGED with exit code 2.
 *  - Texts: UTF-8, printable, with a NUL at the end, never NULL. The pointer belongs to the handle and is valid as
 *    long as the handle is.
 *  - No memory: the verdict is NULL, AIRLOCK_UNJUDGED, or another one that is not usable. It is never better than the
 *    licence deserves. The library that reads JSON may end the process where memory runs out. If memory runs out
 *    while OpenSSL starts, OpenSSL may find no licence usable in this process.
 *  - The host: the library prints nothing, throws no exception, and changes no signal handler and no environment
 *    variable. Verifying opens no socket, starts no process, and reads only the files that are named here.
 *  - OpenSSL: the library has an OpenSSL context of its own, without configuration. The host's configuration and
 *    providers do not change a verdict, and the library does not change them. It empties the calling thread's OpenSSL
 *    error queue.
 *  - fork waits until no other thread is computing a verdict, so the child may verify at once. exit waits too, for at
 *    most ten seconds; verdicts that begin after that are AIRLOCK_UNJUDGED. The library never registers OpenSSL's own
 *    clean-up at exit. It cannot help with: children made by vfork or clone, which run no handlers and must call
 *    exec; a signal handler that interrupts a verdict and then forks or exits; _exit and abort; and locks that the
 *    host's own use of OpenSSL holds in another thread during a fork.
 *  - dlclose does not unload the library.
 *
 * As long as the soname is libairlock.so.0, functions and states are added, but never changed or removed.
 */
#ifndef AIRLOCK_H
#define AIRLOCK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AIRLOCK_API __attribute__((visibility("default")))
#else
#define AIRLOCK_API
#endif

/** The library's version, such as "0.1.0". */
AIRLOCK_API const char* airlock_version(void);

/* ---- The verdict on a licence ---------------------------------------------------------------------------------- */

/** The state of a licence. The states after AIRLOCK_UNJUDGED are tested in this order; the first that applies is the
 * verdict. */
typedef enum airlock_state {
  AIRLOCK_UNJUDGED = 0,       /**< no verdict: no site, an unreadable file, no memory; the reason says which */
  AIRLOCK_MISSING = 1,        /**< there is no licence */
  AIRLOCK_INVALID = 2,        /**< its signature or its content is not valid */
  AIRLOCK_REVOKED = 3,        /**< the vendor's kit revokes it */
  AIRLOCK_SUPERSEDED = 4,     /**< a licence with a higher sequence was seen here */
  AIRLOCK_WRONG_PRODUCT = 5,  /**< it is for another product */
  AIRLOCK_WRONG_SITE = 6,     /**< it names other sites, or this one with another key */
  AIRLOCK_CLOCK_ROLLBACK = 7, /**< the clock shows a time before one that has certainly passed */
  AIRLOCK_NOT_YET_VALID = 8,  /**< its term has not begun */
  AIRLOCK_EXPIRED = 9,        /**< its term and its grace are over */
  AIRLOCK_GRACE = 10,         /**< its term is over, its grace is not */
  AIRLOCK_VALID = 11          /**< its term runs */
} airlock_state;

/** A verdict. Where the licence's signature holds, also the content of the licence. */
typedef struct airlock_verdict airlock_verdict;

/** Judges the licence of a site by the files in `public/` of the site directory, which any user may read. The result
 * is that of `airlock --site DIR licence verify`. A licence that was installed early is in force from the beginning
 * of its term; no command has to run for that. Until then the verdict is that of the present licence, and its
 * reason names the next one. Free the verdict with airlock_verdict_free. */
AIRLOCK_API airlock_verdict* airlock_verify_site(const char* site_directory);

/** Judges a licence file without a site, as `airlock licence verify --licence F --trust F --product P [--site-id U]`.
 * `trust` is a PEM file with the vendor's root certificates; where `site_id` is NULL,
 * only a licence for any site fits. */
AIRLOCK_API airlock_verdict* airlock_verify_files(const char* licence, const char* trust, const char* product,
                                                  const char* site_id);

/** What a licence in memory is judged against. No thread may change it while another thread uses it. */
typedef struct airlock_setting airlock_setting;
/** A setting without trust, product and site. As long as it has no trust, every verdict is AIRLOCK_UNJUDGED. */
AIRLOCK_API airlock_setting* airlock_setting_new(void);
/** The vendor's root certificates: one to sixteen, in PEM, concatenated. */
AIRLOCK_API void airlock_setting_trust(airlock_setting* setting, const void* pem, size_t size);
/** The product that the licence must be for. If it is not set, any product will do. */
AIRLOCK_API void airlock_setting_product(airlock_setting* setting, const char* product);
/** The site that the licence must be for: its UUID, and the SHA-256 of its key (64 hex digits). Where `key_sha256` is
 * NULL, only the UUID is compared. */
AIRLOCK_API void airlock_setting_site(airlock_setting* setting, const char* site_id, const char* key_sha256);
/** A time that has certainly passed, in seconds since 1970. Where the clock is more than two hours earlier, the
 * verdict is AIRLOCK_CLOCK_ROLLBACK. The licence's own time of issue always counts as well. Here and below, a time
 * before 1970 counts as the first second of 1970, and one after 9999 as the last second of 9999. */
AIRLOCK_API void airlock_setting_newest_time(airlock_setting* setting, int64_t seconds);
/** The highest sequence of the licences seen before. A licence with a lower one is AIRLOCK_SUPERSEDED. */
AIRLOCK_API void airlock_setting_newest_sequence(airlock_setting* setting, int64_t sequence);
/** The vendor's kit, a signed file. A licence that it revokes is AIRLOCK_REVOKED, and its time of issue counts as a
 * time that has passed. A kit that does not verify makes every licence AIRLOCK_INVALID, since nobody knows what it
 * revokes. */
AIRLOCK_API void airlock_setting_kit(airlock_setting* setting, const void* kit, size_t size);
/** The text that airlock_verdict_memory returned for an earlier verdict; NULL or "": nothing is known yet. With it,
 * a kit that is missing, older than a known kit, or different from it makes the licence AIRLOCK_INVALID, since
 * nobody can say whether it was revoked; and a licence with a lower sequence than one seen before is
 * AIRLOCK_SUPERSEDED. Without it, an application that verifies bytes must itself make sure that it never goes back
 * to an older kit. airlock_verify_site needs none: it uses the memory of the site. */
AIRLOCK_API void airlock_setting_memory(airlock_setting* setting, const char* memory);
/** Judges as if it were this time, in seconds since 1970, instead of the system's time: for example, in December. */
AIRLOCK_API void airlock_setting_now(airlock_setting* setting, int64_t seconds);
AIRLOCK_API void airlock_setting_free(airlock_setting* setting);

/** Judges the bytes of a licence file. Where `licence` is NULL, the verdict is AIRLOCK_MISSING. */
AIRLOCK_API airlock_verdict* airlock_verify_bytes(const void* licence, size_t size, const airlock_setting* setting);

AIRLOCK_API void airlock_verdict_free(airlock_verdict* verdict);

AIRLOCK_API airlock_state airlock_verdict_state(const airlock_verdict* verdict);
/** The state as the command prints it, such as "valid" or "clock_rollback"; "unjudged" for AIRLOCK_UNJUDGED. */
AIRLOCK_API const char* airlock_verdict_state_name(const airlock_verdict* verdict);
/** 1 where the state is AIRLOCK_VALID or AIRLOCK_GRACE, else 0. */
AIRLOCK_API int airlock_verdict_usable(const airlock_verdict* verdict);
/** The exit code of `airlock licence verify`: 0 usable, 3 or 5 invalid, 6 any other state. For AIRLOCK_UNJUDGED it
 * is 2 (wrong arguments), 3 (no site or no file), 8 (the disk) or 1 (anything else, such as no permission or no
 * memory). */
AIRLOCK_API int airlock_verdict_exit_code(const airlock_verdict* verdict);
/** Why, as a sentence for people. */
AIRLOCK_API const char* airlock_verdict_reason(const airlock_verdict* verdict);
/** What to do next, or "". */
AIRLOCK_API const char* airlock_verdict_hint(const airlock_verdict* verdict);
/** 30, 15, 7 or 1: at most that many days are left to the end of the term. 0: more are left, or the state is not
 * AIRLOCK_VALID. */
AIRLOCK_API int airlock_verdict_warning_days(const airlock_verdict* verdict);

/** After airlock_verify_bytes: what is known now, as one line of JSON, to be passed to airlock_setting_memory for
 * the next verdict. Keep it where nobody can write who could bring back an old licence or an old kit. "" after the
 * other functions, and where nothing was judged. */
AIRLOCK_API const char* airlock_verdict_memory(const airlock_verdict* verdict);

/** 1 where the licence's signature and content are valid: in every state but AIRLOCK_UNJUDGED, AIRLOCK_MISSING and
 * AIRLOCK_INVALID. Otherwise 0, and the functions below return "", 0 or -1. */
AIRLOCK_API int airlock_verdict_has_licence(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_serial(const airlock_verdict* verdict);
AIRLOCK_API int64_t airlock_verdict_sequence(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_licensee(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_product(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_tier(const airlock_verdict* verdict);
/** First second of the term, and first second after the term, in seconds since 1970. */
AIRLOCK_API int64_t airlock_verdict_not_before(const airlock_verdict* verdict);
AIRLOCK_API int64_t airlock_verdict_not_after(const airlock_verdict* verdict);
AIRLOCK_API int64_t airlock_verdict_grace_days(const airlock_verdict* verdict);
/** Whole days to the end of the term, or, once that is over, to the end of grace. 0 on the last day, negative after
 * it. */
AIRLOCK_API int64_t airlock_verdict_days_left(const airlock_verdict* verdict);
/** 1 where the licence names the entitlement. */
AIRLOCK_API int airlock_verdict_entitled(const airlock_verdict* verdict, const char* entitlement);
/** The number of entitlements, and each of them; "" for an index after the last. */
AIRLOCK_API size_t airlock_verdict_entitlements(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_entitlement(const airlock_verdict* verdict, size_t index);
/** The limit with this name; -1 where the licence has no such limit. */
AIRLOCK_API int64_t airlock_verdict_limit(const airlock_verdict* verdict, const char* name);
/** The number of limits, and the name of each; "" for an index after the last. */
AIRLOCK_API size_t airlock_verdict_limits(const airlock_verdict* verdict);
AIRLOCK_API const char* airlock_verdict_limit_name(const airlock_verdict* verdict, size_t index);

/* ---- Handing over a report ------------------------------------------------------------------------------------- */

/** What became of a report: the output and the exit code of `airlock process --json`. */
typedef struct airlock_outcome airlock_outcome;

/** Hands a report to Airlock: runs the installed `airlock process` as a child process and waits for it. The child can
 * sandbox itself, which a library must not do to its host. `program` is the path of `airlock`; NULL: the one that was
 * installed with this library. `report` is the path of the file. No shell is involved. The child gets the caller's
 * environment, and none of its open files. Free the outcome with airlock_outcome_free. */
AIRLOCK_API airlock_outcome* airlock_process(const char* program, const char* site_directory, const char* report);
/** The same for a report in memory. */
AIRLOCK_API airlock_outcome* airlock_process_bytes(const char* program, const char* site_directory, const void* report,
                                                   size_t size);
AIRLOCK_API void airlock_outcome_free(airlock_outcome* outcome);

/** The exit code of the command. 0: done. 3 to 7: recorded (see the manual). Anything else: not recorded; keep the
 * report and try again. 8 also where the child could not be started or was killed. */
AIRLOCK_API int airlock_outcome_exit_code(const airlock_outcome* outcome);
/** The JSON document that the command printed; "" where it printed none. */
AIRLOCK_API const char* airlock_outcome_json(const airlock_outcome* outcome);
/** A text member of that document, such as "outcome", "disposition" or "bundle"; "" where it has no such member. */
AIRLOCK_API const char* airlock_outcome_text(const airlock_outcome* outcome, const char* member);
/** What the command wrote to standard error for people; or why the command could not be run. */
AIRLOCK_API const char* airlock_outcome_message(const airlock_outcome* outcome);

#ifdef __cplusplus
}
#endif

#endif
