import type { Awaitable } from '../../src/disk/file-system.ts'
import type { Scheduler, StepOwner } from './scheduler.ts'
import { type CallOrder, type DiskCall, labelOf } from './simulated-process.ts'

/** Every call is done when it is made, and no timer ever fires. */
export const immediateOrder: CallOrder = {
  order<T>(owner: StepOwner, _call: DiskCall, run: () => T): Awaitable<T> {
    const value = run()
    return owner.isAlive ? value : new Promise<T>(() => undefined)
  },
  addTimer: () => () => undefined,
}

/** What the store's real disk answers at once. */
const ANSWERED_AT_ONCE: ReadonlySet<DiskCall['kind']> = new Set(['status', 'isNamed', 'read', 'append'])

/**
 * The scheduler decides when each call happens. With `isLikeNode`, sizes, reads and appends happen when they
 * are made, as with Node's synchronous calls; without, other processes may come in between. While it is warming
 * up nothing is left to chance.
 */
export function createScheduledOrder(
  scheduler: Scheduler,
  isLikeNode: boolean,
  isWarmingUp: () => boolean = () => false,
): CallOrder {
  return {
    order<T>(owner: StepOwner, call: DiskCall, run: () => T): Awaitable<T> {
      if (isWarmingUp()) return immediateOrder.order(owner, call, run)
      const label = labelOf(call)
      if (!isLikeNode || !ANSWERED_AT_ONCE.has(call.kind)) return scheduler.enter(owner, label, run)
      scheduler.note(owner.name, label)
      return immediateOrder.order(owner, call, run)
    },
    addTimer: (owner, label, run) => scheduler.addTimer(owner, label, run),
  }
}
