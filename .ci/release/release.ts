// `pnpm release`: publishes each package whose version the registry does not have yet, to the registry and by the rights
// that npm is configured with. The versions are those in the tree: `pnpm changeset version` set them, in a commit.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepareManifests } from './manifests.ts'
import { publishPackages } from './publish.ts'
import { readPublisher } from './publisher.ts'
import { runProgram } from './run-program.ts'
import { copyTree } from './stage.ts'

const TREE = fileURLToPath(new URL('../..', import.meta.url))

const publisher = readPublisher()
assertReleasable()
await runProgram(['pnpm', 'build'], { cwd: TREE, env: process.env })
const base = mkdtempSync(join(tmpdir(), 'catalog-release-'))
try {
  const stage = join(base, 'stage')
  mkdirSync(stage)
  copyTree(TREE, stage)
  prepareManifests(stage, publisher)
  console.log(await publishPackages(stage, findRegistry(), process.env))
} finally {
  rmSync(base, { recursive: true, force: true })
}
console.log('Now `pnpm changeset tag`, and push the tags.')

function assertReleasable(): void {
  const changes = execFileSync('git', ['status', '--porcelain'], { cwd: TREE }).toString()
  if (changes !== '') throw new Error(`Commit or undo these changes before a release:\n${changes}`)
  const pending = readdirSync(join(TREE, '.changeset')).filter((name) => name.endsWith('.md'))
  if (pending.length > 0)
    throw new Error(`${pending.length} changesets are pending: run \`pnpm changeset version\` and commit`)
}

function findRegistry(): string {
  return execFileSync('npm', ['config', 'get', 'registry'], { cwd: tmpdir() }).toString().trim()
}
