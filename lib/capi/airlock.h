/** \file
 * libairlock: what an application asks Airlock at its start, and hands to it once a week.
 *
 *     airlock_verdict *verdict = airlock_verify_site("/var/lib/airlock");
 *     if (!airlock_verdict_usable(verdict)) warn(airlock_verdict_reason(verdict));
 *     set_tier(airlock_verdict_tier(verdict));
 *     airlock_verdict_free(verdict);
 *
 * A verdict never stops anybody: it is returned, and the application decides what it means.
 *
 * Rules that hold for every function:
 *  - Thread-safe: any number of threads may call at once. A handle may be read by several threads, and freed by one.
 *  - A pointer that an accessor returns belongs to the handle and lives as long as it. Texts are UTF-8, end in NUL, and
 *    are printable; none is ever NULL. A handle may be NULL: it then reads as the verdict or outcome that memory ran out.
 *  - Where memory runs out, a verdict is NULL, AIRLOCK_UNJUDGED or, where a library beneath hides its want, one that is
 *    not usable: never a better one than the licence deserves. The libraries that read JSON and tar may then end the
 *    process, and OpenSSL, where it happens while it starts, may find no licence usable again.
 *  - Nothing is printed, no exception leaves the library, no signal's handling and no variable is changed. Verifying
 *    opens no socket, starts no process and reads no file but those named.
 *  - OpenSSL runs in a context of the library's own, without configuration; the host's configuration and providers
 *    neither change a verdict nor are changed. The calling thread's OpenSSL error queue is emptied.
 *  - A fork waits until no verdict is under way in another thread, so that the child may verify at once; so does exit, for ten
 *    seconds at most, and verdicts that begin after it are AIRLOCK_UNJUDGED. OpenSSL's own clean-up at exit is never registered by the
 *    library. What it cannot see to: children made by vfork or clone (they run no handlers, and must call exec), a fork or
 *    an exit in a signal handler that interrupted a verdict, _exit and abort, and locks that the host's own use of OpenSSL holds in
 *    another thread while it forks.
 *  - The library stays loaded once it was: dlclose does not unload it.
 *
 * Functions and states are only added, never changed, as long as the soname is libairlock.so.0.
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
AIRLOCK_API const char *airlock_version(void);

/* ---- The verdict on a licence ---------------------------------------------------------------------------------- */

/** What a licence is found to be. All but AIRLOCK_UNJUDGED are tested in this order, and the first that applies is the
 * verdict. */
typedef enum airlock_state {
  AIRLOCK_UNJUDGED = 0,       /**< no verdict: no site there, a file that cannot be read, no memory; see the reason */
  AIRLOCK_MISSING = 1,        /**< there is no licence */
  AIRLOCK_INVALID = 2,        /**< signature or content do not hold */
  AIRLOCK_REVOKED = 3,        /**< the vendor's kit revokes it */
  AIRLOCK_SUPERSEDED = 4,     /**< a licence with a higher sequence was seen here */
  AIRLOCK_WRONG_PRODUCT = 5,  /**< it is for another product */
  AIRLOCK_WRONG_SITE = 6,     /**< it names other sites, or this one with another key */
  AIRLOCK_CLOCK_ROLLBACK = 7, /**< the clock is earlier than a time that is known to have passed */
  AIRLOCK_NOT_YET_VALID = 8,  /**< its term has not begun */
  AIRLOCK_EXPIRED = 9,        /**< its term and its grace are over */
  AIRLOCK_GRACE = 10,         /**< its term is over, its grace is not */
  AIRLOCK_VALID = 11          /**< its term runs */
} airlock_state;

/** A verdict, and what the licence says where its signature holds. */
typedef struct airlock_verdict airlock_verdict;

/** Judges the licence of a site by what is in `public/` of the site directory, as any user can. The result is that of
 * `airlock --site DIR licence verify`. A licence that was installed early takes over when it begins, whether or not a
 * command has run since; until then the verdict is that of the licence in force, and its reason says what follows. NULL
 * only where memory ran out. Free it with airlock_verdict_free. */
AIRLOCK_API airlock_verdict *airlock_verify_site(const char *site_directory);

