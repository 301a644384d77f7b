// What only stores and the rules in core need.
export { type CheckedChange, type CheckedCommit, checkCommit } from './adapter/checked-commit.ts'
export { addCommitExtra, findCommitExtra } from './adapter/commit-extra.ts'
export {
  assertCallBytes,
  assertCommitLength,
  assertSettingsBytes,
  checkCommitWithinLimits,
  MAX_SETTINGS_BYTES,
} from './adapter/commit-limits.ts'
export { decodeEntry, encodeEntry, type WireEntry } from './adapter/entry-codec.ts'
export { GroupCommit } from './adapter/group-commit.ts'
export {
  type CheckedSettingsChange,
  checkSettingsChange,
  decodeSettings,
  encodeSettings,
  findSettingsProblems,
  NO_SETTINGS,
  type WireSettings,
} from './adapter/settings-codec.ts'
export {
  findTotalsProblem,
  TotalsTally,
  toCountedOperation,
  toDurationBucket,
  type WireTotals,
} from './adapter/totals-tally.ts'
export {
  type CheckedVerification,
  decodeVerification,
  encodeVerification,
  findVerificationProblem,
  type WireVerification,
} from './adapter/verification-codec.ts'
export { MAX_DIAGNOSIS_NOTES, MAX_LEASES, MAX_QUARANTINED } from './entry/limits.ts'
export { foldModelId } from './entry/model-id.ts'
export { parseCursor, type SortKey, toCursor } from './query/list-order.ts'
export {
  asksOnlyForState,
  createQueryFilter,
  findIndexKey,
  type IndexedField,
  type IndexKey,
  selectEntries,
  statesOf,
  toIndexKey,
} from './query/match-query.ts'
