import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { audit } from './audit.ts'
import { assertAllRegistered, untilDone } from './crowd.ts'
import { Ledger } from './ledger.ts'
import type { RegistrarJob } from './programs/registrar.ts'
import type { TortureOptions, TortureReport } from './run.ts'
import { sumUp } from './sum-up.ts'

/**
 * Its own pid and net namespace; killed together with `unshare`. No mount namespace: it would keep a copy of the mounts
 * of other runs on this machine.
 */
const UNSHARE = ['unshare', '--pid', '--net', '--fork', '--kill-child']
/** Starts `$1 $2` with each of the jobs that follow, so that all of them are in one namespace. */
const START_ALL = 'node=$1 program=$2; shift 2; for job; do "$node" "$program" "$job" & done; wait'

/** Two containers, as far as a store can tell: equal pids, no common network, one directory. */
export async function namespaces({ workspace, isShort }: TortureOptions): Promise<TortureReport> {
  const ledger = new Ledger()
  const { node, path } = workspace.bundleOf('registrar')
  const root = join(workspace.path, 'namespaces')
  await mkdir(root)
  const groups = [0, 1].map((group) =>
    Array.from(
      { length: 4 },
      (_, n): RegistrarJob => ({ root, prefix: `space${group}writer${n}`, count: isShort ? 20 : 200 }),
    ),
  )
  await Promise.all(
    groups.map(async (group, n) => {
      const jobs = group.map((job) => JSON.stringify(job))
      const command = [...UNSHARE, 'sh', '-c', START_ALL, 'sh', node, path, ...jobs]
      const program = workspace.startCommand(command, (line) => ledger.take(line))
      await untilDone(ledger, `namespace ${n}`, program)
    }),
  )
  const journal = await audit(root, ledger)
  assertAllRegistered(ledger, groups.flat())
  return sumUp([ledger], [journal])
}