/** Judges a licence file without a site, as `airlock licence verify --licence F --trust F --product P [--site-id U]`.
 * `trust` is a PEM file with the vendor's root certificates; `site_id` may be NULL: then only a licence for any site
 * fits. */
AIRLOCK_API airlock_verdict *airlock_verify_files(const char *licence, const char *trust, const char *product,
                                                  const char *site_id);

/** What a licence in memory is judged against. Not to be changed by one thread while another uses it. */
typedef struct airlock_setting airlock_setting;
/** A setting without trust, product and site: everything is AIRLOCK_UNJUDGED until it has trust. NULL: no memory. */
AIRLOCK_API airlock_setting *airlock_setting_new(void);
/** The vendor's root certificates, PEM, one to sixteen behind each other. */
AIRLOCK_API void airlock_setting_trust(airlock_setting *setting, const void *pem, size_t size);
/** The product that the licence must be for. Without it the product is not judged. */
AIRLOCK_API void airlock_setting_product(airlock_setting *setting, const char *product);
/** The site that the licence must be for: its UUID, and the SHA-256 of its key (64 hex digits), or NULL where the
 * identifier alone decides. */
AIRLOCK_API void airlock_setting_site(airlock_setting *setting, const char *site_id, const char *key_sha256);
/** A time that is known to have passed, in seconds since 1970: the clock may not be more than two hours earlier. The
 * licence's own time of issue always counts. Here and below, times before 1970 and after 9999 count as these. */
AIRLOCK_API void airlock_setting_newest_time(airlock_setting *setting, int64_t seconds);
/** The highest sequence of a licence that was seen before: a lower one is AIRLOCK_SUPERSEDED. */
AIRLOCK_API void airlock_setting_newest_sequence(airlock_setting *setting, int64_t sequence);
/** The vendor's kit, a signed file: what it revokes is AIRLOCK_REVOKED, and its time of issue has passed. A kit that does
 * not verify makes the licence AIRLOCK_INVALID, since nobody knows what it revokes. */
AIRLOCK_API void airlock_setting_kit(airlock_setting *setting, const void *kit, size_t size);
/** What airlock_verdict_memory gave after an earlier verdict; NULL or "": nothing is known yet. A kit that is missing, older or
 * another than one that was known before then makes the licence AIRLOCK_INVALID, since nobody can say whether it was revoked, and
 * of licences seen before a lower sequence is AIRLOCK_SUPERSEDED. Without it an application that verifies bytes must see to it itself
 * that kits only grow newer; airlock_verify_site has the site's own memory. */
AIRLOCK_API void airlock_setting_memory(airlock_setting *setting, const char *memory);
/** The time to judge at, in seconds since 1970, instead of the system's clock: what will the verdict be in December? */
AIRLOCK_API void airlock_setting_now(airlock_setting *setting, int64_t seconds);
AIRLOCK_API void airlock_setting_free(airlock_setting *setting);

/** Judges a licence file's bytes. `licence` NULL: AIRLOCK_MISSING. `setting` is only read. */
AIRLOCK_API airlock_verdict *airlock_verify_bytes(const void *licence, size_t size, const airlock_setting *setting);

AIRLOCK_API void airlock_verdict_free(airlock_verdict *verdict);

AIRLOCK_API airlock_state airlock_verdict_state(const airlock_verdict *verdict);
/** The state as a word, as the command prints it: "valid", "clock_rollback"; "unjudged". */
AIRLOCK_API const char *airlock_verdict_state_name(const airlock_verdict *verdict);
/** 1 where the state is AIRLOCK_VALID or AIRLOCK_GRACE, else 0. */
AIRLOCK_API int airlock_verdict_usable(const airlock_verdict *verdict);
/** The exit code of `airlock licence verify`: 0 usable, 3 or 5 invalid, 6 another state; unjudged: 2 usage, 3 no
 * site or no file, 8 the disk, 1 anything else, such as no permission to read or no memory. */
AIRLOCK_API int airlock_verdict_exit_code(const airlock_verdict *verdict);
/** Why, as a sentence for people. */
AIRLOCK_API const char *airlock_verdict_reason(const airlock_verdict *verdict);
/** What to do next, or "". */
AIRLOCK_API const char *airlock_verdict_hint(const airlock_verdict *verdict);
/** 30, 15, 7 or 1 where at most that many days are left to the end of the term; 0 where more are left, or where the
 * state is not AIRLOCK_VALID. */
