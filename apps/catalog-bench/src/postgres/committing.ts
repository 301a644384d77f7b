import type { Commit } from '@catalog/types'
import { Aside, measureInRounds } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'
import { measureCommitRate } from '../store/commit-rate.ts'
import type { Committer } from '../store/committers.ts'
import { registerAndChange } from '../store/models.ts'
import { BenchServer } from './server.ts'

const CALLERS = 64

/** How many durable commits one caller gets done, and many, against a loop of BEGIN, INSERT and COMMIT. */
export async function measureCommitting(settings: Settings): Promise<Results> {
  const server = await BenchServer.start(settings)
  try {
    const commits = new Map<number, Aside>([1, CALLERS].map((callers) => [callers, new Aside()]))
    const wal = new Map<number, Aside>([1, CALLERS].map((callers) => [callers, new Aside()]))
    const client = await server.connect()
    const ours = await openOurs(server)
    const bare = await openBare(server)
    let run = 0
    const measure = (committer: Committer, callers: number) => async (): Promise<number> => {
      run += 1
      const name = `run-${run}`
      const commitsOf = (caller: number): Iterator<Commit> => registerAndChange(`${name}-${caller}`)
      const before = { ms: server.processorMs(), position: await readWal(client) }
      const load = { callers, durationMs: settings.isQuick ? 500 : 3000, commitsOf }
      const { perSecond, processorUs } = await measureCommitRate(committer, load)
      if (committer === ours) {
        const count = (perSecond * load.durationMs) / 1000
        commits.get(callers)?.push(processorUs / 1000 + (server.processorMs() - before.ms) / count)
        wal.get(callers)?.push(((await readWal(client)) - before.position) / count)
      }
      return perSecond
    }
    const samples = await measureInRounds(settings.rounds, {
      one: measure(ours, 1),
      many: measure(ours, CALLERS),
      bare: measure(bare, 1),
    })
    const other = { name: 'BEGIN, INSERT, COMMIT in a loop', value: samples.median('bare') }
    return [
      {
        ...{ name: 'one caller', unit: '/s', ours: samples.median('one'), other },
        ...{ ratio: samples.ratio('one', 'bare'), target: { is: 'at least', value: 0.8 } },
      },
      {
        ...{ name: `${CALLERS} callers`, unit: '/s', ours: samples.median('many'), other },
        ...{ ratio: samples.ratio('many', 'bare'), target: { is: 'at least', value: 5 } },
      },
      ...[1, CALLERS].flatMap((callers) => [
        {
          name: `processor time of a commit, program and server, ${callers} callers`,
          ...{ unit: 'ms', ours: commits.get(callers)?.median() ?? Number.NaN },
        },
        {
          name: `write-ahead log of a commit, ${callers} callers`,
          ...{ unit: 'bytes', ours: wal.get(callers)?.median() ?? Number.NaN },
        },
      ]),
    ]
  } finally {
    await server.stop()
  }
}

async function openOurs(server: BenchServer): Promise<Committer> {
  const store = await server.openStore('committing')
  return {
    async commit(commit) {
      const [outcome] = await store.commit([commit])
      if (outcome?.applied !== true) throw new Error(`not applied: ${JSON.stringify(outcome)}`)
    },
    close: () => store.close(),
  }
}

/** A row for each commit, with the entry as `jsonb`: no check, no history, no index but the primary key. */
async function openBare(server: BenchServer): Promise<Committer> {
  const client = await server.connect()
  await client.query('CREATE TABLE bare (id bigint PRIMARY KEY, entry jsonb NOT NULL)')
  let id = 0
  return {
    async commit({ changes }) {
      id += 1
      await client.query('BEGIN')
      await client.query('INSERT INTO bare VALUES ($1, $2)', [id, JSON.stringify(changes[0]?.entry)])
      await client.query('COMMIT')
    },
    close: () => client.end(),
  }
}

async function readWal(client: Awaited<ReturnType<BenchServer['connect']>>): Promise<number> {
  const { rows } = await client.query("SELECT pg_current_wal_insert_lsn() - '0/0' AS position")
  return Number(rows[0]?.position)
}
