import { measureCommitRate } from '../store/commit-rate.ts'
import { openOurs } from '../store/committers.ts'
import { registerAndChange } from '../store/models.ts'

// Commits of some callers for some seconds to the catalog in a root, created if missing: for a profile of just that.
const [root = '', callers = '1', seconds = '5'] = process.argv.slice(2)
const committer = await openOurs(root)
const rate = await measureCommitRate(committer, {
  callers: Number(callers),
  durationMs: Number(seconds) * 1000,
  commitsOf: (caller) => registerAndChange(`caller-${process.pid}-${caller}`),
})
console.log(JSON.stringify(rate))
await committer.close()