AIRLOCK_API int airlock_verdict_warning_days(const airlock_verdict *verdict);

/** After airlock_verify_bytes: what is known now, one line of JSON, for airlock_setting_memory of the next verdict. Keep it where
 * those who could bring back an old licence or kit cannot write. "" after other verdicts and where nothing was judged. */
AIRLOCK_API const char *airlock_verdict_memory(const airlock_verdict *verdict);

/** 1 where the signature holds and the content is sound, so that the functions below have something to tell: in every
 * state but AIRLOCK_UNJUDGED, AIRLOCK_MISSING and AIRLOCK_INVALID. Otherwise they return "" and 0. */
AIRLOCK_API int airlock_verdict_has_licence(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_serial(const airlock_verdict *verdict);
AIRLOCK_API int64_t airlock_verdict_sequence(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_licensee(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_product(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_tier(const airlock_verdict *verdict);
/** Beginning and end of the term in seconds since 1970; the end is the first second behind it. */
AIRLOCK_API int64_t airlock_verdict_not_before(const airlock_verdict *verdict);
AIRLOCK_API int64_t airlock_verdict_not_after(const airlock_verdict *verdict);
AIRLOCK_API int64_t airlock_verdict_grace_days(const airlock_verdict *verdict);
/** Whole days to the end of the term, and from there on to the end of grace: 0 on the last day, negative after it. */
AIRLOCK_API int64_t airlock_verdict_days_left(const airlock_verdict *verdict);
/** 1 where the licence names the entitlement. */
AIRLOCK_API int airlock_verdict_entitled(const airlock_verdict *verdict, const char *entitlement);
/** The entitlements one by one; "" behind the last. */
AIRLOCK_API size_t airlock_verdict_entitlements(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_entitlement(const airlock_verdict *verdict, size_t index);
/** A limit by its name; -1 where the licence sets none, so nothing is limited. */
AIRLOCK_API int64_t airlock_verdict_limit(const airlock_verdict *verdict, const char *name);
/** The names of the limits one by one; "" behind the last. */
AIRLOCK_API size_t airlock_verdict_limits(const airlock_verdict *verdict);
AIRLOCK_API const char *airlock_verdict_limit_name(const airlock_verdict *verdict, size_t index);

/* ---- Handing over a report ------------------------------------------------------------------------------------- */

/** What became of a report: what `airlock process --json` printed and returned. */
typedef struct airlock_outcome airlock_outcome;

/** Hands a report to Airlock: runs the installed `airlock process` as a child and waits for it. A library must not
 * sandbox its host, so the child does the work. `program` is the path of `airlock`, or NULL for the one that was
 * installed with this library; `report` is the path of the file. No shell is involved. The child gets the caller's
 * environment and none of its open files. NULL only where memory ran out. Free it with airlock_outcome_free. */
AIRLOCK_API airlock_outcome *airlock_process(const char *program, const char *site_directory, const char *report);
/** The same for a report in memory. */
AIRLOCK_API airlock_outcome *airlock_process_bytes(const char *program, const char *site_directory, const void *report,
                                                   size_t size);
AIRLOCK_API void airlock_outcome_free(airlock_outcome *outcome);

/** The exit code of the command. 0 done, 3 to 7 recorded (see the manual); anything else: not recorded, keep the report
 * and run again. A child that could not be started, or was killed, is 8. */
AIRLOCK_API int airlock_outcome_exit_code(const airlock_outcome *outcome);
/** The JSON document that the command printed, or "" where it printed none. */
AIRLOCK_API const char *airlock_outcome_json(const airlock_outcome *outcome);
/** A member of that document that is a text, such as "outcome", "disposition" or "bundle"; "" where there is none. */
AIRLOCK_API const char *airlock_outcome_text(const airlock_outcome *outcome, const char *member);
/** What the command wrote for people to standard error, or why it could not be run. */
AIRLOCK_API const char *airlock_outcome_message(const airlock_outcome *outcome);

#ifdef __cplusplus
}
#endif

#endif
