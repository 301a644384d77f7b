import { CatalogError, LIFECYCLE_STATES, type LifecycleState } from 'model-catalog'

/** The state of this name, in any case, or INVALID_INPUT. */
export function parseState(text: string): LifecycleState {
  const state = LIFECYCLE_STATES.find((each) => each.toLowerCase() === text.toLowerCase())
  if (state !== undefined) return state
  // Without the text: what stands in the wrong place may be an address with a password.
  const problem = `must be one of ${LIFECYCLE_STATES.join(', ')}`
  throw new CatalogError('INVALID_INPUT', `state ${problem}`, { problems: [{ field: 'state', problem }] })
}
