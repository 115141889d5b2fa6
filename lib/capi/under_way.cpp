#include "capi/under_way.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <new>

#include "crypto/start.hpp"

namespace airlock::capi {
namespace {

/// Never destroyed: threads may come to it while the process ends.
struct Count {
  std::mutex mutex;
  std::condition_variable changed;
  int verdicts = 0;
  int waiting = 0;        ///< who waits for all verdicts to end
  bool ends_with_us = false;  ///< whether `exit` waits for verdicts
  bool closed = false;
};
alignas(Count) unsigned char storage[sizeof(Count)];
Count* count = nullptr;

void before_fork() {
  std::unique_lock lock(count->mutex);
  ++count->waiting;
  count->changed.wait(lock, [] { return count->verdicts == 0; });
  --count->waiting;
  lock.release();  // held across the fork, so that nobody is within
}

void in_parent() {
  count->mutex.unlock();
  count->changed.notify_all();
}

/// The child has one thread, which holds the mutex; whoever waited is not here. A fresh one of each is the only state that is known.
void in_child() {
  const bool closed = count->closed;
  const bool ends_with_us = count->ends_with_us;
  count = new (storage) Count;
  count->closed = closed;
  count->ends_with_us = ends_with_us;
}

void at_exit() {
  std::unique_lock lock(count->mutex);
  count->closed = true;
  count->changed.wait_for(lock, std::chrono::seconds(exit_wait_seconds), [] { return count->verdicts == 0; });
}

/// When the library is loaded: no thread can be in it yet, so no fork can meet it half made.
__attribute__((constructor)) void begin_to_count() {
  count = new (storage) Count;
  ::pthread_atfork(before_fork, in_parent, in_child);
}

}  // namespace

UnderWay::UnderWay() {
  std::unique_lock lock(count->mutex);
  count->changed.wait(lock, [] { return count->waiting == 0 || count->closed; });
  begun_ = !count->closed;
  if (!begun_) return;
  if (!count->ends_with_us) {
    // Handlers run in the opposite order: this one, registered behind OpenSSL's if its host has that one, runs before it.
    crypto::run_as_guest();
    count->ends_with_us = std::atexit(at_exit) == 0;
  }
  ++count->verdicts;
}

UnderWay::~UnderWay() {
  if (!begun_) return;
  const std::lock_guard lock(count->mutex);
  --count->verdicts;
  count->changed.notify_all();
}

}  // namespace airlock::capi
