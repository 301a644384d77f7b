import type { LifecycleState } from '@catalog/types'

/** `free`: at any time. `with-evidence`: only while a node's evidence matches the entry's present digest. */
export type TransitionRule = 'free' | 'with-evidence'

type Transitions = Readonly<Record<LifecycleState, Readonly<Partial<Record<LifecycleState, TransitionRule>>>>>

/** What a caller may set, from each state. What is not here is refused. */
export const TRANSITIONS: Transitions = {
  Pending: { Active: 'with-evidence', Retired: 'free' },
  Active: { Retired: 'free', Failed: 'free' },
  Retired: { Active: 'with-evidence' },
  Failed: { Pending: 'free', Retired: 'free' },
}

/** Where a verification that found the right bytes leads. One that found the wrong ones leads to `Failed`. */
export const STATE_AFTER_MATCH: Readonly<Record<LifecycleState, LifecycleState>> = {
  Pending: 'Active',
  Active: 'Active',
  Retired: 'Retired',
  Failed: 'Active',
}

/** The rule of a transition that a caller asks for, or undefined if there is none. */
export function findTransitionRule(from: LifecycleState, to: LifecycleState): TransitionRule | undefined {
  return TRANSITIONS[from][to]
}

/**
 * Whether `setState` allows this change of state. A state to itself is not a transition: false.
 *
 * @param hasEvidence the result of `hasMatchingEvidence` for the entry
 */
export function canTransition(from: LifecycleState, to: LifecycleState, hasEvidence: boolean): boolean {
  const rule = findTransitionRule(from, to)
  return rule === 'free' || (rule === 'with-evidence' && hasEvidence)
}
