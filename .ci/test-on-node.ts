// Runs the unit tests and the conformance suites on versions of Node.js that are not the one of the other tests:
//   node --import tsx .ci/test-on-node.ts 22 24
// A version that cannot be installed is skipped, and `pnpm check:skips` says so.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { lacks, nodeDirectory } from '../packages/testkit/src/running/index.ts'
import { installNode, type NodeVersion } from './node-versions.ts'

const VITEST = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')))

for (const major of process.argv.slice(2)) {
  const node = await findNode(major)
  if (node === undefined) continue
  console.log(`\nThe unit tests and conformance suites on Node.js ${node.version}:`)
  const { status } = spawnSync(node.program, [VITEST, 'run', '--config', 'vitest.node.config.ts'], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = 1
}

async function findNode(major: string): Promise<NodeVersion | undefined> {
  const installing = installNode(nodeDirectory(major), major)
  const node = await installing.catch((error: unknown) => console.log(String(error)))
  if (node !== undefined && !lacks(`node-${major}` as 'node-22' | 'node-24')) return node
  console.log(`SKIPPED: the tests on Node.js ${major}, which is not here and could not be installed`)
  return undefined
}
