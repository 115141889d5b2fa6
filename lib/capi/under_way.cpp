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

/// Never destroyed: threads may use it while the process ends.
struct VerdictCount {
  std::mutex mutex;
  std::condition_variable changed;
  int verdicts = 0;
  int waiting = 0;            ///< forks that wait until no verdict is under way
  bool ends_with_us = false;  ///< `exit` waits for verdicts
  bool closed = false;        ///< no verdict may begin any more
};
alignas(VerdictCount) unsigned char storage[sizeof(VerdictCount)];
VerdictCount* count = nullptr;

void before_fork() {
  std::unique_lock lock(count->mutex);
  ++count->waiting;
  count->changed.wait(lock, [] { return count->verdicts == 0; });
  --count->waiting;
  lock.release();  // held during the fork, so that no verdict begins
}

void in_parent() {
  count->mutex.unlock();
  count->changed.notify_all();
}

/// The child has one thread, and it holds the mutex; the threads that waited for it do not exist here. What they left
/// in the mutex and the condition variable is unknown, so the child gets new ones.
void in_child() {
  const bool closed = count->closed;
  const bool ends_with_us = count->ends_with_us;
  count = new (storage) VerdictCount;
  count->closed = closed;
  count->ends_with_us = ends_with_us;
}

void at_exit() {
  std::unique_lock lock(count->mutex);
  count->closed = true;
  count->changed.wait_for(lock, std::chrono::seconds(exit_wait_seconds), [] { return count->verdicts == 0; });
}

/// Runs when the library is loaded. No thread can be in the library then, so no fork can see this half done.
__attribute__((constructor)) void begin_to_count() {
  count = new (storage) VerdictCount;
  ::pthread_atfork(before_fork, in_parent, in_child);
}

}  // namespace

UnderWay::UnderWay() {
  std::unique_lock lock(count->mutex);
  count->changed.wait(lock, [] { return count->waiting == 0 || count->closed; });
  begun_ = !count->closed;
  if (!begun_) return;
  if (!count->ends_with_us) {
    // Handlers run in reverse order. If the host has registered OpenSSL's handler, ours is registered later and runs
    // first.
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
