import type { Commit } from '@catalog/types'
import type { Committer } from './committers.ts'

/** How many callers commit, for how long, and what each of them. */
export interface Load {
  readonly callers: number
  readonly durationMs: number
  readonly commitsOf: (caller: number) => Iterator<Commit>
}

/** What some callers got done. */
export interface CommitRate {
  readonly perSecond: number
  /** Processor time of the whole process for one commit. Unlike the rate it hardly depends on who else is at work. */
  readonly processorUs: number
}

/** Lets callers commit, each of which waits for its commit before the next. */
export async function measureCommitRate(committer: Committer, load: Load): Promise<CommitRate> {
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const endsAt = startedAt + load.durationMs
  const counts = await Promise.all(
    Array.from({ length: load.callers }, (_, caller) =>
      commitUntil(committer, load.commitsOf(caller), endsAt),
    ),
  )
  const { user, system } = process.cpuUsage(cpuBefore)
  const commits = counts.reduce((sum, count) => sum + count, 0)
  return {
    perSecond: (commits * 1000) / (performance.now() - startedAt),
    processorUs: (user + system) / commits,
  }
}

async function commitUntil(committer: Committer, commits: Iterator<Commit>, endsAt: number): Promise<number> {
  let count = 0
  while (performance.now() < endsAt) {
    await committer.commit(commits.next().value)
    count += 1
  }
  return count
}
