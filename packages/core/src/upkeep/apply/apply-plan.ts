import {
  type Attribution,
  type CatalogErrorCode,
  createInvalidInput,
  type DigestProgress,
  isCatalogError,
  type UpkeepAction,
  type UpkeepPlan,
} from '@catalog/types'
import type { CatalogContext } from '../../context/catalog-ports.ts'
import { noteSeenInFleet } from '../../evidence/seen-volumes.ts'
import { CurrentNames } from '../survey/current-names.ts'
import { surveyModels } from '../survey/survey.ts'
import { forgetMissing, relocateModel, reverifyModel } from './apply-entry-actions.ts'
import { removePlannedFile } from './apply-removal.ts'
import { shareBytes } from './apply-share.ts'
import { type ActionOutcome, type ApplyTask, OutdatedAction } from './apply-task.ts'
import { finishSharing } from './finish-sharing.ts'

/** How the application of a plan is observed, cancelled and attributed. */
export interface ApplyOptions extends Attribution {
  /**
   * Cancels: the promise rejects with the signal's reason. What is done stays done; apply the plan again to
   * continue.
   */
  readonly signal?: AbortSignal | undefined
  /** Called after each action, and as bytes are read. */
  readonly onProgress?: ((progress: ApplyProgress) => void) | undefined
}

/** How many actions are complete, and how far the reading for the present one is. */
export interface ApplyProgress extends DigestProgress {
  readonly doneActions: number
  readonly totalActions: number
}

/** The outcome of each action of a plan. */
export interface ApplyReport {
  /** Done now or before. */
  readonly done: readonly UpkeepAction[]
  /** Not done, because what the plan saw has changed, or the model is in use. */
  readonly skipped: readonly { readonly action: UpkeepAction; readonly reason: string }[]
  readonly failed: readonly FailedAction[]
  /** How many bytes this application freed, without what was done before. */
  readonly freedBytes: number
}

/** An action that failed. Wrong bytes are recorded, and reported here too. */
export interface FailedAction {
  readonly action: UpkeepAction
  readonly code: CatalogErrorCode
  readonly text: string
}

// After these no other action would fare better.
const FATAL: readonly CatalogErrorCode[] = [
  ...(['CATALOG_REPLACED', 'CLOSED', 'DAMAGED', 'UNSUPPORTED_FORMAT', 'EDITED_OUTSIDE', 'NO_SPACE'] as const),
]

/**
 * Does what a plan says, each action only if what it was decided on is still so. Applying it again, also after a crash,
 * finds done what is done. INVALID_INPUT for the plan of another machine.
 */
export async function applyPlan(
  context: CatalogContext,
  plan: UpkeepPlan,
  { signal, onProgress, ...attribution }: ApplyOptions,
): Promise<ApplyReport> {
  if (plan.node !== context.node) {
    const problem = `is ${plan.node}: the plan is for that machine, and this is ${context.node}`
    throw createInvalidInput([{ field: 'node', problem }])
  }
  signal?.throwIfAborted()
  await noteSeenInFleet(context)
  const position = await context.store.refresh()
  const names = new CurrentNames(context, await surveyModels(context), position)
  const totalActions = plan.actions.length
  const report = { done: [] as UpkeepAction[], skipped: [], failed: [], freedBytes: 0 } as MutableReport
  const tell = (reading: DigestProgress): void => {
    const doneActions = report.done.length + report.skipped.length + report.failed.length
    onProgress?.({ ...reading, doneActions, totalActions })
  }
  const task = { ...attribution, context, names, signal, onReading: tell }
  let left: readonly UpkeepAction[] = plan.actions
  while (left.length > 0) left = await applyActions(task, left, report)
  tell({ doneBytes: 0, totalBytes: 0 })
  return report
}

/**
 * Does the actions and returns those for which the disk was too full, if others have freed space since. What frees space may
 * need none itself: on a full disk the removals go first.
 */
async function applyActions(
  task: ApplyTask,
  actions: readonly UpkeepAction[],
  report: MutableReport,
): Promise<readonly UpkeepAction[]> {
  const { freedBytes } = report
  const left: UpkeepAction[] = []
  let full: unknown
  for (const action of actions) {
    task.signal?.throwIfAborted()
    task.onReading({ doneBytes: 0, totalBytes: 0 })
    if (full !== undefined && action.kind !== 'remove-file') {
      left.push(action)
      continue
    }
    try {
      addOutcome(report, action, await tryAction(task, action))
    } catch (error) {
      if (!isCatalogError(error, 'NO_SPACE')) throw error
      full ??= error
      left.push(action)
    }
  }
  if (left.length > 0 && report.freedBytes === freedBytes) throw full
  return left
}

type MutableReport = {
  -readonly [K in keyof ApplyReport]: ApplyReport[K] extends readonly (infer T)[] ? T[] : number
}

function addOutcome(report: MutableReport, action: UpkeepAction, outcome: ActionOutcome): void {
  switch (outcome.kind) {
    case 'done':
      report.done.push(action)
      report.freedBytes += outcome.freedBytes ?? 0
      return
    case 'skipped':
      report.skipped.push({ action, reason: outcome.reason })
      return
    case 'failed':
      report.failed.push({ action, code: outcome.code, text: outcome.text })
      return
    // Stryker disable next-line ConditionalExpression: only the types need this: there are no others.
    default:
      outcome satisfies never
  }
}

async function tryAction(task: ApplyTask, action: UpkeepAction): Promise<ActionOutcome> {
  try {
    return await runAction(task, action)
  } catch (error) {
    task.signal?.throwIfAborted()
    if (error instanceof OutdatedAction) return { kind: 'skipped', reason: error.message }
    if (!isCatalogError(error) || FATAL.includes(error.code)) throw error
    if (error.code === 'CONFLICT' || error.code === 'NOT_FOUND') {
      return { kind: 'skipped', reason: error.message }
    }
    return { kind: 'failed', code: error.code, text: error.message }
  }
}

function runAction(task: ApplyTask, action: UpkeepAction): Promise<ActionOutcome> {
  switch (action.kind) {
    case 'relocate':
      return relocateModel(task, action)
    case 'reverify':
      return reverifyModel(task, action)
    case 'forget-evidence':
      return forgetMissing(task, action)
    case 'remove-file':
      return removePlannedFile(task, action)
    case 'share-bytes':
      return shareBytes(task, action)
    case 'finish-sharing':
      return finishSharing(task, action)
    // Stryker disable next-line ConditionalExpression: only the types need this: there are no others.
    default:
      return action satisfies never
  }
}
