import { createInUse, isActive, toUser } from '../lease/active-leases.ts'
import { haveCommonFile } from '../ownership/claims.ts'
import { type FindRivalry, findPathRivalry } from '../ownership/exclusive-update.ts'

/**
 * A path is filled for one model at a time, also if several may have it: IN_USE while another model's download of it is
 * active, even by the same holder, because both would write to one partial file.
 */
export const findDownloadRivalry: FindRivalry = (context, mine, other) => {
  const rivalry = findPathRivalry(context, mine, other)
  const { id, download } = other.entry
  if (rivalry !== undefined || download === undefined || !isActive(context, download)) return rivalry
  return haveCommonFile(mine, other) ? createInUse(id, [toUser('download', download)]) : undefined
}
