// `pnpm release:dry`: a whole release to a registry on loopback, and consumers that install from it.
//   (no option)  npm, pnpm and yarn; Node.js 20, 22 and 24; bundles by esbuild, rollup and webpack
//   --short      npm and the Node.js that runs
// Both run the features of the command line by the installed program; --short leaves out damaged stores.
// Both run a consumer in a root that has nothing but Node.js and what was installed, if namespaces may be made.
// Everything happens in a temporary directory; the tree stays as it is.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findDependents, type PublicPackage, readPublicPackages } from '../public-packages.ts'
import { checkPublished } from './check-published.ts'
import { tryContainer } from './container.ts'
import { prepareManifests } from './manifests.ts'
import { writeNpmrc } from './package-manager.ts'
import { publishPackages } from './publish.ts'
import { createLoopbackPublisher } from './publisher.ts'
import { startRegistry } from './registry.ts'
import { plainEnvironment, runProgram } from './run-program.ts'
import { addChangeset, copyTree, setVersions } from './stage.ts'
import { installTools } from './tools.ts'
import { tryConsumers } from './try-consumers.ts'
import { tryFeatures } from './try-features.ts'

const TREE = fileURLToPath(new URL('../..', import.meta.url))
const FIRST_VERSION = '0.1.0'
const CHANGED = '@catalog/verify'

const startedAt = performance.now()
const isShort = process.argv.includes('--short')
const before = listChanges()
await runProgram(['pnpm', 'build'], { cwd: TREE, env: process.env })
const base = mkdtempSync(join(tmpdir(), 'catalog-release-'))
const stage = join(base, 'stage')
mkdirSync(stage)
const packages = readPublicPackages(TREE)
const upstream = (await runProgram(['npm', 'config', 'get', 'registry'], { cwd: base })).stdout.trim()
const registry = await startRegistry(new Set(packages.map(({ name }) => name)), upstream)
try {
  copyTree(TREE, stage)
  await releaseFirst()
  await releaseOneMore()
  const place = { base, registry: registry.url }
  const trial = { ...place, ...(await installTools(place, TREE, isShort)) }
  await tryConsumers(trial)
  await tryContainer(trial)
  await tryFeatures(trial, TREE, isShort)
} finally {
  await registry.close()
  rmSync(base, { recursive: true, force: true })
}
if (listChanges() !== before) throw new Error(`The tree is not as it was:\n${listChanges()}`)
console.log(`Released and installed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)

/** The pending changesets make 0.1.0 of every package that has no version yet. */
async function releaseFirst(): Promise<void> {
  const published = await release()
  const versions = readPublicPackages(stage)
  assertSame(published, versions.map(toId))
  const isWrong = ({ name }: PublicPackage, index: number): boolean =>
    packages[index]?.version === '0.0.0' && !published.includes(`${name}@${FIRST_VERSION}`)
  assertSame(versions.filter(isWrong).map(toId), [])
  console.log(`Published ${packages.length} packages:`)
  for (const { name, version } of versions) checkPublished(registry, name, version)
}

/** A changeset for one package moves it and what depends on it, and nothing else. */
async function releaseOneMore(): Promise<void> {
  const earlier = new Set(registry.published)
  addChangeset(stage, CHANGED, 'One more change.')
  const moved = await release()
  const versions = readPublicPackages(stage).filter((each) => !earlier.has(toId(each)))
  assertSame(moved, versions.map(toId))
  assertSame(
    versions.map(({ name }) => name),
    [...findDependents(packages, CHANGED)],
  )
  console.log(`A change of ${CHANGED} moved ${moved.join(', ')}`)
}

function toId({ name, version }: PublicPackage): string {
  return `${name}@${version}`
}

async function release(): Promise<readonly string[]> {
  const count = registry.published.length
  await setVersions(TREE, stage)
  prepareManifests(stage, createLoopbackPublisher(TREE))
  writeNpmrc(base, { base, registry: registry.url })
  const env = { ...plainEnvironment(), NPM_CONFIG_USERCONFIG: join(base, '.npmrc') }
  await publishPackages(stage, registry.url, env)
  return registry.published.slice(count)
}

function assertSame(found: readonly string[], expected: readonly string[]): void {
  const sorted = (names: readonly string[]): string => [...names].sort().join(', ')
  if (sorted(found) !== sorted(expected))
    throw new Error(`Found ${sorted(found)}; expected ${sorted(expected)}`)
}

/** What git says of the tree. */
function listChanges(): string {
  return execFileSync('git', ['status', '--porcelain'], { cwd: TREE }).toString()
}
