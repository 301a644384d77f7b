// Scans each sample store as another user, with one file of a model after the other that this user may not read.
// Prints which models are no longer found although they have no such file.
import { chmodSync, mkdtempSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buildSampleStore, SAMPLE_STORES } from '@catalog/testkit/layouts'
import { type Candidate, scan } from '../src/index.ts'

const OTHER_USER = 65_534

async function scanAsOther(root: string): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = []
  process.seteuid?.(OTHER_USER)
  try {
    for await (const item of scan(root)) if (item.kind === 'candidate') candidates.push(item.candidate)
  } finally {
    process.seteuid?.(0)
  }
  return candidates
}

function filesOf({ location, files, companions }: Candidate): readonly string[] {
  const own = files?.map(({ path }) => join(location, path)) ?? [location]
  return [...own, ...companions.map(({ path }) => path)].map((path) => realpathSync(path))
}

const base = mkdtempSync(process.argv[2] ?? '')
chmodSync(base, 0o755)
const lost: string[] = []
let tried = 0
for (const layout of Object.keys(SAMPLE_STORES)) {
  const root = join(base, layout)
  buildSampleStore(root, layout)
  const all = await scanAsOther(root)
  for (const file of new Set(all.flatMap(filesOf))) {
    const others = all.filter((candidate) => !filesOf(candidate).includes(file)).map(({ id }) => id)
    const { mode } = statSync(file)
    chmodSync(file, 0o600)
    const found = new Set((await scanAsOther(root)).map(({ id }) => id))
    chmodSync(file, mode)
    lost.push(
      ...others.filter((id) => !found.has(id)).map((id) => `${id} without ${file.slice(base.length)}`),
    )
    tried += 1
  }
}
rmSync(base, { recursive: true })
console.log(JSON.stringify({ tried, lost }))
